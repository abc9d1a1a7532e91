"""Rows of the knowledge for tests. Traits are named by the state that they make."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from knowledge.indexing import build_index, digest_text, get_embedded_text, get_revisions_of
from knowledge.models import (
    Document,
    LivePeriod,
    Passage,
    Publication,
    PublicationState,
    Revision,
    Source,
)
from knowledge.types import DocumentKind, DocumentStatus, SourceKind


class SourceFactory(DjangoModelFactory):
    class Meta:
        model = Source

    class Params:
        of_briefings = factory.Trait(
            kind=SourceKind.BRIEFINGS, publisher="This service", licence="CC BY 4.0"
        )

    slug = factory.Sequence(lambda number: f"source-{number}")
    title = factory.Sequence(lambda number: f"Source {number}")
    kind = SourceKind.GOVUK
    url = factory.Sequence(lambda number: f"https://www.gov.uk/source-{number}")
    publisher = "Home Office"
    licence = "Open Government Licence v3.0"


class DocumentFactory(DjangoModelFactory):
    class Meta:
        model = Document

    class Params:
        briefing = factory.Trait(
            kind=DocumentKind.BRIEFING, source=factory.SubFactory(SourceFactory, of_briefings=True)
        )
        withdrawn = factory.Trait(
            status=DocumentStatus.WITHDRAWN,
            status_reason="This page is out of date.",
            status_since=factory.LazyFunction(timezone.now),
        )

    source = factory.SubFactory(SourceFactory)
    url = factory.Sequence(lambda number: f"https://www.gov.uk/document-{number}")
    title = factory.Sequence(lambda number: f"Document {number}")
    publisher = factory.SelfAttribute("source.publisher")
    checked_at = factory.LazyFunction(timezone.now)


class RevisionFactory(DjangoModelFactory):
    """A revision without passages; `PassageFactory(revision=…)` adds one."""

    class Meta:
        model = Revision

    document = factory.SubFactory(DocumentFactory)
    number = factory.LazyAttribute(lambda revision: revision.document.revisions.count() + 1)
    title = factory.SelfAttribute("document.title")
    text = factory.Sequence(lambda number: f"The text of revision {number}.")
    text_digest = factory.LazyAttribute(lambda revision: digest_text(revision.text))
    published_at = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    fetched_at = datetime(2026, 1, 3, 3, 4, tzinfo=UTC)


class PassageFactory(DjangoModelFactory):
    """The text must stand in its revision's text; by default it is all of it."""

    class Meta:
        model = Passage

    revision = factory.SubFactory(RevisionFactory)
    position = factory.LazyAttribute(lambda passage: passage.revision.passages.count())
    text = factory.SelfAttribute("revision.text")
    start = factory.LazyAttribute(lambda passage: passage.revision.text.index(passage.text))
    end = factory.LazyAttribute(lambda passage: passage.start + len(passage.text))
    url = factory.SelfAttribute("revision.document.url")
    digest = factory.LazyAttribute(
        lambda passage: digest_text(
            get_embedded_text(
                passage.revision.title,
                passage.heading_path,
                [passage.revision.text[start:end] for start, end in passage.lead_ins],
                passage.text,
            )
        )
    )
    heading_path = factory.LazyFunction(list)
    lead_ins = factory.LazyFunction(list)


class PublicationFactory(DjangoModelFactory):
    """A candidate; `live=True` has gone live."""

    class Meta:
        model = Publication

    class Params:
        live = factory.Trait(
            published_at=factory.LazyFunction(timezone.now), state=PublicationState.PUBLISHED
        )


class LivePeriodFactory(DjangoModelFactory):
    class Meta:
        model = LivePeriod

    class Params:
        superseded = factory.Trait(
            live_until=factory.LazyAttribute(lambda period: period.live_from + timedelta(days=30))
        )

    revision = factory.SubFactory(RevisionFactory)
    document = factory.SelfAttribute("revision.document")
    publication = factory.SubFactory(PublicationFactory, live=True)
    live_from = factory.SelfAttribute("publication.published_at")


def put_live(*revisions: Revision, at: datetime | None = None) -> Publication:
    """Publish these revisions beside what is live, as of the moment, with an index."""
    moment = at or timezone.now()
    publication = PublicationFactory(live=True, published_at=moment)
    for revision in revisions:
        LivePeriod.objects.filter(document=revision.document, live_until=None).update(
            live_until=moment
        )
        LivePeriodFactory(revision=revision, publication=publication, live_from=moment)
    directory = build_index(publication, get_revisions_of(publication))
    Publication.objects.filter(pk=publication.pk).update(index_directory=directory.name)
    publication.refresh_from_db()
    return publication
