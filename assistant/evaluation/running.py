"""Runs gold files through the pipeline and reports: rows first judged, then counted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.answering.pipeline import answer_question
from assistant.evaluation.asking import Answering, GoldQuestion, ask_all, read_gold_questions
from assistant.evaluation.figures import count_outcomes, summarise, summarise_groups
from assistant.evaluation.judging import GetRevisionText, judge
from knowledge.gold_questions import GoldQuestionsUnusable
from knowledge.retrieval import get_revision_text
from knowledge.types import ProgressCallback


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which of the questions are asked; all, unless it says otherwise."""

    ids: Collection[str] = ()
    held_out: bool | None = None

    def wants(self, question: GoldQuestion) -> bool:
        is_named = not self.ids or question.id in self.ids
        return is_named and self.held_out in (None, question.held_out)


def read_selected(paths: Sequence[Path], selection: Selection) -> list[GoldQuestion]:
    """Read the wanted questions of all files; an id that no file holds is an error."""
    questions = [question for path in paths for question in read_gold_questions(path)]
    unknown = set(selection.ids) - {question.id for question in questions}
    if unknown:
        raise GoldQuestionsUnusable(f"no question has the id {', '.join(sorted(unknown))}")
    return [question for question in questions if selection.wants(question)]


def evaluate_answers(
    paths: Sequence[Path],
    *,
    selection: Selection | None = None,
    jobs: int = 1,
    on_progress: ProgressCallback | None = None,
    answering: Answering = answer_question,
    get_text: GetRevisionText = get_revision_text,
    warm_up: Callable[[], None] | None = None,
) -> dict[str, Any]:
    """Ask every gold question and judge the answers."""
    gold = read_selected(paths, selection or Selection())
    if warm_up is not None:
        warm_up()
    answers = asyncio.run(ask_all(gold, jobs=jobs, answering=answering, on_progress=on_progress))
    rows = [
        judge(question, answer, get_text) for question, answer in zip(gold, answers, strict=True)
    ]
    return {
        **summarise(rows),
        "outcomes": count_outcomes(rows),
        "groups": summarise_groups(rows),
        "jobs": jobs,
        "rows": rows,
    }
