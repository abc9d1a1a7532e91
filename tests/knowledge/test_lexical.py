from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knowledge.lexical import Postings, count_words, merge_postings, split_terms, split_words

TEXTS = st.lists(
    st.lists(st.sampled_from(["apple", "pear", "plum", "fee", "coin"]), max_size=8).map(" ".join),
    max_size=8,
)


def describe(postings: Postings, *, pairs: bool = True) -> dict[str, dict[int, int]]:
    found = {}
    for word in postings.words:
        if word.startswith("#") and not pairs:
            continue
        places, frequencies = postings.find(word)
        found[word] = dict(zip(places.tolist(), frequencies.tolist(), strict=True))
    return found


def test_words_are_folded_stemmed_and_freed_of_common_ones():
    assert split_words("The Applications of an applicant") == ["applic", "applic"]


def test_a_paragraph_number_is_one_word():
    assert "2.3" in split_words("See paragraph 2.3(c).")


def test_neighbouring_words_make_a_pair_in_their_order():
    *words, pair = split_terms("family reunions")

    assert words == ["famili", "reunion"]
    assert pair == split_terms("a reunion of the family reunion")[-1]
    assert pair not in split_terms("reunions family")


def test_each_word_knows_where_it_stands_and_how_often():
    postings = count_words(["pear coin pear", "", "coin"])

    assert describe(postings, pairs=False) == {"coin": {0: 1, 2: 1}, "pear": {0: 2}}
    assert postings.lengths.tolist() == [5, 0, 1]


def test_an_unknown_word_stands_nowhere():
    places, frequencies = count_words(["pear"]).find("zebra")

    assert len(places) == len(frequencies) == 0


@given(TEXTS, TEXTS, st.randoms())
def test_what_is_merged_is_as_if_it_was_counted_together(first, second, chance):
    parts, kept_texts = [], []
    for texts in (first, second):
        kept = np.array([chance.random() < 0.7 for _ in texts], dtype=np.bool_)
        parts.append((count_words(texts), kept))
        kept_texts += [text for text, is_kept in zip(texts, kept, strict=True) if is_kept]

    merged, together = merge_postings(parts), count_words(kept_texts)

    assert describe(merged) == describe(together)
    assert merged.lengths.tolist() == together.lengths.tolist()
