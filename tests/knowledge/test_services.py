from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import timezone

from knowledge.chunking import split_document
from knowledge.models import Document, LivePeriod, Publication, RowIsImmutable, Source
from knowledge.services import Reading, retire_document, save_revision
from knowledge.types import (
    Block,
    BlockKind,
    DocumentStatus,
    ParsedDocument,
    Section,
    SourceKind,
    Tombstone,
)

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
    "changed", [read("Children may apply."), read("Adults may apply.", title="Another title")]
)
def test_other_words_or_another_title_make_a_revision(source: Source, changed: Reading):
    save_revision(source=source, reading=read("Adults may apply."))

    _, revision = save_revision(source=source, reading=changed)

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
