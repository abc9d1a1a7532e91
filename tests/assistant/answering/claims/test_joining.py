from __future__ import annotations

from assistant.answering.claims.clauses import read_sentence
from assistant.answering.claims.joining import has_wrong_joining, mixes_clauses
from assistant.answering.claims.sources import make_source


def test_and_is_not_or():
    source = make_source("Bring a bell or a horn.")

    assert has_wrong_joining(read_sentence("Bring a bell and a horn."), source)
    assert not has_wrong_joining(read_sentence("Bring a horn or a bell."), source)


def test_what_holds_of_one_is_not_said_of_another():
    source = make_source("Adults may borrow a bicycle and children may borrow a scooter.")

    assert mixes_clauses(read_sentence("Children may borrow a bicycle."), source)
    assert not mixes_clauses(read_sentence("Children may borrow a scooter."), source)
