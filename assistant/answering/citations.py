"""Turns the quotes of verified sentences into numbered citations.

Numbers run from 1 in the order of first use; the same words of the same passage keep theirs.
"""

from __future__ import annotations

from collections.abc import Mapping

from assistant.answering.sentences import fold_space
from assistant.answering.types import Citation, DraftSentence, Quote, Sentence
from knowledge.types import RankedPassage


class UnknownCitation(Exception):
    """A quote names a passage that was never given."""


class CitationNumbers:
    """The citations of one answer so far."""

    def __init__(self, passages: Mapping[int, RankedPassage], *, released: int = 0) -> None:
        self._passages = passages
        self._given: dict[tuple[int, str], Citation] = {}
        # How many sentences the reader has got already.
        self.released = released

    def release(self, draft: DraftSentence) -> Sentence:
        """Number a sentence that was verified."""
        citations = tuple(dict.fromkeys(self._cite(quote) for quote in draft.quotes))
        self.released += 1
        return Sentence(
            position=self.released,
            text=draft.text,
            label=draft.label.value,
            citations=citations,
        )

    def _cite(self, quote: Quote) -> Citation:
        passage = self._passages.get(quote.passage_id)
        if passage is None:
            raise UnknownCitation(
                f"passage {quote.passage_id} cites nothing: it is not one of "
                f"the {len(self._passages)} passages given"
            )
        # The revision, not the passage: two passages of a list have the same introduction.
        key = (passage.revision_id, fold_space(quote.text))
        if key not in self._given:
            self._given[key] = build_citation(len(self._given) + 1, quote, passage)
        return self._given[key]


def build_citation(number: int, quote: Quote, passage: RankedPassage) -> Citation:
    return Citation(
        number=number,
        kind=passage.kind,
        title=passage.title,
        heading=" > ".join(passage.heading_path),
        publisher=passage.publisher,
        url=passage.url,
        quote=quote.text,
        published=passage.published,
        checked=passage.checked,
        licence=passage.licence,
        document_id=passage.document_id,
        revision_id=passage.revision_id,
        passage_id=passage.passage_id,
        start=passage.start + max(passage.text.find(quote.text), 0),
        supports=passage.supports,
        is_historic=passage.is_historic,
    )
