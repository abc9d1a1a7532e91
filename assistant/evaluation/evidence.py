"""Measures how the floors of evidence part what can be answered from what can't."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.answering.evidence import Knowledge
from assistant.answering.pipeline import has_evidence, search_both_kinds
from assistant.answering.rephrasing import make_standalone
from assistant.answering.types import Outcome
from assistant.evaluation.asking import read_gold_questions
from knowledge import retrieval as live_knowledge


def measure_evidence(
    paths: Sequence[Path], *, knowledge: Knowledge = live_knowledge
) -> dict[str, Any]:
    """Say how the floors of evidence part the questions that have an answer from those that don't.

    Without triage, so the floors stand alone. Ask again when documents or the embedding change,
    and set the floors (assistant.answering.pipeline) where both shares are high.
    """
    with_answer: list[bool] = []
    without: list[bool] = []
    for question in (each for path in paths for each in read_gold_questions(path)):
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
