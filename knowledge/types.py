"""The values that pass between the steps of the knowledge: plain, frozen, without a database.

A fetched page becomes a ParsedDocument, which becomes a revision's text and its passages, which
become RankedPassages when somebody asks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class DocumentKind(StrEnum):
    """Whose words a document holds."""

    OFFICIAL = "official"
    BRIEFING = "briefing"


class SourceKind(StrEnum):
    """Which connector reads a source."""

    GOVUK = "govuk"
    WEB_PAGE = "web_page"
    BRIEFINGS = "briefings"
    # Files that staff uploaded; nothing is fetched.
    UPLOADS = "uploads"


class DocumentStatus(StrEnum):
    """What the publisher last said of a document; only LIVE ones have passages that are live."""

    LIVE = "live"
    WITHDRAWN = "withdrawn"
    GONE = "gone"
    REDIRECTED = "redirected"
    NOT_FOUND = "not_found"


class BlockKind(StrEnum):
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE_ROW = "table_row"


@dataclass(frozen=True, kw_only=True)
class Block:
    """One paragraph, list item or table row, as the author wrote it, white space folded.

    `number` is the full paragraph number ('UEATS 2.3(c)', '327AB', 's.82(1)') or ''.
    `lead_in` is the index, in the same section's blocks, of the block that introduces the list in
    which this block stands, or None. Lead-ins nest by pointing at each other.
    `anchor` is where the block itself stands in the page ('page=3', 'section-82-1-a') where its
    author gave it a place of its own.
    """

    kind: BlockKind
    text: str
    number: str = ""
    lead_in: int | None = None
    anchor: str = ""


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading and the blocks under it, up to the next heading of any level.

    `heading_path` runs from the outermost heading inside the document to this one; it is empty
    for what stands before the first heading. `url` is the page's address with the anchor of the
    nearest heading that has one.
    """

    heading_path: tuple[str, ...]
    url: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, kw_only=True)
class Tombstone:
    """Why a document is no longer live, in the publisher's words where it gave any."""

    status: DocumentStatus
    reason: str = ""
    replacement_url: str = ""
    since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ParsedDocument:
    """A page as its author structured it."""

    url: str
    title: str
    sections: tuple[Section, ...]
    description: str = ""
    publisher: str = ""
    document_type: str = ""
    locale: str = "en"
    published_at: datetime | None = None
    first_published_at: datetime | None = None
    change_note: str = ""
    # Canonical URLs of the documents that belong to this one: sections of a manual, HTML
    # attachments of a publication.
    children: tuple[str, ...] = ()
    tombstone: Tombstone | None = None
    # Set when the page says that it was published under an earlier government.
    is_historic: bool = False


@dataclass(frozen=True)
class Span:
    """A half-open range of characters in a revision's text."""

    start: int
    end: int


@dataclass(frozen=True)
class NumberedSpan:
    """Where a numbered paragraph stands in a revision's text."""

    number: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class SplitPassage:
    """A passage before it is stored: `text` is exactly the revision's text[start:end].

    `lead_ins` are the places of the introductions, outermost first, of the list that the passage
    begins inside; they are not part of `text`.
    """

    position: int
    start: int
    end: int
    text: str
    heading_path: tuple[str, ...]
    url: str
    numbers: tuple[NumberedSpan, ...] = ()
    lead_ins: tuple[Span, ...] = ()


@dataclass(frozen=True)
class SplitDocument:
    """A revision's whole text and the passages it was cut into, in order."""

    text: str
    passages: tuple[SplitPassage, ...]


@dataclass(frozen=True)
class Support:
    """The official words that a briefing rests on; `quote` is '' until they are indexed."""

    url: str
    quote: str


@dataclass(frozen=True, kw_only=True)
class RankedPassage:
    """A live passage as an answer needs it. Scores: dense is a cosine, lexical is BM25's."""

    passage_id: int
    document_id: int
    revision_id: int
    kind: DocumentKind
    title: str
    publisher: str
    licence: str
    # With the anchor of the section.
    url: str
    heading_path: tuple[str, ...]
    text: str
    start: int
    lead_ins: tuple[str, ...]
    numbers: tuple[NumberedSpan, ...]
    published: date | None
    checked: date
    supports: tuple[Support, ...] = ()
    # Other ways to ask for a briefing.
    asks: tuple[str, ...] = ()
    # Published under an earlier government, as the page says.
    is_historic: bool = False
    score: float = 0.0
    dense: float = 0.0
    lexical: float = 0.0
    rank: int = 0


@dataclass(frozen=True)
class Progress:
    """How far a refresh has come: `done` of `total` in the named step ('fetching', …)."""

    step: str
    done: int
    total: int
    label: str = ""


@dataclass(frozen=True)
class Failure:
    """A URL that could not be read, and why, in words for staff."""

    url: str
    reason: str


@dataclass(kw_only=True)
class RefreshReport:
    """What a refresh did. str() is the line for the log and the terminal."""

    source: str
    fetched: int = 0
    not_modified: int = 0
    same_text: int = 0
    revised: int = 0
    added: int = 0
    retired: int = 0
    passages_embedded: int = 0
    publication: int | None = None
    # Why the publication waits for a person, and how to go on; empty when it is live.
    held: str = ""
    failures: list[Failure] = field(default_factory=list)

    def __str__(self) -> str:
        parts = [
            f"{self.fetched} fetched",
            f"{self.not_modified} not modified",
            f"{self.same_text} with the same text",
            f"{self.added} new",
            f"{self.revised} revised",
            f"{self.retired} retired",
            f"{self.passages_embedded} passages embedded",
            f"{len(self.failures)} failed",
        ]
        line = f"{self.source}: " + ", ".join(parts)
        return f"{line}; {self.held}" if self.held else line


ProgressCallback = Callable[[Progress], None]
