"""Chooses the briefings that answer a question, or none where official words answer it better."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.answering.asked_for import Asked, find_asked, find_periods, names_period, offers
from assistant.answering.quoting import find_named
from assistant.answering.sentences import split_sentences
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
PREFERENCE_FIT = 0.19
PREFERENCE_LIKENESS = 9.0
PREFERENCE_WORDS = -0.12
PREFERENCE_LEVEL = -1.2
# Less than this speaks for it, so the best official words are quoted too.
SURE_PREFERENCE = 1.0
WORDS_LIMITS = (-10.0, 20.0)
OFFICIAL_WEIGHED = 3
# It is trusted whatever the official words say if it is this like the question.
STRONG_BRIEFING = 0.88
# Of questions that nothing here answers, 8 of 9 had no official words this near; 1 of 220 others
# also lacked so much.
OFFICIAL_NEAR = 0.6
LACKS_LIMIT = 12.0
SAID_WITHOUT_COUNT = 0.84
ASKS_FOR_FIGURES = re.compile(r"\bhow many\b|\b(?:figures?|numbers?|total|count)\b", re.IGNORECASE)
SAYS_AFTER = re.compile(r"\b(?:after|since)\b", re.IGNORECASE)
# A second follows if it is so likely beside the first and holds a word of the question that the
# first lacks; if it is less likely, a rare one or several.
NEARLY_AS_LIKELY = 0.6
SECOND_CHANCE = 0.05
SECOND_ADDS = 0.3
# So many words in common beside their figures, and two briefings count the same thing.
RIVAL_WORDS = 4
COUNT = re.compile(r"\d[\d,.]*")


@dataclass(frozen=True)
class Choice:
    """The briefings that answer, the best first; `is_sure` if no official words may do better."""

    briefings: tuple[RankedPassage, ...] = ()
    is_sure: bool = False


def choose_briefings(
    question: str,
    official: Sequence[RankedPassage],
    fits: Sequence[Fit],
    *,
    weigher: Weigher,
) -> Choice:
    """Return the briefing that fits the question, and a second that adds to it; or nothing."""
    fitting = [
        fit for fit in fits if is_near(fit) and not is_of_another_period(question, fit.passage)
    ]
    if not fitting:
        return Choice()
    first = fitting[0]
    is_sure = first.passage.dense >= STRONG_BRIEFING
    if not is_sure:
        preference = prefer_briefing(first, question, official, weigher=weigher)
        if preference < 0 or find_named(question, official):
            return Choice()
        is_sure = preference >= SURE_PREFERENCE
    for second in fitting[1:]:
        if adds_to(first, second, weigher=weigher):
            return Choice(settle_dates(question, first.passage, second.passage), is_sure)
    return Choice((first.passage,), is_sure)


def adds_to(first: Fit, second: Fit, *, weigher: Weigher) -> bool:
    """Say whether a second briefing may be what is asked for, or holds what the first lacks."""
    share = second.chance / first.chance
    adds = weigher.measure_rarity(second.held - first.held)
    needed = 0.0 if share >= NEARLY_AS_LIKELY else SECOND_ADDS
    return share >= SECOND_CHANCE and adds > needed


def settle_dates(
    question: str, first: RankedPassage, second: RankedPassage
) -> tuple[RankedPassage, ...]:
    """Of two that give figures of different days for the same thing, the newer comes first.

    Where the question names its time, the one that fits it best stands alone; of one document
    the older is superseded.
    """
    if not are_rivals(first, second) or first.published == second.published:
        return (first, second)
    if names_period(question):
        return (first,)
    newer, older = sorted(
        (first, second), key=lambda each: each.published or date.min, reverse=True
    )
    return (newer,) if newer.document_id == older.document_id else (newer, older)


def are_rivals(one: RankedPassage, other: RankedPassage) -> bool:
    """Say whether both count the same things: figures beside the same words."""
    counted, also_counted = find_counted(one.text), find_counted(other.text)
    return len(counted & also_counted) >= RIVAL_WORDS


def find_counted(text: str) -> set[str]:
    """The words of the sentences that hold a count."""
    return {
        word
        for sentence in split_sentences(text)
        if offers(sentence, Asked.HOW_MANY)
        for word in split_words(COUNT.sub("", sentence))
    }


def is_of_another_period(question: str, passage: RankedPassage) -> bool:
    """Say whether it counts what happened in other months than the one that is asked for.

    What says that nothing is known after a day speaks of every later month.
    """
    asked, told = find_periods(question), find_periods(passage.text)
    if not asked or not told or asked & told or SAYS_AFTER.search(passage.text):
        return False
    months = {month for month, _ in asked}
    return bool(ASKS_FOR_FIGURES.search(question)) or any(month in months for month, _ in told)


def lacks_what_is_asked(
    question: str, official: Sequence[RankedPassage], fits: Sequence[Fit], *, weigher: Weigher
) -> bool:
    """Say whether no official words are near, and the best briefing lacks rare words of the
    question: it shares a subject with it and answers another question.

    Without any official texts nothing can be said of them.
    """
    if not fits or not official or max(each.dense for each in official) >= OFFICIAL_NEAR:
        return False
    asked = frozenset(split_words(question))
    first = next(filter(is_near, fits), fits[0])
    return (
        first.passage.dense < STRONG_BRIEFING
        and weigher.measure_rarity(asked - first.held) > LACKS_LIMIT
    )


def is_count_missing(question: str, said: Sequence[str], fits: Sequence[Fit]) -> bool:
    """Say whether a count or an amount is asked for and none is said.

    A briefing that is asked for in nearly these words may say why there is no number.
    """
    wanted = find_asked(question) & {Asked.HOW_MANY, Asked.HOW_MUCH}
    if not wanted or (fits and fits[0].passage.dense >= SAID_WITHOUT_COUNT):
        return False
    return not any(offers(text, asked) for text in said for asked in wanted)


def is_near(fit: Fit) -> bool:
    return fit.passage.dense >= BRIEFING_FLOOR or (
        fit.score >= GOOD_FIT and fit.chance >= GOOD_CHANCE
    )


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
