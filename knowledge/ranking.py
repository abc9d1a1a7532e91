"""One ranking from two searches: dense finds what is meant, lexical finds what is said.

`retrieve` and the measuring of retrieval rank by this code and these settings alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy.typing as npt

if TYPE_CHECKING:
    from llama_index.core.vector_stores.types import BasePydanticVectorStore

    from knowledge.passage_index import Hit


@dataclass(frozen=True, kw_only=True)
class RetrievalSettings:
    """How two rankings become one. Measured on two sets; docs/evaluation.md has the grid.

    The scores of each search are stretched to 0…1 over its candidates, then weighed. Short
    questions gain from exact words, long stories are carried by their meaning: so the weight of
    the dense score grows with the length. What a document's best passage earned is shared with
    its other passages, because answers cluster on the page that is about the question.

    nDCG@10 on 400 long scenarios, recall@5 on 706 short questions:
    weight 0.5 alone 0.602, 0.908; 0.7 alone 0.623, 0.892; 0.5 to 0.7 by length 0.622, 0.901;
    the last with a share of 0.2: 0.649, 0.901; of 0.3, as here: 0.659, 0.901.
    """

    candidates: int = 200
    weight_short: float = 0.5
    weight_long: float = 0.7
    words_short: int = 20
    words_long: int = 50
    document_share: float = 0.3

    def weigh_dense(self, text: str) -> float:
        """The dense score's share for a question of this length."""
        words = len(text.split())
        part = (words - self.words_short) / (self.words_long - self.words_short)
        return self.weight_short + (self.weight_long - self.weight_short) * min(1, max(0, part))


RETRIEVAL = RetrievalSettings()


@dataclass(frozen=True, kw_only=True)
class RankedHit:
    """A candidate's place. `dense` and `lexical` are 0 where that search didn't find it."""

    passage_id: int
    score: float
    dense: float
    lexical: float


def rank(
    store: BasePydanticVectorStore,
    question: str,
    vector: npt.ArrayLike,
    *,
    limit: int | None = None,
    kinds: Collection[str] | None = None,
    settings: RetrievalSettings = RETRIEVAL,
) -> list[RankedHit]:
    """Search both ways and fuse; best first."""
    # Imported here because llama_index takes seconds, which no other command should wait for.
    from knowledge.passage_index import find_dense, find_lexical

    dense = find_dense(store, vector, limit=settings.candidates, kinds=kinds)
    lexical = find_lexical(store, question, limit=settings.candidates, kinds=kinds)
    weight = settings.weigh_dense(question)
    return fuse(dense, lexical, weight=weight, share=settings.document_share)[:limit]


def fuse(
    dense: Sequence[Hit], lexical: Sequence[Hit], *, weight: float, share: float
) -> list[RankedHit]:
    """Min-max fusion, then the share of each document's best passage."""
    dense_parts, lexical_parts = stretch(dense), stretch(lexical)
    documents = {hit.passage_id: hit.document_id for hit in (*dense, *lexical)}
    fused = {
        passage: weight * dense_parts.get(passage, 0)
        + (1 - weight) * lexical_parts.get(passage, 0)
        for passage in documents
    }
    best: dict[int, float] = {}
    for passage, score in fused.items():
        best[documents[passage]] = max(score, best.get(documents[passage], 0))
    dense_scores = {hit.passage_id: hit.score for hit in dense}
    lexical_scores = {hit.passage_id: hit.score for hit in lexical}
    ranked = [
        RankedHit(
            passage_id=passage,
            score=(1 - share) * score + share * best[documents[passage]],
            dense=dense_scores.get(passage, 0.0),
            lexical=lexical_scores.get(passage, 0.0),
        )
        for passage, score in fused.items()
    ]
    return sorted(ranked, key=lambda hit: (-hit.score, hit.passage_id))


def stretch(hits: Sequence[Hit]) -> dict[int, float]:
    """Map the scores to 0…1 over the candidates; candidates that are all equal get 1."""
    if not hits:
        return {}
    highest = max(hit.score for hit in hits)
    lowest = min(hit.score for hit in hits)
    reach = highest - lowest
    return {hit.passage_id: (hit.score - lowest) / reach if reach else 1.0 for hit in hits}
