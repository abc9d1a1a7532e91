"""What breaks on a machine, broken in earnest: a full disk, a locked database, a lost Redis."""

from __future__ import annotations

import resource
import sqlite3
import threading
from contextlib import closing, contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, ProgrammingError, connection

from knowledge.alarms import AlarmKind
from knowledge.faults import RefreshBroken, name_fault
from knowledge.ingestion import refresh_source
from knowledge.models import Document, LivePeriod, Passage, Source
from knowledge.runs import request_run
from knowledge.segments import write_segment
from knowledge.types import SourceKind

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("fake_embedding"),
]

MANUAL = "/guidance/example-rules"


@pytest.fixture
def source(govuk) -> Source:
    if connection.vendor != "sqlite":
        pytest.skip("these faults are made with SQLite's file")
    govuk.add_manual(MANUAL, {"one": "<p>EX 1.1. There is no fee.</p>"})
    return Source.objects.create(
        slug="example-rules",
        title="Example rules",
        kind=SourceKind.GOVUK,
        url=f"https://www.gov.uk{MANUAL}",
        publisher="Ministry of Examples",
    )


def live_texts() -> set[str]:
    live = LivePeriod.objects.filter(live_until__isnull=True).values("revision")
    return set(Passage.objects.filter(revision__in=live).values_list("text", flat=True))


def change(govuk, words: str) -> None:
    govuk.add_section(MANUAL, "one", f"<p>EX 1.1. {words}</p>")


@contextmanager
def full_database():
    """No page more than it has now."""
    with connection.cursor() as cursor:
        # Pages that earlier tests left free would be room.
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA page_count")
        (pages,) = cursor.fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        try:
            yield
        finally:
            cursor.execute("PRAGMA max_page_count = 1073741823")


def test_a_full_disk_under_the_database_is_said_and_changes_nothing(source, govuk):
    refresh_source(run=request_run(source=source))
    before = live_texts()
    change(govuk, "There is a fee. " * 20_000)

    with full_database(), pytest.raises(RefreshBroken, match=r"disk is full") as raised:
        refresh_source(run=request_run(source=source))

    assert raised.value.kind is AlarmKind.DISK_FULL
    assert live_texts() == before


@contextmanager
def small_files(limit: int):
    """No file of this process may grow beyond the limit."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_is_full_under_the_index_is_said_and_the_next_refresh_goes_on(
    source, govuk, monkeypatch
):
    refresh_source(run=request_run(source=source))
    before = live_texts()
    change(govuk, "There is a fee.")
    # Only the index is written under the limit: the database's file is larger than it already.
    monkeypatch.setattr("knowledge.indexing.write_segment", limited(write_segment))

    with pytest.raises(RefreshBroken, match=r"disk is full"):
        refresh_source(run=request_run(source=source))

    assert live_texts() == before
    monkeypatch.undo()
    refresh_source(run=request_run(source=source))
    assert any("There is a fee." in text for text in live_texts())


def limited(build):
    def build_with_little_room(*args, **kwargs):
        with small_files(64):
            return build(*args, **kwargs)

    return build_with_little_room


@contextmanager
def locked_database():
    """Another process holds the write lock."""
    path = connection.settings_dict["NAME"]
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")


@pytest.fixture
def impatient():
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 50")
        yield
        cursor.execute("PRAGMA busy_timeout = 15000")


def test_a_locked_database_is_said_in_one_line(source, impatient):
    with locked_database(), pytest.raises(CommandError, match=r"^The database is busy") as raised:
        call_command("refresh", source.slug)

    assert "\n" not in str(raised.value)
    assert not Document.objects.exists()


def test_a_lock_in_mid_refresh_leaves_what_was_live(source, govuk, impatient):
    refresh_source(run=request_run(source=source))
    before = live_texts()
    change(govuk, "There is a fee.")
    section = f"{MANUAL}/one"
    govuk.held[section] = threading.Event()
    lock = locked_database()

    def lock_when_reached() -> None:
        govuk.reached.wait(30)
        lock.__enter__()
        govuk.held[section].set()

    locker = threading.Thread(target=lock_when_reached)
    locker.start()
    with pytest.raises(RefreshBroken, match=r"database is busy"):
        refresh_source(run=request_run(source=source))
    locker.join()
    lock.__exit__(None, None, None)

    assert live_texts() == before
    refresh_source(run=request_run(source=source))
    assert any("There is a fee." in text for text in live_texts())


@pytest.mark.parametrize(
    "error", [ValueError("locked"), IntegrityError("one row too many"), ProgrammingError("syntax")]
)
def test_what_is_a_fault_of_our_own_code_is_not_called_the_machines(error):
    assert name_fault(error) is None


def test_what_else_the_machine_does_wrong_is_said_with_its_words():
    fault = name_fault(OperationalError("disk I/O error"))

    assert "disk I/O error" in str(fault)
    assert "\n" not in str(fault)
