"""Frames: what is understood, what is refused, what is sent."""

from __future__ import annotations

import json
from datetime import date

import pytest

from assistant.answering.types import AnswerResult, Outcome
from assistant.protocol import (
    AskQuestion,
    ErrorCode,
    GivenFeedback,
    InvalidFrame,
    ResumeConversation,
    StopAnswer,
    build_asked,
    build_citation,
    build_finished,
    describe_error,
    encode_frame,
    list_citations,
    parse_client_frame,
    parse_feedback,
)
from tests.assistant.conftest import make_citation, make_sentence


@pytest.mark.parametrize(
    ("data", "frame"),
    [
        ({"type": "question.ask", "text": " Hi "}, AskQuestion(" Hi ")),
        (
            {"type": "question.ask", "text": "Hi", "key": "a-1", "as_of": "2026-08-24"},
            AskQuestion("Hi", "a-1", date(2026, 8, 24)),
        ),
        ({"type": "question.ask", "text": "Hi", "as_of": None}, AskQuestion("Hi")),
        ({"type": "answer.stop", "question": 7}, StopAnswer(7)),
        ({"type": "conversation.resume", "after": 0}, ResumeConversation(0)),
    ],
)
def test_a_frame_of_ours_is_understood(data, frame):
    assert parse_client_frame(json.dumps(data)) == frame


@pytest.mark.parametrize(
    "data",
    [
        {"type": "question.ask"},
        {"type": "question.ask", "text": None},
        {"type": "question.ask", "text": "Hi", "key": "a" * 65},
        {"type": "question.ask", "text": "Hi", "key": "<b>"},
        {"type": "question.ask", "text": "Hi", "key": 5},
        {"type": "question.ask", "text": "Hi", "as_of": "20260824"},
        {"type": "question.ask", "text": "Hi", "as_of": "2026-02-30"},
        {"type": "question.ask", "text": "Hi", "as_of": 2026},
        {"type": "answer.stop", "question": True},
        {"type": "answer.stop", "question": "7"},
        {"type": "answer.stop", "question": 2**63},
        {"type": "conversation.resume", "after": -1},
        {"type": "conversation.resume", "after": 1.5},
        {"type": "conversation.resume", "after": 2**31},
        {"type": "answer.sentence", "text": "forged"},
        {"type": []},
        ["question.ask"],
        7,
    ],
)
def test_any_other_frame_is_refused(data):
    with pytest.raises(InvalidFrame):
        parse_client_frame(json.dumps(data))


@pytest.mark.parametrize(
    "data", [None, b"{}", "", "{", "[" * 15_999, "9" * 5_000, '"' + "é" * 8_000 + '"']
)
def test_what_is_no_frame_at_all_is_refused(data):
    with pytest.raises(InvalidFrame):
        parse_client_frame(data)


def test_a_citation_leads_to_its_quote_in_its_place():
    frame = build_citation(make_citation(quote="Two coins.", published=None))

    assert frame["context_url"] == "/passages/7/9?start=120&length=10"
    assert (frame["published"], frame["checked"]) == (None, "2026-01-05")
    assert frame["supports"] == [{"url": "https://example.org/law", "quote": "Two coins."}]


def test_the_end_of_an_answer_names_its_outcome_and_dates():
    result = AnswerResult(outcome=Outcome.NO_EVIDENCE, as_of=date(2025, 8, 6), publication_id=3)

    frame = build_finished(11, result)

    assert frame == {
        "type": "answer.finished",
        "question": 11,
        "outcome": "no_evidence",
        "as_of": "2025-08-06",
        "publication": 3,
        "timings_ms": {},
        "choices": [],
    }


def test_the_end_of_an_unclear_question_carries_the_choices():
    result = AnswerResult(outcome=Outcome.CLARIFICATION_NEEDED, choices=("A?", "B?"))

    assert build_finished(11, result)["choices"] == ["A?", "B?"]


def test_a_frame_carries_its_number_and_letters_as_they_are():
    assert encode_frame({"type": "error", "message": "é"}, seq=4) == (
        '{"type": "error", "message": "é", "seq": 4}'
    )


def test_a_citation_that_two_sentences_share_is_listed_once():
    first, second = make_citation(1), make_citation(2)
    sentences = [
        make_sentence(1, citations=(second,)),
        make_sentence(2, citations=(second, first)),
    ]

    assert list_citations(sentences) == [first, second]


@pytest.mark.parametrize("as_of", ["20260824", "2026-02-30", "soon", 2026])
def test_a_day_that_is_none_is_told_apart_from_a_broken_frame(as_of):
    with pytest.raises(InvalidFrame) as refused:
        parse_client_frame(json.dumps({"type": "question.ask", "text": "Hi", "as_of": as_of}))

    assert refused.value.code is ErrorCode.DAY_INVALID


def test_the_first_frame_carries_the_day_that_was_asked_about():
    assert "as_of" not in build_asked(3, text="Hi", key="")
    assert build_asked(3, text="Hi", key="", as_of=date(2026, 8, 4))["as_of"] == "2026-08-04"


@pytest.mark.parametrize(
    ("form", "given"),
    [
        ({"question": "7", "helped": "yes"}, GivenFeedback(7, is_helpful=True)),
        ({"question": "7", "helped": "no"}, GivenFeedback(7, is_helpful=False)),
        ({"question": "7", "reason": "wrong"}, GivenFeedback(7, False, "wrong")),
    ],
)
def test_feedback_is_helped_or_a_reason_why_not(form, given):
    assert parse_feedback(form) == given


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"question": "7"},
        {"question": "x", "helped": "yes"},
        {"question": "9" * 30, "helped": "yes"},
        {"question": "7", "helped": "perhaps"},
        {"question": "7", "reason": "My name is Ann and I live in"},
    ],
)
def test_feedback_in_other_words_is_refused(form):
    with pytest.raises(InvalidFrame):
        parse_feedback(form)


@pytest.mark.parametrize("code", ErrorCode)
def test_every_error_is_told_in_words(code):
    assert len(describe_error(code, limit=600).split()) > 3
