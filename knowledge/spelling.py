"""Mends misspelt words of a question towards words of the live texts, for the search alone.

Only a word that nobody knows is mended: no live text, no readers' word, no common English. Short
words, numbers, names in capital letters and what has no likely neighbour stay as they are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA
from spellchecker import SpellChecker

from knowledge.lexical import split_words
from knowledge.model_files import read_common_words

# Not a part of an address, a reference or a word with an apostrophe.
_WORD = re.compile(r"(?<![\w@.#/'’-])[A-Za-z]+(?![\w@#/'’-]|\.\w)")
_VOWELS = re.compile("[aeiouy]")
_TWINS = re.compile(r"(.)\1")


@dataclass(frozen=True, kw_only=True)
class SpellingSettings:
    """How far a word may be mended. Measured; docs/evaluation.md, 'A question's words'."""

    shortest: int = 4
    # Shorter words have too many neighbours for a letter to be another one.
    wrong_letter_from: int = 5
    # From this length on a word may have so many slips.
    two_slips_from: int = 7
    three_slips_from: int = 12
    # How many slips a word is worth that is e times as frequent.
    frequency_share: float = 0.12
    # The best word must be so much better than another one.
    margin: float = 0.12
    # So much of a question must be known once it is mended, or it isn't English.
    known_share: float = 0.7


SPELLING = SpellingSettings()


@dataclass(frozen=True)
class Mended:
    """A question for the search, and which words became which."""

    text: str
    changes: tuple[tuple[str, str], ...] = ()


@cache
def read_english() -> frozenset[str]:
    """Common English, and the names that the embedding model knows as one word."""
    # The dictionary alone is used; its own way of mending knows nothing of our texts.
    dictionary = SpellChecker(language="en")
    return frozenset(dictionary.word_frequency.keys()) | read_common_words()


def is_english(word: str) -> bool:
    """Also without its apostrophe: 'dont', 'youre'."""
    english = read_english()
    return word in english or any(f"{word[:-n]}'{word[-n:]}" in english for n in (1, 2))


@dataclass(frozen=True)
class Speller:
    """`read_counts` says how often each word stands that another may become: asked when needed."""

    is_known: Callable[[str], bool]
    read_counts: Callable[[], Mapping[str, int]]
    settings: SpellingSettings = SPELLING

    def mend(self, text: str) -> Mended:
        """Mend the words that nobody knows; a text that is not English stays as it is."""
        changes: dict[str, str] = {}
        looked_at = unknown = 0
        for match in _WORD.finditer(text):
            word = match[0].lower()
            if self._stays(match):
                continue
            looked_at += 1
            if word in changes or self.is_known(word):
                continue
            if mended := self.find(word):
                changes[word] = mended
            else:
                unknown += 1
        if not changes or unknown > looked_at * (1 - self.settings.known_share):
            return Mended(text)

        def replace(match: re.Match[str]) -> str:
            mended = "" if self._stays(match) else changes.get(match[0].lower(), "")
            return (mended.capitalize() if match[0].istitle() else mended) or match[0]

        return Mended(_WORD.sub(replace, text), tuple(changes.items()))

    def _stays(self, match: re.Match[str]) -> bool:
        """Short words, abbreviations, and names: capital letters inside a sentence."""
        word, before = match[0], match.string[: match.start()].rstrip()
        begins = not before or before[-1] in ".!?:"
        is_plain = word.islower() or (word.istitle() and begins)
        return len(word) < self.settings.shortest or not is_plain

    def find(self, word: str) -> str:
        """The word that was most likely meant; empty where none is likely, or two are."""
        ranked = sorted(
            (
                price_slips(word, meant)
                - self.settings.frequency_share * math.log(self._counts[meant]),
                meant,
            )
            for meant in self._list_near(word)
        )
        if not ranked:
            return ""
        (best, found), *others = ranked
        # Another ending of the same word is no rival.
        rival = next((cost for cost, other in others if not is_same(other, found)), math.inf)
        return found if rival - best >= self.settings.margin else ""

    def _list_near(self, word: str) -> list[str]:
        settings = self.settings
        slips = 1
        if len(word) >= settings.two_slips_from:
            slips = 3 if len(word) >= settings.three_slips_from else 2
        # People begin a word right, or with its first two letters swapped.
        near = [
            meant
            for initial in {word[0], word[1]}
            for meant, _, _ in process.extract(
                word,
                self._by_initial.get(initial, ()),
                scorer=OSA.distance,
                score_cutoff=slips,
                limit=None,
            )
            if initial == word[0] or meant[1] == word[0]
        ]
        if len(word) >= settings.wrong_letter_from:
            return near
        return [
            meant for meant in near if len(meant) != len(word) or sorted(meant) == sorted(word)
        ]

    @cached_property
    def _counts(self) -> Mapping[str, int]:
        return self.read_counts()

    @cached_property
    def _by_initial(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for word, count in self._counts.items():
            # What stands once may be a misprint itself.
            is_sure = count > 1 or is_english(word)
            if is_sure and len(word) >= self.settings.shortest:
                found.setdefault(word[0], []).append(word)
        return found


def price_slips(word: str, meant: str) -> float:
    """How unlikely the slips are: a doubled letter is the likeliest, then a vowel."""
    once, meant_once = _TWINS.sub(r"\1", word), _TWINS.sub(r"\1", meant)
    return (
        0.4 * OSA.distance(word, meant)
        + 0.3 * OSA.distance(once, meant_once)
        + 0.3 * OSA.distance(_VOWELS.sub("", once), _VOWELS.sub("", meant_once))
    )


def is_same(one: str, other: str) -> bool:
    return split_words(one) == split_words(other)
