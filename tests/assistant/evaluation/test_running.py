from __future__ import annotations

import pytest

from assistant.answering.types import AnswerResult, Outcome
from assistant.evaluation.running import Selection, evaluate_answers, read_selected
from knowledge.gold_questions import GoldQuestionsUnusable
from tests.assistant.evaluation.samples import BELL, REVISION, answer, make_row, write_questions


def make_entry(name, **fields):
    return {"id": name, "question": name, "outcome": ["answered"], **fields}


def test_whole_files_are_asked_and_reported(tmp_path):
    first = write_questions(
        tmp_path / "first.jsonl",
        {"id": "one", "question": "Do I need a bell?", "outcome": ["answered"]},
    )
    second = write_questions(
        tmp_path / "second.jsonl",
        {
            "id": "two",
            "question": "and a light?",
            "outcome": ["unsafe"],
            "history": [{"question": "Do I need a bell?", "answer": "Yes."}],
        },
    )
    asked, seen = [], []

    async def answering(question, *, history, as_of, language):
        asked.append((question, [turn.question for turn in history]))
        yield answer(BELL).sentences[0]
        yield AnswerResult(outcome=Outcome.ANSWERED)

    report = evaluate_answers(
        [first, second],
        on_progress=lambda progress: seen.append((progress.done, progress.total)),
        answering=answering,
        get_text=lambda revision_id: REVISION,
    )

    assert asked == [("Do I need a bell?", []), ("and a light?", ["Do I need a bell?"])]
    assert seen == [(1, 2), (2, 2)]
    assert (report["total"], report["passed"]) == (2, 1)
    assert (report["groundedness"], report["quote_fidelity"]) == (1.0, 1.0)
    assert report["outcomes"] == {"answered": {"answered": 1}, "unsafe": {"answered": 1}}
    assert [row["file"] for row in report["rows"]] == ["first.jsonl", "second.jsonl"]
    assert set(report["rows"][1]) == set(make_row())
    assert report["rows"][1]["reasons"] == ["outcome answered, not unsafe"]


@pytest.mark.parametrize(
    ("selection", "wanted"),
    [
        (Selection(), ["one", "two", "three"]),
        (Selection(ids=("three", "one")), ["one", "three"]),
        (Selection(held_out=True), ["two"]),
        (Selection(held_out=False), ["one", "three"]),
        (Selection(ids=("one", "two"), held_out=True), ["two"]),
    ],
)
def test_some_of_the_questions_can_be_asked_alone(tmp_path, selection, wanted):
    path = write_questions(
        tmp_path / "questions.jsonl",
        make_entry("one"),
        make_entry("two", held_out=True),
        make_entry("three", held_out=False),
    )

    assert [question.id for question in read_selected([path], selection)] == wanted


def test_an_id_that_no_question_has_is_named(tmp_path):
    path = write_questions(tmp_path / "questions.jsonl", make_entry("one"))

    with pytest.raises(GoldQuestionsUnusable, match="no question has the id four"):
        read_selected([path], Selection(ids=("one", "four")))
