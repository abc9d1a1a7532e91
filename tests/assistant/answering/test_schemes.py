from __future__ import annotations

import pytest

from assistant.answering.schemes import find_schemes, get_schemes_for_some, get_words


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("Is the one in, one out pilot still open?", "pilot"),
        ("Can a BNO holder bring a dog?", "hong_kong"),
        ("my ukrainian friend wants to work", "ukraine"),
        ("I was trafficked", "trafficking"),
        ("may a tourist marry", "other_visas"),
    ],
)
def test_a_scheme_is_known_by_the_words_for_it(text, scheme):
    assert scheme in find_schemes(text)


def test_a_question_that_names_none_has_none():
    assert find_schemes("How long do I wait for an answer?") == frozenset()


def test_schemes_for_a_group_are_among_those_with_words():
    assert get_schemes_for_some() < set(get_words())
