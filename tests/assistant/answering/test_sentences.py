from __future__ import annotations

import pytest

from assistant.answering.sentences import fold_space, split_sentences


@pytest.mark.parametrize(
    "text",
    [
        "ABC 2.3. A bicycle must have a bell.",
        "12AB. A bicycle must have a bell.",
        "Bring a light, e.g. a lamp, or i.e. something bright.",
        "See para. 4 of the rules and s.80B of the Act.",
        "This is subject to ABC 5.2. and ABC 5.3.",
        "The fee is £1,938 under notice No. 25 of the office.",
        "It was decided in Smith v. Jones by Mr. Brown.",
        "Read Part A. B. Cooper wrote it.",
    ],
)
def test_a_sentence_is_not_cut_at_a_number_or_an_abbreviation(text):
    sentences = split_sentences(text)

    assert sentences == [text]


def test_sentences_end_where_the_next_begins():
    sentences = split_sentences("It ended in 2025. The next began. “Why?” £5 was paid! Good.")

    assert sentences == [
        "It ended in 2025.",
        "The next began.",
        "“Why?”",
        "£5 was paid!",
        "Good.",
    ]


def test_nothing_is_lost_but_the_space_between():
    text = " A bell rings.  Two bells ring.   "

    assert fold_space(" ".join(split_sentences(text))) == fold_space(text)
    assert split_sentences("   ") == []
