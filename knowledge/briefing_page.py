"""A whole briefing as it is live now, with what each of its paragraphs rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urldefrag

from knowledge.live_sets import NOW
from knowledge.models import LivePeriod
from knowledge.supports import resolve_supports
from knowledge.types import DocumentKind, Support


@dataclass(frozen=True, kw_only=True)
class BriefingParagraph:
    """`is_stale`: its official words have changed since it was written; answers don't use it."""

    anchor: str
    heading: str
    text: str
    fact_on: date | None
    checked_on: date | None
    supports: tuple[Support, ...]
    is_stale: bool


@dataclass(frozen=True)
class BriefingPage:
    title: str
    paragraphs: tuple[BriefingParagraph, ...]


def find_briefing(url: str) -> BriefingPage | None:
    """Return the live briefing at this address of ours, or None."""
    period = (
        LivePeriod.objects.filter(
            document__url=url, document__kind=DocumentKind.BRIEFING, live_until__isnull=True
        )
        .select_related("revision")
        .first()
    )
    if period is None:
        return None
    supports = resolve_supports(NOW)
    return BriefingPage(
        period.revision.title,
        tuple(
            BriefingParagraph(
                anchor=urldefrag(passage.url).fragment,
                heading=" › ".join(passage.heading_path),
                text=passage.text,
                fact_on=passage.fact_on,
                checked_on=passage.checked_on,
                supports=supports.of_passage.get(passage.pk, ()),
                is_stale=passage.pk in supports.stale,
            )
            for passage in period.revision.passages.order_by("position")
        ),
    )
