"""The websocket frames, both directions.

What a reader's browser sends is parsed here once, into values that the rest may trust. What goes
out is built here, as data: nothing in a frame is markup.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from assistant.answering.types import AnswerResult, Citation, Sentence
from assistant.models import FeedbackReason

FRAME_LIMIT_BYTES = 16_000
SEQ_LIMIT = 2**31 - 1
ID_LIMIT = 2**63 - 1
KEY = re.compile(r"[A-Za-z0-9_-]{0,64}")

Payload = dict[str, Any]


class ErrorCode(StrEnum):
    """Why a frame, or a form, was not accepted."""

    INVALID_FRAME = "invalid_frame"
    QUESTION_EMPTY = "question_empty"
    QUESTION_TOO_LONG = "question_too_long"
    QUESTION_PENDING = "question_pending"
    TOO_MANY_REQUESTS = "too_many_requests"
    NOT_FOUND = "not_found"
    DAY_INVALID = "day_invalid"
    DAY_IN_FUTURE = "day_in_future"


class InvalidFrame(Exception):
    """The browser sent something that is not one of our frames."""

    code = ErrorCode.INVALID_FRAME


class InvalidDay(InvalidFrame):
    """The day that a reader asked about is none."""

    code = ErrorCode.DAY_INVALID


@dataclass(frozen=True)
class AskQuestion:
    # What a reader typed must not stand in anything that is printed of this.
    text: str = field(repr=False)
    key: str = ""
    as_of: date | None = None


@dataclass(frozen=True)
class StopAnswer:
    question_id: int


@dataclass(frozen=True)
class ResumeConversation:
    after: int


@dataclass(frozen=True)
class GivenFeedback:
    question_id: int
    is_helpful: bool
    reason: str = ""


ClientFrame = AskQuestion | StopAnswer | ResumeConversation


def parse_client_frame(data: str | bytes | None) -> ClientFrame:
    """Turn what a socket received into a frame, or raise InvalidFrame, whatever it was."""
    if not isinstance(data, str):
        raise InvalidFrame("a frame is text")
    if len(data.encode("utf-8", "surrogatepass")) > FRAME_LIMIT_BYTES:
        raise InvalidFrame(f"a frame has at most {FRAME_LIMIT_BYTES} bytes")
    try:
        frame = json.loads(data)
    # Too deep a nesting is a RecursionError; too long a number is a ValueError.
    except (ValueError, RecursionError):
        # Without the cause, which holds what was sent.
        raise InvalidFrame("a frame is JSON") from None
    match frame:
        case {"type": "question.ask", "text": str(text)}:
            return AskQuestion(
                text, parse_key(frame.get("key", "")), parse_as_of(frame.get("as_of"))
            )
        case {"type": "answer.stop", "question": number}:
            return StopAnswer(parse_number(number, most=ID_LIMIT))
        case {"type": "conversation.resume", "after": number}:
            return ResumeConversation(parse_number(number, most=SEQ_LIMIT))
        case _:
            raise InvalidFrame("no such frame")


def parse_key(key: Any) -> str:
    if isinstance(key, str) and KEY.fullmatch(key):
        return key
    raise InvalidFrame("a key is at most 64 letters, digits and hyphens")


def parse_as_of(as_of: Any) -> date | None:
    if as_of is None or as_of == "":
        return None
    # date.fromisoformat alone would also take '20260824' and '2026-W35-1'.
    if isinstance(as_of, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", as_of, re.ASCII):
        try:
            return date.fromisoformat(as_of)
        except ValueError as error:
            raise InvalidDay("no such day") from error
    raise InvalidDay("a day is YYYY-MM-DD")


def parse_number(number: Any, *, most: int) -> int:
    # JSON's true is an int to Python.
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= most:
        return number
    raise InvalidFrame("not a number that we gave")


def parse_feedback(form: Mapping[str, Any]) -> GivenFeedback:
    """Read a feedback form: helped or not, or the reason why not, which says both."""
    question, reason = form.get("question", ""), form.get("reason", "")
    if not re.fullmatch(r"\d{1,18}", question, re.ASCII):
        raise InvalidFrame("not a number that we gave")
    if reason:
        if reason not in FeedbackReason.values:
            raise InvalidFrame("no such reason")
        return GivenFeedback(int(question), is_helpful=False, reason=reason)
    if form.get("helped") not in ("yes", "no"):
        raise InvalidFrame("helped is yes or no")
    return GivenFeedback(int(question), is_helpful=form["helped"] == "yes")


def encode_frame(payload: Mapping[str, Any], *, seq: int) -> str:
    return json.dumps({**payload, "seq": seq}, ensure_ascii=False)


def build_opened(*, open_question: int | None, limit: int) -> Payload:
    return {
        "type": "conversation.opened",
        "open_question": open_question,
        "question_limit_characters": limit,
    }


def build_deleted() -> Payload:
    """Build what tells a page that its conversation is gone. It is sent, and never stored."""
    return {"type": "conversation.deleted"}


def build_asked(question_id: int, *, text: str, key: str, as_of: date | None = None) -> Payload:
    """Build a question's first frame, with its words, so that another tab can show it."""
    asked = {**build_progress(question_id, "understanding"), "text": text, "key": key}
    return {**asked, "as_of": as_of.isoformat()} if as_of else asked


def build_progress(question_id: int, step: str) -> Payload:
    return {"type": "answer.progress", "question": question_id, "step": step}


def build_sentence(question_id: int, sentence: Sentence) -> Payload:
    return {
        "type": "answer.sentence",
        "question": question_id,
        "position": sentence.position,
        "text": sentence.text,
        "label": sentence.label,
        "citations": [build_citation(citation) for citation in sentence.citations],
    }


def build_citation(citation: Citation) -> Payload:
    return {
        "number": citation.number,
        "kind": citation.kind.value,
        "title": citation.title,
        "heading": citation.heading,
        "publisher": citation.publisher,
        "url": citation.url,
        "quote": citation.quote,
        "published": citation.published.isoformat() if citation.published else None,
        "checked": citation.checked.isoformat(),
        "licence": citation.licence,
        "is_historic": citation.is_historic,
        "supports": [
            {"url": support.url, "quote": support.quote} for support in citation.supports
        ],
        "context_url": build_context_url(
            revision_id=citation.revision_id,
            passage_id=citation.passage_id,
            start=citation.start,
            length=len(citation.quote),
        ),
    }


def build_context_url(*, revision_id: int, passage_id: int, start: int, length: int) -> str:
    """Build the address of our page that shows the quote among the words around it."""
    address = reverse("passage", args=[revision_id, passage_id])
    return f"{address}?{urlencode({'start': start, 'length': length})}"


def build_finished(question_id: int, result: AnswerResult) -> Payload:
    return {
        "type": "answer.finished",
        "question": question_id,
        "outcome": result.outcome.value,
        "as_of": result.as_of.isoformat() if result.as_of else None,
        "publication": result.publication_id,
        "timings_ms": result.timings_ms,
        "choices": list(result.choices),
    }


def build_error(code: ErrorCode, *, limit: int) -> Payload:
    return {"type": "error", "code": code.value, "message": describe_error(code, limit=limit)}


def describe_error(code: ErrorCode, *, limit: int) -> str:
    """Say in plain words what went wrong and what to do about it."""
    match code:
        case ErrorCode.QUESTION_EMPTY:
            return _("Please type a question first.")
        case ErrorCode.QUESTION_TOO_LONG:
            return _(
                "Your question is too long. Please use at most %(limit)s characters: ask the "
                "most important thing first, then ask the rest in a new question."
            ) % {"limit": limit}
        case ErrorCode.QUESTION_PENDING:
            return _(
                "Your last question is still being answered. Please wait until the answer is "
                "complete, or stop it, and then ask again."
            )
        case ErrorCode.TOO_MANY_REQUESTS:
            return _(
                "Too many questions were asked in a short time. Please wait one minute and then "
                "ask again."
            )
        case ErrorCode.NOT_FOUND:
            return _("We could not find that question. Please load the page again.")
        case ErrorCode.DAY_INVALID:
            return _(
                "We could not read the date. Please choose a day from the calendar, or write it "
                "as year-month-day, for example 2026-03-31; leave it empty for today."
            )
        case ErrorCode.DAY_IN_FUTURE:
            return _(
                "This day has not come yet, and we can’t say what the texts will be. Please "
                "choose today or an earlier day, or leave the date empty."
            )
        case ErrorCode.INVALID_FRAME:
            return _("We could not read what your browser sent. Please load the page again.")


def list_citations(sentences: Iterable[Sentence]) -> list[Citation]:
    """List each numbered citation of an answer once, in the order of the numbers."""
    numbered = {
        citation.number: citation for sentence in sentences for citation in sentence.citations
    }
    return [numbered[number] for number in sorted(numbered)]
