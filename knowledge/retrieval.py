"""What the assistant asks the knowledge: which live passages are about this question?

The index only proposes. What is live is decided by the tables at the moment of the question, so
a leftover vector is never shown and a new publication counts at once, in every process.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy.typing as npt
from django.conf import settings
from django.db.models import F, Min, Q, QuerySet, Subquery
from django.utils import timezone

from knowledge.briefing_page import find_briefing as find_briefing
from knowledge.embedding import embed_question as embed_question
from knowledge.embedding import load_library
from knowledge.indexing import ensure_index
from knowledge.kept_embeddings import embed_texts as embed_texts
from knowledge.kept_embeddings import keeping_embeddings as keeping_embeddings
from knowledge.lexical import split_words as split_words
from knowledge.live_sets import NOW as NOW
from knowledge.live_sets import LiveSet, is_in
from knowledge.models import LivePeriod, Passage, Publication, Revision
from knowledge.passage_context import PassageInContext as PassageInContext
from knowledge.passage_context import find_passage_in_context as find_passage_in_context
from knowledge.passage_texts import get_embedded_text as get_embedded_text
from knowledge.question_words import (
    AskedWords,
    RankedPart,
    list_unknown,
    order_found,
    rank_part,
    read_words,
    score_own_words,
)
from knowledge.quote_changes import QuoteChange as QuoteChange
from knowledge.quote_changes import QuotedWords as QuotedWords
from knowledge.quote_changes import find_changes as find_changes_with
from knowledge.ranking import RankedHit
from knowledge.readers_words import is_readers_word
from knowledge.references import list_keys as list_keys
from knowledge.references import read_references as read_references
from knowledge.retired import RetiredDocument as RetiredDocument
from knowledge.retired import find_retired as find_retired
from knowledge.segments import IndexUnusable
from knowledge.spelling import Speller, is_english
from knowledge.supports import Supports, resolve_supports
from knowledge.types import DocumentKind, NumberedSpan, RankedPassage
from knowledge.vocabulary import count_live_words, read_plain_words

if TYPE_CHECKING:
    from knowledge.passage_index import LocalPassageStore

# Hits with their rows.
Found = Sequence[tuple[RankedHit, Mapping[str, Any]]]

# Read beyond what is asked for, in one query, because some may no longer be live.
SPARE_ROWS = 8

_rebuilding = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class Retrieval:
    """The passages for a question, best first, and the publication that they were live in.

    `best_dense` and `best_lexical` are the highest of these passages: how near the evidence is.
    """

    passages: tuple[RankedPassage, ...] = ()
    publication_id: int | None = None
    published_at: datetime | None = None
    best_dense: float = 0.0
    best_lexical: float = 0.0
    # When what is live last changed; the same moment and question find the same passages.
    live_since: datetime | None = None
    # What the question names ('UEATS 2.3') that we hold, and what it surely names and we don't.
    references: tuple[str, ...] = ()
    unknown_references: tuple[str, ...] = ()
    # Which of the passages it names, by their number or by a heading, a title or a way to ask.
    named_passages: frozenset[int] = frozenset()
    # Terms of the documents that were searched for beside the reader's words.
    official_terms: tuple[str, ...] = ()


def retrieve(
    question: str,
    *,
    limit: int = 12,
    as_of: date | None = None,
    candidate: int | None = None,
    vector: npt.ArrayLike | None = None,
    kinds: Collection[DocumentKind] | None = None,
) -> Retrieval:
    """Find the passages live now, or at the end of the day `as_of`, that are about the question.

    `candidate` is a publication that is not live, to be tried. `vector` is the question's
    embedding, where the caller has it already.
    """
    live_set = LiveSet(get_moment(as_of, now=timezone.now()), candidate)
    return search(question, [(kinds, limit)], live_set=live_set, vector=vector)


def retrieve_each(
    question: str,
    *,
    limits: Mapping[DocumentKind, int],
    as_of: date | None = None,
    candidate: int | None = None,
    vector: npt.ArrayLike | None = None,
) -> Retrieval:
    """Find so many passages of each kind, ranked apart, so that neither crowds out the other."""
    parts = [((kind,), limit) for kind, limit in limits.items()]
    live_set = LiveSet(get_moment(as_of, now=timezone.now()), candidate)
    return search(question, parts, live_set=live_set, vector=vector)


def search(
    question: str,
    parts: Sequence[tuple[Collection[DocumentKind] | None, int]],
    *,
    live_set: LiveSet,
    vector: npt.ArrayLike | None,
) -> Retrieval:
    """Rank each part on its own, and read all their rows at once."""
    found = find_publication(live_set)
    if found is None:
        return Retrieval()
    publication, last_end = found
    supports = get_supports(publication.pk, publication.published_at, last_end, live_set)
    store = open_store(publication)
    vector = embed_question(question) if vector is None else vector
    asked = read_words(
        question,
        publication_id=publication.pk,
        published_at=publication.published_at,
        live_set=live_set,
    )
    ranked = [
        rank_part(store, asked, vector, limit=limit, kinds=kinds, stale=supports.stale)
        for kinds, limit in parts
    ]
    live = [score_own(store, asked, part) for part in join_live(ranked, asked, live_set=live_set)]
    passages = tuple(
        passage
        for part in live
        for passage in make_ranked(part, live_set=live_set, supports=supports)
    )
    return Retrieval(
        passages=passages,
        publication_id=publication.pk,
        published_at=publication.published_at,
        best_dense=max((passage.dense for passage in passages), default=0.0),
        best_lexical=max((passage.lexical for passage in passages), default=0.0),
        live_since=max(filter(None, (publication.published_at, last_end)), default=None),
        references=asked.named.found,
        unknown_references=list_unknown(asked.named, [row for part in live for _, row in part]),
        named_passages=asked.named.ids & {passage.passage_id for passage in passages},
        official_terms=asked.terms,
    )


def list_briefings(
    *, as_of: date | None = None, candidate: int | None = None
) -> tuple[RankedPassage, ...]:
    """Every paragraph of the live briefings in English, as far as what it rests on still stands.

    None of them is ranked: whoever asks weighs all of them.
    """
    live_set = LiveSet(get_moment(as_of, now=timezone.now()), candidate)
    found = find_publication(live_set)
    if found is None:
        return ()
    publication, last_end = found
    supports = get_supports(publication.pk, publication.published_at, last_end, live_set)
    ids = Passage.objects.filter(
        is_in(live_set), revision__document__kind=DocumentKind.BRIEFING
    ).values_list("pk", flat=True)
    rows = read_rows([pk for pk in ids if pk not in supports.stale], live_set)
    unranked = [
        (RankedHit(passage_id=pk, score=0.0, dense=0.0, lexical=0.0), rows[pk])
        for pk in sorted(rows)
    ]
    return tuple(make_ranked(unranked, live_set=live_set, supports=supports))


def get_plain_words() -> frozenset[str]:
    """The ordinary words of the live texts: what is not among them may be somebody's name."""
    found = find_publication(NOW)
    return read_plain_words(found[0].pk) if found else frozenset()


def mend_question(text: str) -> str:
    """The question with its misspelt words mended, for the search and its embedding."""
    found = find_publication(NOW)
    return get_speller(found[0], found[0].published_at).mend(text).text if found else text


@lru_cache(maxsize=1)
def get_speller(publication: Publication, published_at: datetime | None) -> Speller:
    """It knows the words of the live texts, so it is made once a publication."""
    store = open_store(publication)

    def is_known(word: str) -> bool:
        stems = split_words(word)
        return not stems or is_english(word) or store.has_word(stems[0]) or is_readers_word(word)

    return Speller(is_known, partial(count_live_words, publication.pk, published_at))


def find_changes(quotes: Iterable[QuotedWords]) -> dict[QuotedWords, QuoteChange]:
    """What became of quoted words that no longer stand; those that do are not in it."""
    asked = tuple(quotes)
    found = find_publication(NOW) if asked else None
    if found is None:
        return {}
    publication, last_end = found
    supports = get_supports(publication.pk, publication.published_at, last_end, NOW)
    return find_changes_with(asked, supports)


def get_revision_text(revision_id: int) -> str:
    """The whole text of a revision, in which the places of citations count."""
    return Revision.objects.values_list("text", flat=True).get(pk=revision_id)


def get_moment(as_of: date | None, *, now: datetime) -> datetime | None:
    """The last moment of the day, in UTC; None, which is now, for today and later."""
    if as_of is None or as_of >= now.date():
        return None
    return datetime.combine(as_of, time.max, tzinfo=UTC)


def find_publication(live_set: LiveSet) -> tuple[Publication, datetime | None] | None:
    """Return the one whose index holds the set, and when words last ceased to be live.

    One query a question: so a new publication, or a withdrawn page, counts without a restart.
    """
    ends = LivePeriod.objects.filter(live_until__isnull=False).order_by("-live_until")
    publications = Publication.objects.filter(published_at__isnull=False)
    if live_set.candidate is not None:
        publications = Publication.objects.filter(pk=live_set.candidate)
    elif live_set.at is not None:
        publications = publications.filter(published_at__lte=live_set.at)
    newest = (
        publications.annotate(last_end=Subquery(ends.values("live_until")[:1]))
        .order_by("-published_at", "-pk")
        # The gate's report holds every gold answer.
        .defer("gate")
        .first()
    )
    return (newest, newest.last_end) if newest else None


def find_first_day() -> date | None:
    """The first day of which something can be said: when the first publication went live."""
    first = Publication.objects.aggregate(first=Min("published_at"))["first"]
    return first.date() if first else None


@lru_cache(maxsize=16)
def get_supports(
    publication_id: int,
    published_at: datetime | None,
    last_end: datetime | None,
    live_set: LiveSet,
) -> Supports:
    """What briefings rest on changes with a publication or when words end, so seldom."""
    return resolve_supports(live_set)


def open_store(publication: Publication) -> LocalPassageStore:
    """Open the publication's index; a missing or damaged one is made again, once."""
    # Imported here because llama_index takes seconds: commands that ask nothing don't wait for it.
    load_library()
    from knowledge.passage_index import open_passage_store

    root = Path(settings.KNOWLEDGE_INDEX_DIR)
    try:
        return open_passage_store(root / (publication.index_directory or "none"))
    except IndexUnusable:
        with _rebuilding:
            return open_passage_store(ensure_index(publication))


def join_live(
    ranked: Sequence[RankedPart], asked: AskedWords, *, live_set: LiveSet
) -> Iterator[Found]:
    """Join so many hits of each ranking with the tables; those not live are dropped."""
    ids = {hit.passage_id for part in ranked for hit in part.hits[: part.limit + SPARE_ROWS]}
    rows = read_rows(ids, live_set)
    for part in ranked:
        hits = part.hits
        live = [hit for hit in hits if hit.passage_id in rows]
        if len(live) < min(part.limit, len(hits)):
            # More are no longer live than were read to spare, so look at all.
            rows |= read_rows({hit.passage_id for hit in hits} - ids, live_set)
            live = [hit for hit in hits if hit.passage_id in rows]
        found = [(hit, rows[hit.passage_id]) for hit in live[: part.limit + SPARE_ROWS]]
        yield order_found(found, asked, part.pinned)[: part.limit]


def score_own(store: LocalPassageStore, asked: AskedWords, part: Found) -> Found:
    hits = score_own_words(store, asked, [hit for hit, _ in part])
    return [(hit, row) for hit, (_, row) in zip(hits, part, strict=True)]


def read_rows(passage_ids: Collection[int], live_set: LiveSet) -> dict[int, dict[str, Any]]:
    # A translated briefing stands beside its English original, for readers of that language.
    is_in_language = ~Q(revision__document__kind=DocumentKind.BRIEFING) | Q(
        revision__document__locale="en"
    )
    live: QuerySet[Passage] = Passage.objects.filter(
        is_in(live_set), is_in_language, pk__in=passage_ids
    )
    rows = live.values(
        "pk",
        "revision_id",
        "text",
        "start",
        "url",
        "heading_path",
        "numbers",
        "lead_ins",
        "asks",
        "fact_on",
        "checked_on",
        title=F("revision__title"),
        published_at=F("revision__published_at"),
        fetched_at=F("revision__fetched_at"),
        is_historic=F("revision__is_historic"),
        document=F("revision__document_id"),
        kind=F("revision__document__kind"),
        document_type=F("revision__document__document_type"),
        checked_at=F("revision__document__checked_at"),
        publisher=F("revision__document__publisher"),
        source_publisher=F("revision__document__source__publisher"),
        licence=F("revision__document__source__licence"),
    )
    return {row["pk"]: dict(row) for row in rows}


def make_ranked(found: Found, *, live_set: LiveSet, supports: Supports) -> Iterator[RankedPassage]:
    # A revision's text is long, and only the introductions of lists are cut from it.
    with_lead_ins = {row["revision_id"] for _, row in found if row["lead_ins"]}
    texts: dict[int, str] = {}
    if with_lead_ins:
        revisions = Revision.objects.filter(pk__in=with_lead_ins)
        texts = dict(revisions.values_list("pk", "text"))
    for place, (hit, row) in enumerate(found, start=1):
        published, checked = get_dates(row, live_set)
        yield RankedPassage(
            passage_id=hit.passage_id,
            document_id=row["document"],
            revision_id=row["revision_id"],
            kind=DocumentKind(row["kind"]),
            title=row["title"],
            publisher=row["publisher"] or row["source_publisher"],
            licence=row["licence"],
            url=row["url"],
            heading_path=tuple(row["heading_path"]),
            text=row["text"],
            start=row["start"],
            lead_ins=tuple(texts[row["revision_id"]][start:end] for start, end in row["lead_ins"]),
            numbers=tuple(NumberedSpan(*span) for span in row["numbers"]),
            published=published,
            checked=checked,
            supports=supports.of_passage.get(hit.passage_id, ()),
            asks=tuple(row["asks"]),
            is_historic=row["is_historic"],
            score=hit.score,
            dense=hit.dense,
            lexical=hit.lexical,
            rank=place,
        )


def get_dates(row: Mapping[str, Any], live_set: LiveSet) -> tuple[date | None, date]:
    """When the words were published, and when we last saw that they stand."""
    published = row["fact_on"] or (row["published_at"] and row["published_at"].date())
    if row["checked_on"]:
        return published, row["checked_on"]
    # Of a day in the past we know only when these words were read.
    seen = row["fetched_at"] if live_set.at else row["checked_at"] or row["fetched_at"]
    return published, seen.date()
