from __future__ import annotations

from datetime import date

import pytest

from knowledge.briefing_page import find_briefing
from knowledge.starter import loading
from knowledge.starter.loading import load_starter
from tests.knowledge.starter.test_loading import make_briefing

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("fake_embedding"),
]


@pytest.fixture(autouse=True)
def one_briefing(monkeypatch) -> None:
    monkeypatch.setattr(loading, "read_briefings", lambda: (make_briefing(),))
    load_starter()


def test_a_briefing_is_shown_whole_with_its_dates_and_official_pages():
    page = find_briefing("/briefings/fees")

    [paragraph] = page.paragraphs
    assert (page.title, paragraph.anchor, paragraph.heading) == (
        "What it costs",
        "free",
        "Is there a fee?",
    )
    assert (paragraph.fact_on, paragraph.checked_on) == (date(2026, 1, 2), date(2026, 3, 4))
    assert [support.url for support in paragraph.supports] == ["https://www.gov.uk/rules/two"]
    assert not paragraph.is_stale


def test_a_briefing_that_is_not_live_is_not_found():
    assert find_briefing("/briefings/nothing") is None


def test_the_page_of_a_briefing_opens_and_an_unknown_one_is_not_found(client):
    response = client.get("/briefings/fees")

    assert 'id="free"' in response.content.decode()
    assert client.get("/briefings/nothing").status_code == 404
