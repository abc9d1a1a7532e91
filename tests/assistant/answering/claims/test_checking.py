from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answering.claims.checking import ClaimFault, find_claim_fault
from assistant.answering.claims.sources import make_source

RULE = "A rider under 14 must wear a helmet, unless the office agreed in writing."
FEE = "The fee costs £5 for an adult and £2 for a child."


def check(text, *sources, headings=("Helmets",)):
    return find_claim_fault(text, [make_source(each, headings=headings) for each in sources])


def test_a_claim_that_says_what_its_source_says_has_no_fault():
    text = "Unless the office agreed in writing, you must wear a helmet if you are under 14."

    assert check(text, RULE) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "A rider under 14 must wear a crash helmet, unless the office agreed in writing.",
            ClaimFault.UNKNOWN_WORD,
        ),
        (
            "A rider under 15 must wear a helmet, unless the office agreed in writing.",
            ClaimFault.NUMBER,
        ),
        (
            "A rider over 14 must wear a helmet, unless the office agreed in writing.",
            ClaimFault.NUMBER,
        ),
        (
            "A rider under 14 must not wear a helmet, unless the office agreed in writing.",
            ClaimFault.NEGATION,
        ),
        (
            "A rider under 14 may wear a helmet, unless the office agreed in writing.",
            ClaimFault.MODAL,
        ),
        ("A rider under 14 must wear a helmet.", ClaimFault.CONDITION),
        (
            "The office under 14 must wear a helmet, unless a rider agreed in writing.",
            ClaimFault.ROLES,
        ),
    ],
)
def test_each_kind_of_lie_has_its_fault(text, fault):
    assert check(text, RULE) is fault


def test_a_number_stays_with_the_words_beside_it():
    assert check("The fee costs £2 for a child.", FEE) is None
    assert check("The fee costs £2 for an adult.", FEE) is ClaimFault.NUMBER


def test_two_sources_may_be_joined_but_not_mixed():
    one, two = "A rider must wear a helmet.", "A walker may carry a lamp."

    assert check("A rider must wear a helmet and a walker may carry a lamp.", one, two) is None
    assert check("A rider may carry a lamp.", one, two) is not None


def test_without_a_source_nothing_may_be_said():
    assert check("A rider must wear a helmet.") is ClaimFault.UNKNOWN_WORD


PIECES = (
    "a rider must not may 14 £5 or and if unless ( ) ; , . who before after 1/2/2025 25th 3rd "
    "%% one only by to from is are You The France ⟦ ⟧ – https://a.example 0800 555 0101 2,5.1 m "
    "327AB 1.2.3 and/or 12:30 ½"
)
WORDS = st.sampled_from(PIECES.split())


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=14), st.lists(WORDS, max_size=14))
def test_any_two_texts_can_be_compared(claim, source):
    check(" ".join(claim), " ".join(source), " ".join(source[:3]))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_letters_can_be_compared(claim, source):
    check(claim, source)


def test_a_sentence_taken_over_word_by_word_has_no_fault():
    for text in (RULE, FEE, "The request must reach the court by 25th May 2025."):
        assert check(text, text) is None
