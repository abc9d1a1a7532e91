from __future__ import annotations

import pytest

from assistant.answering.subjects import (
    asks_again,
    find_route,
    find_span,
    get_rules,
    say_aspect,
    swap_subject,
)


@pytest.mark.parametrize(
    ("topic", "words", "swapped"),
    [
        ("Is the ARAP scheme open?", "and acrs", "Is the ACRS scheme open?"),
        (
            "Can Ukrainians come?",
            "what about people from hong kong",
            "Can people from Hong Kong with BN(O) status come?",
        ),
        ("Can I apply from France?", "what about italy", "Can I apply from italy?"),
        ("May my wife come, too?", "same for my brother", "May my brother come, too?"),
        ("How many came in March 2026?", "and in april", "How many came in april 2026?"),
        ("How many came in 2025?", "and 2026", "How many came in 2026?"),
        ("Is a small boat covered?", "or a lorry", "Is a lorry covered?"),
    ],
)
def test_what_is_named_takes_the_place_of_its_like(topic, words, swapped):
    assert swap_subject(words, topic) == swapped


def test_another_route_leaves_a_topic_that_names_none():
    asked = swap_subject("what about ukraine", "Who is sent back over the Channel?")

    assert "Ukraine" in asked
    assert "Channel" not in asked


@pytest.mark.parametrize("words", ["and my cousin", "what about italy", "why"])
def test_where_nothing_is_alike_nothing_is_swapped(words):
    assert swap_subject(words, "Who must pay for the bicycle?") == ""


def test_a_place_is_found_in_the_text_as_it_was_written():
    text = "Is  ‘Homes for Ukraine’ open?"
    (ukraine,) = (route for route in get_rules().routes if "Ukraine" in route.scheme)

    start, end = find_span(text, ukraine.words)

    assert text[start:end] == "Homes for Ukraine"


def test_a_route_is_known_by_its_scheme_and_by_its_people():
    assert find_route("is arap open") is find_route("what is the arap scheme")
    assert find_route("can ukrainians come") is find_route("homes for ukraine")
    assert find_route("can i come by bicycle") is None


@pytest.mark.parametrize(
    "words", ["is it free", "how much", "do i have to pay", "what is the fee"]
)
def test_a_few_words_on_the_price_are_said_in_full(words):
    assert "cost" in say_aspect(words)


def test_a_whole_question_is_no_aspect():
    assert say_aspect("how much does community sponsorship cost") == ""


@pytest.mark.parametrize(
    "words", ["in simple english please", "i dont understand", "tell me more", "explain again"]
)
def test_who_wants_to_hear_it_again_asks_nothing_new(words):
    assert asks_again(words)
