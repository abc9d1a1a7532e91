"""Does each sentence stand in the words that it cites? What doesn't is never sent.

Nothing here trusts how a sentence was composed: the passages are looked up again and compared.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

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


def find_fault(sentence: DraftSentence, passages: Mapping[int, RankedPassage]) -> Fault | None:
    """Return the first reason not to send the sentence, or None."""
    if not sentence.text.strip():
        return Fault.EMPTY
    if sentence.label is Label.NOTICE:
        return None
    if not sentence.quotes:
        return Fault.NO_CITATION
    kind = DocumentKind(sentence.label.value)
    for quote in sentence.quotes:
        passage = passages.get(quote.passage_id)
        if passage is None:
            return Fault.UNKNOWN_PASSAGE
        if passage.kind is not kind:
            return Fault.WRONG_KIND
        if not stands_in(quote.text, passage):
            return Fault.MISQUOTE
    is_held = stands_in_a_quote if sentence.label is Label.BRIEFING else says_only_its_quotes
    return None if is_held(sentence) else Fault.UNQUOTED_WORDS


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
