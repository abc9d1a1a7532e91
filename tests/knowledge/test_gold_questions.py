from __future__ import annotations

import json
from dataclasses import replace

import pytest

from knowledge.gold_questions import (
    EarlierTurn,
    GoldQuestionsUnusable,
    digest_gold,
    read_gold_entry,
    read_gold_file,
)

BELL = {"id": "bell", "question": "Do I need a bell?", "outcome": ["answered"]}


def test_a_file_has_one_question_a_line_and_may_have_empty_ones(tmp_path):
    history = [{"question": "May I cycle?", "answer": "Yes."}, {"question": "Where?"}]
    path = tmp_path / "gold.jsonl"
    path.write_text(f"{json.dumps(BELL)}\n\n{json.dumps(BELL | {'history': history})}\n")

    first, second = read_gold_file(path, lambda entry: entry)

    assert first == read_gold_entry(BELL)
    assert second.history == (EarlierTurn("May I cycle?", "Yes."), EarlierTurn("Where?"))


@pytest.mark.parametrize("line", ["no json", "[]", '{"id": "x"}', '{"id": "x", "question": "?"}'])
def test_a_line_that_cannot_be_read_is_named(tmp_path, line):
    path = tmp_path / "gold.jsonl"
    path.write_text(f"{json.dumps(BELL)}\n{line}\n")

    with pytest.raises(GoldQuestionsUnusable, match="line 2"):
        read_gold_file(path, lambda entry: entry)


def test_what_is_made_of_a_line_may_refuse_it(tmp_path):
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(BELL))

    def refuse(entry):
        raise ValueError("not here")

    with pytest.raises(GoldQuestionsUnusable, match=r"line 1: .*not here"):
        read_gold_file(path, refuse)


def test_the_digest_follows_what_is_asked_and_not_the_order():
    one = read_gold_entry(BELL)
    two = replace(one, id="light")

    assert digest_gold([one, two]) == digest_gold([two, one])
    assert digest_gold([one]) != digest_gold([replace(one, facts=(("bell",),))])


def test_where_a_question_is_counted_changes_nothing_in_how_it_is_judged():
    plain = read_gold_entry(BELL)
    counted = read_gold_entry({**BELL, "route": "bicycles", "held_out": True})

    assert (counted.route, counted.held_out) == ("bicycles", True)
    assert digest_gold([plain]) == digest_gold([counted])
