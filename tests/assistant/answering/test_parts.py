from __future__ import annotations

import pytest

from assistant.answering.composing import Draft
from assistant.answering.parts import get_search, is_covered, join_parts, shorten, split_parts
from assistant.answering.types import Label
from tests.assistant.answering.samples import make_briefing, make_fits


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "How much is a bell and can I bring my dog?",
            ("How much is a bell", "can I bring my dog"),
        ),
        ("Who lends bells? When do they close?", ("Who lends bells", "When do they close")),
        (
            "Who lends bells and how long does it take?",
            ("Who lends bells", "how long does it take"),
        ),
    ],
)
def test_a_question_is_cut_before_another_question(question, parts):
    assert split_parts(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "Who lends bells and lights?",
        "When and by whom was the office opened?",
        "Can the office stop a loan, and why?",
        "Can I borrow a bell? I have a bicycle already.",
        "People who ride and have a bell, may they ring?",
        "I have a bicycle. Is a bell needed?",
    ],
)
def test_one_question_stays_whole(question):
    assert split_parts(question) == (question,)


def test_a_part_that_says_too_little_is_searched_with_the_first():
    parts = ("Who lends bells", "how long does it take")

    assert get_search("how long does it take", parts) == "Who lends bells how long does it take"
    assert get_search("Who lends bells", parts) == "Who lends bells"


def test_what_answers_a_part_must_speak_of_what_it_asks():
    briefing = make_briefing("You may bring a basket.", dense=0.8)
    _, weigher = make_fits("", briefing)
    draft = Draft()
    draft.add(briefing.text, Label.BRIEFING, briefing, briefing.text)

    assert is_covered("can I bring a basket", draft, weigher)
    assert not is_covered("can I bring a unicorn", draft, weigher)
    assert not is_covered("can I bring a basket", Draft(), weigher)


def test_the_parts_make_one_answer_and_what_is_missing_is_named():
    briefing = make_briefing("You may bring a basket.", dense=0.8)
    _, weigher = make_fits("", briefing)
    draft = Draft()
    draft.add(briefing.text, Label.BRIEFING, briefing, briefing.text)

    joined = join_parts(
        [("can I bring a basket", draft), ("who feeds the unicorn", Draft())], weigher
    )

    assert [said.text for said in joined.sentences] == [briefing.text]
    assert joined.missing == ("who feeds the unicorn",)


def test_the_readers_words_are_shortened_to_one_plain_line():
    assert shorten("can I\n bring “my” dog") == "can I bring my dog"
    assert len(shorten("word " * 40)) < 90
