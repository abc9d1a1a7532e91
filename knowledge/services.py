"""Writes: a revision with its passages, and the end of a document. Each is one transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from knowledge.decisions import record_decision
from knowledge.indexing import digest_text, get_embedded_text
from knowledge.live_sets import get_next_moment
from knowledge.models import Act, Document, LivePeriod, Passage, Revision, Source
from knowledge.types import (
    DocumentKind,
    DocumentStatus,
    ParsedDocument,
    SplitDocument,
    SplitPassage,
    Tombstone,
)


@dataclass(frozen=True, kw_only=True)
class BriefingFacts:
    """What a briefing paragraph carries besides its text."""

    asks: tuple[str, ...]
    rests_on: tuple[Mapping[str, str], ...]
    fact_on: date
    checked_on: date


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Everything that one look at a page told us. `facts` is keyed by a passage's URL."""

    parsed: ParsedDocument
    split: SplitDocument
    read_at: datetime
    kind: DocumentKind = DocumentKind.OFFICIAL
    etag: str = ""
    last_modified: str = ""
    reading_version: int = 0
    facts: Mapping[str, BriefingFacts] = field(default_factory=dict)


def digest_reading(reading: Reading) -> str:
    """Digest all that makes two readings one revision: words, places, what they rest on."""
    parsed = reading.parsed
    places = [
        [
            passage.start,
            passage.end,
            passage.url,
            list(passage.heading_path),
            [[number.number, number.start, number.end] for number in passage.numbers],
            [[span.start, span.end] for span in passage.lead_ins],
        ]
        for passage in reading.split.passages
    ]
    facts = [
        [
            url,
            list(fact.asks),
            [dict(rest) for rest in fact.rests_on],
            str(fact.fact_on),
            str(fact.checked_on),
        ]
        for url, fact in sorted(reading.facts.items())
    ]
    whole = json.dumps([parsed.title, reading.split.text, places, facts])
    if parsed.is_historic:
        whole += "published under an earlier government"
    return hashlib.sha256(whole.encode()).hexdigest()


@transaction.atomic
def save_revision(*, source: Source, reading: Reading) -> tuple[Document, Revision | None]:
    """Store what was read. None instead of a revision means that the text is the one we have.

    What staff withdrew stays withdrawn, and what was read before the newest revision is old news:
    both change nothing.
    """
    parsed = reading.parsed
    document, _ = Document.objects.select_for_update().get_or_create(
        url=parsed.url, defaults={"source": source, "kind": reading.kind}
    )
    newest = document.revisions.defer("text").order_by("-number").first()
    if newest is not None and is_out_of_order(newest, reading):
        return document, None
    document.title = parsed.title[:500]
    document.publisher = (parsed.publisher or source.publisher)[:200]
    document.document_type = parsed.document_type[:80]
    document.locale = parsed.locale[:12]
    if not document.withdrawn_by:
        document.status = DocumentStatus.LIVE
        document.status_reason = document.replacement_url = ""
        document.status_since = None
    document.missing_since = None
    document.etag = reading.etag[:300]
    document.last_modified = reading.last_modified[:100]
    document.reading_version = reading.reading_version
    document.children = list(parsed.children)
    document.checked_at = reading.read_at
    document.save()

    text_digest = digest_reading(reading)
    if newest is not None and newest.text_digest == text_digest:
        return document, None
    revision = Revision.objects.create(
        document=document,
        number=newest.number + 1 if newest else 1,
        title=document.title,
        text=reading.split.text,
        text_digest=text_digest,
        published_at=parsed.published_at,
        change_note=parsed.change_note,
        fetched_at=reading.read_at,
        is_historic=parsed.is_historic,
    )
    Passage.objects.bulk_create(
        make_passage(revision, passage, reading) for passage in reading.split.passages
    )
    return document, revision


def is_out_of_order(newest: Revision, reading: Reading) -> bool:
    """Was the page read before the newest revision was? Not believed of a clock that ran ahead."""
    return reading.read_at < newest.fetched_at <= timezone.now()


def make_passage(revision: Revision, split: SplitPassage, reading: Reading) -> Passage:
    lead_ins = tuple(revision.text[span.start : span.end] for span in split.lead_ins)
    facts = reading.facts.get(split.url)
    return Passage(
        revision=revision,
        position=split.position,
        start=split.start,
        end=split.end,
        text=split.text,
        heading_path=list(split.heading_path),
        url=split.url[:600],
        numbers=[[number.number, number.start, number.end] for number in split.numbers],
        lead_ins=[[span.start, span.end] for span in split.lead_ins],
        asks=list(facts.asks) if facts else [],
        rests_on=[dict(rest) for rest in facts.rests_on] if facts else [],
        fact_on=facts.fact_on if facts else None,
        checked_on=facts.checked_on if facts else None,
        digest=digest_text(
            get_embedded_text(revision.title, split.heading_path, lead_ins, split.text)
        ),
    )


@transaction.atomic
def retire_document(*, document: Document, tombstone: Tombstone, now: datetime) -> bool:
    """End a document at once, and say why. False when that had been done before."""
    if document.withdrawn_by or document.status == tombstone.status:
        Document.objects.filter(pk=document.pk).update(checked_at=now)
        return False
    Document.objects.filter(pk=document.pk).update(
        status=tombstone.status,
        status_reason=tombstone.reason,
        status_since=tombstone.since or now,
        replacement_url=tombstone.replacement_url[:500],
        etag="",
        last_modified="",
        checked_at=now,
    )
    end_live_period(document, now=now)
    return True


def end_live_period(document: Document, *, now: datetime) -> None:
    """The passages stop being live before any index is rebuilt."""
    LivePeriod.objects.filter(document=document, live_until__isnull=True).update(
        live_until=get_next_moment(now)
    )


@transaction.atomic
def withdraw_document(*, document: Document, who: str, why: str) -> None:
    """Take a document out of use, by a person's decision. No refresh brings it back."""
    now = timezone.now()
    Document.objects.filter(pk=document.pk).update(
        status=DocumentStatus.WITHDRAWN,
        status_reason=why,
        status_since=now,
        withdrawn_by=who[:150],
    )
    end_live_period(document, now=now)
    record_decision(who=who, act=Act.WITHDRAWN, why=why, document=document)


@transaction.atomic
def restore_document(*, document: Document, who: str, why: str) -> bool:
    """Let a document that staff withdrew be used again, from the next publication on.

    Its page is read anew by the next refresh, which knows what the publisher says of it now.
    False when staff had not withdrawn it: what its publisher took back only they bring back.
    """
    restored = (
        Document.objects.filter(pk=document.pk)
        .exclude(withdrawn_by="")
        .update(
            status=DocumentStatus.LIVE,
            status_reason="",
            status_since=None,
            withdrawn_by="",
            etag="",
            last_modified="",
        )
    )
    if restored:
        record_decision(who=who, act=Act.RESTORED, why=why, document=document)
    return bool(restored)
