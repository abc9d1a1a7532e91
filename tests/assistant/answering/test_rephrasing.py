from __future__ import annotations

import pytest

from assistant.answering.rephrasing import (
    correct,
    find_topic,
    is_follow_up,
    list_topics,
    make_standalone,
    says_nothing_alone,
)
from assistant.answering.types import Turn

TOPIC = "Can I apply from France with a residence permit?"
HISTORY = (Turn(TOPIC, "No."), Turn("and my children?", "They may."))
CHOICES = ("Can my family come with me under the pilot?", "Can a refugee bring a wife?")


@pytest.mark.parametrize(
    "question",
    [
        "and my children?",
        "how long?",
        "what about Italy?",
        "Why?",
        "but if I am 17",
        "is it free?",
        "where?",
        "what if they refuse?",
        "same for my brother?",
        "can they?",
        "and after that",
        "waht abuot my wif",
        "an my childrens?",
        "can they do that to someone who already claimed asylum in Germany before",
    ],
)
def test_a_follow_up_needs_the_turns_before_it(question):
    assert is_follow_up(question)
    assert make_standalone(question, HISTORY) != question


@pytest.mark.parametrize(
    "question",
    [
        "How long does the transfer visa last?",
        "Who can be returned to France?",
        "What is the ARAP scheme?",
        "and how does family reunion work now?",
        "is there a legal way instead?",
        "I was stopped by the French police last year and they took my fingerprints",
    ],
)
def test_a_question_that_names_its_subject_stands_alone(question):
    assert not is_follow_up(question)
    assert make_standalone(question, HISTORY) == question


def test_a_condition_stands_behind_its_topic_with_more_weight():
    standalone = make_standalone("what if the form is lost?", [Turn(TOPIC)])

    assert standalone.startswith(TOPIC)
    assert standalone.count("what if the form is lost?") == 2


def test_few_words_are_said_in_full():
    assert make_standalone("how long?", [Turn(TOPIC)]) == f"{TOPIC} How long does it take?"


def test_a_subject_takes_the_place_of_its_like():
    history = [Turn("Is the ARAP scheme still open?")]

    standalone = make_standalone("what about Ukraine?", history)

    assert "Ukraine" in standalone
    assert "still open?" in standalone
    assert "ARAP" not in standalone


def test_another_route_is_not_drowned_by_the_topic_before():
    standalone = make_standalone("What about Ukraine?", [Turn("Who is sent back over the sea?")])

    assert "Ukraine" in standalone
    assert "sent back" not in standalone
    assert list_topics("What about Ukraine?", [Turn("Who is sent back over the sea?")]) == []


@pytest.mark.parametrize("again", ["in english please", "I don't understand", "tell me more"])
def test_who_asks_to_hear_it_again_asks_the_topic(again):
    assert make_standalone(again, [Turn(TOPIC)]) == TOPIC


def test_a_chain_keeps_its_topic_and_its_last_condition():
    history = [Turn(TOPIC), Turn("is it free?"), Turn("and my wife?"), Turn("why?")]

    standalone = make_standalone("what if she is ill?", history)

    assert standalone.startswith(f"{TOPIC} and my wife?")
    assert "why?" not in standalone
    assert "free" not in standalone


def test_a_chain_goes_on_from_a_swapped_subject():
    history = [Turn("Is the ARAP scheme still open?"), Turn("and for Ukraine?")]

    topic = find_topic(history)

    assert "Ukraine" in topic.question
    assert "ARAP" not in topic.question


def test_a_new_question_ends_the_old_topic():
    history = [Turn(TOPIC), Turn("How many people were returned in May 2026?")]

    standalone = make_standalone("and in June?", history)

    assert standalone == "How many people were returned in june 2026?"


def test_without_turns_there_is_no_topic():
    assert make_standalone("how long?", ()) == "how long?"
    assert list_topics("how long?", ()) == []


def test_a_greeting_is_no_topic():
    assert make_standalone("how long?", [Turn("hello")]) == "how long?"


def test_a_topic_is_not_looked_for_far_back():
    old = [Turn(TOPIC), *[Turn("hello")] * 10]

    assert make_standalone("how long?", old) == "how long?"


def test_triage_hears_what_a_follow_up_goes_on_from():
    assert list_topics("and for my cousin?", [Turn("Where can I buy a passport?")]) == [
        "Where can I buy a passport?"
    ]
    assert list_topics("Who can be returned to France?", HISTORY) == []


# --- after choices --------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["2", "the second one", "refugee", CHOICES[1]])
def test_a_choice_is_asked_as_it_was_offered(said):
    history = [Turn("can my family come?", "Which?", CHOICES)]

    assert make_standalone(said, history) == CHOICES[1]
    assert list_topics(said, history) == []


def test_a_choice_that_was_made_is_the_topic_from_then_on():
    history = [Turn("can my family come?", "Which?", CHOICES), Turn("2", "It is closed.")]

    assert find_topic(history).question == CHOICES[1]


def test_choices_of_a_turn_further_back_are_not_chosen_from():
    history = [Turn("can my family come?", "Which?", CHOICES), Turn(TOPIC)]

    assert make_standalone("refugee", history) != CHOICES[1]


# --- misspelt, shortened, bare -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("misspelt", "corrected"),
    [
        ("wat abt my brothr", "what about my brother"),
        ("an my wif", "and my wife"),
        ("hw lng dose it take", "how long does it take"),
        ("hong kong visa", "hong kong visa"),
    ],
)
def test_the_small_words_of_a_follow_up_are_put_right(misspelt, corrected):
    assert correct(misspelt) == corrected


@pytest.mark.parametrize("question", ["And my children?", "what about him?", "and how long?", "?"])
def test_without_turns_a_follow_up_says_nothing(question):
    assert says_nothing_alone(question)


@pytest.mark.parametrize(
    "question", ["Can my family come with me?", "why did they say no to my form", "in Calais"]
)
def test_a_question_with_words_of_its_own_says_something(question):
    assert not says_nothing_alone(question)


@pytest.mark.parametrize("ending", ["What now?", "now what", "and now?"])
def test_what_people_shorten_is_spelled_out(ending):
    standalone = make_standalone(f"My form was rejected last week. {ending}", ())

    assert standalone == "My form was rejected last week. What can I do now?"


def test_a_bare_what_now_stays_as_it_is():
    assert make_standalone("What now?", ()) == "What now?"


# --- what ends the topic -----------------------------------------------------------------------

FIGURES = "How many people came over in the spring?"
CRISIS = "I want to die"


@pytest.mark.parametrize(
    "question",
    [
        "how do I bake bread",
        "Can I travel to the UK when I am in France?",
        "does my sister need a vaccination certificate",
        "will I lose my case?",
    ],
)
def test_a_clause_with_a_subject_and_words_of_its_own_is_a_whole_question(question):
    history = [Turn(CRISIS)]

    assert make_standalone(question, history) == question
    assert list_topics(question, history) == []


@pytest.mark.parametrize(
    "question",
    [
        "can I contest the decision",
        "how can I pay the captain",
        "can you ring a doctor",
        "do they get food and clothes",
        "will I be ill?",
    ],
)
def test_a_clause_that_points_back_or_says_little_is_a_follow_up(question):
    assert list_topics(question, [Turn(TOPIC)]) == [TOPIC]


@pytest.mark.parametrize("said", ["hello", "Good evening", "thank you", "thanks a lot", "bye"])
@pytest.mark.parametrize("topic", [TOPIC, CRISIS])
def test_a_greeting_or_thanks_goes_on_from_nothing(said, topic):
    assert make_standalone(said, [Turn(topic)]) == said
    assert list_topics(said, [Turn(topic)]) == []


@pytest.mark.parametrize("said", ["yes", "ok", "can you help me?", "who are you"])
def test_in_need_what_is_no_greeting_goes_on(said):
    assert list_topics(said, [Turn(CRISIS)]) == [CRISIS]


def test_a_yes_goes_on_and_an_ok_ends_an_ordinary_topic():
    assert list_topics("yes", [Turn(TOPIC)]) == [TOPIC]
    assert list_topics("ok", [Turn(TOPIC)]) == []


@pytest.mark.parametrize("question", ["and a fake passport?", "and with a forged visa?"])
def test_what_is_unsafe_by_its_own_words_needs_no_topic(question):
    assert list_topics(question, [Turn(CRISIS)]) == []


def test_advice_on_a_case_needs_its_topic_but_not_a_crisis():
    question = "what are my chances?"

    assert list_topics("Will I win my case?", [Turn(TOPIC)]) == [TOPIC]
    assert list_topics(question, [Turn(TOPIC)]) == [TOPIC]
    assert list_topics(question, [Turn(CRISIS)]) == []
    assert list_topics("What should I do?", [Turn(CRISIS)]) == [CRISIS]


@pytest.mark.parametrize("topic", [FIGURES, "Who was on the last flight?"])
def test_can_i_apply_goes_on_only_from_what_can_be_applied_for(topic):
    assert make_standalone("can I apply?", [Turn(topic)]) == "can I apply?"
    assert (
        make_standalone("can I apply?", [Turn("What is the transfer scheme?")]) != "can I apply?"
    )


@pytest.mark.parametrize("question", ["can my wife come?", "can I appeal?", "may we study"])
def test_who_asks_for_themselves_asks_for_no_figures(question):
    assert list_topics(question, [Turn(FIGURES)]) == []
    assert list_topics(question, [Turn(TOPIC)]) == [TOPIC]


def test_figures_are_gone_on_from_by_their_own_kind():
    assert list_topics("and of which age?", [Turn(FIGURES)]) == [FIGURES]


def test_a_family_that_comes_along_is_asked_as_a_group():
    standalone = make_standalone("Can my husband come with me?", [Turn(TOPIC)])

    assert standalone.startswith(TOPIC)
    assert "family group" in standalone


@pytest.mark.parametrize("who", ["wife", "husband", "daughter"])
def test_who_comes_along_applies_together(who):
    standalone = make_standalone(f"Can my {who} come with me?", ())

    assert standalone == f"Can my {who} come with me as a family group?"


def test_who_follows_later_is_no_group():
    question = "My wife is in Sudan, can my wife come to me?"

    assert make_standalone(question, ()) == question
