from __future__ import annotations

import pytest

from assistant.answering.claims.clauses import read_sentence
from assistant.answering.claims.sources import make_source
from assistant.answering.claims.verbs import (
    has_wrong_modal,
    has_wrong_negation,
    has_wrong_time,
    is_suffered,
)

SOURCE = make_source("You must not ring, shout or sing, but you may hum.")


@pytest.mark.parametrize("text", ["You must not sing.", "You cannot shout.", "You may hum."])
def test_a_not_reaches_as_far_as_in_the_source(text):
    assert not has_wrong_negation(read_sentence(text), SOURCE)


@pytest.mark.parametrize("text", ["You must sing.", "You may not hum."])
def test_a_not_that_is_lost_or_moved_is_a_fault(text):
    assert has_wrong_negation(read_sentence(text), SOURCE)


@pytest.mark.parametrize(
    ("said", "claimed"),
    [("may", "must"), ("may", "will"), ("should", "must"), ("could", "will"), ("must", "may")],
)
def test_what_may_be_is_not_what_must_be(said, claimed):
    source = make_source(f"A rider {said} wear a helmet.")

    assert has_wrong_modal(read_sentence(f"A rider {claimed} wear a helmet."), source)


def test_may_and_can_are_the_same():
    source = make_source("A rider may wear a helmet.")

    assert not has_wrong_modal(read_sentence("A rider can wear a helmet."), source)


def test_what_may_happen_is_not_what_happens():
    source = make_source("A rider may be fined.")

    assert has_wrong_modal(read_sentence("A rider is fined."), source)


def test_what_was_is_not_what_is():
    source = make_source("The office was closed.")

    assert has_wrong_time(read_sentence("The office is closed."), source)


def test_who_is_refused_does_not_act():
    assert is_suffered(read_sentence("You must be refused").clauses[0])
    assert not is_suffered(read_sentence("You must refuse").clauses[0])
