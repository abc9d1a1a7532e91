"""The generative composer: a language model writes, and each sentence is released when it holds.

The model's reply is data. It is read as it streams; what is not a sentence in the agreed form, or
says anything but what it relies on, is dropped here and verified again before it is sent.
"""

from __future__ import annotations

import json
import logging
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.answering.claims.links import find_links
from assistant.answering.prompting import Request, build_request
from assistant.answering.reliances import find_reliance
from assistant.answering.sentences import fold_space
from assistant.answering.types import DraftSentence, Label, Quote
from assistant.answering.verification import Fault, find_fault
from assistant.language_models import LanguageModel, ModelFailed
from knowledge.types import RankedPassage

logger = logging.getLogger(__name__)

OBJECT_LIMIT_CHARACTERS = 4000
REPLY_LIMIT_CHARACTERS = 40_000
RELIANCES_LIMIT = 4
OPENS_LIST = re.compile(r"\{\s*\"(?!text|relies_on)\w+\"\s*:\s*\[")
# More than this share dropped, and what is left can't be trusted to be the answer.
DROPPED_LIMIT_SHARE = 0.5


@dataclass
class Report:
    """What came of a reply; counts only."""

    proposed: int = 0
    released: int = 0
    has_failed: bool = False
    faults: Counter[str] = field(default_factory=Counter)

    @property
    def answers(self) -> bool:
        """Say whether what was released is an answer by itself."""
        dropped = self.proposed - self.released
        return (
            self.released > 0
            and not self.has_failed
            and dropped <= DROPPED_LIMIT_SHARE * self.proposed
        )


async def generate(
    question: str,
    passages: Sequence[RankedPassage],
    *,
    model: LanguageModel,
    limit: int,
    report: Report,
) -> AsyncIterator[DraftSentence]:
    """Yield sentences that hold, as they come. Never raises for what the model does."""
    request = build_request(question, passages, limit=limit)
    if not request.passages:
        return
    reader = ReplyReader()
    said: set[str] = set()
    stream = model.stream(request.system, request.user)
    try:
        async for text in stream:
            for entry in reader.read(text):
                report.proposed += 1
                draft, fault = make_draft_or_drop(entry, request)
                if draft is None or fold_space(draft.text).lower() in said:
                    report.faults[fault or "said already"] += 1
                    continue
                said.add(fold_space(draft.text).lower())
                report.released += 1
                yield draft
            if report.released >= limit:
                break
    except ModelFailed as error:
        report.has_failed = True
        logger.warning("assistant.model.failed: %s", error)
    finally:
        if hasattr(stream, "aclose"):
            await stream.aclose()
    logger.info(
        "assistant.model.wrote proposed=%s released=%s faults=%s",
        report.proposed,
        report.released,
        dict(report.faults),
    )


# --- reading the reply -------------------------------------------------------------------------


class ReplyReader:
    """Cuts a reply that streams in into JSON objects, whatever stands around them."""

    def __init__(self) -> None:
        self._object = ""
        self._depth = 0
        self._in_text = False
        self._is_escaped = False
        self._size = 0

    def read(self, text: str) -> Iterator[dict[str, Any]]:
        self._size += len(text)
        if self._size > REPLY_LIMIT_CHARACTERS:
            raise ModelFailed("the reply is too long")
        for letter in text:
            if self._take(letter):
                entry = parse_object(self._object)
                self._object = ""
                if entry is not None:
                    yield entry

    def _take(self, letter: str) -> bool:
        """Add a letter; True where an object ends with it."""
        if self._depth == 0 and letter != "{":
            return False
        self._object += letter
        if len(self._object) > OBJECT_LIMIT_CHARACTERS:
            raise ModelFailed("a sentence is too long")
        if self._in_text:
            if self._is_escaped:
                self._is_escaped = False
            elif letter == "\\":
                self._is_escaped = True
            elif letter == '"':
                self._in_text = False
        elif letter == '"':
            self._in_text = True
        elif letter == "{":
            self._depth += 1
        elif letter == "}":
            self._depth -= 1
        elif letter == "[" and OPENS_LIST.fullmatch(self._object):
            # {"sentences": [ {…}, {…} ]}: what is inside are the objects.
            self._object, self._depth = "", 0
        return self._depth == 0 and bool(self._object)


def parse_object(text: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(text)
    except ValueError:
        return {}
    # An empty text is how the model says that it found nothing.
    if isinstance(entry, dict) and entry.get("text") == "":
        return None
    return entry if isinstance(entry, dict) else {}


def make_draft_or_drop(
    entry: dict[str, Any], request: Request
) -> tuple[DraftSentence | None, str]:
    """What can't be compared can't be shown; it must not cost the reader the answer."""
    try:
        return make_draft(entry, request)
    except Exception as error:  # noqa: BLE001 - a reply is hostile text; its words are not logged
        logger.error("assistant.model.not_compared error=%s", type(error).__name__)
        return None, "NOT_COMPARED"


def make_draft(entry: dict[str, Any], request: Request) -> tuple[DraftSentence | None, str]:
    """Turn an entry into a sentence that holds, or say by which fault it doesn't."""
    text, reliances = entry.get("text"), read_reliances(entry)
    if not isinstance(text, str) or not reliances:
        return None, Fault.NO_CITATION.name
    text = fold_space(text)
    shown = request.links.show(text)
    if shown is None or find_links(text):
        return None, "LINK"
    quotes: list[Quote] = []
    for number, words in reliances:
        passage = request.passages.get(number)
        if passage is None:
            return None, Fault.UNKNOWN_PASSAGE.name
        quote = request.links.show(words)
        reliance = find_reliance(quote, passage) if quote else None
        if reliance is None:
            return None, Fault.MISQUOTE.name
        quotes += [
            Quote(passage.passage_id, part)
            for part in reliance.parts
            if Quote(passage.passage_id, part) not in quotes
        ]
    draft = DraftSentence(text=shown, label=Label.MODEL, quotes=tuple(quotes))
    given = {passage.passage_id: passage for passage in request.passages.values()}
    fault = find_fault(draft, given)
    return (None, fault.name) if fault else (draft, "")


def read_reliances(entry: dict[str, Any]) -> list[tuple[int, str]]:
    """Read {"passage": 2, "quote": …}, a list of such, or "passage" beside "relies_on"."""
    relies_on = entry.get("relies_on")
    if isinstance(relies_on, str):
        relies_on = {"passage": entry.get("passage"), "quote": relies_on}
    if isinstance(relies_on, dict):
        relies_on = [relies_on]
    if not isinstance(relies_on, list) or len(relies_on) > RELIANCES_LIMIT:
        return []
    found: list[tuple[int, str]] = []
    for each in relies_on:
        if not isinstance(each, dict):
            return []
        number, quote = each.get("passage"), each.get("quote")
        if isinstance(number, str) and number.strip("[] ").isdecimal():
            number = int(number.strip("[] "))
        if not isinstance(number, int) or isinstance(number, bool) or not isinstance(quote, str):
            return []
        found.append((number, quote))
    return found
