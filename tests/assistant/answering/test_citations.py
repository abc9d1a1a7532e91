from __future__ import annotations

import pytest

from assistant.answering.citations import CitationNumbers, UnknownCitation
from assistant.answering.types import DraftSentence, Label, Quote
from tests.assistant.answering.samples import make_passage

RULE = make_passage("A rider must have a bell. A rider must have a light.")


def draft(*quotes, passage_id=1):
    return DraftSentence(
        text=" … ".join(quotes),
        label=Label.OFFICIAL,
        quotes=tuple(Quote(passage_id, quote) for quote in quotes),
    )


def test_numbers_run_in_the_order_of_first_use_and_are_kept_for_the_same_words():
    numbers = CitationNumbers({1: RULE})

    first = numbers.release(draft("A rider must have a light."))
    second = numbers.release(draft("A rider must have a bell.", "A rider must  have a light."))

    assert [citation.number for citation in first.citations] == [1]
    assert [citation.number for citation in second.citations] == [2, 1]
    assert [first.position, second.position] == [1, 2]


def test_a_citation_says_where_its_quote_begins_in_the_revision():
    sentence = CitationNumbers({1: RULE}).release(draft("A rider must have a light."))

    (citation,) = sentence.citations
    assert citation.start == RULE.start + RULE.text.index("A rider must have a light.")
    assert citation.heading == "Lending"
    assert citation.checked == RULE.checked


def test_sentences_are_counted_on_from_what_was_released_before():
    sentence = CitationNumbers({1: RULE}, released=3).release(draft("A rider must have a bell."))

    assert sentence.position == 4


def test_a_passage_that_was_never_given_cannot_be_cited():
    with pytest.raises(UnknownCitation, match="passage 2"):
        CitationNumbers({1: RULE}).release(draft("A rider must have a bell.", passage_id=2))


def test_a_citation_says_that_its_page_is_of_an_earlier_government():
    rule = make_passage("A rider must have a light.", is_historic=True)

    sentence = CitationNumbers({1: rule}).release(draft("A rider must have a light."))

    assert sentence.citations[0].is_historic
