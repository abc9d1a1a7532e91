"""Puts the starter knowledge into the tables, so that a first start answers without a network.

Sources are made once and are the staff's from then on; briefings follow the files.
"""

from __future__ import annotations

from django.utils import timezone

from knowledge.briefing_text import Paragraph, get_briefing_url, make_reading
from knowledge.models import Document, Publication, Source
from knowledge.publishing import publish
from knowledge.services import Reading, retire_document, save_revision
from knowledge.starter.gold import load_gold_questions
from knowledge.starter.reading import Briefing, BriefingParagraph, read_briefings, read_sources
from knowledge.types import (
    ENGLISH,
    DocumentStatus,
    Progress,
    ProgressCallback,
    SourceKind,
    Tombstone,
)

BRIEFINGS_SLUG = "briefings"


def load_starter(*, on_progress: ProgressCallback | None = None) -> Publication | None:
    """Load sources and briefings and publish them. None when nothing had changed."""
    load_sources()
    load_gold_questions()
    source = get_briefings_source()
    briefings = read_briefings()
    # What staff have written at the desk is theirs: the file that it began as no longer counts.
    edited = set(Document.objects.filter(is_edited=True).values_list("url", flat=True))
    for done, briefing in enumerate(briefings, start=1):
        if get_briefing_url(briefing.slug) not in edited:
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


def read_briefing(briefing: Briefing) -> Reading:
    return make_reading(
        url=get_briefing_url(briefing.slug),
        language=ENGLISH,
        title=briefing.title,
        paragraphs=[read_file_paragraph(paragraph) for paragraph in briefing.paragraphs],
        read_at=timezone.now(),
    )


def read_file_paragraph(paragraph: BriefingParagraph) -> Paragraph:
    return Paragraph(
        id=paragraph.id,
        heading=paragraph.heading,
        text=paragraph.text,
        asks=tuple(paragraph.asks),
        fact_date=paragraph.fact_date,
        checked=paragraph.checked,
        rests_on=tuple(
            {"url": rest.url, "paragraph": rest.paragraph, "digest": rest.digest}
            for rest in paragraph.rests_on
        ),
    )


def retire_removed_briefings(source: Source, briefings: tuple[Briefing, ...]) -> None:
    kept = [get_briefing_url(briefing.slug) for briefing in briefings]
    removed = Document.objects.filter(
        source=source, status=DocumentStatus.LIVE, is_edited=False
    ).exclude(url__in=kept)
    for document in removed:
        tombstone = Tombstone(
            status=DocumentStatus.WITHDRAWN, reason="no longer among our briefings"
        )
        retire_document(document=document, tombstone=tombstone, now=timezone.now())
