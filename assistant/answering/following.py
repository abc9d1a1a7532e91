"""What the turns before mean for a follow-up: it is as dangerous as they were, and asks on.

A follow-up's own words are few, so its likeness to an example says little; what it goes on from
was judged already.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.answering import triage
from assistant.answering.evidence import Knowledge, Vector
from assistant.answering.language import is_clearly_not_english
from assistant.answering.patterns import fold_words
from assistant.answering.rephrasing import (
    CONTINUES,
    HELPS_OR_PROTECTS,
    correct,
    list_content,
    points_back,
)
from assistant.answering.subjects import asks_again, say_aspect
from assistant.answering.sufficiency import find_domains, is_of_another_domain
from assistant.answering.types import Outcome

# How much of the topic's embedding is taken from the follow-up's, whose topic stands before it:
# else the search finds again what the last answer said. tests/gold/followups.jsonl chose it: of
# 102 follow-ups 85 find their evidence, 80 without; at 0.5 it is 78.
LEANING = 0.25

# One word of a subject is near to much ('can I appeal?'), so it must be clearly of another domain.
# A text of one word or two is near to anything. Of 25 follow-ups for tuning with words of their
# own none falls below, of 16 questions of other matters 11 do.
CLEARLY_ELSEWHERE = -0.25
TELLING_WORDS = 3

KEPT = {*HELPS_OR_PROTECTS, Outcome.INDIVIDUAL_ADVICE}


def follow(verdict: triage.Verdict, before: triage.Verdict, text: str) -> triage.Verdict:
    """Weigh what triage found of a follow-up with what it finds of its topic."""
    if claims_itself(text, before) or (verdict.outcome in HELPS_OR_PROTECTS and verdict != before):
        return verdict
    if before.outcome in KEPT:
        # Its own question is looked up, under the same warning.
        search = before.search if before.search == "" else None
        return triage.Verdict(outcome=before.outcome, topic=before.topic, search=search)
    return triage.ORDINARY if before.outcome is Outcome.ANSWERED else verdict


def claims_itself(text: str, before: triage.Verdict) -> bool:
    """Say whether a rule claims the follow-up by its own words; 'and then?' is only vague."""
    rule = triage.find_rule_by_words(text)
    if rule is None or rule.outcome is Outcome.CLARIFICATION_NEEDED:
        return False
    if before.outcome is Outcome.URGENT and rule.outcome not in HELPS_OR_PROTECTS:
        # 'Should I sign it?' is asked in the same need.
        return bool(list_content(text)) and not points_back(fold_words(text))
    return True


def goes_elsewhere(text: str, knowledge: Knowledge) -> bool:
    """Say whether few words ask of a matter that is none of ours, so they go on from nothing."""
    words = correct(fold_words(text))
    content = list_content(words)
    if not content or points_back(words) or len(words.split()) < TELLING_WORDS:
        return False
    if asks_again(words) or say_aspect(words):
        return False
    # The embedding knows English alone.
    if CONTINUES.match(words) or is_clearly_not_english(text):
        return False
    vector = knowledge.embed_question(text)
    if not is_of_another_domain(vector, knowledge):
        return False
    return len(content) > 1 or find_domains(knowledge).measure(vector) < CLEARLY_ELSEWHERE


def lean_away(vector: Vector, topics: Sequence[Vector]) -> Vector:
    """Turn a follow-up's embedding from what was asked before to what is asked now."""
    for topic in topics:
        leaning = vector - LEANING * topic
        vector = np.asarray(leaning / np.linalg.norm(leaning), dtype=np.float32)
    return vector
