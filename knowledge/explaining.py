"""Why a question finds what it finds: each candidate's scores, and what became of it.

By the search, the ranking and the settings of answers; nothing here is stored or logged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import numpy.typing as npt
from django.db.models import F
from django.utils.translation import gettext as _

from knowledge.live_sets import LiveSet
from knowledge.models import LivePeriod, Passage
from knowledge.ranking import RankedHit, rank
from knowledge.retrieval import (
    embed_question,
    find_publication,
    get_supports,
    open_store,
    read_rows,
    search,
)
from knowledge.supports import Supports
from knowledge.types import DocumentKind, DocumentStatus

SHOWN_LIMIT = 25


class Fate(StrEnum):
    """What became of a candidate."""

    FOUND = "found"
    NOT_LIVE = "not_live"
    STALE = "stale"
    BEYOND_LIMIT = "beyond_limit"


@dataclass(frozen=True, kw_only=True)
class ExplainedPassage:
    """A candidate with its scores. A rank of None: that search didn't find it."""

    passage_id: int
    revision_id: int
    document_id: int
    title: str
    heading_path: tuple[str, ...]
    text: str
    url: str
    language: str
    fate: Fate
    # In words for staff; empty when it was found.
    why: str
    rank: int
    score: float
    dense: float
    dense_rank: int | None
    lexical: float
    lexical_rank: int | None


@dataclass(frozen=True, kw_only=True)
class ExplainedPart:
    """One kind's ranking: its first candidates, and how many of each fate in all."""

    kind: DocumentKind
    limit: int
    passages: tuple[ExplainedPassage, ...]
    counts: Mapping[Fate, int]

    @property
    def candidates(self) -> int:
        return sum(self.counts.values())

    @property
    def not_shown(self) -> int:
        return self.candidates - len(self.passages)


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """All that a search looked at. The best scores are of the passages that were found."""

    question: str
    parts: tuple[ExplainedPart, ...] = ()
    publication_id: int | None = None
    published_at: datetime | None = None
    best_dense: float = 0.0
    best_lexical: float = 0.0


def explain(
    question: str,
    live_set: LiveSet,
    *,
    limits: Mapping[DocumentKind, int],
    vector: npt.ArrayLike | None = None,
    shown_limit: int = SHOWN_LIMIT,
) -> Explanation:
    """Search as `retrieve_each` does, and say of each candidate what became of it."""
    vector = embed_question(question) if vector is None else vector
    parts = [((kind,), limit) for kind, limit in limits.items()]
    retrieval = search(question, parts, live_set=live_set, vector=vector)
    opened = find_publication(live_set)
    if opened is None:
        return Explanation(question=question)
    publication, last_end = opened
    supports = get_supports(publication.pk, publication.published_at, last_end, live_set)
    store = open_store(publication)
    found = {passage.passage_id for passage in retrieval.passages}
    explained = []
    for kind, limit in limits.items():
        hits = rank(store, question, vector, kinds=(kind,))
        fates = decide_fates(hits, found=found, supports=supports, live_set=live_set)
        passages = describe_hits(hits, fates, live_set=live_set, shown_limit=shown_limit)
        counts = {fate: list(fates.values()).count(fate) for fate in Fate}
        explained.append(ExplainedPart(kind=kind, limit=limit, passages=passages, counts=counts))
    return Explanation(
        question=question,
        parts=tuple(explained),
        publication_id=retrieval.publication_id,
        published_at=retrieval.published_at,
        best_dense=retrieval.best_dense,
        best_lexical=retrieval.best_lexical,
    )


def decide_fates(
    hits: Sequence[RankedHit], *, found: set[int], supports: Supports, live_set: LiveSet
) -> dict[int, Fate]:
    """Say of each candidate what became of it, in the order of the ranking."""
    left = {hit.passage_id for hit in hits} - found
    live = read_rows(left, live_set).keys()

    def decide(passage_id: int) -> Fate:
        if passage_id in found:
            return Fate.FOUND
        if passage_id not in live:
            return Fate.NOT_LIVE
        return Fate.STALE if passage_id in supports.stale else Fate.BEYOND_LIMIT

    return {hit.passage_id: decide(hit.passage_id) for hit in hits}


def describe_hits(
    hits: Sequence[RankedHit],
    fates: Mapping[int, Fate],
    *,
    live_set: LiveSet,
    shown_limit: int,
) -> tuple[ExplainedPassage, ...]:
    places = {hit.passage_id: place for place, hit in enumerate(hits, start=1)}
    dense_ranks = rank_by({hit.passage_id: hit.dense for hit in hits})
    lexical_ranks = rank_by({hit.passage_id: hit.lexical for hit in hits})
    shown = hits[:shown_limit]
    rows = read_candidates([hit.passage_id for hit in shown])
    ends = read_ends([row["revision_id"] for row in rows.values()])
    return tuple(
        ExplainedPassage(
            passage_id=hit.passage_id,
            revision_id=row["revision_id"],
            document_id=row["document_id"],
            title=row["title"],
            heading_path=tuple(row["heading_path"]),
            text=row["text"],
            url=row["url"],
            language=row["language"],
            fate=fates[hit.passage_id],
            why=say_why(fates[hit.passage_id], row, ends.get(row["revision_id"]), live_set),
            rank=places[hit.passage_id],
            score=hit.score,
            dense=hit.dense,
            dense_rank=dense_ranks.get(hit.passage_id),
            lexical=hit.lexical,
            lexical_rank=lexical_ranks.get(hit.passage_id),
        )
        for hit in shown
        if (row := rows.get(hit.passage_id)) is not None
    )


def rank_by(scores: Mapping[int, float]) -> dict[int, int]:
    """The places by one score, of those that have one."""
    having = sorted((-score, passage) for passage, score in scores.items() if score)
    return {passage: place for place, (_score, passage) in enumerate(having, start=1)}


def read_candidates(passage_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The candidates' rows, whether they are live or not."""
    rows = Passage.objects.filter(pk__in=passage_ids).values(
        "pk",
        "revision_id",
        "text",
        "url",
        "heading_path",
        title=F("revision__title"),
        document_id=F("revision__document_id"),
        language=F("revision__document__locale"),
        status=F("revision__document__status"),
        status_since=F("revision__document__status_since"),
    )
    return {row["pk"]: dict(row) for row in rows}


def read_ends(revision_ids: Sequence[int]) -> dict[int, datetime | None]:
    """For each revision that was ever live: when it last ceased to be, None while it is."""
    periods = LivePeriod.objects.filter(revision_id__in=revision_ids).order_by("live_from")
    return dict(periods.values_list("revision_id", "live_until"))


def say_why(fate: Fate, row: Mapping[str, Any], ended: datetime | None, live_set: LiveSet) -> str:
    if fate is Fate.STALE:
        return _("The official words that this briefing rests on have changed since.")
    if fate is Fate.BEYOND_LIMIT:
        return _("Others were nearer to the question.")
    if fate is Fate.FOUND:
        return ""
    if live_set.at is not None:
        return _("It was not live on that day.")
    if row["status"] != DocumentStatus.LIVE:
        return _("Its page was taken out of use on %(day)s.") % {
            "day": name_day(row["status_since"])
        }
    if live_set.candidate is not None:
        return _("It is not part of this publication.")
    if ended is not None:
        return _("It was replaced on %(day)s.") % {"day": name_day(ended)}
    return _("It is not live.")


def name_day(moment: datetime | None) -> str:
    return moment.date().isoformat() if moment else _("a day that we don't know")
