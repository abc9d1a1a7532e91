from __future__ import annotations

from datetime import UTC, datetime

import pytest

from knowledge.models import Document, LivePeriod
from knowledge.retired import find_retired, read_retired_texts
from knowledge.types import DocumentStatus
from tests.factories import (
    DocumentFactory,
    PassageFactory,
    RevisionFactory,
    put_live,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_embedding")]

WORDS = "Ferries for bicycles leave the harbour at noon."
QUESTION = "When do ferries for bicycles leave the harbour?"
JUNE = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    read_retired_texts.cache_clear()


def make_live(text: str = WORDS, **fields: object) -> Document:
    document = DocumentFactory(**fields)
    revision = PassageFactory(revision=RevisionFactory(document=document, text=text)).revision
    put_live(revision)
    return document


def retire(document: Document, **changes: object) -> None:
    values = {"status": DocumentStatus.WITHDRAWN, "status_since": JUNE} | changes
    Document.objects.filter(pk=document.pk).update(**values)
    for period in LivePeriod.objects.filter(document=document, live_until=None):
        period.live_until = datetime.now(UTC)
        period.save()


def test_a_question_about_a_retired_page_finds_what_became_of_it():
    successor = make_live("The timetable is on the board.", title="Timetable")
    retire(
        make_live(title="Ferries"),
        status_reason="Out of date.",
        replacement_url=successor.url,
    )

    found = find_retired(QUESTION, floor=0.5)

    assert found is not None
    assert (found.title, found.status, found.since) == ("Ferries", "withdrawn", JUNE)
    assert (found.replacement_title, found.replacement_url) == ("Timetable", successor.url)
    assert (found.reason, found.is_ours) == ("Out of date.", False)


def test_a_page_that_is_live_is_not_retired():
    make_live()

    assert find_retired(QUESTION, floor=0.5) is None


def test_a_question_about_something_else_finds_no_retired_page():
    retire(make_live())

    assert find_retired("Who repairs the roof of the library?", floor=0.5) is None


def test_the_nearest_of_several_retired_pages_is_found():
    retire(make_live("Bicycles may be lent for a week.", title="Bicycles"))
    retire(make_live(title="Ferries"))

    assert find_retired(QUESTION, floor=0.5).title == "Ferries"


def test_a_page_that_was_never_read_is_known_by_its_title():
    DocumentFactory(withdrawn=True, title="When ferries for bicycles leave the harbour")

    assert find_retired(QUESTION, floor=0.5) is not None


def test_a_replacement_that_was_replaced_leads_to_the_last_one():
    last = make_live("The timetable is on the board.", title="Timetable")
    middle = DocumentFactory(status=DocumentStatus.REDIRECTED, replacement_url=last.url)
    retire(make_live(), status=DocumentStatus.REDIRECTED, replacement_url=middle.url)

    assert find_retired(QUESTION, floor=0.5).replacement_title == "Timetable"


def test_replacements_that_point_at_each_other_come_to_an_end():
    retired = make_live()
    other = DocumentFactory(
        title="Other", status=DocumentStatus.REDIRECTED, replacement_url=retired.url
    )
    retire(retired, replacement_url=other.url)

    assert find_retired(QUESTION, floor=0.5).replacement_title == "Other"


def test_a_replacement_that_we_do_not_read_is_named_by_its_address():
    retire(make_live(), replacement_url="https://www.gov.uk/boats")

    found = find_retired(QUESTION, floor=0.5)

    assert (found.replacement_url, found.replacement_title) == ("https://www.gov.uk/boats", "")


def test_a_page_that_staff_took_out_of_use_says_so():
    retire(make_live(), withdrawn_by="amina")

    assert find_retired(QUESTION, floor=0.5).is_ours


def test_what_is_remembered_is_read_again_when_what_is_live_changes():
    document = make_live()
    before, after = JUNE, datetime(2026, 6, 2, tzinfo=UTC)
    assert find_retired(QUESTION, live_since=before, floor=0.5) is None

    retire(document)

    assert find_retired(QUESTION, live_since=after, floor=0.5) is not None


def test_a_page_that_came_back_is_not_told_of():
    document = make_live()
    retire(document)
    assert find_retired(QUESTION, live_since=JUNE, floor=0.5) is not None

    Document.objects.filter(pk=document.pk).update(status=DocumentStatus.LIVE)

    assert find_retired(QUESTION, live_since=JUNE, floor=0.5) is None


def test_of_several_revisions_the_one_that_was_live_last_counts():
    document = make_live("Ferries leave at noon.", title="Ferries")
    newer = PassageFactory(
        revision=RevisionFactory(document=document, text="Bicycles for the harbour are lent.")
    ).revision
    put_live(newer)
    retire(document)

    near = find_retired("Which bicycles for the harbour are lent?", floor=0.5)
    far = find_retired("Ferries leave at noon, don't they?", floor=0.75)

    assert near is not None
    assert far is None
