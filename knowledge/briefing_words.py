"""A briefing's paragraphs as values, from and to what is stored: in files, proposals, revisions.

The paragraph's id is the anchor of its address, in every language the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urldefrag

from knowledge.chunking import split_document
from knowledge.models import Revision, Source
from knowledge.services import BriefingFacts, Reading
from knowledge.types import (
    Block,
    BlockKind,
    DocumentKind,
    ParsedDocument,
    Section,
    SourceKind,
)

BRIEFINGS_SLUG = "briefings"
ENGLISH = "en"


@dataclass(frozen=True, kw_only=True)
class BriefingWords:
    """One paragraph with what it carries. `rests_on`: [{"url", "paragraph", "digest"}, …]."""

    id: str
    heading: str
    text: str
    asks: tuple[str, ...]
    fact_on: date
    checked_on: date
    rests_on: tuple[Mapping[str, str], ...]

    def as_data(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "heading": self.heading,
            "text": self.text,
            "asks": list(self.asks),
            "fact_date": self.fact_on.isoformat(),
            "checked": self.checked_on.isoformat(),
            "rests_on": [dict(rest) for rest in self.rests_on],
        }


def read_words(data: Mapping[str, Any]) -> BriefingWords:
    """Read what as_data wrote."""
    return BriefingWords(
        id=data["id"],
        heading=data["heading"],
        text=data["text"],
        asks=tuple(data["asks"]),
        fact_on=date.fromisoformat(data["fact_date"]),
        checked_on=date.fromisoformat(data["checked"]),
        rests_on=tuple(data["rests_on"]),
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


def get_briefing_url(slug: str, language: str = ENGLISH) -> str:
    """Where the page shows the briefing; relative, since a deployment's host is its own."""
    return f"/briefings/{slug}" if language == ENGLISH else f"/briefings/{slug}.{language}"


def split_briefing_url(url: str) -> tuple[str, str]:
    """The slug and the language of a briefing's address."""
    slug, _, language = url.removeprefix("/briefings/").partition(".")
    return slug, language or ENGLISH


def make_briefing_reading(
    url: str,
    *,
    title: str,
    paragraphs: Sequence[BriefingWords],
    read_at: datetime,
    locale: str = ENGLISH,
) -> Reading:
    sections = tuple(
        Section(
            heading_path=(paragraph.heading,),
            url=f"{url}#{paragraph.id}",
            blocks=(Block(kind=BlockKind.PARAGRAPH, text=paragraph.text),),
        )
        for paragraph in paragraphs
    )
    parsed = ParsedDocument(
        url=url, title=title, sections=sections, document_type="briefing", locale=locale
    )
    return Reading(
        parsed=parsed,
        split=split_document(parsed),
        read_at=read_at,
        kind=DocumentKind.BRIEFING,
        facts={
            f"{url}#{paragraph.id}": BriefingFacts(
                asks=paragraph.asks,
                rests_on=paragraph.rests_on,
                fact_on=paragraph.fact_on,
                checked_on=paragraph.checked_on,
            )
            for paragraph in paragraphs
        },
    )


def read_revision(revision: Revision) -> list[BriefingWords]:
    """The paragraphs of a briefing's revision; one that was cut in two is joined again."""
    found: dict[str, list[Any]] = {}
    for passage in revision.passages.order_by("position"):
        found.setdefault(urldefrag(passage.url).fragment, []).append(passage)
    return [
        BriefingWords(
            id=anchor,
            heading=" › ".join(passages[0].heading_path),
            text=" ".join(revision.text[passages[0].start : passages[-1].end].split()),
            asks=tuple(passages[0].asks),
            fact_on=passages[0].fact_on or revision.fetched_at.date(),
            checked_on=passages[0].checked_on or revision.fetched_at.date(),
            rests_on=tuple(passages[0].rests_on),
        )
        for anchor, passages in found.items()
    ]
