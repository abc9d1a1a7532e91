"""The values of answering: what a turn is made of and what the pipeline yields."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from knowledge.types import DocumentKind, Support


class Outcome(StrEnum):
    """Every way a turn can end. Stored as is; each has wording, a docs row and a gold question."""

    ANSWERED = "answered"
    CLARIFICATION_NEEDED = "clarification_needed"
    NO_EVIDENCE = "no_evidence"
    OUT_OF_SCOPE = "out_of_scope"
    INDIVIDUAL_ADVICE = "individual_advice"
    UNSAFE = "unsafe"
    URGENT = "urgent"
    BUSY = "busy"
    STOPPED = "stopped"
    FAILED = "failed"


class Label(StrEnum):
    """Whose words a sentence is in."""

    BRIEFING = "briefing"
    OFFICIAL = "official"
    NOTICE = "notice"
    # A language model wrote it, and it was held to the words that it cites.
    MODEL = "model"


@dataclass(frozen=True)
class Turn:
    """An earlier question of the same conversation, with its answer."""

    question: str
    answer: str = ""
    # The whole questions that the answer offered to choose from.
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Quote:
    """Words that a draft says stand in a passage; nobody has looked yet."""

    passage_id: int
    text: str


@dataclass(frozen=True, kw_only=True)
class DraftSentence:
    """A sentence before it is verified, with the words that it rests on."""

    text: str
    label: Label
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, kw_only=True)
class Citation:
    """Words that stand, verbatim, in a dated revision.

    `supports` are the official words that a cited briefing rests on.
    """

    number: int
    kind: DocumentKind
    title: str
    heading: str
    publisher: str
    url: str
    quote: str
    published: date | None
    checked: date
    licence: str
    document_id: int
    revision_id: int
    passage_id: int
    # Where the quote begins in the revision's text.
    start: int
    supports: tuple[Support, ...] = ()
    # Published under an earlier government, as the page says.
    is_historic: bool = False


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One released piece of an answer, with the citations it stands on.

    `text` carries no markers. `label` is 'briefing' for our plain words, 'official' for quoted
    official words, 'model' for what a language model wrote, and 'notice' for prepared wording,
    which states no fact and needs no citation.
    """

    position: int
    text: str
    label: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class Step:
    """The pipeline has begun a step: 'understanding', 'searching' or 'writing'."""

    name: str


@dataclass(frozen=True, kw_only=True)
class AnswerResult:
    """How the turn ended. Yielded last, once."""

    outcome: Outcome
    language: str = "en"
    as_of: date | None = None
    publication_id: int | None = None
    timings_ms: dict[str, float] = field(default_factory=dict)
    # Whole questions to choose from, where this one was unclear or had no answer.
    choices: tuple[str, ...] = ()


Event = Step | Sentence | AnswerResult
