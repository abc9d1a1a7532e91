from __future__ import annotations

import pytest

from knowledge.asking import find_asking_clauses


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("My wife is in Iran. I have status here. Can she join me?", "Can she join me?"),
        ("I live in a tent Can I apply from here?", "Can I apply from here?"),
        ("My brother was returned. please tell me the rules", "please tell me the rules"),
    ],
)
def test_the_question_stands_at_the_end_of_a_story(text, asked):
    assert find_asking_clauses(text) == asked


def test_every_question_of_a_text_is_asked():
    text = "I am in Lyon. How much is it? And may I bring my dog?"

    assert find_asking_clauses(text) == "How much is it? And may I bring my dog?"


@pytest.mark.parametrize("text", ["How do I apply?", "family reunion fee", ""])
def test_what_is_nothing_but_a_question_is_asked_whole(text):
    assert find_asking_clauses(text) == text
