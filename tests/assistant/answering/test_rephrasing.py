from __future__ import annotations

import pytest

from assistant.answering.rephrasing import is_follow_up, make_standalone
from assistant.answering.types import Turn

HISTORY = (
    Turn("Can I apply from France with a residence permit?", "No."),
    Turn("and my children?", "They may."),
)


@pytest.mark.parametrize(
    "question",
    [
        "and my children?",
        "how long?",
        "what about Italy?",
        "Why?",
        "but if I am 17",
        "is it free?",
    ],
)
def test_a_follow_up_takes_along_the_last_topic(question):
    standalone = make_standalone(question, HISTORY)

    assert standalone == f"Can I apply from France with a residence permit? {question}"


@pytest.mark.parametrize(
    "question",
    [
        "How long does the transfer visa last?",
        "Who can be returned to France?",
        "I was stopped by the French police last year and they took my fingerprints",
    ],
)
def test_a_question_that_names_its_subject_stands_alone(question):
    assert not is_follow_up(question)
    assert make_standalone(question, HISTORY) == question


def test_without_turns_there_is_no_topic():
    assert make_standalone("how long?", ()) == "how long?"


def test_a_greeting_is_no_topic():
    assert make_standalone("how long?", [Turn("hello")]) == "how long?"


def test_a_topic_is_not_looked_for_far_back():
    old = [Turn("Can I apply from France?"), *[Turn("why?")] * 10]

    assert make_standalone("how long?", old) == "how long?"


@pytest.mark.parametrize("ending", ["What now?", "now what", "and now?"])
def test_what_people_shorten_is_spelled_out(ending):
    standalone = make_standalone(f"My form was rejected last week. {ending}", ())

    assert standalone == "My form was rejected last week. What can I do now?"


def test_a_bare_what_now_stays_as_it_is():
    assert make_standalone("What now?", ()) == "What now?"
