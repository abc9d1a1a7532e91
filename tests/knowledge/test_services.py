from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from knowledge.chunking import split_document
from knowledge.models import Decision, Document, LivePeriod, Publication, RowIsImmutable, Source
from knowledge.services import (
    Reading,
    restore_document,
    retire_document,
    save_revision,
    withdraw_document,
)
from knowledge.types import (
    Block,
    BlockKind,
    DocumentStatus,
    ParsedDocument,
    Section,
    SourceKind,
    Tombstone,
)
from tests.factories import LivePeriodFactory

pytestmark = pytest.mark.django_db

URL = "https://www.gov.uk/guidance/example"


@pytest.fixture
def source() -> Source:
    return Source.objects.create(
        slug="example", title="Example", kind=SourceKind.GOVUK, url=URL, publisher="A ministry"
    )


def read(*texts: str, title: str = "Example") -> Reading:
    blocks = tuple(Block(kind=BlockKind.PARAGRAPH, text=text) for text in texts)
    section = Section(heading_path=("Who",), url=f"{URL}#who", blocks=blocks)
    parsed = ParsedDocument(url=URL, title=title, sections=(section,))
    return Reading(parsed=parsed, split=split_document(parsed), read_at=timezone.now(), etag='"1"')


def test_a_first_reading_becomes_revision_one_with_its_passages(source: Source):
    document, revision = save_revision(source=source, reading=read("Adults may apply."))

    assert (revision.number, document.publisher) == (1, "A ministry")
    passage = revision.passages.get()
    assert revision.text[passage.start : passage.end] == passage.text == "Adults may apply."
    assert passage.url == f"{URL}#who"


def test_the_same_words_make_no_revision_but_are_seen_again(source: Source):
    save_revision(source=source, reading=read("Adults may apply."))
    again = replace(read("Adults may apply."), etag='"2"')

    document, revision = save_revision(source=source, reading=again)

    assert revision is None
    assert (document.etag, document.checked_at) == ('"2"', again.read_at)


@pytest.mark.parametrize(
    ("words", "title"), [("Children may apply.", "Example"), ("Adults may apply.", "Another")]
)
def test_other_words_or_another_title_make_a_revision(source: Source, words: str, title: str):
    save_revision(source=source, reading=read("Adults may apply."))

    _, revision = save_revision(source=source, reading=read(words, title=title))

    assert revision.number == 2


def test_a_revision_and_its_passages_can_not_be_changed(source: Source):
    _, revision = save_revision(source=source, reading=read("Adults may apply."))
    passage = revision.passages.get()

    with pytest.raises(RowIsImmutable):
        revision.save()
    with pytest.raises(RowIsImmutable):
        passage.save()


def test_a_retired_document_has_nothing_live_from_that_moment(source: Source):
    document, revision = save_revision(source=source, reading=read("Adults may apply."))
    now = timezone.now()
    LivePeriod.objects.create(
        document=document,
        revision=revision,
        publication=Publication.objects.create(),
        live_from=now - timezone.timedelta(days=1),
    )
    tombstone = Tombstone(status=DocumentStatus.WITHDRAWN, reason="Out of date")

    assert retire_document(document=document, tombstone=tombstone, now=now)

    document = Document.objects.get()
    assert (document.status, document.status_reason) == ("withdrawn", "Out of date")
    assert not LivePeriod.objects.filter(live_until__isnull=True).exists()


def test_a_document_that_comes_back_is_live_again(source: Source):
    document, _ = save_revision(source=source, reading=read("Adults may apply."))
    retire_document(
        document=document, tombstone=Tombstone(status=DocumentStatus.GONE), now=timezone.now()
    )

    document, revision = save_revision(source=source, reading=read("Adults may apply."))

    assert (document.status, revision) == (DocumentStatus.LIVE, None)


def test_a_page_that_was_read_before_the_newest_revision_changes_nothing(source: Source):
    late = read("Adults may apply.")
    save_revision(source=source, reading=read("Children may apply."))

    document, revision = save_revision(source=source, reading=late)

    assert revision is None
    assert document.revisions.get().text == "Who\nChildren may apply."


def test_a_revision_from_the_future_does_not_keep_newer_ones_out(source: Source):
    ahead = replace(read("Children may apply."), read_at=timezone.now() + timedelta(days=300))
    save_revision(source=source, reading=ahead)

    _, revision = save_revision(source=source, reading=read("Adults may apply."))

    assert revision.number == 2


def test_history_mode_alone_makes_a_new_revision(source: Source):
    reading = read("Adults may apply.")
    save_revision(source=source, reading=reading)
    historic = replace(
        reading, read_at=timezone.now(), parsed=replace(reading.parsed, is_historic=True)
    )

    _, revision = save_revision(source=source, reading=historic)

    assert revision.is_historic


def test_a_clock_that_was_set_back_makes_no_period_that_ends_before_it_begins(source: Source):
    document, revision = save_revision(source=source, reading=read("Adults may apply."))
    period = LivePeriodFactory(revision=revision, document=document)
    tombstone = Tombstone(status=DocumentStatus.GONE)

    retire_document(
        document=document, tombstone=tombstone, now=period.live_from - timedelta(hours=1)
    )

    period.refresh_from_db()
    assert period.live_until > period.live_from


def test_a_withdrawal_is_recorded_with_its_reason(source: Source):
    document, _ = save_revision(source=source, reading=read("Adults may apply."))

    withdraw_document(document=document, who="paul", why="quashed")
    document.refresh_from_db()
    restore_document(document=document, who="anna", why="upheld")

    acts = Decision.objects.order_by("pk").values_list("who", "act", "why")
    assert list(acts) == [("paul", "withdrawn", "quashed"), ("anna", "restored", "upheld")]


def test_what_its_publisher_withdrew_is_not_restored_by_staff(source: Source):
    document, _ = save_revision(source=source, reading=read("Adults may apply."))
    retire_document(
        document=document, tombstone=Tombstone(status=DocumentStatus.WITHDRAWN), now=timezone.now()
    )

    assert not restore_document(document=document, who="anna", why="still needed")

    document.refresh_from_db()
    assert document.status == DocumentStatus.WITHDRAWN
    assert not Decision.objects.exists()
