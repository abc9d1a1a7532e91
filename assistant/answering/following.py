"""What the turns before mean for a follow-up: it is as dangerous as they were, and asks on.

A follow-up's own words are few, so its likeness to an example says little; what it goes on from
was judged already.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.answering import triage
from assistant.answering.evidence import Vector
from assistant.answering.types import Outcome

# How much of the topic's embedding is taken from the follow-up's, whose topic stands before it:
# else the search finds again what the last answer said. tests/gold/followups.jsonl chose it: of
# 102 follow-ups 85 find their evidence, 80 without; at 0.5 it is 78.
LEANING = 0.25

HELPS_OR_PROTECTS = {Outcome.URGENT, Outcome.UNSAFE}
KEPT = {*HELPS_OR_PROTECTS, Outcome.INDIVIDUAL_ADVICE}


def follow(verdict: triage.Verdict, before: triage.Verdict, text: str) -> triage.Verdict:
    """Weigh what triage found of a follow-up with what it finds of its topic."""
    claims_itself = triage.find_rule_by_words(text) is not None
    if claims_itself or (verdict.outcome in HELPS_OR_PROTECTS and verdict != before):
        return verdict
    if before.outcome in KEPT:
        # Its own question is looked up, under the same warning.
        search = before.search if before.search == "" else None
        return triage.Verdict(outcome=before.outcome, topic=before.topic, search=search)
    return triage.ORDINARY if before.outcome is Outcome.ANSWERED else verdict


def lean_away(vector: Vector, topics: Sequence[Vector]) -> Vector:
    """Turn a follow-up's embedding from what was asked before to what is asked now."""
    for topic in topics:
        leaning = vector - LEANING * topic
        vector = np.asarray(leaning / np.linalg.norm(leaning), dtype=np.float32)
    return vector
