from __future__ import annotations

import pytest

from assistant.answering.asked_for import Asked, find_asked, find_months, find_years, offers


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("When was it opened?", {Asked.WHEN}),
        ("How long is a loan?", {Asked.HOW_LONG}),
        ("How many days has the office?", {Asked.HOW_LONG}),
        ("How many bicycles were lent?", {Asked.HOW_MANY}),
        ("How much is a bell?", {Asked.HOW_MUCH}),
        ("Is a bell needed?", set()),
    ],
)
def test_a_question_says_what_it_asks_for(question, asked):
    assert find_asked(question) == asked


@pytest.mark.parametrize(
    ("text", "asked", "is_offered"),
    [
        ("It was opened on 3 May 2026.", Asked.WHEN, True),
        ("It may be opened.", Asked.WHEN, False),
        ("A loan is for two weeks.", Asked.HOW_LONG, True),
        ("A loan is long.", Asked.HOW_LONG, False),
        ("In all, 1,204 were lent.", Asked.HOW_MANY, True),
        ("Many were lent.", Asked.HOW_MANY, False),
        ("It was opened on 3 May 2026.", Asked.HOW_MANY, False),
        ("A bell is £4.", Asked.HOW_MUCH, True),
        ("A bell is free.", Asked.HOW_MUCH, True),
        ("A bell is loud.", Asked.HOW_MUCH, False),
    ],
)
def test_words_offer_what_is_asked_for_or_do_not(text, asked, is_offered):
    assert offers(text, asked) is is_offered


def test_may_is_a_month_only_where_it_is_meant_so():
    assert find_months("May I ride in April 2026?") == {"april"}
    assert find_months("How many were lent in May?") == {"may"}
    assert find_months("Loans of May 2026") == {"may"}


def test_years_are_found():
    assert find_years("between June 2025 and 2026, 2,600 loans") == {"2025", "2026"}
