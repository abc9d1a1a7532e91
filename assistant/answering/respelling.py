"""Reads English that was typed in haste: short forms of messages, and crisis words misspelt.

Only triage reads it so: a wrong guess may widen what is heard as a call for help, and changes no
word that is searched for or shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

# Below this length one letter more or less makes another word: 'boat', 'boot', 'bat'.
SHORTEST = 5
# From this length on a letter may also be another one; before, 'later' would be 'water'.
SHORTEST_TO_EXCHANGE = 7


def list_shortened(word: str) -> Iterator[str]:
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]


class Respeller:
    """Knows short forms, and the words that must be read even with one slip of the finger."""

    def __init__(
        self,
        short_forms: Mapping[str, str],
        words: Iterable[str],
        *,
        but_not: Iterable[str] = (),
    ) -> None:
        self._short_forms = dict(short_forms)
        self._right = frozenset(but_not)
        self._words = frozenset(words)
        self._shortened: dict[str, str] = {}
        for word in sorted(self._words):
            for shortened in list_shortened(word):
                self._shortened.setdefault(shortened, word)
        self._read = lru_cache(maxsize=5000)(self._find)

    def respell(self, words: str) -> str:
        """Return folded words with what they mean in the place of what was typed."""
        return " ".join(map(self._read, words.split()))

    def _find(self, word: str) -> str:
        if word in self._short_forms:
            return self._short_forms[word]
        if word in self._words or word in self._right:
            return word
        if len(word) < SHORTEST - 1 or not word.isalpha():
            return word
        # A letter was left out.
        meant = self._shortened.get(word)
        if meant is not None and len(meant) >= SHORTEST:
            return meant
        for shortened in list_shortened(word):
            # A letter too many; a plural is none.
            if shortened in self._words and len(shortened) >= SHORTEST and word[-1] != "s":
                return shortened
            meant = self._shortened.get(shortened)
            if meant is None or len(meant) != len(word):
                continue
            is_turned = sorted(meant) == sorted(word)
            is_long = len(meant) >= SHORTEST_TO_EXCHANGE and meant[0] == word[0]
            if (is_turned or is_long) and differs_little(word, meant):
                return meant
        return word


def differs_little(one: str, other: str) -> bool:
    """Say whether two words of one length differ in one letter, or in two that changed places."""
    places = [place for place in range(len(one)) if one[place] != other[place]]
    if len(places) == 1:
        return True
    return (
        len(places) == 2
        and places[1] == places[0] + 1
        and one[places[0]] == other[places[1]]
        and one[places[1]] == other[places[0]]
    )
