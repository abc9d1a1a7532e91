from __future__ import annotations

import pytest
from django.utils import timezone

from knowledge.models import (
    Act,
    Decision,
    Document,
    HeldRevision,
    LivePeriod,
    Publication,
    Source,
)
from knowledge.publishing import (
    NotAllowed,
    find_current_publication,
    get_live_revisions,
    preview_roll_back,
    publish,
    roll_back,
)
from knowledge.services import retire_document
from knowledge.types import DocumentStatus, SourceKind, Tombstone
from tests.knowledge.pages import save_page as save

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("fake_embedding"),
]


@pytest.fixture
def source() -> Source:
    return Source.objects.create(
        slug="s", title="S", kind=SourceKind.GOVUK, url="https://www.gov.uk/s", publisher="P"
    )


@pytest.fixture
def first(source: Source) -> Publication:
    save(source, "fare", "The fare is two coins.")
    save(source, "dogs", "Dogs are welcome.")
    return publish()


@pytest.fixture
def second(source: Source, first: Publication) -> Publication:
    """Changes a page and brings another."""
    save(source, "fare", "The fare is three coins.")
    save(source, "boats", "The boat is blue.")
    return publish()


def test_going_back_makes_the_earlier_set_live_and_going_forth_the_later_one(first, second):
    later = get_live_revisions()
    assert len(later) == 3

    back = roll_back(first, who="bea", why="The fare is wrong.")
    earlier = get_live_revisions()
    forth = roll_back(second, who="bea", why="It was right.")

    assert earlier == {change.document_id: change.after_id for change in first.changes.all()}
    assert get_live_revisions() == later
    assert (back.restores, forth.restores) == (first, second)
    assert find_current_publication() == forth
    assert not HeldRevision.objects.exists()


def test_the_next_refresh_does_not_bring_back_what_was_rolled_back(source, first, second):
    roll_back(first, who="bea", why="Wrong.")

    assert publish() is None

    save(source, "fare", "The fare is four coins.")
    publish()
    assert len(get_live_revisions()) == 2
    assert LivePeriod.objects.filter(
        live_until=None, revision__text__contains="four coins"
    ).exists()


def test_what_was_withdrawn_since_stays_withdrawn_and_the_preview_says_so(source, first, second):
    dogs = Document.objects.get(url="https://www.gov.uk/dogs")
    retire_document(
        document=dogs,
        tombstone=Tombstone(status=DocumentStatus.WITHDRAWN),
        now=timezone.now(),
    )

    planned = preview_roll_back(first)
    roll_back(first, who="bea", why="Wrong.")

    assert {change.document.url.rpartition("/")[2]: change for change in planned}.keys() == {
        "fare",
        "boats",
        "dogs",
    }
    assert [change.document for change in planned if change.stays_withdrawn] == [dogs]
    assert dogs.pk not in get_live_revisions()


def test_the_preview_says_what_each_page_would_go_back_to_and_does_nothing(first, second):
    live = get_live_revisions()

    planned = {
        change.document.url.rpartition("/")[2]: (
            change.before and change.before.number,
            change.after and change.after.number,
        )
        for change in preview_roll_back(first)
    }

    assert planned == {"fare": (2, 1), "boats": (1, None)}
    assert get_live_revisions() == live


def test_going_back_is_a_persons_act_with_a_reason_that_is_kept(first, second):
    candidate = roll_back(first, who="bea", why="The fare is wrong.")

    decision = Decision.objects.first()
    assert (decision.who, decision.act, decision.why, decision.publication) == (
        "bea",
        Act.ROLLED_BACK,
        "The fare is wrong.",
        candidate,
    )


def test_a_publication_that_never_was_live_or_is_live_is_nothing_to_go_back_to(first, second):
    candidate = Publication.objects.create()

    for to in (second, candidate):
        with pytest.raises(NotAllowed):
            roll_back(to, who="bea", why="Back.")


def test_what_fails_in_the_middle_of_going_back_changes_nothing(first, second, monkeypatch):
    live = get_live_revisions()

    def fail(*args: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("knowledge.candidates.swap", fail)
    with pytest.raises(OSError, match="disk full"):
        roll_back(first, who="bea", why="Back.")

    assert get_live_revisions() == live
    assert not HeldRevision.objects.exists()
    assert not Decision.objects.filter(act=Act.ROLLED_BACK).exists()
