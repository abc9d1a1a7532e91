from __future__ import annotations

import asyncio

import pytest

from assistant.answering.types import AnswerResult, Outcome
from assistant.evaluation.asking import ask_all, collect_answer, read_gold_questions
from knowledge.gold_questions import GoldQuestionsUnusable
from knowledge.starter.gold import GOLD_FILE
from tests.assistant.evaluation.samples import BELL, answer, expect, write_questions


def test_a_line_that_cannot_be_read_is_named(tmp_path):
    path = write_questions(
        tmp_path / "questions.jsonl",
        {"id": "one", "question": "Do I need a bell?", "outcome": ["answered"]},
        {"id": "two", "question": "?", "outcome": ["perhaps"]},
    )

    with pytest.raises(GoldQuestionsUnusable, match="line 2"):
        read_gold_questions(path)


def test_a_file_that_is_no_text_is_named(tmp_path):
    path = tmp_path / "questions.jsonl"
    path.write_bytes(b"\xff\xfe")

    with pytest.raises(GoldQuestionsUnusable, match=r"questions\.jsonl can't be read"):
        read_gold_questions(path)


def test_fields_that_only_other_readers_of_the_file_know_are_allowed(tmp_path):
    path = write_questions(
        tmp_path / "questions.jsonl",
        {
            "id": "one",
            "question": "Do I need a bell?",
            "outcome": ["answered"],
            "route": "bicycles",
            "held_out": True,
            "source": "https://example.test/rules",
            "weather": ["rain"],
        },
    )

    (question,) = read_gold_questions(path)

    assert (question.route, question.held_out, question.file) == (
        "bicycles",
        True,
        "questions.jsonl",
    )


def test_the_projects_own_gold_questions_cover_every_outcome_that_a_question_can_have():
    questions = read_gold_questions(GOLD_FILE)

    outcomes = {outcome for question in questions for outcome in question.outcome}
    # Load, a reader and an error make these, not a question.
    assert set(Outcome) - outcomes == {Outcome.BUSY, Outcome.STOPPED, Outcome.FAILED}
    assert len({question.id for question in questions}) == len(questions) >= 30


def test_an_answer_without_a_result_is_an_error():
    async def answering(question, **options):
        yield answer(BELL).sentences[0]

    with pytest.raises(RuntimeError, match="without a result"):
        asyncio.run(collect_answer("?", answering=answering))


def test_an_answer_knows_when_its_first_sentence_came():
    async def speaking(question, **options):
        yield answer(BELL).sentences[0]
        yield AnswerResult(outcome=Outcome.ANSWERED)

    async def silent(question, **options):
        yield AnswerResult(outcome=Outcome.STOPPED)

    spoken = asyncio.run(collect_answer("?", answering=speaking))
    nothing = asyncio.run(collect_answer("?", answering=silent))

    assert spoken.first_ms is not None
    assert nothing.first_ms is None


@pytest.mark.parametrize("jobs", [1, 3])
def test_answers_come_back_in_the_order_of_the_questions_whichever_is_ready_first(jobs):
    turns = {"slow": 5, "quick": 1, "quicker": 0}
    running, most = 0, 0

    async def answering(question, **options):
        nonlocal running, most
        running += 1
        most = max(most, running)
        for _ in range(turns[question]):
            await asyncio.sleep(0)
        running -= 1
        yield AnswerResult(outcome=Outcome.ANSWERED, language=question)

    gold = [expect(id=name, question=name) for name in turns]
    answers = asyncio.run(ask_all(gold, jobs=jobs, answering=answering))

    assert [timed.answer.result.language for timed in answers] == list(turns)
    assert most == jobs
