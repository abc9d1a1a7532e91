from __future__ import annotations

import pytest

from assistant.evaluation.evidence import measure_evidence
from tests.assistant.answering.samples import FakeKnowledge, make_briefing
from tests.assistant.evaluation.samples import write_questions


@pytest.fixture
def path(tmp_path):
    return write_questions(
        tmp_path / "questions.jsonl",
        {"id": "one", "question": "Do I need a bell?", "outcome": ["answered"]},
        {"id": "two", "question": "Is it raining?", "outcome": ["no_evidence", "out_of_scope"]},
        {"id": "three", "question": "A bell or not?", "outcome": ["answered", "no_evidence"]},
        {"id": "four", "question": "Where is a forged bell?", "outcome": ["unsafe"]},
    )


def measure(path, *, dense):
    return measure_evidence([path], knowledge=FakeKnowledge(make_briefing("A bell.", dense=dense)))


def test_both_sides_are_counted_and_what_says_nothing_of_evidence_is_not(path):
    strong, weak = measure(path, dense=0.9), measure(path, dense=0.1)

    assert (strong["answerable"], strong["unanswerable"]) == (1, 1)
    assert (strong["kept"], strong["refused"]) == (1.0, 0.0)
    assert (weak["kept"], weak["refused"]) == (0.0, 1.0)
    assert strong["files"]["questions.jsonl"]["kept"] == 1.0
    assert [row["id"] for row in strong["rows"] if not row["passed"]] == ["two"]


def test_a_higher_floor_never_keeps_more_nor_refuses_less(path):
    curve = measure(path, dense=0.55)["curve"]

    kept = [point["kept"] for point in curve]
    refused = [point["refused"] for point in curve]
    assert kept == sorted(kept, reverse=True)
    assert refused == sorted(refused)


def test_a_side_without_questions_has_no_share(tmp_path):
    path = write_questions(
        tmp_path / "questions.jsonl",
        {"id": "one", "question": "Do I need a bell?", "outcome": ["answered"]},
    )

    assert measure(path, dense=0.9)["refused"] is None


def test_what_triage_refuses_is_refused_whatever_the_floor(tmp_path):
    path = write_questions(
        tmp_path / "questions.jsonl",
        {"id": "one", "question": "Tell me a joke", "outcome": ["out_of_scope"]},
    )

    (row,) = measure(path, dense=0.9)["rows"]

    assert (row["outcome"], row["passed"], row["weight"]) == ("out_of_scope", True, None)
