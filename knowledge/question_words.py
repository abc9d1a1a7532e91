"""What a question's words find beside the ranking: what it names, what it means, what it dates.

These steps stand around `ranking.rank`, which knows nothing of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from knowledge.live_sets import LiveSet
from knowledge.named_passages import (
    NOTHING_NAMED,
    Named,
    find_named_passages,
    get_names,
    is_mentioned,
)
from knowledge.ranking import RankedHit, rank, repeat_asked
from knowledge.readers_words import find_terms
from knowledge.references import Reference, read_references, read_title_names
from knowledge.weighing import Weighed, put_newest_first, weigh

if TYPE_CHECKING:
    from llama_index.core.vector_stores.types import BasePydanticVectorStore

# What is named takes so much of the places, so that what explains it is found beside it.
NAMED_SHARE = 2 / 3
# In standard deviations, as the fused score: a heading or a title that is named may be the place
# where the answer stands, or only the case in which it is asked.
HEADED_BONUS = 1.5
# The first sixth of the places: there it has to stand, or it is put before all others.
FIRST_SHARE = 6


@dataclass(frozen=True, kw_only=True)
class AskedWords:
    """A question with what its words say."""

    question: str
    terms: tuple[str, ...] = ()
    named: Named = NOTHING_NAMED


@dataclass(frozen=True, kw_only=True)
class RankedPart:
    """One ranking; `pinned` of its hits stand first because the question names them."""

    hits: Sequence[RankedHit]
    limit: int
    pinned: frozenset[int] = frozenset()


def read_words(
    question: str, *, publication_id: int, published_at: datetime | None, live_set: LiveSet
) -> AskedWords:
    """Names are looked up only where there are any: they are read once a publication."""
    references, titles = read_references(question), read_title_names(question)
    named = NOTHING_NAMED
    if references or titles:
        names = get_names(publication_id, published_at, live_set)
        named = find_named_passages(references, titles, names)
    return AskedWords(question=question, terms=find_terms(question), named=named)


def rank_part(
    store: BasePydanticVectorStore,
    asked: AskedWords,
    vector: npt.ArrayLike,
    *,
    limit: int,
    kinds: Collection[str] | None,
    stale: Collection[int] = (),
) -> RankedPart:
    """Rank, leave out what is stale, and put first what is named, also if no search found it."""
    hits = [
        hit
        for hit in rank(store, asked.question, vector, kinds=kinds, terms=asked.terms)
        if hit.passage_id not in stale
    ]
    if not (asked.named.numbered or asked.named.headed):
        return RankedPart(hits=hits, limit=limit)
    named = {
        pk: hit
        for pk, hit in score_named(store, asked, vector, hits, kinds=kinds).items()
        if pk not in stale
    }
    first = [named[pk] for pk in asked.named.numbered if pk in named]
    headed = [hit for pk, hit in named.items() if pk not in asked.named.numbered]
    headed.sort(key=lambda hit: (-hit.score, -hit.dense, hit.passage_id))
    others = [hit for hit in hits if hit.passage_id not in named]
    if is_beaten(headed, others, limit):
        first += headed
        headed = []
    first = first[: max(1, int(limit * NAMED_SHARE))]
    pinned = frozenset(hit.passage_id for hit in first)
    rest = sorted([*headed, *others], key=lambda hit: (-hit.score, hit.passage_id))
    return RankedPart(hits=[*first, *rest], limit=limit, pinned=pinned)


def is_beaten(headed: Sequence[RankedHit], others: Sequence[RankedHit], limit: int) -> bool:
    """Would none of what is named by its heading stand among the first?"""
    place = min(limit, len(others)) // FIRST_SHARE
    return bool(headed and others) and headed[0].score < others[place].score


def score_named(
    store: BasePydanticVectorStore,
    asked: AskedWords,
    vector: npt.ArrayLike,
    hits: Sequence[RankedHit],
    *,
    kinds: Collection[str] | None,
) -> dict[int, RankedHit]:
    """All that the question names of these kinds; a heading that is named is worth a bonus."""
    named = asked.named
    wanted = {*named.numbered, *named.headed}
    ranked = {hit.passage_id: hit for hit in hits if hit.passage_id in wanted}
    # Where the search by meaning didn't find it, it has a likeness all the same.
    unscored = [pk for pk in wanted if pk not in ranked or not ranked[pk].dense]
    least = min((hit.score for hit in hits), default=0.0)
    for pk, hit in score_alone(store, asked, vector, unscored, kinds=kinds).items():
        ranked[pk] = replace(hit, score=ranked[pk].score if pk in ranked else least)
    return {
        pk: replace(hit, score=hit.score + HEADED_BONUS) if pk in named.headed else hit
        for pk, hit in ranked.items()
    }


def score_alone(
    store: BasePydanticVectorStore,
    asked: AskedWords,
    vector: npt.ArrayLike,
    passages: Collection[int],
    *,
    kinds: Collection[str] | None,
) -> dict[int, RankedHit]:
    """The likeness and the words of passages that were not among the best; without a place."""
    # Imported here because llama_index takes seconds, which no other command should wait for.
    from knowledge.passage_index import find_dense

    if not passages:
        return {}
    found = find_dense(store, vector, limit=len(passages), kinds=kinds, passage_ids=passages)
    lexical = score_words(store, asked.question, passages)
    return {
        hit.passage_id: RankedHit(
            passage_id=hit.passage_id,
            score=0.0,
            dense=hit.score,
            lexical=lexical.get(hit.passage_id, 0.0),
        )
        for hit in found
    }


def score_words(
    store: BasePydanticVectorStore, question: str, passages: Collection[int]
) -> dict[int, float]:
    """The score of the question's own words in each of the passages that has any."""
    from knowledge.passage_index import find_lexical

    text, times = repeat_asked(question)
    hits = find_lexical(store, text, limit=len(passages), passage_ids=passages)
    return {hit.passage_id: hit.score / times for hit in hits}


def order_found(
    found: Sequence[tuple[RankedHit, Mapping[str, Any]]],
    asked: AskedWords,
    pinned: Collection[int],
) -> list[tuple[RankedHit, Mapping[str, Any]]]:
    """Named first, then what mentions a name that nothing has, then by kind, date and score."""
    first = [each for each in found if each[0].passage_id in pinned]
    rest = [each for each in found if each[0].passage_id not in pinned]
    weighed = [_make_weighed(hit, row) for hit, row in rest]
    scores = weigh(asked.question, weighed)
    mentions = [mentions_any(asked.named.missing, row) for _, row in rest]
    order = sorted(range(len(rest)), key=lambda place: (not mentions[place], -scores[place]))
    order = put_newest_first(asked.question, weighed, order)
    return [*first, *(rest[place] for place in order)]


def mentions_any(references: Iterable[Reference], row: Mapping[str, Any]) -> bool:
    return any(is_mentioned(reference, _join_texts(row)) for reference in references)


def list_unknown(named: Named, rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """What is surely a reference, and neither names nor mentions any of the passages found."""
    return tuple(
        reference.written
        for reference in named.missing
        if not any(is_mentioned(reference, _join_texts(row)) for row in rows)
    )


def score_own_words(
    store: BasePydanticVectorStore, asked: AskedWords, hits: Sequence[RankedHit]
) -> list[RankedHit]:
    """With the score of the reader's own words: terms that we added are no evidence."""
    if not asked.terms or not hits:
        return list(hits)
    own = score_words(store, asked.question, [hit.passage_id for hit in hits])
    return [replace(hit, lexical=own.get(hit.passage_id, 0.0)) for hit in hits]


def _make_weighed(hit: RankedHit, row: Mapping[str, Any]) -> Weighed:
    return Weighed(
        score=hit.score,
        text=_join_texts(row),
        document_type=row["document_type"],
        is_historic=row["is_historic"],
        published=row["fact_on"] or (row["published_at"] and row["published_at"].date()),
    )


def _join_texts(row: Mapping[str, Any]) -> str:
    return "\n".join([row["title"], *row["heading_path"], row["text"]])
