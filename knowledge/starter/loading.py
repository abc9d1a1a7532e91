"""Puts the starter knowledge into the tables, so that a first start answers without a network.

Sources are made once and are the staff's from then on; briefings follow the files until staff
have edited them.
"""

from __future__ import annotations

from django.utils import timezone

from knowledge.briefing_words import (
    BriefingWords,
    get_briefing_url,
    get_briefings_source,
    make_briefing_reading,
)
from knowledge.models import Document, Publication, Source
from knowledge.publishing import publish
from knowledge.services import Reading, retire_document, save_revision
from knowledge.starter.gold import load_gold_questions
from knowledge.starter.reading import Briefing, read_briefings, read_sources
from knowledge.types import (
    DocumentStatus,
    Progress,
    ProgressCallback,
    Tombstone,
)


def load_starter(*, on_progress: ProgressCallback | None = None) -> Publication | None:
    """Load sources and briefings and publish them. None when nothing had changed."""
    load_sources()
    load_gold_questions()
    source = get_briefings_source()
    briefings = read_briefings()
    edited = set(
        Document.objects.filter(source=source, is_edited=True).values_list("url", flat=True)
    )
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
                "expected_change_days": entry.expected_change_days,
                "is_url_checked": entry.is_url_checked,
                "note": entry.note,
            },
        )


def read_briefing(briefing: Briefing) -> Reading:
    return make_briefing_reading(
        get_briefing_url(briefing.slug),
        title=briefing.title,
        paragraphs=[
            BriefingWords(
                id=paragraph.id,
                heading=paragraph.heading,
                text=paragraph.text,
                asks=tuple(paragraph.asks),
                fact_on=paragraph.fact_date,
                checked_on=paragraph.checked,
                rests_on=tuple(
                    {"url": rest.url, "paragraph": rest.paragraph, "digest": rest.digest}
                    for rest in paragraph.rests_on
                ),
            )
            for paragraph in briefing.paragraphs
        ],
        read_at=timezone.now(),
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
