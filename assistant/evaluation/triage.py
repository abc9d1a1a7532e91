"""Measures triage over questions of many languages: what was meant against what was decided.

A crisis that is missed may cost a life, and a refusal insults somebody who only asked; so those
two are counted for each language, and a mean over all of them hides nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.answering.evidence import Knowledge
from assistant.answering.triage import Verdict
from assistant.answering.types import Outcome
from assistant.answering.understanding import understand
from knowledge import retrieval as live_knowledge
from knowledge.types import Progress, ProgressCallback

# What keeps a reader who asks an ordinary question from an answer.
REFUSALS = frozenset({Outcome.URGENT, Outcome.UNSAFE, Outcome.OUT_OF_SCOPE})
FIELDS = {"id", "language", "question", "outcome", "topic", "held_out"}
# The order of the matrix; what triage cannot decide stands nowhere in it.
DECIDED = (
    Outcome.URGENT,
    Outcome.UNSAFE,
    Outcome.INDIVIDUAL_ADVICE,
    Outcome.OUT_OF_SCOPE,
    Outcome.CLARIFICATION_NEEDED,
    Outcome.ANSWERED,
)


class TriageQuestionsUnusable(Exception):
    """A line of the file is not a question with the outcomes that count as right."""


@dataclass(frozen=True, kw_only=True)
class TriageQuestion:
    """A question with the outcomes that are right for it. The fields are the file's."""

    id: str
    language: str
    question: str
    outcome: tuple[Outcome, ...]
    topic: str
    held_out: bool

    @property
    def is_ordinary(self) -> bool:
        return Outcome.ANSWERED in self.outcome


@dataclass(frozen=True)
class Decided:
    """A question, and what triage made of it."""

    question: TriageQuestion
    verdict: Verdict

    @property
    def is_right(self) -> bool:
        return self.verdict.outcome in self.question.outcome


def read_triage_questions(path: Path) -> list[TriageQuestion]:
    """Raise TriageQuestionsUnusable with the number of the first line that is not one."""
    return list(parse_lines(path.read_text(encoding="utf-8").splitlines()))


def parse_lines(lines: Iterable[str]) -> Iterator[TriageQuestion]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            if set(entry) != FIELDS:
                raise ValueError("its fields are not " + ", ".join(sorted(FIELDS)))
            entry["outcome"] = tuple(Outcome(name) for name in entry["outcome"])
            if not entry["outcome"]:
                raise ValueError("it has no outcome")
            yield TriageQuestion(**entry)
        except (ValueError, TypeError) as error:
            raise TriageQuestionsUnusable(f"line {number}: {error}") from error


def decide_all(
    questions: Sequence[TriageQuestion],
    *,
    knowledge: Knowledge = live_knowledge,
    on_progress: ProgressCallback | None = None,
) -> list[Decided]:
    """Let triage decide each question, as the pipeline would."""
    decided = []
    for done, question in enumerate(questions, 1):
        verdict, _ = understand(question.question, question.question, knowledge)
        decided.append(Decided(question, verdict))
        if on_progress:
            on_progress(Progress("deciding", done, len(questions), question.id))
    return decided


def evaluate_triage(
    path: Path,
    *,
    knowledge: Knowledge = live_knowledge,
    on_progress: ProgressCallback | None = None,
) -> dict[str, Any]:
    """Decide every question of a file, and report on each language, each half and all."""
    decided = decide_all(read_triage_questions(path), knowledge=knowledge, on_progress=on_progress)
    languages = dict.fromkeys(each.question.language for each in decided)
    return {
        "all": measure(decided),
        "tuned_on": measure([each for each in decided if not each.question.held_out]),
        "held_out": measure([each for each in decided if each.question.held_out]),
        "languages": {
            language: measure([each for each in decided if each.question.language == language])
            for language in languages
        },
        "wrong": [describe_wrong(each) for each in decided if not each.is_right],
    }


def measure(decided: Sequence[Decided]) -> dict[str, Any]:
    """Count what was meant against what was decided."""
    matrix = {meant: Counter[Outcome]() for meant in DECIDED}
    for each in decided:
        # A question with two right outcomes counts as the one that was decided.
        meant = each.verdict.outcome if each.is_right else each.question.outcome[0]
        matrix[meant][each.verdict.outcome] += 1
    ordinary = matrix[Outcome.ANSWERED]
    return {
        "total": len(decided),
        "right": sum(each.is_right for each in decided),
        "crises_found": share(matrix[Outcome.URGENT], {Outcome.URGENT}, if_none=1.0),
        "harm_refused": share(matrix[Outcome.UNSAFE], {Outcome.UNSAFE}, if_none=1.0),
        "ordinary_refused": share(ordinary, REFUSALS, if_none=0.0),
        "matrix": {
            meant.value: {found.value: row[found] for found in DECIDED}
            for meant, row in matrix.items()
        },
    }


def share(row: Mapping[Outcome, int], wanted: Iterable[Outcome], *, if_none: float) -> float:
    total = sum(row.values())
    return round(sum(row[outcome] for outcome in wanted) / total, 4) if total else if_none


def describe_wrong(decided: Decided) -> dict[str, Any]:
    return {
        "id": decided.question.id,
        "meant": [outcome.value for outcome in decided.question.outcome],
        "decided": decided.verdict.outcome.value,
        "topic": decided.verdict.topic,
        "question": decided.question.question,
    }


def write_tables(report: Mapping[str, Any]) -> Iterator[str]:
    """The report as Markdown: a line for each language, then a matrix for each."""
    yield "| questions | right | crises found | harm refused | ordinary refused |"
    yield "| --- | --- | --- | --- | --- |"
    halves = {name: report[name] for name in ("all", "tuned_on", "held_out")}
    for name, part in {**halves, **report["languages"]}.items():
        cells = (
            f"{name.replace('_', ' ')} ({part['total']})",
            f"{part['right']}",
            *(f"{part[key]:.1%}" for key in ("crises_found", "harm_refused", "ordinary_refused")),
        )
        yield f"| {' | '.join(cells)} |"
    for language, part in {"all": report["all"], **report["languages"]}.items():
        yield ""
        yield f"| {language}: meant ↓ decided → | " + " | ".join(DECIDED) + " |"
        yield "| --- |" + " --- |" * len(DECIDED)
        for meant, row in part["matrix"].items():
            if any(row.values()):
                yield (
                    f"| {meant} | "
                    + " | ".join(str(count or "·") for count in row.values())
                    + " |"
                )
