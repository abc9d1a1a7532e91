"""Puts the starter knowledge into the tables, so that a first start answers without a network.

Sources are made once and are the staff's from then on; briefings follow the files.
"""

from __future__ import annotations

from django.utils import timezone

from knowledge.chunking import split_document
from knowledge.models import Document, Publication, Source
from knowledge.publishing import publish
from knowledge.services import BriefingFacts, Reading, retire_document, save_revision
from knowledge.starter.reading import Briefing, BriefingParagraph, read_briefings, read_sources
from knowledge.types import (
    Block,
    BlockKind,
    DocumentKind,
    DocumentStatus,
    ParsedDocument,
    Progress,
    ProgressCallback,
    Section,
    SourceKind,
    Tombstone,
)

BRIEFINGS_SLUG = "briefings"


def load_starter(*, on_progress: ProgressCallback | None = None) -> Publication | None:
    """Load sources and briefings and publish them. None when nothing had changed."""
    load_sources()
    source = get_briefings_source()
    briefings = read_briefings()
    for done, briefing in enumerate(briefings, start=1):
        save_revision(source=source, reading=read_briefing(briefing))
        if on_progress:
            on_progress(Progress("loading", done, len(briefings), briefing.title))
    retire_removed_briefings(source, briefings)
    return publish(note="starter knowledge", on_progress=on_progress)


def load_sources() -> None:
    for entry in read_sources():
        Source.objects.get_or_create(
            slug=entry.slug,
            defaults={
                "title": entry.title,
                "kind": entry.kind,
                "url": entry.url,
                "publisher": entry.publisher,
                "licence": entry.licence,
                "check_every_hours": entry.check_every_hours,
                "is_url_checked": entry.is_url_checked,
                "note": entry.note,
                "expected_change_days": entry.expected_change_days,
            },
        )


def get_briefings_source() -> Source:
    source, _ = Source.objects.get_or_create(
        slug=BRIEFINGS_SLUG,
        defaults={
            "title": "Our briefings in plain words",
            "kind": SourceKind.BRIEFINGS,
            "url": "/briefings/",
            "publisher": "This service",
            "licence": "MIT",
        },
    )
    return source


def get_briefing_url(slug: str) -> str:
    """Where the page shows the briefing; relative, since a deployment's host is its own."""
    return f"/briefings/{slug}"


def read_briefing(briefing: Briefing) -> Reading:
    url = get_briefing_url(briefing.slug)
    sections = tuple(
        Section(
            heading_path=(paragraph.heading,),
            url=f"{url}#{paragraph.id}",
            blocks=(Block(kind=BlockKind.PARAGRAPH, text=paragraph.text),),
        )
        for paragraph in briefing.paragraphs
    )
    parsed = ParsedDocument(
        url=url, title=briefing.title, sections=sections, document_type="briefing"
    )
    return Reading(
        parsed=parsed,
        split=split_document(parsed),
        read_at=timezone.now(),
        kind=DocumentKind.BRIEFING,
        facts={f"{url}#{paragraph.id}": get_facts(paragraph) for paragraph in briefing.paragraphs},
    )


def get_facts(paragraph: BriefingParagraph) -> BriefingFacts:
    return BriefingFacts(
        asks=tuple(paragraph.asks),
        rests_on=tuple(
            {"url": rest.url, "paragraph": rest.paragraph, "digest": rest.digest}
            for rest in paragraph.rests_on
        ),
        fact_on=paragraph.fact_date,
        checked_on=paragraph.checked,
    )


def retire_removed_briefings(source: Source, briefings: tuple[Briefing, ...]) -> None:
    kept = [get_briefing_url(briefing.slug) for briefing in briefings]
    removed = Document.objects.filter(source=source, status=DocumentStatus.LIVE).exclude(
        url__in=kept
    )
    for document in removed:
        tombstone = Tombstone(
            status=DocumentStatus.WITHDRAWN, reason="no longer among our briefings"
        )
        retire_document(document=document, tombstone=tombstone, now=timezone.now())
