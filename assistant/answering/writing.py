"""The writing step: two composers behind one interface, sentences released as they are verified.

A language model writes first where one is configured. What it can't say, or can't say soundly, the
extractive composer does; its sentences come last and never fail.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from assistant import wording
from assistant.answering import composing
from assistant.answering.generating import Report, generate
from assistant.answering.pilot_status import (
    STATUS_QUESTION,
    find_status_warning,
    rests_on_the_pilot,
)
from assistant.answering.quoting import LookUp
from assistant.answering.sentences import fold_space
from assistant.answering.types import DraftSentence, Label
from assistant.answering.verification import find_fault
from assistant.language_models import LanguageModel
from knowledge.types import DocumentKind, RankedPassage

logger = logging.getLogger(__name__)

# After a model that didn't answer, so many extracted sentences at least.
EXTRACTED_AT_LEAST = 2

Extract = Callable[[], Awaitable[composing.Draft]]
FindWarning = Callable[[Sequence[RankedPassage]], Awaitable[composing.Draft]]


@dataclass
class Writing:
    """What has been written so far; `passages` are those that a sentence may cite."""

    passages: dict[int, RankedPassage] = field(default_factory=dict)
    quoted: set[tuple[int, str]] = field(default_factory=set)
    written: int = 0
    # What the question asks and nothing here answers.
    missing: tuple[str, ...] = ()

    def take(self, sentence: DraftSentence) -> bool:
        """Verify a sentence; False if it is not to be sent."""
        if not is_sound(sentence, self.passages):
            return False
        self.written += 1
        self.quoted |= {(each.passage_id, fold_space(each.text)) for each in sentence.quotes}
        return True

    def is_said(self, sentence: DraftSentence) -> bool:
        """Say whether these words, or words that hold them, were cited already."""
        text = fold_space(sentence.text)
        cited = {each.passage_id for each in sentence.quotes}
        return any(
            passage_id in cited and (quote in text or text in quote)
            for passage_id, quote in self.quoted
        )


async def write_sentences(
    question: str,
    passages: Sequence[RankedPassage],
    *,
    writing: Writing,
    extract: Extract,
    find_warning: FindWarning,
    model: LanguageModel | None,
    limit: int,
    language: str = "en",
) -> AsyncIterator[DraftSentence]:
    """Yield verified sentences, the model's first."""
    if model is not None and passages:
        report = Report()
        writing.passages.update({each.passage_id: each for each in passages})
        async for sentence in generate(
            question, passages, model=model, limit=limit, report=report
        ):
            if writing.take(sentence):
                yield sentence
        if report.answers and writing.written:
            cited = [writing.passages[passage_id] for passage_id, _ in writing.quoted]
            warning = await find_warning(cited)
            for sentence in release(warning, writing, limit=1):
                yield sentence
            return
        logger.info("assistant.model.replaced written=%s", writing.written)
    room = max(limit - writing.written, EXTRACTED_AT_LEAST) if writing.written else limit
    draft = await extract()
    writing.missing = tuple(draft.missing)
    for sentence in release(draft, writing, limit=room):
        if day := draft.older.pop(sentence.quotes[0].passage_id, None):
            yield introduce_older(day, language=language)
        yield sentence


def release(draft: composing.Draft, writing: Writing, *, limit: int) -> list[DraftSentence]:
    """Return the sentences of a draft that hold and were not said already."""
    # Before any of them is taken: a briefing's sentences all quote its whole paragraph.
    fresh = [each for each in draft.sentences if not writing.is_said(each)]
    writing.passages.update(draft.passages)
    return [each for each in fresh[:limit] if writing.take(each)]


def introduce_older(day: date, *, language: str) -> DraftSentence:
    """Say of which day an older figure is, before it is given."""
    text = wording.get_older_notice(day, language=language)
    return DraftSentence(text=text, label=Label.NOTICE, quotes=())


def warn_of_the_pilot(
    passages: Sequence[RankedPassage], look_up: LookUp, cited: Sequence[RankedPassage]
) -> composing.Draft:
    """Draft what is known of the pilot's end, if the passages cited are about the pilot."""
    draft = composing.Draft()
    if rests_on_the_pilot(cited):
        found = look_up(STATUS_QUESTION, DocumentKind.BRIEFING, 3)
        warning = find_status_warning([*passages, *found])
        if warning:
            passage, text = warning
            draft.add(text, Label.BRIEFING, passage, passage.text)
    return draft


def is_sound(sentence: DraftSentence, passages: Mapping[int, RankedPassage]) -> bool:
    """Verify a sentence; what fails is logged, by number, and goes no further."""
    fault = find_fault(sentence, passages)
    if fault is not None:
        cited = [quote.passage_id for quote in sentence.quotes]
        logger.warning("assistant.sentence.dropped: %s (passages %s)", fault, cited)
    return fault is None
