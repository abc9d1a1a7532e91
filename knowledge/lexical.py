"""Texts as words, and which passages hold which word how often: the numbers that BM25 is made of.

Counts alone are kept, never scores: a word's weight depends on all passages of an index, and
those change with every publication (docs/adr/0007).
"""

from __future__ import annotations

import logging
import re
import threading
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from zlib import crc32

import numpy as np
import numpy.typing as npt
import Stemmer
from bm25s.stopwords import STOPWORDS_EN_PLUS

# bm25s sets its logger to DEBUG when it is imported, whatever the settings say.
logging.getLogger("bm25s").setLevel(logging.WARNING)

# '2.3' of a numbered paragraph stays one word, so that it finds that paragraph.
WORD = re.compile(r"\d+(?:\.\d+)+|\w\w+")
STOP_WORDS = frozenset(STOPWORDS_EN_PLUS)
PAIR_NUMBERS = 1 << 17

Mask = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int32]

_stemmers = threading.local()


@dataclass(frozen=True, kw_only=True, eq=False)
class Postings:
    """For each word, or pair of words, where and how often it stands: the places are in order."""

    words: Sequence[str]
    # Where each word's places begin, and after the last one where they end.
    starts: npt.NDArray[np.int64]
    places: Counts
    frequencies: Counts
    # How many words and pairs each passage has.
    lengths: Counts

    @cached_property
    def codes(self) -> Mapping[str, int]:
        return {word: code for code, word in enumerate(self.words)}

    def find(self, word: str) -> tuple[Counts, Counts]:
        """The places of a word and its frequencies there."""
        code = self.codes.get(word)
        if code is None:
            return self.places[:0], self.frequencies[:0]
        begin, end = self.starts[code], self.starts[code + 1]
        return self.places[begin:end], self.frequencies[begin:end]


def split_words(text: str) -> list[str]:
    """Split a text into stemmed English words, without those that stand everywhere."""
    # A stemmer has state that threads must not share.
    if not hasattr(_stemmers, "english"):
        _stemmers.english = Stemmer.Stemmer("english")
    words = [word for word in WORD.findall(text.lower()) if word not in STOP_WORDS]
    stems: list[str] = _stemmers.english.stemWords(words)
    return stems


def split_terms(text: str) -> list[str]:
    """Split a text into its words and its pairs of neighbouring words, each pair by a number.

    'Family reunion' says more than 'family' and 'reunion' apart. There are millions of pairs, so
    they share a fixed count of numbers; two pairs with one number cost nothing that was measured.
    """
    words = split_words(text)
    pairs = (crc32(f"{first} {second}".encode()) for first, second in pairwise(words))
    return [*words, *(f"#{pair % PAIR_NUMBERS}" for pair in pairs)]


def count_words(texts: Sequence[str]) -> Postings:
    """Count the words and the pairs of each text."""
    codes: dict[str, int] = {}
    # Not lists: millions of numbers at a first build.
    found, frequencies = array("i"), array("i")
    sizes, lengths = [], []
    for text in texts:
        words = split_terms(text)
        counts = Counter(words)
        found.extend(codes.setdefault(word, len(codes)) for word in counts)
        frequencies.extend(counts.values())
        sizes.append(len(counts))
        lengths.append(len(words))
    return _arrange(
        list(codes),
        np.array(found, dtype=np.int32),
        np.repeat(np.arange(len(texts), dtype=np.int32), sizes),
        np.array(frequencies, dtype=np.int32),
        np.array(lengths, dtype=np.int32),
    )


def merge_postings(parts: Sequence[tuple[Postings, Mask]]) -> Postings:
    """Join what is kept of each part, one after the other, as if it had been counted together."""
    codes: dict[str, int] = {}
    found, places, frequencies, lengths = [], [], [], []
    begin = 0
    for postings, kept in parts:
        moved = np.cumsum(kept, dtype=np.int32) - np.int32(1) + np.int32(begin)
        new_codes = np.array(
            [codes.setdefault(word, len(codes)) for word in postings.words], dtype=np.int32
        )
        is_kept = kept[postings.places]
        found.append(np.repeat(new_codes, np.diff(postings.starts))[is_kept])
        places.append(moved[postings.places[is_kept]])
        frequencies.append(postings.frequencies[is_kept])
        lengths.append(postings.lengths[kept])
        begin += int(kept.sum())
    nothing = np.zeros(0, dtype=np.int32)
    return _arrange(
        list(codes),
        np.concatenate([nothing, *found]),
        np.concatenate([nothing, *places]),
        np.concatenate([nothing, *frequencies]),
        np.concatenate([nothing, *lengths]),
    )


def _arrange(
    words: Sequence[str], found: Counts, places: Counts, frequencies: Counts, lengths: Counts
) -> Postings:
    """Sort by word; a word that no passage holds any more is left out."""
    used = np.bincount(found, minlength=len(words)) > 0
    kept_words = sorted(word for word, is_used in zip(words, used, strict=True) if is_used)
    new_codes = {word: code for code, word in enumerate(kept_words)}
    recoded = np.array([new_codes.get(word, -1) for word in words], dtype=np.int32)[found]
    # Stable, so that the places of each word stay in order.
    order = np.argsort(recoded, kind="stable")
    counts = np.bincount(recoded, minlength=len(kept_words))
    return Postings(
        words=kept_words,
        starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        places=places[order],
        frequencies=frequencies[order],
        lengths=lengths,
    )
