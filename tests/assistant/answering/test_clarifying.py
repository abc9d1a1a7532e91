from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.answering.clarifying import (
    CHOICES_LIMIT,
    SUGGESTIONS_LIMIT,
    find_split,
    find_unclear,
    get_rules,
    is_terse,
    list_start,
    suggest_questions,
)
from assistant.answering.triage import find_rule_by_words
from assistant.answering.weighing import Fit
from knowledge.types import DocumentKind
from tests.assistant.answering.samples import make_briefing, make_passage

BELL = replace(
    make_briefing("A bell is needed."), asks=("my bell broke", "Is a bell needed?", "Which bell?")
)
HELMET = replace(
    make_briefing("A helmet is not needed.", passage_id=51, title="Safety: helmets"),
    asks=("Is a helmet needed?",),
)


@pytest.mark.parametrize(
    "question",
    [
        "can I apply?",
        "Can I apply please",
        "hello, can my family come?",
        "how long does it take?",
        "what documents do I need?",
        "can I appeal?",
        "is it still open?",
        "how much money do I need?",
        "what happens to me?",
        "visa",
        "documents",
        "children",
        "And my children?",
    ],
)
def test_words_that_fit_several_subjects_are_asked_back_with_choices(question):
    unclear = find_unclear(question)

    assert unclear is not None
    assert unclear.topic == "unclear"
    assert 2 <= len(unclear.choices) <= CHOICES_LIMIT


@pytest.mark.parametrize("question", ["and until when?", "what about him?", "same for that?"])
def test_what_goes_on_from_nothing_is_asked_back(question):
    unclear = find_unclear(question)

    assert unclear is not None
    assert unclear.topic == "follow_up"


@pytest.mark.parametrize(
    "question",
    [
        "Can I apply from Calais?",
        "Can my family come with me?",
        "How long does the transfer visa last?",
        "Which documents do I need for the form?",
        "Is the pilot still open?",
        "ARAP",
        "They refused my expression of interest, can I appeal?",
        "how many people were returned",
    ],
)
def test_a_question_that_says_what_it_is_about_is_answered(question):
    assert find_unclear(question) is None


def test_no_choice_is_unclear_itself_or_triaged():
    choices = [choice for rule in get_rules().rules for choice in rule.choices]

    for choice in {*choices, *list_start()}:
        assert find_unclear(choice) is None, choice
        assert find_rule_by_words(choice) is None, choice
        assert not is_terse(choice), choice


def test_every_rule_has_a_few_choices_and_a_name_of_its_own():
    rules = get_rules().rules

    assert all(2 <= len(set(rule.choices)) <= CHOICES_LIMIT for rule in rules)
    assert len({rule.name for rule in rules}) == len(rules)


# --- a word or two ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "expected"),
    [("fingerprints", True), ("closing date", True), ("is it free", False), ("", False)],
)
def test_a_word_or_two_that_ask_nothing_are_terse(question, expected):
    assert is_terse(question) is expected


def make_fit(passage, chance):
    return Fit(passage, score=0.0, chance=chance)


def test_a_word_that_fits_two_subjects_alike_is_asked_back_with_their_questions():
    split = find_split("bell", [make_fit(BELL, 0.5), make_fit(HELMET, 0.4)])

    assert split == ("Is a bell needed?", "Is a helmet needed?")


def test_a_word_that_fits_one_subject_best_is_answered():
    same_subject = replace(HELMET, title=BELL.title)

    assert find_split("bell", [make_fit(BELL, 0.7), make_fit(HELMET, 0.3)]) == ()
    assert find_split("bell", [make_fit(BELL, 0.5), make_fit(same_subject, 0.4)]) == ()
    assert find_split("bell", []) == ()


def test_one_question_is_no_choice():
    mute = replace(HELMET, asks=("my helmet broke",))

    assert find_split("bell", [make_fit(BELL, 0.5), make_fit(mute, 0.4)]) == ()


# --- where there is no evidence ------------------------------------------------------------------


def test_near_questions_that_have_answers_are_suggested():
    official = make_passage("7. A rider must have a bell.", kind=DocumentKind.OFFICIAL)

    assert suggest_questions("a bell?", [official, BELL, HELMET]) == (
        "Is a bell needed?",
        "Is a helmet needed?",
    )


def test_what_is_far_from_the_question_is_not_suggested():
    far = replace(BELL, dense=0.5)
    behind = replace(HELMET, dense=0.7)

    assert suggest_questions("a bell?", [far]) == ()
    assert suggest_questions("a bell?", [BELL, behind]) == ("Is a bell needed?",)


def test_few_questions_are_suggested():
    many = [
        replace(BELL, passage_id=number, asks=(f"Is bell {number} needed?",))
        for number in range(9)
    ]

    assert len(suggest_questions("bells?", many)) == SUGGESTIONS_LIMIT


def test_a_question_that_is_triaged_is_not_suggested():
    urgent = replace(BELL, asks=("Our boat is sinking, who do I call?",))

    assert suggest_questions("a bell?", [urgent]) == ()
