from __future__ import annotations

import pytest
from django.db import IntegrityError
from django.utils import timezone

from knowledge import candidates, publishing
from knowledge.chunking import split_document
from knowledge.models import LivePeriod, Passage, Publication, Source
from knowledge.publishing import find_current_publication, get_live_revisions, publish
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

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("fake_embedding"),
]


@pytest.fixture
def source() -> Source:
    return Source.objects.create(
        slug="s", title="S", kind=SourceKind.GOVUK, url="https://www.gov.uk/s", publisher="P"
    )


def save(source: Source, name: str, text: str):
    url = f"https://www.gov.uk/{name}"
    section = Section(
        heading_path=(), url=url, blocks=(Block(kind=BlockKind.PARAGRAPH, text=text),)
    )
    parsed = ParsedDocument(url=url, title=name, sections=(section,))
    reading = Reading(parsed=parsed, split=split_document(parsed), read_at=timezone.now())
    return save_revision(source=source, reading=reading)


def test_the_newest_revision_of_every_document_goes_live_together(source: Source):
    one, first = save(source, "one", "Apples are free.")
    two, second = save(source, "two", "Pears cost money.")

    publication = publish()

    assert get_live_revisions() == {one.pk: first.pk, two.pk: second.pk}
    assert find_current_publication() == publication
    assert publication.passage_count == 2


def test_publishing_what_is_live_already_does_nothing(source: Source):
    save(source, "one", "Apples are free.")
    publish()

    assert publish() is None
    assert Publication.objects.count() == 1


def test_a_superseded_revision_keeps_the_dates_on_which_it_was_live(source: Source):
    _, first = save(source, "one", "Apples are free.")
    publish()
    _, second = save(source, "one", "Apples cost money.")

    publication = publish()

    old = LivePeriod.objects.get(revision=first)
    new = LivePeriod.objects.get(revision=second)
    assert old.live_until == new.live_from == publication.published_at
    assert new.live_until is None


def test_a_candidate_whose_index_fails_changes_nothing_for_readers(source: Source, monkeypatch):
    save(source, "one", "Apples are free.")
    before = publish()
    save(source, "one", "Apples cost money.")

    def fail(*args: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(candidates, "build_index", fail)
    with pytest.raises(OSError, match="disk full"):
        publish()

    assert find_current_publication() == before
    live = Passage.objects.filter(revision__in=get_live_revisions().values())
    assert [passage.text for passage in live] == ["Apples are free."]


def test_a_candidate_overtaken_by_another_publication_is_built_again(source: Source, monkeypatch):
    save(source, "one", "Apples are free.")
    build = publishing.build_candidate
    overtaken = []

    def build_while_another_publishes(*args: object) -> None:
        build(*args)
        if not overtaken:
            overtaken.append(True)
            save(source, "two", "Pears cost money.")
            publish()

    monkeypatch.setattr(publishing, "build_candidate", build_while_another_publishes)

    assert publish() is None
    assert len(get_live_revisions()) == 2


def test_a_document_retired_while_the_candidate_was_built_does_not_come_back(
    source: Source, monkeypatch
):
    document, _ = save(source, "one", "Apples are free.")
    build = publishing.build_candidate

    def build_while_it_is_withdrawn(*args: object) -> None:
        build(*args)
        retire_document(
            document=document,
            tombstone=Tombstone(status=DocumentStatus.WITHDRAWN),
            now=timezone.now(),
        )

    monkeypatch.setattr(publishing, "build_candidate", build_while_it_is_withdrawn)

    publish()

    assert get_live_revisions() == {}


def test_the_database_refuses_two_live_revisions_of_a_document(source: Source):
    document, first = save(source, "one", "Apples are free.")
    publication = publish()

    with pytest.raises(IntegrityError):
        LivePeriod.objects.create(
            document=document, revision=first, publication=publication, live_from=timezone.now()
        )


def test_the_database_refuses_a_passage_without_a_revision(source: Source):
    with pytest.raises(IntegrityError):
        Passage.objects.create(position=1, start=0, end=1, text="x", url="https://www.gov.uk/x")
