from __future__ import annotations

import pytest

from assistant.answering.picking import pick_choice

CHOICES = (
    "Can my family apply together with me under the pilot?",
    "Can a refugee in the UK bring a wife or children?",
    "Can families be returned to France?",
)


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("2", 1),
        ("the second", 1),
        ("The second one, please", 1),
        ("secnd", 1),
        ("number 3", 2),
        ("option 1", 0),
        ("c", 2),
        ("the last one", 2),
        ("the pilot", 0),
        ("refugee", 1),
        ("returned to France", 2),
        ("can families be returned to france", 2),
    ],
)
def test_a_choice_is_named_by_its_place_or_by_a_word_of_its_own(said, place):
    assert pick_choice(said, CHOICES) == CHOICES[place]


@pytest.mark.parametrize(
    "said",
    [
        "7",
        "family apply children",
        "can",
        "ARAP",
        "",
        "please",
        "how long does it take to get an answer from them",
    ],
)
def test_what_names_none_of_them_is_a_question_of_its_own(said):
    assert pick_choice(said, CHOICES) == ""


def test_without_choices_nothing_is_chosen():
    assert pick_choice("2", ()) == ""
