"""A briefing as it is written: paragraphs in plain words, each with the official words behind it.

The same whether it came from the files that ship with the project or from the staff desk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urldefrag

from knowledge.chunking import split_document
from knowledge.models import Revision
from knowledge.services import BriefingFacts, Reading
from knowledge.types import ENGLISH, Block, BlockKind, DocumentKind, ParsedDocument, Section


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """`rests_on`: {"url", "paragraph", "digest"}, or {"url", "quote"} where none has a number."""

    id: str
    heading: str
    text: str
    asks: tuple[str, ...]
    fact_date: date
    checked: date
    rests_on: tuple[Mapping[str, str], ...]

    def as_data(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "heading": self.heading,
            "text": self.text,
            "asks": list(self.asks),
            "fact_date": self.fact_date.isoformat(),
            "checked": self.checked.isoformat(),
            "rests_on": [dict(rest) for rest in self.rests_on],
        }


def read_paragraph(data: Mapping[str, Any]) -> Paragraph:
    """The way back from `as_data`."""
    return Paragraph(
        id=data["id"],
        heading=data["heading"],
        text=data["text"],
        asks=tuple(data["asks"]),
        fact_date=date.fromisoformat(data["fact_date"]),
        checked=date.fromisoformat(data["checked"]),
        rests_on=tuple(data["rests_on"]),
    )


def get_briefing_url(slug: str, language: str = ENGLISH) -> str:
    """Where the page shows the briefing; relative, since a deployment's host is its own."""
    return f"/briefings/{slug}" if language == ENGLISH else f"/briefings/{language}/{slug}"


def make_reading(
    *, url: str, language: str, title: str, paragraphs: Sequence[Paragraph], read_at: datetime
) -> Reading:
    """What save_revision stores of a briefing: each paragraph under its heading is a passage."""
    sections = tuple(
        Section(
            heading_path=(paragraph.heading,),
            url=f"{url}#{paragraph.id}",
            blocks=(Block(kind=BlockKind.PARAGRAPH, text=paragraph.text),),
        )
        for paragraph in paragraphs
    )
    parsed = ParsedDocument(
        url=url, title=title, sections=sections, document_type="briefing", locale=language
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
                fact_on=paragraph.fact_date,
                checked_on=paragraph.checked,
            )
            for paragraph in paragraphs
        },
    )


def list_paragraphs(revision: Revision) -> list[Paragraph]:
    """The paragraphs of a stored briefing, in order."""
    return [
        Paragraph(
            id=urldefrag(passage.url).fragment,
            heading=" › ".join(passage.heading_path),
            text=passage.text,
            asks=tuple(passage.asks),
            fact_date=passage.fact_on or revision.fetched_at.date(),
            checked=passage.checked_on or revision.fetched_at.date(),
            rests_on=tuple(passage.rests_on),
        )
        for passage in revision.passages.order_by("position")
    ]
