from __future__ import annotations

import pytest

from assistant.answering.claims.clauses import read_sentence
from assistant.answering.claims.roles import has_wrong_roles
from assistant.answering.claims.sources import make_source


@pytest.mark.parametrize(
    ("said", "claimed"),
    [
        ("An officer interviews a rider.", "A rider interviews an officer."),
        ("The office must give reasons.", "You must give reasons."),
        ("You are returned to France.", "You are returned from France."),
        ("The office must decide before the rider is told.",
         "The rider must decide before the office is told."),
        ("The judge may hear the claimant.", "The claimant may hear the judge."),
        ("Two officers must agree before you ride.", "You must ride before two officers agree."),
    ],
)  # fmt: skip
def test_who_does_what_to_whom_may_not_be_turned_around(said, claimed):
    assert has_wrong_roles(read_sentence(claimed), make_source(said))


@pytest.mark.parametrize(
    ("said", "claimed"),
    [
        ("The council looks after a child.", "A child is looked after by the council."),
        ("The court may grant bail.", "Bail may be granted by the court."),
        ("A rider must ring.", "You must ring."),
        (
            "The office sends the French police a note.",
            "The office sends a note to the French police.",
        ),
    ],
)
def test_the_same_from_the_other_side_is_the_same(said, claimed):
    assert not has_wrong_roles(read_sentence(claimed), make_source(said))
