"""One ranking from two searches: dense finds what is meant, lexical finds what is said.

`retrieve` and the measuring of retrieval rank by this code and these settings alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from knowledge.asking import find_asking_clauses
from knowledge.embedding import embed_question

if TYPE_CHECKING:
    from llama_index.core.vector_stores.types import BasePydanticVectorStore


@dataclass(frozen=True, kw_only=True)
class RetrievalSettings:
    """How two rankings become one. Measured on two sets; docs/evaluation.md has the grid.

    The scores of each search are counted in standard deviations from the mean of its candidates,
    then weighed. What the text asks at its end counts beside the whole of it. What a document's
    best passage earned is shared with its other passages, because answers cluster on the page
    that is about the question.
    """

    candidates: int = 200
    dense_weight: float = 0.55
    # Of the embedding of what is asked, beside that of the whole text.
    asked_weight: float = 0.3
    document_share: float = 0.3


RETRIEVAL = RetrievalSettings()
# Less than this is rounding, not a difference.
LEAST_SPREAD = 1e-9


@dataclass(frozen=True)
class Scored:
    """What one search found. `score` ranks; `shown` is the cosine or the BM25 that is reported."""

    passage_id: int
    document_id: int
    score: float
    shown: float


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
    terms: Sequence[str] = (),
    settings: RetrievalSettings = RETRIEVAL,
) -> list[RankedHit]:
    """Search both ways and fuse; best first. `vector` is the embedding of the whole question.

    `terms` are searched for beside the question's words, by words alone.
    """
    dense = search_dense(store, question, vector, kinds=kinds, settings=settings)
    lexical = search_lexical(store, question, kinds=kinds, terms=terms, settings=settings)
    return fuse(dense, lexical, weight=settings.dense_weight, share=settings.document_share)[
        :limit
    ]


def search_dense(
    store: BasePydanticVectorStore,
    question: str,
    vector: npt.ArrayLike,
    *,
    kinds: Collection[str] | None,
    settings: RetrievalSettings,
) -> list[Scored]:
    """The nearest in meaning to the question and what it asks; each with its cosine to the
    question."""
    # Imported here because llama_index takes seconds, which no other command should wait for.
    from knowledge.passage_index import find_dense

    asked = find_asking_clauses(question)
    if asked == question:
        hits = find_dense(store, vector, limit=settings.candidates, kinds=kinds)
        return [Scored(hit.passage_id, hit.document_id, hit.score, hit.score) for hit in hits]
    both = np.asarray(vector) + settings.asked_weight * embed_question(asked)
    hits = find_dense(store, both, limit=settings.candidates, kinds=kinds)
    found = [hit.passage_id for hit in hits]
    cosines = {
        hit.passage_id: hit.score
        for hit in find_dense(store, vector, limit=len(found), passage_ids=found)
    }
    return [
        Scored(hit.passage_id, hit.document_id, hit.score, cosines[hit.passage_id]) for hit in hits
    ]


def search_lexical(
    store: BasePydanticVectorStore,
    question: str,
    *,
    kinds: Collection[str] | None,
    terms: Sequence[str] = (),
    settings: RetrievalSettings,
) -> list[Scored]:
    """What shares words with the question; a word of what it asks counts twice."""
    from knowledge.passage_index import find_lexical

    text, times = repeat_asked(question)
    text = " ".join([text, *terms])
    hits = find_lexical(store, text, limit=settings.candidates, kinds=kinds)
    # Scores of long and of short questions stay comparable.
    return [Scored(hit.passage_id, hit.document_id, hit.score, hit.score / times) for hit in hits]


def repeat_asked(question: str) -> tuple[str, int]:
    """The words to search for, and how often those of what is asked stand among them."""
    asked = find_asking_clauses(question)
    return (question, 1) if asked == question else (f"{question} {asked}", 2)


def fuse(
    dense: Sequence[Scored], lexical: Sequence[Scored], *, weight: float, share: float
) -> list[RankedHit]:
    """Weigh the standardised scores, then share each document's best."""
    dense_parts, lexical_parts = standardise(dense), standardise(lexical)
    dense_least = min(dense_parts.values(), default=0.0)
    lexical_least = min(lexical_parts.values(), default=0.0)
    documents = {hit.passage_id: hit.document_id for hit in (*dense, *lexical)}
    fused = {
        passage: weight * dense_parts.get(passage, dense_least)
        + (1 - weight) * lexical_parts.get(passage, lexical_least)
        for passage in documents
    }
    best: dict[int, float] = {}
    for passage, score in fused.items():
        best[documents[passage]] = max(score, best.get(documents[passage], score))
    dense_shown = {hit.passage_id: hit.shown for hit in dense}
    lexical_shown = {hit.passage_id: hit.shown for hit in lexical}
    ranked = [
        RankedHit(
            passage_id=passage,
            score=(1 - share) * score + share * best[documents[passage]],
            dense=dense_shown.get(passage, 0.0),
            lexical=lexical_shown.get(passage, 0.0),
        )
        for passage, score in fused.items()
    ]
    return sorted(ranked, key=lambda hit: (-hit.score, hit.passage_id))


def standardise(hits: Sequence[Scored]) -> dict[int, float]:
    """Count each score in standard deviations from the mean; where all are equal, each is 0."""
    if not hits:
        return {}
    scores = np.array([hit.score for hit in hits])
    spread = float(scores.std())
    if spread < LEAST_SPREAD:
        return {hit.passage_id: 0.0 for hit in hits}
    parts = (scores - scores.mean()) / spread
    return dict(zip((hit.passage_id for hit in hits), parts.tolist(), strict=True))
