from __future__ import annotations

import pytest

from assistant.answering.claims.numbers import read_quantities, read_rates


def describe(text):
    return [(each.value, each.unit, each.comparison) for each in read_quantities(text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("18 or over", "at least eighteen"),
        ("£1,938", "1938 pounds"),
        ("1 October 2026", "1/10/2026"),
        ("1 October 2026", "October 1, 2026"),
        ("up to 14 days", "no more than fourteen days"),
        ("85 %", "85%"),
        ("2.5 million", "2,500,000"),
        ("sixty-two", "62"),
        ("under 18", "younger than 18"),
    ],
)
def test_the_same_amount_is_read_alike_however_it_is_written(one, other):
    assert describe(one) == describe(other) != []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("14 days", "14 weeks"),
        ("5 working days", "5 days"),
        ("£50", "€50"),
        ("50%", "50"),
        ("at least 3", "at most 3"),
        ("before 1 May 2025", "after 1 May 2025"),
        ("over 18", "18 or over"),
        ("1 May 2025", "1 May 2026"),
    ],
)
def test_other_units_comparisons_and_dates_are_told_apart(one, other):
    assert describe(one) != describe(other)


def test_may_after_a_number_is_the_verb_and_no_month():
    assert describe("children under 18 may come") == [("18", "", "less than")]


def test_what_comes_each_week_or_month_is_a_rate():
    assert read_rates("£5 a week and £20 per month") == {"week", "month"}
