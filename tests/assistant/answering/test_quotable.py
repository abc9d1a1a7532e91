from __future__ import annotations

from assistant.answering.quotable import read_candidates
from tests.assistant.answering.samples import LONG_LIST, make_passage


def test_a_short_list_is_quoted_whole():
    rule = make_passage("You must have:\na) a bell; and\nb) a light.")

    (candidate,) = read_candidates(rule)

    assert candidate.parts == (rule.text,)


def test_a_list_cut_by_the_end_of_a_passage_is_quoted_by_items_only():
    rule = make_passage("You must have:\na) a bell; and")

    (candidate,) = read_candidates(rule)

    assert candidate.parts == ("You must have:", "a) a bell; and")


def test_an_introduction_is_never_quoted_alone():
    assert read_candidates(make_passage("You must have:")) == []


def test_a_sentence_that_leans_on_the_one_before_brings_it_along():
    filler = "The office keeps a long record of every loan that it makes. " * 7
    rule = make_passage(f"{filler}A late rider pays. However, a sick rider does not pay.")

    texts = [candidate.text for candidate in read_candidates(rule)]

    assert "A late rider pays. However, a sick rider does not pay." in texts
    assert "However, a sick rider does not pay." not in texts


def test_an_exception_travels_with_its_rule():
    filler = "The office keeps a long record of every loan that it makes. " * 7
    rule = make_passage(
        f"{filler}A late rider pays £5. This requirement does not apply to children."
    )

    texts = [candidate.text for candidate in read_candidates(rule)]

    assert "A late rider pays £5. This requirement does not apply to children." in texts
    assert "A late rider pays £5." not in texts


def test_a_long_list_of_exceptions_is_quoted_whole_or_not_at_all():
    turned = LONG_LIST.replace("lends a bicycle if all of this is true", "lends nothing unless")
    endless = turned.replace("the office keeps", "the office keeps " + "and keeps " * 20)

    assert [each.parts for each in read_candidates(make_passage(turned))] == [(turned,)]
    assert read_candidates(make_passage(endless)) == []


def test_a_bare_title_is_not_quoted():
    assert read_candidates(make_passage("Bicycle Lending Scheme")) == []
