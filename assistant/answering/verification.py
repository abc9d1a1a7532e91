"""Does each sentence stand in the words that it cites? What doesn't is never sent.

Nothing here trusts how a sentence was composed: the passages are looked up again and compared.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from assistant.answering.claims.checking import ClaimFault, find_claim_fault
from assistant.answering.claims.form import is_plain_sentence
from assistant.answering.claims.links import code_links
from assistant.answering.claims.sources import Source, make_source
from assistant.answering.reliances import Reliance, find_reliance
from assistant.answering.sentences import fold_space
from assistant.answering.types import DraftSentence, Label
from knowledge.types import DocumentKind, RankedPassage

# What may stand between two quotes of one sentence: something was left out there.
ELLIPSIS = "…"


class Fault(StrEnum):
    """Why a sentence is not sent."""

    EMPTY = "it says nothing"
    NO_CITATION = "it cites nothing"
    UNKNOWN_PASSAGE = "it cites a passage that was not given"
    MISQUOTE = "a quote does not stand in its passage"
    WRONG_KIND = "it cites the wrong kind of document"
    UNQUOTED_WORDS = "it says more than its quotes"
    # Of a sentence that a language model wrote.
    NOT_A_SENTENCE = "it is not one plain sentence that stands alone"


def find_fault(
    sentence: DraftSentence, passages: Mapping[int, RankedPassage]
) -> Fault | ClaimFault | None:
    """Return the first reason not to send the sentence, or None."""
    if not sentence.text.strip():
        return Fault.EMPTY
    if sentence.label is Label.NOTICE:
        return None
    if not sentence.quotes:
        return Fault.NO_CITATION
    is_model = sentence.label is Label.MODEL
    for quote in sentence.quotes:
        passage = passages.get(quote.passage_id)
        if passage is None:
            return Fault.UNKNOWN_PASSAGE
        if not is_model and passage.kind is not DocumentKind(sentence.label.value):
            return Fault.WRONG_KIND
        if not stands_in(quote.text, passage):
            return Fault.MISQUOTE
    if is_model:
        return find_fault_of_model(sentence, passages)
    is_held = stands_in_a_quote if sentence.label is Label.BRIEFING else says_only_its_quotes
    return None if is_held(sentence) else Fault.UNQUOTED_WORDS


def find_fault_of_model(
    sentence: DraftSentence, passages: Mapping[int, RankedPassage]
) -> Fault | ClaimFault | None:
    """Compare the sentence with the whole sentences around its quotes, read afresh."""
    relied_on = " ".join(quote.text for quote in sentence.quotes)
    if not is_plain_sentence(code_links(sentence.text), source=code_links(relied_on)):
        return Fault.NOT_A_SENTENCE
    reliances = [
        find_reliance(quote.text, passages[quote.passage_id]) for quote in sentence.quotes
    ]
    introduces = {part for each in reliances if each for part in each.lead_ins}
    sources: list[Source] = []
    for quote, reliance in zip(sentence.quotes, reliances, strict=True):
        if quote.text in introduces or quote.text in passages[quote.passage_id].lead_ins:
            continue
        if reliance is None:
            return Fault.MISQUOTE
        sources += reliance.sources
    sources += join_items(sentence, reliances, passages)
    return find_claim_fault(sentence.text, sources)


def join_items(
    sentence: DraftSentence,
    reliances: Sequence[Reliance | None],
    passages: Mapping[int, RankedPassage],
) -> list[Source]:
    """Read several items of one list together, after what introduces them."""
    items: dict[tuple[int, tuple[str, ...]], list[str]] = {}
    for quote, reliance in zip(sentence.quotes, reliances, strict=True):
        if reliance and reliance.lead_ins and quote.text not in reliance.lead_ins:
            items.setdefault((quote.passage_id, reliance.lead_ins), []).append(quote.text)
    return [
        make_source(
            " ".join((*lead_ins, *texts)),
            headings=(passages[passage_id].title, *passages[passage_id].heading_path),
        )
        for (passage_id, lead_ins), texts in items.items()
        if len(texts) > 1
    ]


def stands_in(quote: str, passage: RankedPassage) -> bool:
    """Say whether the quote stands verbatim in the passage, or in one of its lead-ins."""
    words = fold_space(quote)
    return bool(words) and any(
        _holds_whole_words(fold_space(text), words) for text in (passage.text, *passage.lead_ins)
    )


def stands_in_a_quote(sentence: DraftSentence) -> bool:
    """Say whether the sentence is part of one of its quotes.

    The sentences of a briefing quote its whole paragraph, so that they share one citation.
    """
    words = fold_space(sentence.text)
    return any(_holds_whole_words(fold_space(quote.text), words) for quote in sentence.quotes)


def says_only_its_quotes(sentence: DraftSentence) -> bool:
    """Say whether the sentence is nothing but its quotes, in order, with marks of omission."""
    rest = fold_space(sentence.text)
    for quote in sentence.quotes:
        before, found, rest = rest.partition(fold_space(quote.text))
        if not found or before.strip(f" {ELLIPSIS}"):
            return False
    return not rest.strip(f" {ELLIPSIS}")


def _holds_whole_words(text: str, words: str) -> bool:
    # 'legal' must not be quoted out of 'illegal'.
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) is not None
