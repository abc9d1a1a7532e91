"""A cited passage in the text around it, for the page that shows a quote in its context."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from knowledge.models import Document, Passage, Revision
from knowledge.types import DocumentKind, DocumentStatus

CONTEXT_LIMIT_CHARACTERS = 3000


@dataclass(frozen=True, kw_only=True)
class PassageInContext:
    """`before`, `passage` and `after` stand in the revision's text as one piece.

    `start` is where `passage` begins in the revision's text. `superseded_at` is when these words
    ceased to be live; `tombstone` is why the whole document did, in the publisher's words.
    """

    kind: DocumentKind
    title: str
    publisher: str
    licence: str
    url: str
    published: date | None
    checked: date
    heading_path: tuple[str, ...]
    revision_number: int
    before: str
    passage: str
    after: str
    start: int
    is_live: bool
    superseded_at: datetime | None
    tombstone: str
    replacement_url: str


def find_passage_in_context(passage_id: int, revision_id: int) -> PassageInContext | None:
    """Return the passage with its section around it; None if the revision has no such passage."""
    passage = (
        Passage.objects.filter(pk=passage_id, revision_id=revision_id)
        .select_related("revision__document__source")
        .first()
    )
    if passage is None:
        return None
    revision = passage.revision
    document = revision.document
    periods = list(revision.live_periods.order_by("live_from"))
    is_live = any(period.live_until is None for period in periods)
    begin, end = find_section(passage)
    return PassageInContext(
        kind=DocumentKind(document.kind),
        title=revision.title,
        publisher=document.publisher or document.source.publisher,
        licence=document.source.licence,
        url=passage.url,
        published=passage.fact_on or (revision.published_at and revision.published_at.date()),
        checked=get_checked(passage, revision, is_live=is_live),
        heading_path=tuple(passage.heading_path),
        revision_number=revision.number,
        before=revision.text[begin : passage.start],
        passage=passage.text,
        after=revision.text[passage.end : end],
        start=passage.start,
        is_live=is_live,
        superseded_at=None if is_live or not periods else periods[-1].live_until,
        tombstone=describe_end(document),
        replacement_url=document.replacement_url,
    )


def get_checked(passage: Passage, revision: Revision, *, is_live: bool) -> date:
    """When we last saw that these words stand: of superseded ones only when they were read."""
    checked_at = revision.document.checked_at if is_live else None
    return passage.checked_on or (checked_at or revision.fetched_at).date()


def find_section(passage: Passage) -> tuple[int, int]:
    """The place in the revision's text of the passage's section, or as much of it as is shown."""
    text = passage.revision.text
    rows = list(
        Passage.objects.filter(revision_id=passage.revision_id)
        .order_by("position")
        .values_list("position", "heading_path", "start", "end")
    )
    places = {position: place for place, (position, *_) in enumerate(rows)}
    first = last = places[passage.position]
    while first > 0 and rows[first - 1][1] == passage.heading_path:
        first -= 1
    while last + 1 < len(rows) and rows[last + 1][1] == passage.heading_path:
        last += 1
    begin, end = rows[first][2], rows[last][3]
    earliest, latest = (
        passage.start - CONTEXT_LIMIT_CHARACTERS,
        passage.end + CONTEXT_LIMIT_CHARACTERS,
    )
    if begin < earliest:
        # A block is shown whole or not at all.
        line_end = text.find("\n", earliest, passage.start)
        begin = line_end + 1 if line_end >= 0 else passage.start
    if end > latest:
        line_end = text.rfind("\n", passage.end, latest)
        end = line_end if line_end >= 0 else passage.end
    return begin, end


def describe_end(document: Document) -> str:
    if document.status == DocumentStatus.LIVE:
        return ""
    return document.status_reason or str(document.get_status_display())
