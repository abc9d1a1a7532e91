from __future__ import annotations

import json
from datetime import date

import pytest

from assistant import evaluation
from assistant.answering.types import AnswerResult, Citation, Label, Outcome, Sentence
from assistant.evaluation import (
    FinishedAnswer,
    GoldQuestionsUnusable,
    check_grounding,
    evaluate_answers,
    find_reasons,
    make_gold_question,
    measure_evidence,
    read_gold_questions,
)
from knowledge.gold_questions import read_gold_entry
from knowledge.starter.gold import GOLD_FILE
from knowledge.types import DocumentKind, Support
from tests.assistant.answering.samples import FakeKnowledge, make_briefing

REVISION = "Bicycles. You need a bell,\nand you need a light."


def cite(quote="You need a bell,", number=1, url="/briefings/bicycles#bells", support=""):
    return Citation(
        number=number,
        kind=DocumentKind.BRIEFING,
        title="Bicycles",
        heading="Bells",
        publisher="Us",
        url=url,
        quote=quote,
        published=None,
        checked=date(2026, 1, 2),
        licence="Open",
        document_id=1,
        revision_id=1,
        passage_id=1,
        start=0,
        supports=(Support(support, "A bell is no horn."),) if support else (),
    )


def answer(*sentences, outcome=Outcome.ANSWERED):
    return FinishedAnswer(
        tuple(
            Sentence(position=place, text=text, label=label, citations=citations)
            for place, (text, label, citations) in enumerate(sentences, 1)
        ),
        AnswerResult(outcome=outcome),
    )


BELL = ("You need a bell,", Label.BRIEFING, (cite(support="https://example.test/rules#7"),))


def expect(**fields):
    entry = {"id": "bell", "question": "Do I need a bell?", "outcome": ["answered"], **fields}
    return make_gold_question(read_gold_entry(entry))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, None),
        ({"facts": [["a horn", "A  BELL"]]}, None),
        ({"facts": [["no horn"]]}, None),
        ({"cites_any": ["https://example.test/rules"]}, None),
        ({"cites_any": ["/briefings/bicycles"]}, None),
        ({"avoid": ["no horn"]}, None),
        ({"outcome": ["unsafe", "urgent"]}, "outcome answered, not unsafe or urgent"),
        ({"facts": [["a tram"]]}, "without 'a tram'"),
        ({"avoid": ["need a bell"]}, "says 'need a bell'"),
        ({"cites_any": ["https://example.test/other"]}, "cites none of"),
    ],
)
def test_an_answer_is_judged_by_the_rules_of_the_gold_questions(fields, reason):
    reasons = find_reasons(expect(**fields), answer(BELL))

    assert len(reasons) == (reason is not None)
    assert reason is None or reasons[0].startswith(reason)


def test_an_outcome_without_an_answer_needs_no_citation():
    refused = answer(("No.", Label.NOTICE, ()), outcome=Outcome.UNSAFE)

    assert find_reasons(expect(outcome=["unsafe"], cites_any=["https://x.test"]), refused) == []


def test_a_blank_around_a_fact_is_meant():
    gold = expect(facts=[["no "]])

    assert find_reasons(gold, answer(("You need none.", Label.BRIEFING, (cite("None"),)))) != []


def test_quotes_are_looked_up_in_the_revision_that_they_cite():
    tally = check_grounding(
        answer(
            ("You need a bell, and", Label.BRIEFING, (cite("You need a bell, and"),)),
            ("You need a horn.", Label.BRIEFING, (cite("You need a horn.", number=2),)),
            ("You need a tram.", Label.BRIEFING, ()),
            ("Ask again.", Label.NOTICE, ()),
        ),
        lambda revision_id: REVISION,
    )

    assert (tally.statements, tally.cited, tally.quotes, tally.verbatim) == (3, 1, 2, 1)
    assert tally.reasons == [
        "quote [2] does not stand in its revision",
        "sentence 3 cites nothing",
    ]


def write_questions(path, *entries):
    path.write_text("\n".join(json.dumps(entry) for entry in entries), encoding="utf-8")
    return path


def test_a_whole_file_is_asked_and_reported(tmp_path):
    path = write_questions(
        tmp_path / "questions.jsonl",
        {"id": "one", "question": "Do I need a bell?", "outcome": ["answered"]},
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
        path,
        on_progress=lambda progress: seen.append((progress.done, progress.total)),
        answering=answering,
        get_text=lambda revision_id: REVISION,
    )

    assert asked == [("Do I need a bell?", []), ("and a light?", ["Do I need a bell?"])]
    assert seen == [(1, 2), (2, 2)]
    assert (report["total"], report["passed"]) == (2, 1)
    assert (report["groundedness"], report["quote_fidelity"]) == (1.0, 1.0)
    assert set(report["rows"][1]) == {
        "id",
        "passed",
        "outcome",
        "reasons",
        "answer",
        "citations",
        "ms",
    }
    assert report["rows"][1]["reasons"] == ["outcome answered, not unsafe"]


def test_a_line_that_cannot_be_read_is_named(tmp_path):
    path = write_questions(
        tmp_path / "questions.jsonl",
        {"id": "one", "question": "Do I need a bell?", "outcome": ["answered"]},
        {"id": "two", "question": "?", "outcome": ["perhaps"]},
    )

    with pytest.raises(GoldQuestionsUnusable, match="line 2"):
        read_gold_questions(path)


def test_the_floors_of_evidence_are_measured_on_both_sides(tmp_path):
    path = write_questions(
        tmp_path / "questions.jsonl",
        {"id": "one", "question": "Do I need a bell?", "outcome": ["answered"]},
        {"id": "two", "question": "Is it raining?", "outcome": ["no_evidence"]},
    )

    strong = measure_evidence(path, knowledge=FakeKnowledge(make_briefing("A bell.", dense=0.9)))
    weak = measure_evidence(path, knowledge=FakeKnowledge(make_briefing("A bell.", dense=0.1)))

    assert strong == {"answerable": 1, "kept": 1.0, "unanswerable": 1, "refused": 0.0}
    assert weak == {"answerable": 1, "kept": 0.0, "unanswerable": 1, "refused": 1.0}


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
        evaluation.asyncio.run(evaluation.collect_answer("?", answering=answering))
