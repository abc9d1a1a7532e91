from __future__ import annotations

import pytest

from assistant.answering.claims.words import are_alike, is_content, is_one_of, say_alike, stem


@pytest.mark.parametrize(
    ("one", "other"), [("borrow", "lend"), ("cost", "fee"), ("apply", "application")]
)
def test_plain_words_stand_for_official_ones(one, other):
    assert are_alike(stem(one), stem(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [("accept", "refuse"), ("open", "close"), ("before", "after"), ("free", "fee")],
)
def test_opposites_never_stand_for_each_other(one, other):
    assert not are_alike(stem(one), stem(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("You can't go", "You must not go"),
        ("You have to go", "You must go"),
        ("It costs nothing", "It is free of charge"),
        ("There is no right of appeal", "You have no right of appeal"),
    ],
)
def test_the_same_sayings_are_made_one(one, other):
    assert say_alike(one) == say_alike(other)


def test_you_need_not_is_no_you_must_not():
    assert say_alike("You do not have to go") != say_alike("You must not go")


def test_function_words_carry_no_content():
    words = ["The", "rider", "of", "a", "bicycle", "must", "not"]

    assert [word for word in words if is_content(word)] == ["rider", "bicycle"]


def test_a_plural_belongs_where_its_singular_does():
    assert is_one_of("Riders", frozenset({"rider"}))
