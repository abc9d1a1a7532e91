"""One question → one answer: triage, standalone question, retrieval, composing, verification.

Values in, values out: nothing is loaded or saved here, and no sentence leaves that was not
verified. Read this first; each step has its module.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

from assistant import wording
from assistant.answering import composing, triage
from assistant.answering.citations import CitationNumbers
from assistant.answering.evidence import (
    Knowledge,
    Vector,
    embed_remembered,
    make_look_up,
    run_beside,
)
from assistant.answering.language import is_clearly_not_english
from assistant.answering.quoting import find_named
from assistant.answering.rephrasing import make_standalone
from assistant.answering.rewriting import rewrite
from assistant.answering.sufficiency import has_evidence, is_of_another_domain
from assistant.answering.types import (
    AnswerResult,
    Event,
    Label,
    Outcome,
    Sentence,
    Step,
    Turn,
)
from assistant.answering.writing import Writing, warn_of_the_pilot, write_sentences
from assistant.language_models import LanguageModel, get_language_model
from assistant.personal_data.hiding import hide
from knowledge import retrieval as live_knowledge
from knowledge.retrieval import RetiredDocument, Retrieval, keeping_embeddings
from knowledge.types import DocumentKind, RankedPassage

# Outcomes with information, and how many sentences of it at most.
INFORMED = {Outcome.ANSWERED: 6, Outcome.INDIVIDUAL_ADVICE: 4, Outcome.URGENT: 3}
# Outcomes for which a language model may write; help in need must not wait for one.
WRITTEN_BY_A_MODEL = {Outcome.ANSWERED}
# So many passages of each kind it is given.
GIVEN_LIMITS = {DocumentKind.BRIEFING: 4, DocumentKind.OFFICIAL: 6}
BRIEFINGS_LIMIT = 12
OFFICIAL_LIMIT = 12
# How much nearer than what is live a retired page must be to be worth a word: a page that replaced
# it says nearly the same.
RETIRED_MARGIN = 0.02
# For the warm-up: the words and the numbers of the live texts are read when first needed.
MISSPELT_WITH_A_NUMBER = "Wich familly does paragraph 1 mean?"


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
    get_model: Callable[[], LanguageModel | None] = get_language_model,
) -> AsyncIterator[Event]:
    """Yield the steps, the sentences as they are verified, and last one AnswerResult.

    `candidate` is a publication that is not live, to be tried. `get_model` gives the language
    model that may write; by default there is none.
    """
    clock, publication_id = Clock(), None
    # What identifies a person is neither searched for nor sent anywhere.
    hidden = hide(text)
    text, history = hidden.search, hide_in_turns(history)
    is_english = language.startswith("en") and not is_clearly_not_english(hidden.words)
    language = wording.choose_language(language)

    yield Step("understanding")
    model = get_model()
    standalone = make_standalone(text, history)
    if is_english:
        # For triage and the search; what the reader wrote is kept as it is.
        standalone = await run_beside(knowledge.mend_question)(standalone)
    rewritten = await rewrite(text, history, model=model) if model else ""
    question = rewritten or standalone
    verdict, vector = await run_beside(understand)(text, question, knowledge, also=[standalone])
    clock.note("understanding")

    outcome = verdict.outcome
    before, after = plan_notices(verdict, language=language, is_english=is_english)
    after = (*after, *wording.get_hidden_notices(hidden.kinds, language=language))
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
        if retrieval.unknown_references:
            released += 1
            notice = wording.name_not_held(retrieval.unknown_references, language=language)
            yield Sentence(position=released, text=notice, label=Label.NOTICE)

        yield Step("writing")
        limit = INFORMED[outcome] if sentence_limit is None else sentence_limit
        state: dict[str, Any] = {"knowledge": knowledge, "as_of": as_of, "candidate": candidate}
        writing = Writing()
        numbers = CitationNumbers(writing.passages, released=released)
        async for sentence in write_sentences(
            search,
            await run_beside(choose_given)(search, retrieval, knowledge) if model else [],
            writing=writing,
            extract=partial(run_beside(write), search, retrieval, sentence_limit=limit, **state),
            find_warning=partial(
                run_beside(warn_of_the_pilot),
                retrieval.passages,
                make_look_up(knowledge, as_of, retrieval.live_since, candidate),
            ),
            model=model if outcome in WRITTEN_BY_A_MODEL else None,
            limit=limit,
        ):
            yield numbers.release(sentence)
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


def hide_in_turns(history: Sequence[Turn]) -> tuple[Turn, ...]:
    return tuple(Turn(hide(turn.question).search, turn.answer) for turn in history)


def understand(
    text: str, question: str, knowledge: Knowledge, *, also: Sequence[str] = ()
) -> tuple[triage.Verdict, Vector]:
    """Decide what the question calls for; its embedding is needed again by the search."""
    vector = knowledge.embed_question(question)
    examples = embed_remembered([example for example, _ in triage.get_rules().examples], knowledge)
    verdict = triage.decide([text, *also, question], vector=vector, examples=examples)
    if (
        verdict.outcome is Outcome.INDIVIDUAL_ADVICE
        # The embedding knows English alone.
        and not is_clearly_not_english(question)
        and is_of_another_domain(vector, knowledge)
    ):
        # Of other matters we can say nothing, so there is no advice to refuse.
        verdict = triage.ORDINARY
    return verdict, vector


def warm_up(knowledge: Knowledge = live_knowledge) -> None:
    """Load the model and remember the briefings' embeddings, so that no reader waits for them."""
    with keeping_embeddings():
        for asked in (*triage.get_rules().ordinary, MISSPELT_WITH_A_NUMBER):
            question = knowledge.mend_question(asked)
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
    if not speaks_to(question, retrieval, knowledge):
        return composing.Draft()

    def measure(texts: Sequence[str]) -> Sequence[float]:
        vectors = embed_remembered(texts, knowledge)
        likenesses: list[float] = (vectors @ knowledge.embed_question(question)).tolist()
        return likenesses

    return composing.compose(
        question,
        retrieval.passages,
        similarity=measure,
        look_up=make_look_up(knowledge, as_of, retrieval.live_since, candidate),
        sentence_limit=sentence_limit,
    )


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
