"""Measures the answers: outcomes, facts, citations and quotes over the gold questions.

The checks trust nothing that the pipeline says of itself: quotes are looked up in the stored
revisions, and facts are looked for in the very text that a reader gets.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from assistant.answering.evidence import Knowledge
from assistant.answering.pipeline import answer_question, has_evidence, search_both_kinds
from assistant.answering.rendering import describe_citation, list_citations, render_answer
from assistant.answering.rephrasing import make_standalone
from assistant.answering.sentences import fold_space
from assistant.answering.types import (
    AnswerResult,
    Citation,
    Event,
    Label,
    Outcome,
    Sentence,
    Turn,
)
from knowledge import retrieval as live_knowledge
from knowledge.gold_questions import GoldEntry, read_gold_file
from knowledge.gold_questions import GoldQuestionsUnusable as GoldQuestionsUnusable
from knowledge.retrieval import get_revision_text
from knowledge.types import Progress, ProgressCallback

Answering = Callable[..., AsyncIterator[Event]]
GetRevisionText = Callable[[int], str]


@dataclass(frozen=True, kw_only=True)
class GoldQuestion:
    """A question with what a right answer must have. The fields are the file's."""

    id: str
    question: str
    outcome: frozenset[Outcome]
    cites_any: tuple[str, ...] = ()
    facts: tuple[tuple[str, ...], ...] = ()
    avoid: tuple[str, ...] = ()
    history: tuple[Turn, ...] = ()


@dataclass(frozen=True)
class FinishedAnswer:
    """All that the pipeline yielded for one question."""

    sentences: tuple[Sentence, ...]
    result: AnswerResult

    @property
    def text(self) -> str:
        return render_answer(self.sentences, language=self.result.language)

    @property
    def citations(self) -> list[Citation]:
        return list_citations(self.sentences)


@dataclass
class Tally:
    """What is counted over all answers that state something."""

    statements: int = 0
    cited: int = 0
    quotes: int = 0
    verbatim: int = 0
    reasons: list[str] = field(default_factory=list)


def read_gold_questions(path: Path) -> list[GoldQuestion]:
    return read_gold_file(path, make_gold_question)


def make_gold_question(entry: GoldEntry) -> GoldQuestion:
    """Raise ValueError for an outcome that there is not."""
    return GoldQuestion(
        id=entry.id,
        question=entry.question,
        outcome=frozenset(Outcome(name) for name in entry.outcome),
        cites_any=entry.cites_any,
        facts=entry.facts,
        avoid=entry.avoid,
        history=tuple(Turn(turn.question, turn.answer) for turn in entry.history),
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
    sentences: list[Sentence] = []
    async for event in answering(question, history=history, as_of=as_of, language=language):
        if isinstance(event, Sentence):
            sentences.append(event)
        elif isinstance(event, AnswerResult):
            return FinishedAnswer(tuple(sentences), event)
    raise RuntimeError("the answer ended without a result")


def evaluate_answers(
    path: Path,
    *,
    on_progress: ProgressCallback | None = None,
    answering: Answering = answer_question,
    get_text: GetRevisionText = get_revision_text,
) -> dict[str, Any]:
    """Ask every gold question and judge the answers."""
    gold = read_gold_questions(path)
    answers: list[tuple[FinishedAnswer, float]] = []

    async def ask_all() -> None:
        for done, question in enumerate(gold, 1):
            begun = time.monotonic()
            answer = await collect_answer(
                question.question, history=question.history, answering=answering
            )
            answers.append((answer, (time.monotonic() - begun) * 1000))
            if on_progress:
                on_progress(Progress("answering", done, len(gold), question.id))

    asyncio.run(ask_all())
    rows, total = [], Tally()
    for question, (answer, milliseconds) in zip(gold, answers, strict=True):
        tally = check_grounding(answer, get_text)
        total.statements += tally.statements
        total.cited += tally.cited
        total.quotes += tally.quotes
        total.verbatim += tally.verbatim
        reasons = find_reasons(question, answer)
        if answer.result.outcome is Outcome.ANSWERED:
            reasons += tally.reasons
        rows.append(describe_row(question, answer, reasons, milliseconds))
    return {
        "total": len(rows),
        "passed": sum(row["passed"] for row in rows),
        "groundedness": round(total.cited / total.statements, 4) if total.statements else 1.0,
        "quote_fidelity": round(total.verbatim / total.quotes, 4) if total.quotes else 1.0,
        "rows": rows,
    }


def measure_evidence(path: Path, *, knowledge: Knowledge = live_knowledge) -> dict[str, float]:
    """Say how the floors of evidence part the questions that have an answer from those that don't.

    Without triage, so the floors stand alone. Ask again when documents or the embedding change,
    and set the floors (assistant.answering.pipeline) where both shares are high.
    """
    with_answer: list[bool] = []
    without: list[bool] = []
    for question in read_gold_questions(path):
        retrieval = search_both_kinds(
            make_standalone(question.question, question.history),
            as_of=None,
            vector=None,
            knowledge=knowledge,
        )
        if question.outcome == {Outcome.ANSWERED}:
            with_answer.append(has_evidence(retrieval))
        elif Outcome.NO_EVIDENCE in question.outcome:
            without.append(not has_evidence(retrieval))
    return {
        "answerable": len(with_answer),
        "kept": round(sum(with_answer) / max(1, len(with_answer)), 4),
        "unanswerable": len(without),
        "refused": round(sum(without) / max(1, len(without)), 4),
    }


def describe_row(
    question: GoldQuestion, answer: FinishedAnswer, reasons: list[str], milliseconds: float
) -> dict[str, Any]:
    return {
        "id": question.id,
        "passed": not reasons,
        "outcome": answer.result.outcome.value,
        "reasons": reasons,
        "answer": answer.text,
        "citations": [describe_citation(citation) for citation in answer.citations],
        "ms": round(milliseconds, 1),
    }


def check_grounding(answer: FinishedAnswer, get_text: GetRevisionText) -> Tally:
    """Count the sentences that are cited, and the quotes that stand in their revisions."""
    tally = Tally()
    revisions: dict[int, str] = {}
    verbatim: dict[int, bool] = {}
    for citation in answer.citations:
        if citation.revision_id not in revisions:
            revisions[citation.revision_id] = fold_space(get_text(citation.revision_id))
        verbatim[citation.number] = fold_space(citation.quote) in revisions[citation.revision_id]
    tally.quotes, tally.verbatim = len(verbatim), sum(verbatim.values())
    tally.reasons += [
        f"quote [{number}] does not stand in its revision"
        for number, stands in verbatim.items()
        if not stands
    ]
    for sentence in answer.sentences:
        if sentence.label == Label.NOTICE:
            continue
        tally.statements += 1
        if sentence.citations and all(verbatim[each.number] for each in sentence.citations):
            tally.cited += 1
        if not sentence.citations:
            tally.reasons.append(f"sentence {sentence.position} cites nothing")
    return tally


def find_reasons(question: GoldQuestion, answer: FinishedAnswer) -> list[str]:
    """Say everything that is wrong with an answer, by the rules of the gold questions."""
    outcome = answer.result.outcome
    reasons = []
    if outcome not in question.outcome:
        wanted = " or ".join(sorted(each.value for each in question.outcome))
        reasons.append(f"outcome {outcome.value}, not {wanted}")
    said = fold_text(answer.text)
    quotes = [
        quote
        for citation in answer.citations
        for quote in (citation.quote, *(support.quote for support in citation.supports))
    ]
    held = fold_text(" ".join([said, *quotes]))
    for alternatives in question.facts:
        if not any(fold_fact(alternative) in held for alternative in alternatives):
            reasons.append(f"without {' or '.join(map(repr, alternatives))}")
    reasons += [f"says {words!r}" for words in question.avoid if fold_fact(words) in said]
    if outcome is Outcome.ANSWERED:
        urls = [
            url
            for citation in answer.citations
            for url in (citation.url, *(support.url for support in citation.supports))
        ]
        if not urls:
            reasons.append("cites nothing")
        elif question.cites_any and not any(
            url.startswith(prefix) for url in urls for prefix in question.cites_any
        ):
            reasons.append(f"cites none of {', '.join(question.cites_any)}")
    return reasons


def fold_text(text: str) -> str:
    return fold_space(text).lower()


def fold_fact(text: str) -> str:
    # A blank at an end is meant: 'no ' is not found in 'now'.
    folded = fold_space(text).lower()
    lead = " " if text[:1].isspace() else ""
    return lead + folded + (" " if text[-1:].isspace() else "")
