from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.answering.yes_or_no import answers_yes_or_no
from tests.assistant.answering.samples import make_briefing

BRIEFING = make_briefing("Yes. Bicycles are lent.")
OPEN = replace(BRIEFING, asks=("Can I still borrow a bicycle?", "Is the hire closed?"))


def alike(texts, *, to=None):
    return [0.95 for _ in texts]


def unlike(texts, *, to=None):
    return [0.5 for _ in texts]


def test_the_word_stands_where_the_same_is_asked_plainly():
    assert answers_yes_or_no("May I borrow a bicycle?", OPEN, alike)


def test_the_word_does_not_stand_where_another_question_is_asked():
    assert not answers_yes_or_no("May I borrow a bicycle?", OPEN, unlike)


@pytest.mark.parametrize(
    "question",
    [
        "Is the hire of bicycles closed?",
        "Is it not allowed to borrow a bicycle?",
        "Can I borrow one bicycle or two?",
        "When can I borrow a bicycle?",
        "Is a bicycle only lent for a day?",
        "Do they lend bicycles to everybody?",
    ],
)
def test_a_question_that_is_turned_round_gets_no_bare_word(question):
    assert not answers_yes_or_no(question, OPEN, alike)


def test_a_briefing_that_nobody_asks_plainly_gets_no_bare_word():
    briefing = replace(BRIEFING, asks=("Is the hire closed?",))

    assert not answers_yes_or_no("Can I borrow a bicycle?", briefing, alike)
