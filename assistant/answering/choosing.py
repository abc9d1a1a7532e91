"""Chooses the briefings that answer a question, or none where official words answer it better."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering.asked_for import SAYS_YES
from assistant.answering.quoting import find_named
from assistant.answering.weighing import Fit, Weigher, get_words
from knowledge.retrieval import split_words
from knowledge.types import RankedPassage

# A briefing is used if it, or one of its asks, is this like the question (cosine), or if it fits
# well and no other does.
BRIEFING_FLOOR = 0.66
GOOD_FIT = 8.0
GOOD_CHANCE = 0.5
# What speaks for a briefing against the best official words: its fit, how much more like the
# question it is, and how few rare words of the question only they hold. Learnt from our own gold
# questions that one of the two answers and the other doesn't (docs/evaluation.md).
PREFERENCE_FIT = 0.18
PREFERENCE_LIKENESS = 10.0
PREFERENCE_WORDS = -0.12
PREFERENCE_LEVEL = -1.35
WORDS_LIMITS = (-10.0, 20.0)
OFFICIAL_WEIGHED = 3
# It is trusted whatever the official words say if it is this like the question.
STRONG_BRIEFING = 0.88
# A second follows if it is so likely beside the first and holds a word of the question that the
# first lacks; if it is less likely, a rare one or several.
NEARLY_AS_LIKELY = 0.6
SECOND_CHANCE = 0.3
SECOND_ADDS = 3.0
# A 'yes' or 'no' to another question than the reader's would be wrong, so it must be likely.
YES_CHANCE = 0.25


def choose_briefings(
    question: str,
    official: Sequence[RankedPassage],
    fits: Sequence[Fit],
    *,
    weigher: Weigher,
) -> list[RankedPassage]:
    """Return the briefing that fits the question, and a second that adds to it; or nothing."""
    fitting = [fit for fit in fits if is_near(fit) and is_safe_yes(fit)]
    if not fitting:
        return []
    first = fitting[0]
    if first.passage.dense < STRONG_BRIEFING and (
        find_named(question, official)
        or prefer_briefing(first, question, official, weigher=weigher) < 0
    ):
        return []
    for second in fitting[1:]:
        # 'Yes' and 'no' answer a question of their own.
        if not SAYS_YES.match(second.passage.text) and adds_to(first, second, weigher=weigher):
            return [first.passage, second.passage]
    return [first.passage]


def adds_to(first: Fit, second: Fit, *, weigher: Weigher) -> bool:
    """Say whether a second briefing may be what is asked for, or holds what the first lacks."""
    share = second.chance / first.chance
    adds = weigher.measure_rarity(second.held - first.held)
    needed = 0.0 if share >= NEARLY_AS_LIKELY else SECOND_ADDS
    return share >= SECOND_CHANCE and adds > needed


def is_near(fit: Fit) -> bool:
    return fit.passage.dense >= BRIEFING_FLOOR or (
        fit.score >= GOOD_FIT and fit.chance >= GOOD_CHANCE
    )


def is_safe_yes(fit: Fit) -> bool:
    return fit.chance >= YES_CHANCE or not SAYS_YES.match(fit.passage.text)


def prefer_briefing(
    fit: Fit, question: str, official: Sequence[RankedPassage], *, weigher: Weigher
) -> float:
    """Say how much speaks for the briefing (above 0) or for the official words (below)."""
    nearest = sorted(official, key=lambda passage: -passage.dense)[:OFFICIAL_WEIGHED]
    if not nearest:
        return 1.0
    asked = set(split_words(question))
    lowest, highest = WORDS_LIMITS
    rarer = max(
        weigher.measure_rarity(held - fit.held) - weigher.measure_rarity(fit.held - held)
        for held in (asked.intersection(split_words(get_words(each))) for each in nearest)
    )
    return (
        PREFERENCE_FIT * fit.score
        + PREFERENCE_LIKENESS * (fit.passage.dense - nearest[0].dense)
        + PREFERENCE_WORDS * min(highest, max(lowest, rarer))
        + PREFERENCE_LEVEL
    )
