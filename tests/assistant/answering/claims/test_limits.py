from __future__ import annotations

import pytest

from assistant.answering.claims.clauses import read_sentence
from assistant.answering.claims.limits import (
    attaches_wrongly,
    has_dropped_condition,
    has_dropped_hedge,
    has_wrong_only,
)
from assistant.answering.claims.sources import make_source


@pytest.mark.parametrize(
    ("said", "claimed"),
    [
        ("You may ride if you have a bell.", "You may ride."),
        ("After dark every rider must ring.", "Every rider must ring."),
        ("A person who fled may ride.", "A person may ride."),
        ("Rides are free for children.", "Rides are free."),
        ("You must show a bell or a horn.", "You must show a bell."),
        ("You may ride if you pay and ring.", "You may ride if you pay."),
        ("Help is given in most asylum cases.", "Help is given in most cases."),
    ],
)
def test_what_limits_a_rule_may_not_be_left_out(said, claimed):
    assert has_dropped_condition(read_sentence(claimed), make_source(said))


@pytest.mark.parametrize(
    ("said", "claimed"),
    [
        (
            "You may ride if you have a bell or if you have a horn.",
            "You may ride if you have a horn.",
        ),
        ("You must not ring or shout.", "You must not shout."),
        ("You may ring, and the office may listen.", "The office may listen."),
    ],
)
def test_what_stands_beside_it_may(said, claimed):
    assert not has_dropped_condition(read_sentence(claimed), make_source(said))


def test_only_is_neither_lost_nor_added():
    with_it, without = "Only a rider may ring.", "A rider may ring."

    assert has_wrong_only(read_sentence(without), make_source(with_it))
    assert has_wrong_only(read_sentence(with_it), make_source(without))


@pytest.mark.parametrize(
    "hedge", ["usually", "about", "most", "is expected to be", "is due to be"]
)
def test_a_doubt_is_kept(hedge):
    source = make_source(f"The fare {hedge} low in summer.")

    assert has_dropped_hedge(read_sentence("The fare is low in summer."), source)


def test_a_condition_stays_with_what_it_belongs_to():
    source = make_source("You may not ring, but you may hum if you are alone.")

    assert attaches_wrongly(read_sentence("You may not ring if you are alone."), source)


@pytest.mark.parametrize("turned", ["before that", "until then"])
def test_after_that_does_not_become_another_time(turned):
    source = make_source("If you were late before you rang, ring at once after that.")

    claim = read_sentence(source.said.text.replace("after that", turned))

    assert attaches_wrongly(claim, source)
    assert not attaches_wrongly(source.said, source)
