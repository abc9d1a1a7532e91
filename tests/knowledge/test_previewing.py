from __future__ import annotations

import pytest

from knowledge.fetching import FetchFailed, FetchRefused
from knowledge.models import Document, Revision, Source
from knowledge.previewing import preview_page
from tests.factories import SourceFactory
from tests.govuk_server import GovukServer, make_item, serve_govuk

pytestmark = pytest.mark.django_db


@pytest.fixture
def govuk(settings):
    with serve_govuk() as site:
        settings.GOVUK_API_ROOT = site.api_root
        yield site


def test_a_page_is_shown_as_it_would_be_read_and_nothing_is_saved(govuk: GovukServer):
    govuk.add_manual("/guidance/lamps", {"one": "<p>LA 1. A keeper must own a lamp.</p>"})
    govuk.items["/lamp"] = make_item(
        "/lamp", "Lamps", "guide", body="<h2 id='oil'>Oil</h2><p>A lamp needs oil.</p>"
    )

    page = preview_page(" https://www.gov.uk/lamp/?a=b#oil ")
    manual = preview_page("https://www.gov.uk/guidance/lamps")

    assert (page.url, page.title) == ("https://www.gov.uk/lamp", "Lamps")
    assert page.publisher == "Ministry of Examples"
    assert page.headings == ("Oil",)
    assert page.passages[0].text == "A lamp needs oil."
    assert manual.children == ("https://www.gov.uk/guidance/lamps/one",)
    assert not any(model.objects.exists() for model in (Source, Document, Revision))


def test_a_host_that_is_not_allowed_is_said_in_words():
    with pytest.raises(FetchRefused) as refused:
        preview_page("https://elsewhere.example/page")

    assert "not one of the allowed hosts" in refused.value.reason


def test_a_page_that_is_not_there_is_said_in_words(govuk: GovukServer):
    with pytest.raises(FetchFailed) as failed:
        preview_page("https://www.gov.uk/nothing")

    assert "no page at this address" in failed.value.reason


def test_the_source_that_reads_a_page_already_is_named(govuk: GovukServer):
    govuk.items["/lamp"] = make_item("/lamp", "Lamps", "guide", body="<p>A lamp needs oil.</p>")
    SourceFactory(title="Our lamps", url="https://www.gov.uk/lamp")

    assert preview_page("https://www.gov.uk/lamp").read_by == "Our lamps"
