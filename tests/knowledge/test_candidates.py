from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from knowledge.candidates import (
    Change,
    find_changes,
    get_live_revisions,
    get_revisions_in,
    get_wanted_revisions,
)
from knowledge.models import (
    Document,
    HeldRevision,
    LivePeriod,
    Passage,
    Publication,
    PublicationState,
    Source,
)
from knowledge.publishing import find_current_publication, publish
from knowledge.types import DocumentStatus, SourceKind
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


def test_wanted_is_the_newest_revision_that_nobody_holds_back(source):
    document, first = save(source, "one", "Apples are free.")
    _, second = save(source, "one", "Apples cost money.")
    gone, _ = save(source, "two", "Pears are free.")
    Document.objects.filter(pk=gone.pk).update(status=DocumentStatus.GONE)

    assert get_wanted_revisions() == {document.pk: second.pk}

    HeldRevision.objects.create(revision=second, held_by="bea", why="No.")
    assert get_wanted_revisions() == {document.pk: first.pk}

    HeldRevision.objects.create(revision=first, held_by="bea", why="No.")
    assert get_wanted_revisions() == {}


def test_changes_are_what_is_new_what_is_replaced_and_what_is_gone(source):
    one, first = save(source, "one", "Apples are free.")
    two, gone = save(source, "two", "Pears are free.")
    save(source, "three", "Plums are free.")
    base = publish()
    _, second = save(source, "one", "Apples cost money.")
    four, new = save(source, "four", "Figs are free.")
    Document.objects.filter(pk=two.pk).update(status=DocumentStatus.GONE)

    assert find_changes(base, get_wanted_revisions()) == [
        Change(one.pk, first.pk, second.pk),
        Change(two.pk, gone.pk, None),
        Change(four.pk, None, new.pk),
    ]


def test_words_that_ended_and_are_wanted_again_are_a_change(source):
    one, first = save(source, "one", "Apples are free.")
    base = publish()
    LivePeriod.objects.update(live_until=base.published_at.replace(year=2100))

    assert find_changes(base, get_wanted_revisions()) == [Change(one.pk, first.pk, first.pk)]
    publish()
    assert get_live_revisions() == {one.pk: first.pk}


def test_the_number_of_passages_is_kept_without_counting_them_all(source):
    save(source, "one", "Apples are free.", "Apples are red.")
    save(source, "two", "Pears are free.")
    publish()
    save(source, "one", "Apples cost money.")
    save(source, "three", "Figs are free.", "Figs are blue.")

    published = publish()

    live = Passage.objects.filter(revision__in=get_live_revisions().values())
    assert published.passage_count == live.count() == 4


def count_queries_of_a_change(source: Source, name: str) -> int:
    save(source, name, "A word has changed.")
    with CaptureQueriesContext(connection) as captured:
        publish()
    return len(captured)


def test_a_change_asks_the_database_no_more_often_when_there_are_more_documents(source):
    for number in range(3):
        save(source, f"page-{number}", f"Apple {number} is free.")
    publish()
    few = count_queries_of_a_change(source, "page-0")
    for number in range(3, 60):
        save(source, f"page-{number}", f"Apple {number} is free.")
    publish()

    assert count_queries_of_a_change(source, "page-1") <= few


def test_many_publishers_at_once_leave_one_live_revision_of_each_document(source):
    for number in range(4):
        save(source, f"page-{number}", "Apples are free.")
    publish()
    start = Barrier(4)

    def change_and_publish(number: int) -> None:
        try:
            start.wait(timeout=20)
            for turn in range(3):
                save(source, f"page-{number}", f"Apple {number} in turn {turn}.")
                publish()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(change_and_publish, range(4)))

    publish()
    live = LivePeriod.objects.filter(live_until=None)
    assert live.count() == 4
    assert get_live_revisions() == get_wanted_revisions()
    # No two periods of a document overlap, and the dates of publications only grow.
    for document in Document.objects.all():
        periods = list(document.live_periods.order_by("live_from"))
        ends = [period.live_until for period in periods]
        assert ends == [period.live_from for period in periods[1:]] + [None]
    published = Publication.objects.filter(published_at__isnull=False).order_by("pk")
    assert published.values("published_at").annotate(n=Count("pk")).filter(n__gt=1).count() == 0
    assert get_revisions_in(find_current_publication()) == get_live_revisions()
    assert not Publication.objects.filter(state=PublicationState.BUILDING).exists()
