"""How well each briefing fits a question: by its meaning, its words and what it can answer.

The ways to ask for a briefing show in which directions meanings vary without changing what is
asked ('the scheme', 'one in, one out', 'UK'). Those directions are pressed together before
meanings are compared, so that what sets one paragraph apart from the others counts.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass, replace

import numpy as np
import numpy.typing as npt

from assistant.answering.asked_for import (
    Asked,
    find_asked,
    find_months,
    offers,
)
from assistant.answering.schemes import find_schemes, get_schemes_for_some
from knowledge.retrieval import get_embedded_text, split_words
from knowledge.types import RankedPassage

Vectors = npt.NDArray[np.float32]
# One row for each text.
Embed = Callable[[list[str]], Vectors]

NEAR_ASKS = 3
# So many of the best are given; no answer looks further.
RANKED = 20
# How far directions are pressed together: more is less.
SHRINKAGE = 1.0
# BM25, as in the index.
SATURATION, LENGTH_SHARE = 0.9, 0.4
NUMBER = re.compile(r"\d[\d,.]*\d|\d")


@dataclass(frozen=True, kw_only=True)
class Weights:
    """What each sign of a good fit counts; `python -m tests.benchmark.choosing` learns them.

    docs/evaluation.md, "Choosing and composing", has the figures. Chances of the briefings are
    exp(fit), so a fit that is 1 higher is 2.7 times as likely.
    """

    nearest_ask: float = 1.0
    near_asks: float = 4.0
    meaning: float = 12.0
    document: float = 6.0
    coverage: float = 2.1
    matching_words: float = 0.2
    months: float = 2.4
    numbers: float = 1.7
    offered: float = 1.1
    schemes: float = 1.2
    own_scheme: float = 0.7


WEIGHTS = Weights()
# A question that is nearly one of the asks must not lose to all the rest.
SAME_QUESTION = 0.8
SAME_QUESTION_WEIGHT = 25.0


@dataclass(frozen=True)
class Fit:
    """A briefing with how well it fits.

    `chance` is its share among all briefings; `held` are the question's words (their stems) that
    stand in it or in its asks.
    """

    passage: RankedPassage
    score: float
    chance: float
    held: frozenset[str] = frozenset()


class Weigher:
    """Weighs all briefings that are live; made once for each state of the knowledge."""

    def __init__(
        self,
        briefings: Sequence[RankedPassage],
        embed: Embed,
        *,
        learn_from: Callable[[RankedPassage], bool] = lambda passage: True,
    ) -> None:
        """`learn_from` says whose asks may show how meanings vary: all, but for measuring."""
        self.briefings = tuple(briefings)
        documents = [each.document_id for each in briefings]
        _, self._documents = np.unique(np.array(documents, dtype=np.int64), return_inverse=True)
        self._asks = [ask for each in briefings for ask in each.asks]
        self._owners = np.array(
            [place for place, each in enumerate(briefings) for _ in each.asks], dtype=np.int64
        )
        # Which of its briefing's asks each of them is.
        self._places = np.array(
            [place for each in briefings for place in range(len(each.asks))], dtype=np.int64
        )
        self._most_asks = max([NEAR_ASKS, *(len(each.asks) for each in briefings)])
        count = len(self.briefings)
        vectors = embed([*map(get_words, briefings), *self._asks]) if count else None
        if vectors is None:
            return
        self._meanings, self._ask_vectors = vectors[:count], vectors[count:]
        learning = np.array([learn_from(briefings[owner]) for owner in self._owners], dtype=bool)
        self._press = learn_directions(self._ask_vectors[learning], self._owners[learning])
        self._middle = vectors.mean(axis=0)
        self._pressed_meanings = self._compress(self._meanings)
        self._pressed_asks = self._compress(self._ask_vectors)
        self._read()

    def rank(self, question: str, vector: Vectors) -> list[Fit]:
        """Return the best briefings, best first, each with its likeness (cosine) as `dense`."""
        if not self.briefings:
            return []
        signs = self.measure(question, vector)
        scores = signs @ np.array(astuple(WEIGHTS))
        dense = np.maximum(self.measure_likeness(vector), self._found)
        asked = set(split_words(question))
        scores += SAME_QUESTION_WEIGHT * np.maximum(0.0, dense - SAME_QUESTION)
        chances = np.exp(scores - scores.max())
        chances /= chances.sum()
        return [
            Fit(
                replace(self.briefings[place], dense=float(dense[place])),
                float(scores[place]),
                float(chances[place]),
                frozenset(word for word in asked if word in self._words[place]),
            )
            for place in np.argsort(-scores, kind="stable")[:RANKED]
        ]

    def measure_likeness(self, vector: Vectors) -> npt.NDArray[np.float64]:
        """The cosine of each briefing's words or of its nearest ask: as the index measures it."""
        likeness = multiply(self._meanings, vector)
        if len(self._asks):
            np.maximum.at(likeness, self._owners, multiply(self._ask_vectors, vector))
        return likeness

    def measure(
        self, question: str, vector: Vectors, *, without: int | None = None
    ) -> npt.NDArray[np.float64]:
        """One row of signs for each briefing, in the order of Weights.

        `without` is the place of an ask that is left out, to measure what the others are worth.
        """
        pressed = self._compress(vector[None, :])[0]
        meaning = multiply(self._pressed_meanings, pressed)
        nearest, near = self._measure_asks(pressed, without)
        best = np.maximum(nearest, meaning)
        of_documents = np.full(self._documents.max() + 1, -np.inf)
        np.maximum.at(of_documents, self._documents, best)
        document = of_documents[self._documents]
        coverage, matching = self._measure_words(question, without)
        asked, named = find_asked(question), find_schemes(question)
        return np.column_stack(
            [
                nearest,
                near,
                meaning,
                document,
                coverage,
                matching,
                share_of(find_months(question), self._months),
                share_of(find_numbers(question), self._numbers),
                np.array([len(asked & offered) for offered in self._offered]),
                share_of(named, self._schemes),
                # Less where a briefing is for a group that the question doesn't name.
                np.array([-float(bool(group - named)) for group in self._groups]),
            ]
        )

    def _compress(self, vectors: Vectors) -> Vectors:
        pressed = (vectors - self._middle) @ self._press
        lengths = np.linalg.norm(pressed, axis=1, keepdims=True)
        return np.asarray(pressed / np.maximum(lengths, 1e-9), dtype=np.float32)

    def _measure_asks(
        self, pressed: Vectors, without: int | None
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """The likeness of each briefing's nearest ask, and the mean of its few nearest."""
        likenesses = multiply(self._pressed_asks, pressed)
        if without is not None:
            likenesses[without] = -np.inf
        # A row for each briefing, with as many places as the one that has the most asks.
        table = np.full((len(self.briefings), self._most_asks), -np.inf)
        table[self._owners, self._places] = likenesses
        nearest = -np.sort(-table, axis=1)[:, :NEAR_ASKS]
        is_there = np.isfinite(nearest)
        count = np.maximum(1, is_there.sum(axis=1))
        nearest = np.where(is_there, nearest, 0.0)
        return nearest[:, 0], nearest.sum(axis=1) / count

    def _read(self) -> None:
        self._texts = [Counter(split_words(get_words(each))) for each in self.briefings]
        self._ask_words = [Counter(split_words(ask)) for ask in self._asks]
        self._words = [Counter(text) for text in self._texts]
        for owner, words in zip(self._owners, self._ask_words, strict=True):
            self._words[owner].update(words)
        self._holders = Counter(word for words in self._words for word in words)
        self._sizes = np.array([words.total() for words in self._words], dtype=np.float64)
        self._months = [find_months(each.text) for each in self.briefings]
        self._numbers = [find_numbers(each.text) for each in self.briefings]
        self._offered = [
            frozenset(asked for asked in Asked if offers(each.text, asked))
            for each in self.briefings
        ]
        self._schemes = [find_schemes(get_words(each)) for each in self.briefings]
        # Of the title alone: a paragraph may mention others.
        self._groups = [
            find_schemes(each.title) & get_schemes_for_some() for each in self.briefings
        ]
        # What was found by a search already.
        self._found = np.array([each.dense for each in self.briefings])

    def _measure_words(
        self, question: str, without: int | None
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """How many of the question's words each briefing holds, rare ones more, and BM25."""
        count = len(self.briefings)
        coverage, matching = np.zeros(count), np.zeros(count)
        total = 0.0
        length = 1 - LENGTH_SHARE + LENGTH_SHARE * self._sizes / max(1.0, self._sizes.mean())
        for word in set(split_words(question)):
            times = np.array([words[word] for words in self._words], dtype=np.float64)
            if without is not None:
                times[self._owners[without]] -= self._ask_words[without][word]
            holders = np.count_nonzero(times)
            if holders:
                rarity = math.log(1 + (count - holders + 0.5) / (holders + 0.5))
                total += rarity
                coverage += rarity * (times > 0)
                matching += rarity * times / (times + SATURATION * length)
        return coverage / max(total, 1e-9), matching

    def measure_rarity(self, words: Iterable[str]) -> float:
        """How much words say: those that few briefings hold, or none, say more."""
        count = len(self.briefings)
        return sum(
            math.log(1 + (count - self._holders[word] + 0.5) / (self._holders[word] + 0.5))
            for word in words
        )


def multiply(rows: Vectors, vector: Vectors) -> npt.NDArray[np.float64]:
    """The product of each row with the vector, in this thread alone.

    For so little work, the threads of a matrix library wait for each other longer than they work.
    """
    product: npt.NDArray[np.float64] = np.einsum("ij,j->i", rows, vector).astype(np.float64)
    return product


def share_of(wanted: frozenset[str], held: Sequence[frozenset[str]]) -> npt.NDArray[np.float64]:
    """How much of what is wanted each of them holds; 0 where nothing is."""
    return np.array([len(wanted & each) / max(1, len(wanted)) for each in held])


def learn_directions(vectors: Vectors, owners: npt.NDArray[np.int64]) -> Vectors:
    """Return the matrix that presses together how the asks of one briefing differ."""
    size = vectors.shape[1]
    differences = [
        (group - group.mean(axis=0)) * math.sqrt(len(group) / (len(group) - 1))
        for owner in np.unique(owners)
        if len(group := vectors[owners == owner]) > 1
    ]
    if sum(map(len, differences)) < size:
        # Too few to say anything of so many directions.
        return np.eye(size, dtype=np.float32)
    every = np.concatenate(differences)
    strengths, directions = np.linalg.eigh(every.T @ every / len(every))
    strengths = np.maximum(strengths, 0) + SHRINKAGE * strengths.mean()
    return np.asarray((directions / np.sqrt(strengths)) @ directions.T, dtype=np.float32)


def get_words(passage: RankedPassage) -> str:
    """A briefing as the index embeds it, so that its vector is there already."""
    return get_embedded_text(passage.title, passage.heading_path, passage.lead_ins, passage.text)


def find_numbers(text: str) -> frozenset[str]:
    return frozenset(NUMBER.findall(text))
