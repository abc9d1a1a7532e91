from __future__ import annotations

import numpy as np
import pytest

from assistant.answering import triage
from assistant.answering.following import follow, goes_elsewhere, lean_away
from assistant.answering.sufficiency import find_domains
from assistant.answering.triage import ORDINARY, Verdict
from assistant.answering.types import Outcome
from tests.assistant.answering.samples import FakeKnowledge

UNSAFE = Verdict(outcome=Outcome.UNSAFE, topic="smugglers", search="")
URGENT = Verdict(outcome=Outcome.URGENT, topic="at_sea", search="What are the numbers at sea?")
ADVICE = Verdict(outcome=Outcome.INDIVIDUAL_ADVICE)


@pytest.mark.parametrize("before", [UNSAFE, URGENT, ADVICE])
def test_a_follow_up_is_as_dangerous_as_what_it_goes_on_from(before):
    verdict = follow(ORDINARY, before, "and for my cousin?")

    assert (verdict.outcome, verdict.topic) == (before.outcome, before.topic)


def test_after_help_the_follow_up_itself_is_looked_up():
    assert follow(ORDINARY, URGENT, "how long?").search is None
    assert follow(ORDINARY, UNSAFE, "how much?").search == ""


def test_danger_in_the_follow_up_comes_first():
    assert follow(URGENT, ADVICE, "and now?") is URGENT


def test_a_follow_up_to_an_ordinary_question_is_not_refused_for_what_it_resembles():
    resembles = Verdict(outcome=Outcome.OUT_OF_SCOPE, topic="other_subjects")

    assert follow(resembles, ORDINARY, "and where?") is ORDINARY


def test_a_follow_up_that_is_refused_by_its_own_words_stays_refused():
    text = "and who won the election?"
    verdict = Verdict(outcome=Outcome.OUT_OF_SCOPE, topic="opinions")
    rule = triage.find_rule_by_words("Will I win my case?")

    assert rule is not None
    assert follow(ADVICE, ORDINARY, "Will I win my case?") is ADVICE
    assert follow(verdict, Verdict(outcome=Outcome.OUT_OF_SCOPE), text) is verdict


def test_an_embedding_turns_away_from_the_topic_and_keeps_its_length():
    topic = np.array([1.0, 0.0], dtype=np.float32)
    both = np.array([0.8, 0.6], dtype=np.float32)

    turned = lean_away(both, [topic])

    assert turned @ topic < both @ topic
    assert np.linalg.norm(turned) == pytest.approx(1.0)


def test_without_a_topic_an_embedding_stays_as_it_is():
    vector = np.array([0.6, 0.8], dtype=np.float32)

    assert lean_away(vector, []) is vector


# --- what the follow-up says itself -------------------------------------------------------------


def test_a_vague_follow_up_stays_in_the_need_it_points_back_at():
    assert triage.is_too_vague("and then?")

    assert follow(ORDINARY, URGENT, "and then?").outcome is Outcome.URGENT
    assert follow(ORDINARY, UNSAFE, "and then?").outcome is Outcome.UNSAFE


def test_advice_asked_in_need_by_its_own_words_is_advice_and_pointing_back_is_need():
    assert follow(ADVICE, URGENT, "Will I win my case?") is ADVICE
    assert follow(ADVICE, URGENT, "Should I sign it?").outcome is Outcome.URGENT


class Elsewhere(FakeKnowledge):
    """Knows every text as one of another domain, or of ours."""

    def __init__(self, likeness: float) -> None:
        super().__init__()
        self.likeness = likeness

    def embed_question(self, text):
        domains = find_domains(self)
        return domains.middle - self.likeness * domains.direction


def test_a_matter_of_another_domain_goes_on_from_nothing():
    assert goes_elsewhere("what is a kebab", Elsewhere(2.0))
    assert not goes_elsewhere("what is a kebab", Elsewhere(-2.0))


@pytest.mark.parametrize(
    "text",
    ["kebab?", "and a kebab too", "is that a kebab", "how much to pay", "how long must we wait"],
)
def test_few_words_that_go_on_are_never_of_another_domain(text):
    assert not goes_elsewhere(text, Elsewhere(2.0))
