"""What official documents call the things that a question names in readers' words.

The words stand in readers_words.toml. They are added to a question for the search by words alone.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from knowledge.lexical import split_words

WORDS_PATH = Path(__file__).with_name("readers_words.toml")
# A question that has this share of an entry's terms speaks as the documents do.
KNOWN_SHARE = 0.5
_WORD = re.compile(r"\w+(?:[’'-]\w+)*\*?")


@dataclass(frozen=True)
class ReadersWord:
    """One entry: what readers say, as a pattern over folded words, and the official terms."""

    said: str
    pattern: re.Pattern[str]
    terms: tuple[str, ...]


@cache
def get_readers_words(path: Path = WORDS_PATH) -> tuple[ReadersWord, ...]:
    """All entries, the longest first: 'lawyer for free' before 'lawyer'."""
    subjects = tomllib.loads(path.read_text(encoding="utf-8"))
    entries = [
        make_entry(said, terms) for subject in subjects.values() for said, terms in subject.items()
    ]
    return tuple(sorted(entries, key=lambda entry: -len(entry.said)))


def make_entry(said: str, terms: str) -> ReadersWord:
    words = [re.escape(word).replace(r"\*", r"\w*") for word in fold_words(said)]
    return ReadersWord(said, re.compile(rf"(?<!\S){' '.join(words)}(?!\S)"), tuple(terms.split()))


def fold_words(text: str) -> list[str]:
    """'One in, one out?' → one, in, one, out."""
    return _WORD.findall(text.lower().replace("é", "e").replace("’", "'"))


def find_terms(question: str, entries: Sequence[ReadersWord] | None = None) -> tuple[str, ...]:
    """The official terms that a question means and hasn't, each once."""
    left = " ".join(fold_words(question))
    asked = set(split_words(question))
    known, added = set(asked), []
    for entry in get_readers_words() if entries is None else entries:
        found = entry.pattern.search(left)
        if not found:
            continue
        # What a longer entry explains is explained: 'lawyer' in 'lawyer for free'.
        left = f"{left[: found.start()]}|{left[found.end() :]}"
        stems = set(split_words(" ".join(entry.terms))) - set(split_words(entry.said))
        if len(stems & asked) >= len(stems) * KNOWN_SHARE:
            continue
        for term in entry.terms:
            new = set(split_words(term)) - known
            known |= new
            if new:
                added.append(term)
    return tuple(added)


@lru_cache(maxsize=4000)
def is_readers_word(word: str) -> bool:
    """Is it a whole word of ours, or what one ending in '*' may be?"""
    return any(
        re.fullmatch(each.replace("*", r"\w*"), word)
        for entry in get_readers_words()
        for each in fold_words(entry.said)
    )
