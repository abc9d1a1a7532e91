from __future__ import annotations

import pytest

from assistant.answering.claims.form import is_plain_sentence


@pytest.mark.parametrize(
    "text",
    ["A rider must have a bell.", "It is not possible to ride.", "There is no fee to ride."],
)
def test_a_plain_sentence_may_stand_in_an_answer(text):
    assert is_plain_sentence(text, source="")


@pytest.mark.parametrize(
    "text",
    [
        "Yes.",
        "Is a bell needed here?",
        "It must have a bell.",
        "They must have a bell.",
        "Otherwise a rider is fined.",
        "A rider must have a bell [3].",
        "A rider must have a **bell**.",
        "<b>A rider</b> must have a bell.",
        "A rider must have a bell.\nA rider must sing.",
        "I cannot help with that.",
        "Passage 2 says that a bell is needed.",
        "A rider must have a bell \u202e.",
        "Гонщик должен иметь звонок.",
        "A rider must have a bell, " * 30,
    ],
)
def test_what_leans_asks_shouts_or_hides_something_may_not(text):
    assert not is_plain_sentence(text, source="A rider must have a bell.")


def test_words_of_the_source_in_other_letters_may_be_repeated():
    assert is_plain_sentence("The form is called Гонщик here.", source="called Гонщик")
