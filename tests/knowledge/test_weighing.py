from datetime import date

import pytest

from knowledge.weighing import NamedDate, Weighed, put_newest_first, read_dates, weigh


def make(text="", score=0.5, **fields):
    return Weighed(score=score, text=text, **fields)


def order(question, *passages):
    return put_newest_first(question, passages, list(range(len(passages))))


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("in April 2026", {NamedDate(2026, 4)}),
        ("on 1 October 2026", {NamedDate(2026, 10, 1)}),
        ("the 2nd of May", {NamedDate(0, 5, 2)}),
        ("June 30, 2026", {NamedDate(2026, 6, 30)}),
        ("2026-07-16", {NamedDate(2026, 7, 16)}),
        ("since may", {NamedDate(0, 5)}),
        ("they may come in 2026", set()),
    ],
)
def test_a_date_is_read_as_far_as_it_is_named(text, dates):
    assert read_dates(text) == dates


def test_rules_come_before_news_that_is_as_near():
    news, rules = make(document_type="press_release"), make(document_type="manual_section")

    first, second = weigh("Who may come?", [news, rules])

    assert first < second


def test_news_that_is_much_nearer_stays_first():
    news, rules = make(score=0.9, document_type="news_story"), make(score=0.6)

    first, second = weigh("Who may come?", [news, rules])

    assert first > second


def test_a_page_of_an_earlier_government_counts_less():
    first, second = weigh("Who may come?", [make(is_historic=True), make()])

    assert first < second


def test_the_month_that_is_asked_for_comes_before_another():
    scores = weigh(
        "How many came in April 2026?",
        [make("In March 2026, 3 came.", 0.55), make("In April 2026, 5 came.", 0.5), make("", 0.5)],
    )

    assert scores[1] > scores[2] > scores[0]


def test_a_month_without_its_year_fits_any_year():
    first, second = weigh("How many in april?", [make("April 2026: 5"), make("May 2026: 6")])

    assert first > second


def test_the_newest_of_the_same_figure_comes_first():
    assert order(
        "How many came?",
        make("By the end of March 2026 there had been 30 people who came.", 0.9),
        make("Something else entirely, of 7 June 2026.", 0.85),
        make("By the end of May 2026 there had been 50 people who came.", 0.5),
    ) == [2, 1, 0]


def test_news_without_a_date_is_of_the_day_of_its_publication():
    old = make("Some 300 came.", document_type="news_story", published=date(2026, 1, 27))
    new = make("Some 900 came.", document_type="news_story", published=date(2026, 6, 11))

    assert order("How many came?", old, new) == [1, 0]


def test_rules_that_read_alike_keep_their_places():
    old = make("You need 10 points.", document_type="manual", published=date(2025, 1, 1))
    new = make("You need 20 points.", document_type="manual", published=date(2026, 1, 1))

    assert order("How many points?", old, new) == [0, 1]


def test_a_figure_far_behind_keeps_its_place():
    old = make("By March 2026 there were 30 people who came.", 0.9)
    new = make("By May 2026 there were 50 people who came.", 0.1)

    assert order("How many came?", old, new) == [0, 1]


def test_a_question_that_names_a_date_moves_no_newer_figure_up():
    old = make("By March 2026 there were 30 people who came.", 0.9)
    new = make("By May 2026 there were 50 people who came.", 0.8)

    assert order("How many came by March 2026?", old, new) == [0, 1]
