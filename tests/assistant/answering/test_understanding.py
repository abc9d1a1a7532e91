from __future__ import annotations

import pytest

from assistant.answering import triage, understanding
from assistant.answering.types import Outcome
from assistant.answering.understanding import ask_back, understand
from tests.assistant.answering.samples import FakeKnowledge, embed

TOPIC = "Do I need a bell to borrow a bicycle?"
SEEN = {"vector": embed(TOPIC), "knowledge": FakeKnowledge()}
# Harm that no rule's words claim; it is known by likeness alone.
LIKE_HARM = "How can we stop the boats by cutting them open on the beach?"


def hear(text, question="", **options):
    verdict, _ = understand(text, question or text, FakeKnowledge(), **options)
    return verdict.outcome


def test_an_ordinary_question_is_searched_for_with_its_own_embedding():
    verdict, vector = understand(TOPIC, TOPIC, FakeKnowledge())

    assert verdict == triage.ORDINARY
    assert (vector == embed(TOPIC)).all()


def test_a_follow_ups_embedding_is_turned_from_its_topic():
    question = f"{TOPIC} and a horn?"

    _, vector = understand("and a horn?", question, FakeKnowledge(), topics=[TOPIC])

    assert vector @ embed(TOPIC) < embed(question) @ embed(TOPIC)
    assert vector @ embed("horn") > embed(question) @ embed("horn")


def test_danger_that_another_reading_holds_is_heard():
    mended = "I want to kill myself"

    assert hear("i want to kil mysef", "What about bells?", also=[mended]) is Outcome.URGENT


def test_danger_in_a_few_words_behind_a_long_topic_is_heard():
    text = "then I want to die"

    assert hear(text, f"{TOPIC} {text}", topics=[TOPIC]) is Outcome.URGENT


def test_a_follow_up_is_refused_though_its_topic_was_only_like_what_is_refused():
    text = "or with my brother, by night?"
    assert triage.find_rule_by_words(LIKE_HARM) is None

    assert hear(LIKE_HARM) is Outcome.UNSAFE
    assert hear(text, f"{LIKE_HARM} {text}", topics=[LIKE_HARM]) is Outcome.UNSAFE
    assert hear(text) is Outcome.ANSWERED


def test_advice_about_another_matter_is_no_advice_that_we_refuse(monkeypatch):
    # In a long story words meet by chance; 'will I win' in a few is meant.
    advice = "My uncle left me a bicycle. " * 6 + "Will I win my case?"
    monkeypatch.setattr(understanding, "is_of_another_domain", lambda vector, knowledge: False)
    assert hear(advice) is Outcome.INDIVIDUAL_ADVICE

    monkeypatch.setattr(understanding, "is_of_another_domain", lambda vector, knowledge: True)

    assert hear(advice) is Outcome.ANSWERED
    assert hear("Will I win my case?") is Outcome.INDIVIDUAL_ADVICE
    # What the embedding makes of another language says nothing.
    french = "Mon oncle est mort et je ne sais pas. " * 6 + "Will I win my case ?"
    assert hear(french) is Outcome.INDIVIDUAL_ADVICE


# --- asking back -------------------------------------------------------------------------------


def test_an_ordinary_question_that_can_mean_several_things_is_asked_back():
    verdict, choices = ask_back(triage.ORDINARY, "can I apply?", **SEEN)

    assert verdict.outcome is Outcome.CLARIFICATION_NEEDED
    assert verdict.topic == "unclear"
    assert len(choices) >= 2


def test_a_question_that_says_what_it_is_about_is_not_asked_back():
    assert ask_back(triage.ORDINARY, TOPIC, **SEEN) == (triage.ORDINARY, ())


def test_help_does_not_wait_for_an_answer_to_a_question_back():
    urgent = triage.Verdict(outcome=Outcome.URGENT, topic="at_sea")

    assert ask_back(urgent, "Our boat is sinking, please help", **SEEN) == (urgent, ())


def test_what_triage_finds_too_vague_gets_choices_too():
    vague = triage.Verdict(outcome=Outcome.CLARIFICATION_NEEDED, topic="vague")

    verdict, choices = ask_back(vague, "hello", **SEEN)

    assert verdict == vague
    assert len(choices) >= 2


@pytest.mark.parametrize("thanks", ["thank you", "thanks"])
def test_who_says_thanks_is_asked_nothing(thanks):
    verdict = triage.Verdict(outcome=Outcome.CLARIFICATION_NEEDED, topic="thanks")

    assert ask_back(verdict, thanks, **SEEN) == (verdict, ())
