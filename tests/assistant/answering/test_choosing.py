from __future__ import annotations

from dataclasses import replace
from datetime import date

from assistant.answering import choosing
from assistant.answering.choosing import (
    choose_briefings,
    is_count_missing,
    lacks_what_is_asked,
    prefer_briefing,
    settle_dates,
)
from knowledge.types import NumberedSpan
from tests.assistant.answering.samples import make_briefing, make_fits, make_passage

BELLS = make_briefing("You need a bell.", heading="Bells", passage_id=50, dense=0.8)
QUESTION = "Do I need a bell?"


def choose(question, *briefings, official=(), **changes):
    fits, weigher = make_fits(question, *briefings)
    fits[0] = replace(fits[0], **changes)
    return list(choose_briefings(question, official, fits, weigher=weigher).briefings)


def test_the_briefing_that_fits_best_is_chosen():
    other = make_briefing("Trains are late.", heading="Trains", passage_id=51, dense=0.7)

    assert choose(QUESTION, other, BELLS) == [BELLS]


def test_what_is_far_from_the_question_is_not_chosen():
    far = replace(BELLS, dense=0.5)

    assert choose(QUESTION, far, score=5.0) == []


def test_what_fits_well_and_alone_is_chosen_though_its_words_are_others():
    far = replace(BELLS, dense=0.6)

    assert choose(QUESTION, far, score=12.0) == [far]


def test_a_second_follows_if_it_is_nearly_as_likely_and_adds_a_word():
    horns = make_briefing("A horn will do.", heading="Horns", passage_id=51, dense=0.79)
    other = make_briefing("Trains are late.", heading="Trains", passage_id=52, dense=0.795)
    question = "Do I need a bell or a horn?"

    assert choose(question, BELLS, horns, other) == [BELLS, horns]


def test_official_words_come_first_where_they_alone_hold_rare_words_of_the_question():
    seems = make_briefing("A tram ticket can be used again.", passage_id=51, dense=0.72)
    speaks = make_passage("To extend a bicycle loan a rider must sign.", dense=0.8)
    question = "How do I extend a bicycle loan?"
    fits, weigher = make_fits(question, seems)

    assert prefer_briefing(replace(fits[0], score=6.0), question, [speaks], weigher=weigher) < 0
    assert choose(question, seems, official=[speaks], score=6.0) == []


def test_a_briefing_that_is_nearly_the_question_does_not_give_way():
    same = replace(BELLS, dense=0.95)
    speaks = make_passage("To ring a bell a rider must sign.", dense=0.97)

    assert choose(QUESTION, same, official=[speaks], score=1.0) == [same]


def test_a_paragraph_that_is_named_comes_before_a_briefing():
    named = make_passage("12AB. Riders wave.", numbers=(NumberedSpan("12AB", 100, 118),))

    assert choose("What does 12AB say of a bell?", BELLS, official=[named]) == []


MARCH = make_briefing(
    "By the end of the month 40 bicycles were lent in the whole town.",
    passage_id=71,
    published=date(2026, 3, 31),
)
JUNE = make_briefing(
    "By the end of the month 95 bicycles were lent in the whole town.",
    passage_id=72,
    published=date(2026, 6, 30),
)


def test_of_two_counts_of_the_same_thing_the_newer_comes_first():
    assert settle_dates("How many were lent?", MARCH, JUNE) == (JUNE, MARCH)


def test_of_one_document_the_older_count_is_superseded():
    same = replace(MARCH, document_id=JUNE.document_id)

    assert settle_dates("How many were lent?", same, JUNE) == (JUNE,)


def test_the_count_of_the_time_that_is_named_stands_alone():
    assert settle_dates("How many were lent in March 2026?", MARCH, JUNE) == (MARCH,)


def test_two_briefings_about_different_things_keep_their_places():
    assert settle_dates(QUESTION, BELLS, JUNE) == (BELLS, JUNE)


def test_a_figure_of_another_month_is_no_answer():
    march = make_briefing("In March 2026, 49 riders came.", passage_id=51, dense=0.9)
    april = make_briefing("In April 2026, 60 riders came.", passage_id=52, dense=0.8)

    assert choose("How many riders came in April 2026?", march, april) == [april]
    assert choose("How many riders came in April 2025?", march, april) == []


def test_what_says_that_nothing_is_known_later_speaks_of_every_later_month():
    later = make_briefing("We hold no figures after 30 June 2026.", passage_id=51, dense=0.9)

    assert choose("How many riders came in August 2026?", later) == [later]


def test_a_count_that_nobody_says_is_missing():
    fits, _ = make_fits("How many riders were refused?", BELLS)
    fit = replace(fits[0], passage=replace(BELLS, dense=0.7))

    assert is_count_missing("How many riders were refused?", ["Some were."], [fit])
    assert not is_count_missing("How many riders were refused?", ["12 were."], [fit])
    assert not is_count_missing("Who was refused?", ["Some were."], [fit])


def test_a_briefing_asked_for_in_these_words_may_say_why_there_is_no_count():
    fits, _ = make_fits("How many riders were refused?", BELLS)
    fit = replace(fits[0], passage=replace(BELLS, dense=0.9))

    assert not is_count_missing("How many riders were refused?", ["Nobody counts."], [fit])


def test_a_briefing_that_only_shares_a_subject_lacks_what_is_asked(monkeypatch):
    # Of one briefing no word is very rare.
    monkeypatch.setattr(choosing, "LACKS_LIMIT", 5.0)
    question = "Which submarine dance did the bell ringers perform yesterday?"
    fits, weigher = make_fits(question, BELLS)
    fit = replace(fits[0], passage=replace(BELLS, dense=0.7), held=frozenset())
    far, near = make_passage("Rain.", dense=0.4), make_passage("Rain.", dense=0.7)

    assert lacks_what_is_asked(question, [far], [fit], weigher=weigher)
    assert not lacks_what_is_asked(question, [near], [fit], weigher=weigher)
    # Without official texts nothing can be said of them.
    assert not lacks_what_is_asked(question, [], [fit], weigher=weigher)
