"""The set of follow-ups is well formed: whoever tunes must not see a half of its own."""

from __future__ import annotations

import json
from pathlib import Path

from assistant.evaluation import read_gold_questions

FILE = Path(__file__).with_name("followups.jsonl")


def test_every_follow_up_can_be_asked_and_has_a_name_of_its_own():
    questions = read_gold_questions(FILE)

    assert len({question.id for question in questions}) == len(questions) >= 80
    assert all(
        question.history or question.id.startswith(("nothing", "h-nothing"))
        for question in questions
    )


def test_enough_are_held_out():
    rows = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]

    assert sum(row["held_out"] for row in rows) >= 40
