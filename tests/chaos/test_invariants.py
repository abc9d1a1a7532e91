from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from knowledge.models import LivePeriod, Passage
from tests.chaos.invariants import find_faults
from tests.factories import LivePeriodFactory, PassageFactory, RevisionFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def database() -> Path:
    if connection.vendor != "sqlite":
        pytest.skip("the chaos run reads SQLite's file")
    return Path(connection.settings_dict["NAME"])


@pytest.fixture
def live():
    passage = PassageFactory()
    return LivePeriodFactory(revision=passage.revision)


def test_a_sound_timeline_has_no_faults(database, live):
    assert find_faults(database, seen=set()) == []


def test_overlapping_live_periods_are_noticed(database, live):
    LivePeriodFactory(
        revision=live.revision,
        publication=live.publication,
        live_from=live.live_from + timedelta(seconds=1),
        live_until=live.live_from + timedelta(seconds=2),
    )

    assert "overlap" in find_faults(database, seen=set())[0]


def test_a_revision_that_was_there_and_is_not_is_noticed(database, live):
    lost = (live.document_id, 1, "another digest")

    assert find_faults(database, seen={lost}) == [f"lost revisions: {[lost]}"]


def test_a_live_revision_without_its_passages_is_noticed(database, live):
    Passage.objects.all().delete()

    assert "without its passages" in find_faults(database, seen=set())[0]


def test_a_passage_that_is_not_in_its_revision_is_noticed(database, live):
    Passage.objects.update(text="Other words.")

    assert "does not stand" in find_faults(database, seen=set())[0]


def test_a_publication_that_is_not_live_makes_nothing_live(database, live):
    type(live.publication).objects.update(published_at=None)

    assert "not live" in find_faults(database, seen=set())[0]


def test_a_gap_in_the_numbers_is_noticed(database, live):
    RevisionFactory(document=live.document, number=3)

    assert "numbered" in find_faults(database, seen=set())[0]
    assert LivePeriod.objects.count() == 1
