"""Measures how the floor of evidence parts what can be answered from what can't.

Two curves over the floor: how many answerable questions are kept, and how many unanswerable ones
are refused. Ask again when documents, the embedding or the examples of other domains change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from assistant.answering.drafting import State, search_both_kinds
from assistant.answering.evidence import Knowledge
from assistant.answering.language import is_clearly_not_english
from assistant.answering.quoting import find_named
from assistant.answering.rephrasing import list_topics, make_standalone
from assistant.answering.sufficiency import has_evidence, read_signs
from assistant.answering.types import Outcome
from assistant.answering.understanding import understand
from assistant.evaluation.asking import GoldQuestion, read_gold_questions
from knowledge import retrieval as live_knowledge
from knowledge.types import Progress, ProgressCallback

FLOORS = tuple(round(0.20 + step * 0.01, 2) for step in range(21))
ALWAYS, NEVER = 9.0, -9.0
REFUSED = {Outcome.NO_EVIDENCE, Outcome.OUT_OF_SCOPE}


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """A question with the highest floor that its evidence reaches."""

    question: GoldQuestion
    # What triage made of it; only ANSWERED is left to the floor.
    outcome: Outcome
    weight: float

    @property
    def is_answerable(self) -> bool:
        return Outcome.ANSWERED in self.question.outcome

    def get_outcome(self, floor: float) -> Outcome:
        if self.outcome is not Outcome.ANSWERED or self.weight >= floor:
            return self.outcome
        return Outcome.NO_EVIDENCE


def weigh(question: GoldQuestion, knowledge: Knowledge) -> Weighed:
    """Take a question as far as the floor, as the pipeline does."""
    text, history = question.question, question.history
    standalone = make_standalone(text, history)
    if not is_clearly_not_english(text):
        standalone = knowledge.mend_question(standalone)
    verdict, vector = understand(text, standalone, knowledge, topics=list_topics(text, history))
    weight = ALWAYS
    if verdict.outcome is Outcome.ANSWERED:
        retrieval = search_both_kinds(standalone, State(knowledge), vector=vector)
        if not find_named(standalone, retrieval.passages):
            weight = read_signs(standalone, retrieval, knowledge).weight
            if not has_evidence(standalone, retrieval, knowledge, floor=NEVER):
                weight = NEVER
    return Weighed(question=question, outcome=verdict.outcome, weight=weight)


def measure_evidence(
    paths: Sequence[Path],
    *,
    knowledge: Knowledge = live_knowledge,
    on_progress: ProgressCallback | None = None,
) -> dict[str, Any]:
    """Weigh every question that has an answer, or none; the others say nothing of evidence."""
    questions = [
        question
        for path in paths
        for question in read_gold_questions(path)
        if question.outcome == {Outcome.ANSWERED}
        or (Outcome.ANSWERED not in question.outcome and question.outcome & REFUSED)
    ]
    weighed = []
    for done, question in enumerate(questions, 1):
        weighed.append(weigh(question, knowledge))
        if on_progress:
            on_progress(Progress("weighing", done, len(questions), question.id))
    floor = settings.ASSISTANT_EVIDENCE_FLOOR
    return {
        "floor": floor,
        **count(weighed, floor),
        "files": {
            file: count([each for each in weighed if each.question.file == file], floor)
            for file in dict.fromkeys(each.question.file for each in weighed)
        },
        "curve": [{"floor": each, **count(weighed, each)} for each in sorted({*FLOORS, floor})],
        "rows": [describe(each, floor) for each in weighed],
    }


def count(weighed: Sequence[Weighed], floor: float) -> dict[str, Any]:
    """Kept: not refused for want of evidence. Refused: without evidence, or out of scope."""
    kept = [each.get_outcome(floor) not in REFUSED for each in weighed if each.is_answerable]
    refused = [each.get_outcome(floor) in REFUSED for each in weighed if not each.is_answerable]
    return {
        "answerable": len(kept),
        "kept": round(sum(kept) / len(kept), 4) if kept else None,
        "unanswerable": len(refused),
        "refused": round(sum(refused) / len(refused), 4) if refused else None,
    }


def describe(weighed: Weighed, floor: float) -> dict[str, Any]:
    outcome = weighed.get_outcome(floor)
    return {
        "id": weighed.question.id,
        "file": weighed.question.file,
        "passed": (outcome in REFUSED) is not weighed.is_answerable,
        "outcome": outcome.value,
        # A paragraph that is named is evidence enough; a detail that nothing names, never.
        "weight": round(weighed.weight, 4) if abs(weighed.weight) < ALWAYS else None,
    }
