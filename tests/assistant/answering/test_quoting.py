from __future__ import annotations

import pytest

from assistant.answering.quotable import read_candidates
from assistant.answering.quoting import (
    choose_exceptions,
    choose_named,
    choose_official,
    choose_relied_on,
    find_named,
)
from knowledge.types import NumberedSpan, Support
from tests.assistant.answering.samples import LONG_LIST, LikeFake, make_briefing, make_passage

RULES_URL = "https://example.test/rules"


def find_nothing(words, kind, limit):
    return ()


def test_of_a_long_list_the_introduction_and_the_item_that_matters_are_quoted():
    rule = make_passage(LONG_LIST)
    question = "must the rider own a helmet"

    (candidate,) = choose_official(question, [rule], similarity=LikeFake(question))

    assert candidate.parts[0] == "The office lends a bicycle if all of this is true:"
    assert candidate.parts[1].startswith("b) the rider owns a helmet")
    assert candidate.text == " … ".join(candidate.parts)


def test_passages_far_from_the_question_are_not_quoted():
    far = make_passage("A bell.", dense=0.3)

    assert choose_official("bell", [far], similarity=LikeFake("bell")) == []


def test_the_words_that_a_briefing_rests_on_are_quoted_before_nearer_ones():
    near = make_passage("Bells are loud.", passage_id=1, dense=0.95)
    relied_on = make_passage("7. A rider must have a bell.", passage_id=2, dense=0.5)
    briefing = make_briefing(
        "You need a bell.",
        supports=(Support(f"{RULES_URL}#bells", "7. A rider must have a bell."),),
    )

    chosen = choose_relied_on(
        briefing, [near, relied_on], "bells", similarity=LikeFake("bells"), look_up=find_nothing
    )

    assert [candidate.passage for candidate in chosen] == [relied_on]


def test_words_that_were_not_found_with_the_question_are_looked_up():
    relied_on = make_passage("7. A rider must have a bell.", passage_id=2)
    briefing = make_briefing(
        "You need a bell.", supports=(Support(RULES_URL, "7. A rider must have a bell."),)
    )

    chosen = choose_relied_on(
        briefing,
        [],
        "bells",
        similarity=LikeFake("bells"),
        look_up=lambda words, kind, limit: [relied_on] if "bell" in words else [],
    )

    assert [candidate.passage for candidate in chosen] == [relied_on]


@pytest.mark.parametrize(("page", "count"), [(RULES_URL, 1), ("https://example.test/other", 0)])
def test_without_known_words_only_the_briefings_own_page_is_quoted(page, count):
    rule = make_passage("A rider must have a bell.", url=f"{page}#bells", dense=0.9)
    briefing = make_briefing("You need a bell.", supports=(Support(RULES_URL, ""),))

    chosen = choose_relied_on(
        briefing, [rule], "a bell", similarity=LikeFake("a bell"), look_up=find_nothing
    )

    assert len(chosen) == count


def test_words_of_the_page_about_something_else_are_not_quoted():
    rule = make_passage("Helmets are sold on Mondays only.", url=f"{RULES_URL}#x", dense=0.9)
    briefing = make_briefing("You need a bell.", supports=(Support(RULES_URL, ""),))

    chosen = choose_relied_on(
        briefing, [rule], "a bell", similarity=LikeFake("a bell"), look_up=find_nothing
    )

    assert chosen == []


def test_another_item_under_the_same_introduction_is_not_what_a_briefing_rests_on():
    rule = make_passage(LONG_LIST)
    item = next(line for line in LONG_LIST.splitlines() if line.startswith("c)"))
    briefing = make_briefing("A light is needed.", supports=(Support(RULES_URL, item),))

    chosen = choose_relied_on(
        briefing,
        [rule],
        "owns a helmet",
        similarity=LikeFake("owns a helmet"),
        look_up=find_nothing,
    )

    assert [candidate.parts[-1] for candidate in chosen] == [item]


def test_a_row_of_the_month_that_is_asked_for_is_quoted():
    rows = make_passage(
        "Month: April 2026; Lent: 40; Returned: 38\nMonth: May 2026; Lent: 55; Returned: 51",
        dense=0.8,
    )
    question = "How many were lent in May 2026?"

    (chosen,) = choose_official(question, [rows], similarity=LikeFake(question))

    assert chosen.text == "Month: May 2026; Lent: 55; Returned: 51"


def test_all_of_a_named_paragraph_may_be_quoted_not_only_its_first_passage():
    first = make_passage(
        "12AB. Riders wave.", passage_id=1, numbers=(NumberedSpan("12AB", 100, 118),)
    )
    second = make_passage(
        "(a) A rider who is asked in writing answers within 6 weeks.",
        passage_id=2,
        numbers=(NumberedSpan("12AB(a)", 100, 159),),
    )
    question = "Within how many weeks must a rider answer under 12AB?"

    chosen = choose_named(
        find_named(question, [first, second]), question, similarity=LikeFake(question)
    )

    assert second in [candidate.passage for candidate in chosen]


def test_words_below_a_named_paragraph_belong_to_it_up_to_the_next_number():
    text = "12AB. Riders wave.\nA rider who is late waves twice.\n12AC. Riders ring."
    rule = make_passage(
        text, numbers=(NumberedSpan("12AB", 100, 118), NumberedSpan("12AC", 152, 170))
    )
    question = "What does a late rider do under 12AB?"

    chosen = choose_named(find_named(question, [rule]), question, similarity=LikeFake(question))

    assert [each.text for each in chosen] == ["\n".join(text.splitlines()[:2])]


def test_a_long_paragraph_that_is_named_is_quoted_in_part():
    text = "12AB. Riders wave.\n" + "A rider who is late waves twice. " * 40
    rule = make_passage(text.strip(), numbers=(NumberedSpan("12AB", 100, 118),))
    question = "What do riders do under 12AB?"

    chosen = choose_named(find_named(question, [rule]), question, similarity=LikeFake(question))

    assert chosen
    assert all(len(each.text) < len(rule.text) for each in chosen)


def test_the_paragraph_that_a_rule_is_subject_to_travels_with_it():
    rule = make_passage("7.1. Subject to 7.2, a rider must have a bell.", passage_id=1)
    exception = make_passage(
        "7.2. A child needs none.", passage_id=2, numbers=(NumberedSpan("7.2", 100, 124),)
    )
    quoted = read_candidates(rule)

    found = choose_exceptions(quoted, [], lambda words, kind, limit: [exception])

    assert [each.text for each in found] == ["7.2. A child needs none."]


def test_a_paragraph_of_another_page_is_not_what_a_rule_is_subject_to():
    rule = make_passage("7.1. Subject to 7.2, a rider must have a bell.", passage_id=1)
    other = make_passage(
        "7.2. A tram waits.",
        passage_id=2,
        url="https://example.test/trams",
        numbers=(NumberedSpan("7.2", 100, 118),),
    )

    assert choose_exceptions(read_candidates(rule), [other], find_nothing) == []


def test_a_figure_without_a_time_is_the_newest():
    rows = make_passage(
        "Month: April 2026; Lent: 40\nMonth: June 2026; Lent: 55\nMonth: May 2026; Lent: 51",
        dense=0.8,
    )
    question = "How many were lent?"

    chosen = choose_official(question, [rows], similarity=LikeFake(question))

    assert chosen[0].text == "Month: June 2026; Lent: 55"
