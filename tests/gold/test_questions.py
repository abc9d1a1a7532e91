"""The project's own gold questions: broad, balanced, each with its source, none borrowed."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from assistant.answering.types import Outcome
from assistant.evaluation import read_gold_questions

QUESTIONS = Path(__file__).parent / "questions.jsonl"
ROWS: list[dict[str, Any]] = [
    json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()
]
ROUTES = {
    "pilot-apply",
    "pilot-return",
    "status-of-pilot",
    "asylum-uk",
    "asylum-france",
    "family-reunion",
    "family-visas",
    "resettlement",
    "afghan",
    "ukraine",
    "hong-kong-bno",
    "trafficking",
    "children",
    "statelessness",
    "detention-bail",
    "appeals-judicial-review",
    "inadmissibility",
    "settlement",
    "work-study-visas",
    "statistics",
    "money",
    "treaty-law",
    "help",
}
AUDIENCES = {"public", "family", "adviser", "press", "adversarial"}
# What the machinery decides (busy, stopped, failed) can't be asked for.
ASKABLE = set(Outcome) - {Outcome.BUSY, Outcome.STOPPED, Outcome.FAILED}
NEAR = 0.6


def test_reader_understands_every_line() -> None:
    assert len(read_gold_questions(QUESTIONS)) == len(ROWS) >= 250


@pytest.mark.parametrize("field", ["id", "question"])
def test_no_two_questions_share(field: str) -> None:
    # The same words after other turns are another question.
    seen = Counter(
        (fold(row[field]), json.dumps(row.get("history")) if field == "question" else "")
        for row in ROWS
    )

    assert [what for what, times in seen.items() if times > 1] == []


def test_every_outcome_that_can_be_asked_for_is_asked_for() -> None:
    first = Counter(row["outcome"][0] for row in ROWS)

    assert set(first) == {outcome.value for outcome in ASKABLE}
    assert min(first.values()) >= 10


@pytest.mark.parametrize(("field", "all_of_them"), [("route", ROUTES), ("audience", AUDIENCES)])
def test_every_route_and_reader_is_asked_about(field: str, all_of_them: set[str]) -> None:
    counted = Counter(row[field] for row in ROWS)

    assert set(counted) == all_of_them
    assert min(counted.values()) >= 5


@pytest.mark.parametrize("kind", ["route", "audience", "outcome"])
def test_half_of_each_kind_is_held_out(kind: str) -> None:
    together = Counter(first_of(row[kind]) for row in ROWS)
    held_out = Counter(first_of(row[kind]) for row in ROWS if row["held_out"])

    uneven = {
        name: (held_out[name], times)
        for name, times in together.items()
        if abs(held_out[name] - times / 2) > max(1, times / 10)
    }

    assert uneven == {}


def test_readers_of_the_public_are_the_most() -> None:
    public = [row for row in ROWS if row["audience"] in {"public", "family"}]

    assert len(public) >= len(ROWS) * 0.35


def test_follow_ups_come_with_the_turns_before() -> None:
    turns = [turn for row in ROWS for turn in row.get("history", ())]

    assert len(turns) >= 25
    assert all(turn["question"] and turn["answer"] for turn in turns)


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_every_question_has_a_source_and_facts_in_lower_case(row: dict[str, Any]) -> None:
    alternatives = [words for fact in row["facts"] for words in fact]

    assert row["source"]
    assert all(where.strip() for where in row["source"])
    assert alternatives == [words.lower() for words in alternatives]
    assert all(words.strip() for words in alternatives)
    assert all(row["facts"])
    assert all(url.startswith("https://") for url in row["cites_any"])


def test_answered_questions_name_a_page_or_the_fact_sheet() -> None:
    without = [
        row["id"]
        for row in ROWS
        if row["outcome"] == ["answered"]
        and not any(where.startswith(("http", "fact sheet")) for where in row["source"])
    ]

    assert without == []


def test_answered_questions_expect_a_fact() -> None:
    without = [row["id"] for row in ROWS if row["outcome"] == ["answered"] and not row["facts"]]

    assert without == []


def test_no_question_comes_near_one_that_others_wrote(shared: Path) -> None:
    others = (shared / "gold" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    theirs = [words_of(json.loads(line)["question"]) for line in others]

    near = [
        row["id"]
        for row in ROWS
        if any(likeness(words_of(row["question"]), words) >= NEAR for words in theirs)
    ]

    assert near == []


def first_of(value: str | list[str]) -> str:
    return value if isinstance(value, str) else value[0]


def fold(text: str) -> str:
    return " ".join(text.lower().split())


def words_of(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9']+", text.lower()))


def likeness(one: Iterable[str], other: Iterable[str]) -> float:
    """How much of all their words two questions share (Jaccard)."""
    left, right = set(one), set(other)
    return len(left & right) / len(left | right)
