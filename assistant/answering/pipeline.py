"""One question → one answer: triage, standalone question, retrieval, composing, verification.

Values in, values out: nothing is loaded or saved here, and no sentence leaves that was not
verified. Read this first; each step has its module.
"""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import date

from assistant import wording
from assistant.answering import composing, triage
from assistant.answering.citations import CitationNumbers
from assistant.answering.evidence import (
    Knowledge,
    LookedUp,
    Vector,
    embed_remembered,
    get_weigher,
    look_up_remembered,
    run_beside,
)
from assistant.answering.language import is_clearly_not_english
from assistant.answering.parts import get_search, join_parts, shorten, split_parts
from assistant.answering.quoting import find_named
from assistant.answering.rephrasing import make_standalone
from assistant.answering.types import (
    AnswerResult,
    DraftSentence,
    Event,
    Label,
    Outcome,
    Sentence,
    Step,
    Turn,
)
from assistant.answering.verification import find_fault
from knowledge import retrieval as live_knowledge
from knowledge.retrieval import RetiredDocument, Retrieval, keeping_embeddings
from knowledge.types import DocumentKind, RankedPassage

logger = logging.getLogger(__name__)

# Outcomes with information, and how many sentences of it at most.
INFORMED = {Outcome.ANSWERED: 6, Outcome.INDIVIDUAL_ADVICE: 4, Outcome.URGENT: 3}
# So many sentences more where a question asks several things.
MORE_FOR_PARTS = 2
BRIEFINGS_LIMIT = 12
OFFICIAL_LIMIT = 12
# What the best passage must reach, or there is no evidence: it must be this like the question
# (cosine), or a little less and share its words (BM25). assistant.evaluation.measure_evidence with
# tests/gold/evidence.jsonl chose them: 56 of 60 questions that have an answer pass, 42 of 45 that
# have none don't, before triage. At 0.70 it is 58 and 37, at 0.74 it is 53 and 43.
DENSE_FLOOR = 0.72
DENSE_FLOOR_WITH_WORDS = 0.67
LEXICAL_FLOOR = 9.0
# How much nearer than what is live a retired page must be to be worth a word: a page that replaced
# it says nearly the same.
RETIRED_MARGIN = 0.02


class Clock:
    """How long each step took."""

    def __init__(self) -> None:
        self.timings_ms: dict[str, float] = {}
        self._last = time.monotonic()

    def note(self, step: str) -> None:
        now = time.monotonic()
        self.timings_ms[step] = round((now - self._last) * 1000, 1)
        self._last = now


async def answer_question(
    text: str,
    *,
    history: Sequence[Turn] = (),
    as_of: date | None = None,
    candidate: int | None = None,
    language: str = "en",
    knowledge: Knowledge = live_knowledge,
    sentence_limit: int | None = None,
) -> AsyncIterator[Event]:
    """Yield the steps, the sentences as they are verified, and last one AnswerResult.

    `candidate` is a publication that is not live, to be tried.
    """
    clock, publication_id = Clock(), None
    is_english = language.startswith("en") and not is_clearly_not_english(text)
    language = wording.choose_language(language)

    yield Step("understanding")
    question = make_standalone(text, history)
    verdict, vector = await run_beside(understand)(text, question, knowledge)
    clock.note("understanding")

    outcome = verdict.outcome
    before, after = plan_notices(verdict, language=language, is_english=is_english)
    for position, notice in enumerate(before, 1):
        yield Sentence(position=position, text=notice, label=Label.NOTICE)
    released = len(before)

    search = question if verdict.search is None else verdict.search
    if outcome in INFORMED and search:
        yield Step("searching")
        retrieval = await run_beside(search_both_kinds)(
            search,
            as_of=as_of,
            candidate=candidate,
            vector=vector if search == question else None,
            knowledge=knowledge,
        )
        publication_id = retrieval.publication_id
        clock.note("searching")
        if as_of is not None and publication_id is not None:
            released += 1
            notice = wording.get_as_of_notice(as_of, language=language)
            yield Sentence(position=released, text=notice, label=Label.NOTICE)

        yield Step("writing")
        limit = INFORMED[outcome] if sentence_limit is None else sentence_limit
        draft = await run_beside(write_parts)(
            # A follow-up was put together from two questions, of which one was answered.
            split_parts(search) if search == text else (search,),
            retrieval,
            knowledge=knowledge,
            as_of=as_of,
            candidate=candidate,
            sentence_limit=limit,
        )
        numbers = CitationNumbers(draft.passages, released=released)
        for sentence in introduce_older(draft, language=language):
            if is_sound(sentence, draft.passages):
                yield numbers.release(sentence)
        if draft.missing and numbers.released > released:
            after = (*wording.describe_missing(draft.missing, language=language), *after)
        if outcome is Outcome.ANSWERED and numbers.released == released:
            outcome = Outcome.NO_EVIDENCE
            nothing = wording.get_notices(outcome, language=language)
            if as_of is not None and publication_id is None:
                first = await run_beside(knowledge.find_first_day)()
                nothing = wording.get_too_early_notices(as_of, first=first, language=language)
            after = (*nothing, *after)
        if as_of is None and outcome in {Outcome.ANSWERED, Outcome.NO_EVIDENCE}:
            retired = await run_beside(find_nearer_retired)(search, retrieval, knowledge)
            if retired is not None:
                after = (*wording.describe_retired(retired, language=language), *after)
        released = numbers.released
        clock.note("writing")

    for position, notice in enumerate(after, released + 1):
        yield Sentence(position=position, text=notice, label=Label.NOTICE)
    yield AnswerResult(
        outcome=outcome,
        language=language,
        as_of=as_of,
        publication_id=publication_id,
        timings_ms=clock.timings_ms,
    )


def understand(text: str, question: str, knowledge: Knowledge) -> tuple[triage.Verdict, Vector]:
    """Decide what the question calls for; its embedding is needed again by the search."""
    vector = knowledge.embed_question(question)
    examples = embed_remembered([example for example, _ in triage.get_rules().examples], knowledge)
    return triage.decide([text, question], vector=vector, examples=examples), vector


def warm_up(knowledge: Knowledge = live_knowledge) -> None:
    """Load the model and remember the briefings' embeddings, so that no reader waits for them."""
    with keeping_embeddings():
        for question in triage.get_rules().ordinary:
            _, vector = understand(question, question, knowledge)
            retrieval = search_both_kinds(question, as_of=None, vector=vector, knowledge=knowledge)
            write(question, retrieval, knowledge=knowledge, as_of=None, sentence_limit=1)


def plan_notices(
    verdict: triage.Verdict, *, language: str, is_english: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the prepared wording that stands before the information, and after it."""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    if verdict.outcome is not Outcome.ANSWERED:
        before = wording.get_notices(verdict.outcome, verdict.topic, language=language)
    if verdict.outcome is Outcome.INDIVIDUAL_ADVICE:
        before, after = before[:1], before[1:]
    if not is_english:
        # Help comes first, whatever the language.
        english_only = wording.get_language_notice(language=language)
        after = (*after, english_only)
    return before, after


def search_both_kinds(
    question: str,
    *,
    as_of: date | None,
    candidate: int | None = None,
    vector: Vector | None,
    knowledge: Knowledge,
) -> Retrieval:
    """Find briefings and official words, each in their own ranking."""
    return knowledge.retrieve_each(
        question,
        limits={
            DocumentKind.BRIEFING: BRIEFINGS_LIMIT,
            DocumentKind.OFFICIAL: OFFICIAL_LIMIT,
        },
        as_of=as_of,
        candidate=candidate,
        vector=knowledge.embed_question(question) if vector is None else vector,
    )


def write_parts(
    parts: Sequence[str],
    retrieval: Retrieval,
    *,
    knowledge: Knowledge,
    as_of: date | None,
    candidate: int | None = None,
    sentence_limit: int,
    unknown_references: Sequence[str] = (),
) -> composing.Draft:
    """Draft an answer to each part of a question; a part is searched for by itself.

    `unknown_references` are paragraphs that the question names and no text here holds.
    """
    if len(parts) == 1:
        draft = write(
            parts[0],
            retrieval,
            knowledge=knowledge,
            as_of=as_of,
            candidate=candidate,
            sentence_limit=sentence_limit,
        )
        draft.missing = tuple(map(shorten, unknown_references))
        return draft
    share = (sentence_limit + MORE_FOR_PARTS) // len(parts)
    drafts = []
    for part in parts:
        search = get_search(part, parts)
        own = search_both_kinds(
            search, as_of=as_of, candidate=candidate, vector=None, knowledge=knowledge
        )
        draft = write(
            search,
            own,
            knowledge=knowledge,
            as_of=as_of,
            candidate=candidate,
            sentence_limit=share,
        )
        drafts.append((part, draft))
    weigher = get_weigher(
        knowledge, as_of=as_of, live_since=retrieval.live_since, candidate=candidate
    )
    joined = join_parts(drafts, weigher)
    joined.missing = (*map(shorten, unknown_references), *joined.missing)
    return joined


def write(
    question: str,
    retrieval: Retrieval,
    *,
    knowledge: Knowledge,
    as_of: date | None,
    candidate: int | None = None,
    sentence_limit: int,
) -> composing.Draft:
    """Draft what the evidence says; nothing if it is too weak."""
    if not (has_evidence(retrieval) or find_named(question, retrieval.passages)):
        return composing.Draft()
    weigher = get_weigher(
        knowledge, as_of=as_of, live_since=retrieval.live_since, candidate=candidate
    )
    fits = weigher.rank(question, knowledge.embed_question(question))

    def measure(texts: Sequence[str], *, to: str | None = None) -> Sequence[float]:
        vectors = embed_remembered(texts, knowledge)
        other = (
            knowledge.embed_question(question)
            if to is None
            else embed_remembered([to], knowledge)[0]
        )
        likenesses: list[float] = (vectors @ other).tolist()
        return likenesses

    def look_up(words: str, kind: DocumentKind, limit: int) -> Sequence[RankedPassage]:
        return look_up_remembered(
            LookedUp(words, kind, limit, as_of, retrieval.live_since, candidate), knowledge
        )

    return composing.compose(
        question,
        retrieval.passages,
        fits,
        weigher=weigher,
        similarity=measure,
        look_up=look_up,
        sentence_limit=sentence_limit,
    )


def introduce_older(draft: composing.Draft, *, language: str) -> Iterator[DraftSentence]:
    """Say of which day an older figure is, before it is given."""
    older = dict(draft.older)
    for sentence in draft.sentences:
        day = older.pop(sentence.quotes[0].passage_id, None) if sentence.quotes else None
        if day is not None:
            text = wording.get_older_notice(day, language=language)
            yield DraftSentence(text=text, label=Label.NOTICE, quotes=())
        yield sentence


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


def has_evidence(retrieval: Retrieval) -> bool:
    """Say whether the best passages are near enough to the question to speak to it at all."""
    if not retrieval.passages:
        return False
    shares_words = retrieval.best_lexical >= LEXICAL_FLOOR
    return retrieval.best_dense >= (DENSE_FLOOR_WITH_WORDS if shares_words else DENSE_FLOOR)


def is_sound(sentence: DraftSentence, passages: Mapping[int, RankedPassage]) -> bool:
    """Verify a sentence; what fails is logged, by number, and goes no further."""
    fault = find_fault(sentence, passages)
    if fault is not None:
        cited = [quote.passage_id for quote in sentence.quotes]
        logger.warning("assistant.sentence.dropped: %s (passages %s)", fault, cited)
    return fault is None
