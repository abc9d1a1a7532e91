"""Asks gold questions of the pipeline, as a reader would, and keeps all that it yielded."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assistant.answering.pipeline import answer_question
from assistant.answering.rendering import list_citations, render_answer
from assistant.answering.types import AnswerResult, Citation, Event, Outcome, Sentence, Turn
from knowledge.gold_questions import GoldEntry, GoldQuestionsUnusable, read_gold_file
from knowledge.types import Progress, ProgressCallback

Answering = Callable[..., AsyncIterator[Event]]


@dataclass(frozen=True, kw_only=True)
class GoldQuestion:
    """A question with what a right answer must have. The fields are the file's."""

    id: str
    question: str
    outcome: frozenset[Outcome]
    audience: str = ""
    route: str = ""
    # Nobody looked at it while anything was tuned.
    held_out: bool = False
    cites_any: tuple[str, ...] = ()
    facts: tuple[tuple[str, ...], ...] = ()
    avoid: tuple[str, ...] = ()
    history: tuple[Turn, ...] = ()
    file: str = ""


@dataclass(frozen=True)
class FinishedAnswer:
    """All that the pipeline yielded for one question."""

    sentences: tuple[Sentence, ...]
    result: AnswerResult
    # Until the first sentence; None when there was none.
    first_ms: float | None = None

    @property
    def text(self) -> str:
        return render_answer(self.sentences, language=self.result.language)

    @property
    def citations(self) -> list[Citation]:
        return list_citations(self.sentences)


@dataclass(frozen=True)
class TimedAnswer:
    """An answer, and how long it took as a whole."""

    answer: FinishedAnswer
    ms: float


def read_gold_questions(path: Path) -> list[GoldQuestion]:
    try:
        return read_gold_file(path, lambda entry: make_gold_question(entry, file=path.name))
    except UnicodeDecodeError as error:
        raise GoldQuestionsUnusable(f"{path} can't be read: it is not UTF-8") from error


def make_gold_question(entry: GoldEntry, *, file: str = "") -> GoldQuestion:
    """Raise ValueError for an outcome that there is not."""
    return GoldQuestion(
        id=entry.id,
        question=entry.question,
        outcome=frozenset(Outcome(name) for name in entry.outcome),
        audience=entry.audience,
        route=entry.route,
        held_out=entry.held_out,
        cites_any=entry.cites_any,
        facts=entry.facts,
        avoid=entry.avoid,
        history=tuple(Turn(turn.question, turn.answer) for turn in entry.history),
        file=file,
    )


async def collect_answer(
    question: str,
    *,
    history: Sequence[Turn] = (),
    as_of: date | None = None,
    language: str = "en",
    answering: Answering = answer_question,
) -> FinishedAnswer:
    """Ask, and wait for the whole answer."""
    begun = time.monotonic()
    first_ms: float | None = None
    sentences: list[Sentence] = []
    async for event in answering(question, history=history, as_of=as_of, language=language):
        if isinstance(event, Sentence):
            if first_ms is None:
                first_ms = (time.monotonic() - begun) * 1000
            sentences.append(event)
        elif isinstance(event, AnswerResult):
            return FinishedAnswer(tuple(sentences), event, first_ms)
    raise RuntimeError("the answer ended without a result")


async def ask_all(
    gold: Sequence[GoldQuestion],
    *,
    jobs: int = 1,
    answering: Answering = answer_question,
    on_progress: ProgressCallback | None = None,
) -> list[TimedAnswer]:
    """Ask so many at a time; the answers come back in the order of the questions."""
    free = asyncio.Semaphore(jobs)
    done = 0

    async def ask(question: GoldQuestion) -> TimedAnswer:
        nonlocal done
        async with free:
            begun = time.monotonic()
            answer = await collect_answer(
                question.question, history=question.history, answering=answering
            )
            milliseconds = (time.monotonic() - begun) * 1000
        done += 1
        if on_progress:
            on_progress(Progress("answering", done, len(gold), question.id))
        return TimedAnswer(answer, milliseconds)

    return await asyncio.gather(*(ask(question) for question in gold))
