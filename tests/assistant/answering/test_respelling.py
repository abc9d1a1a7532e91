from __future__ import annotations

import pytest

from assistant.answering.respelling import Respeller, differs_little

RESPELLER = Respeller(
    {"u": "you", "plz": "please"},
    ["suicide", "drowning", "water", "police", "attacked", "children"],
    but_not=["attached"],
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("plz help u", "please help you"),
        ("sucide", "suicide"),
        ("suicidee", "suicide"),
        ("drownig", "drowning"),
        ("drowming", "drowning"),
        ("watr", "water"),
        ("polcie", "police"),
        ("childern", "children"),
    ],
)
def test_a_slip_of_the_finger_is_read_as_the_word_that_was_meant(typed, meant):
    assert RESPELLER.respell(typed) == meant


@pytest.mark.parametrize("word", ["later", "waters", "policy", "attached", "in", "15", "crowning"])
def test_another_word_stays_what_it_is(word):
    assert RESPELLER.respell(word) == word


def test_words_differ_little_by_one_letter_or_by_two_that_changed_places():
    assert differs_little("water", "later")
    assert differs_little("police", "polcie")
    assert not differs_little("water", "taker")
