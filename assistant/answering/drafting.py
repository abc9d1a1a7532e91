"""The search and the extractive draft of one question, or of each of its parts.

Blocking: the pipeline runs all of it beside the event loop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.answering import clarifying, composing
from assistant.answering.choosing import is_count_missing, lacks_what_is_asked
from assistant.answering.evidence import (
    Knowledge,
    Vector,
    embed_remembered,
    get_weigher,
    make_look_up,
)
from assistant.answering.parts import get_search, join_parts
from assistant.answering.quoting import Similarity, find_named
from assistant.answering.sufficiency import has_evidence
from assistant.answering.weighing import Weigher
from knowledge.retrieval import RetiredDocument, Retrieval
from knowledge.types import DocumentKind, RankedPassage

BRIEFINGS_LIMIT = 12
OFFICIAL_LIMIT = 12
# So many passages of each kind a language model is given.
GIVEN_LIMITS = {DocumentKind.BRIEFING: 4, DocumentKind.OFFICIAL: 6}
# How much nearer than what is live a retired page must be to be worth a word: a page that replaced
# it says nearly the same.
RETIRED_MARGIN = 0.02


@dataclass(frozen=True)
class State:
    """Which texts are asked: the live ones, those of a day, or a publication that is tried."""

    knowledge: Knowledge
    as_of: date | None = None
    candidate: int | None = None

    def get_weigher(self, retrieval: Retrieval) -> Weigher:
        return get_weigher(
            self.knowledge,
            as_of=self.as_of,
            live_since=retrieval.live_since,
            candidate=self.candidate,
        )


def search_both_kinds(question: str, state: State, *, vector: Vector | None = None) -> Retrieval:
    """Find briefings and official words, each in their own ranking."""
    return state.knowledge.retrieve_each(
        question,
        limits={
            DocumentKind.BRIEFING: BRIEFINGS_LIMIT,
            DocumentKind.OFFICIAL: OFFICIAL_LIMIT,
        },
        as_of=state.as_of,
        candidate=state.candidate,
        vector=state.knowledge.embed_question(question) if vector is None else vector,
    )


def write_parts(
    parts: Sequence[str],
    retrieval: Retrieval,
    state: State,
    *,
    sentence_limit: int,
    vector: Vector | None = None,
) -> composing.Draft:
    """Draft an answer to each part of a question; a part is searched for by itself."""
    if len(parts) == 1:
        return write(parts[0], retrieval, state, sentence_limit=sentence_limit, vector=vector)
    drafts = []
    for part in parts:
        search = get_search(part, parts)
        own = search_both_kinds(search, state)
        draft = write(search, own, state, sentence_limit=sentence_limit // len(parts))
        drafts.append((part, draft))
    return join_parts(drafts, state.get_weigher(retrieval))


def write(
    question: str,
    retrieval: Retrieval,
    state: State,
    *,
    sentence_limit: int,
    vector: Vector | None = None,
) -> composing.Draft:
    """Draft what the evidence says; nothing if it is too weak."""
    knowledge = state.knowledge
    if not speaks_to(question, retrieval, knowledge):
        return composing.Draft()
    asked = knowledge.embed_question(question) if vector is None else vector
    weigher = state.get_weigher(retrieval)
    fits = weigher.rank(question, asked)
    official = [each for each in retrieval.passages if each.kind is DocumentKind.OFFICIAL]
    if not find_named(question, official) and lacks_what_is_asked(
        question, official, fits, weigher=weigher
    ):
        return composing.Draft()
    draft = composing.compose(
        question,
        retrieval.passages,
        fits,
        weigher=weigher,
        similarity=make_similarity(asked, knowledge),
        look_up=make_look_up(knowledge, state.as_of, retrieval.live_since, state.candidate),
        sentence_limit=sentence_limit,
    )
    if is_count_missing(question, [each.text for each in draft.sentences], fits):
        return composing.Draft()
    return draft


def make_similarity(asked: Vector, knowledge: Knowledge) -> Similarity:
    """Return what says how like the question texts are, or how like another text."""

    def measure(texts: Sequence[str], *, to: str | None = None) -> Sequence[float]:
        other = asked if to is None else embed_remembered([to], knowledge)[0]
        likenesses: list[float] = (embed_remembered(texts, knowledge) @ other).tolist()
        return likenesses

    return measure


def speaks_to(question: str, retrieval: Retrieval, knowledge: Knowledge) -> bool:
    """Say whether what was found is named by the question, or near enough to it."""
    return bool(find_named(question, retrieval.passages)) or has_evidence(
        question, retrieval, knowledge
    )


def choose_given(question: str, retrieval: Retrieval, knowledge: Knowledge) -> list[RankedPassage]:
    """Return the passages that a language model may write from; none if the evidence is weak."""
    if not speaks_to(question, retrieval, knowledge):
        return []
    return [
        passage
        for kind, limit in GIVEN_LIMITS.items()
        for passage in [each for each in retrieval.passages if each.kind is kind][:limit]
    ]


def find_split(
    question: str, retrieval: Retrieval, state: State, vector: Vector | None
) -> tuple[str, ...]:
    """The questions that a word or two may stand for, if the evidence is on several subjects."""
    if find_named(question, retrieval.passages):
        # 'STP 3.1' stands for one thing.
        return ()
    asked = state.knowledge.embed_question(question) if vector is None else vector
    return clarifying.find_split(question, state.get_weigher(retrieval).rank(question, asked))


def find_nearer_retired(
    question: str, retrieval: Retrieval, knowledge: Knowledge
) -> RetiredDocument | None:
    """The page that would have answered, had it not been retired."""
    retired = knowledge.find_retired(
        question, live_since=retrieval.live_since, vector=knowledge.embed_question(question)
    )
    if retired is None or retired.likeness < retrieval.best_dense + RETIRED_MARGIN:
        return None
    return retired
