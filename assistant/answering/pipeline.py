"""One question → one answer: triage, standalone question, retrieval, composing, verification.

Values in, values out: nothing is loaded or saved here, and no sentence leaves that was not
verified. Read this first; each step has its module.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from assistant import wording
from assistant.answering import clarifying, triage
from assistant.answering.citations import CitationNumbers
from assistant.answering.drafting import (
    State,
    choose_given,
    find_nearer_retired,
    find_split,
    search_both_kinds,
    write,
    write_parts,
)
from assistant.answering.evidence import Knowledge, make_look_up, run_beside
from assistant.answering.following import goes_elsewhere
from assistant.answering.language import is_clearly_not_english
from assistant.answering.parts import split_parts
from assistant.answering.rephrasing import list_topics, make_standalone
from assistant.answering.rewriting import rewrite
from assistant.answering.sufficiency import is_of_another_domain
from assistant.answering.types import (
    AnswerResult,
    Event,
    Label,
    Outcome,
    Sentence,
    Step,
    Turn,
)
from assistant.answering.understanding import ask_back, understand
from assistant.answering.writing import Writing, warn_of_the_pilot, write_sentences
from assistant.language_models import LanguageModel, get_language_model
from assistant.personal_data.hiding import hide
from knowledge import retrieval as live_knowledge
from knowledge.retrieval import Retrieval, keeping_embeddings

# Outcomes with information, and how many sentences of it at most.
INFORMED = {Outcome.ANSWERED: 6, Outcome.INDIVIDUAL_ADVICE: 4, Outcome.URGENT: 3}
# So many sentences more where a question asks several things.
MORE_FOR_PARTS = 2
# Outcomes for which a language model may write; help in need must not wait for one.
WRITTEN_BY_A_MODEL = {Outcome.ANSWERED}


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
    clock, state = Clock(), State(knowledge, as_of, candidate)
    # What identifies a person is neither searched for nor sent anywhere.
    hidden = hide(text)
    text, history = hidden.search, hide_in_turns(history)
    is_english = language.startswith("en") and not is_clearly_not_english(hidden.words)
    language = wording.choose_language(language)

    yield Step("understanding")
    model = get_model()
    standalone, topics = make_standalone(text, history), list_topics(text, history)
    if topics and await run_beside(goes_elsewhere)(text, knowledge):
        standalone, topics = text, []
    if is_english:
        # For triage and the search; what the reader wrote is kept as it is.
        standalone = await run_beside(knowledge.mend_question)(standalone)
    rewritten = await rewrite(text, history, model=model) if model else ""
    question = rewritten or standalone
    verdict, vector = await run_beside(understand)(
        text, question, knowledge, also=[standalone], topics=topics
    )
    verdict, choices = await run_beside(ask_back)(
        verdict, question, vector=vector, knowledge=knowledge
    )
    clock.note("understanding")

    outcome = verdict.outcome
    before, after = plan_notices(verdict, language=language, is_english=is_english)
    after = (*after, *wording.get_hidden_notices(hidden.kinds, language=language))
    for position, notice in enumerate(before, 1):
        yield Sentence(position=position, text=notice, label=Label.NOTICE)
    released = len(before)

    search = question if verdict.search is None else verdict.search
    asked_for = vector if search == question else None
    retrieval = Retrieval()
    if outcome in INFORMED and search:
        yield Step("searching")
        retrieval = await run_beside(search_both_kinds)(search, state, vector=asked_for)
        clock.note("searching")
        for notice in describe_search(retrieval, as_of=as_of, language=language):
            released += 1
            yield Sentence(position=released, text=notice, label=Label.NOTICE)
        if outcome is Outcome.ANSWERED and is_english and clarifying.is_terse(search):
            choices = await run_beside(find_split)(search, retrieval, state, asked_for)
            if choices:
                outcome = Outcome.CLARIFICATION_NEEDED
                after = (*wording.get_notices(outcome, "unclear", language=language), *after)

    if outcome in INFORMED and search:
        yield Step("writing")
        # A follow-up was put together from two questions, of which one was answered.
        is_whole = verdict.search is None and not topics
        parts = split_parts(search) if is_whole else (search,)
        limit = INFORMED[outcome] if sentence_limit is None else sentence_limit
        limit += MORE_FOR_PARTS if len(parts) > 1 else 0
        writing = Writing()
        numbers = CitationNumbers(writing.passages, released=released)
        async for sentence in write_sentences(
            search,
            await run_beside(choose_given)(search, retrieval, knowledge) if model else [],
            writing=writing,
            extract=partial(
                run_beside(write_parts),
                parts,
                retrieval,
                state,
                sentence_limit=limit,
                vector=asked_for,
            ),
            find_warning=partial(
                run_beside(warn_of_the_pilot),
                retrieval.passages,
                make_look_up(knowledge, as_of, retrieval.live_since, candidate),
            ),
            model=model if outcome in WRITTEN_BY_A_MODEL else None,
            limit=limit,
            language=language,
        ):
            yield numbers.release(sentence)
        if writing.missing and numbers.released > released:
            after = (*wording.describe_missing(writing.missing, language=language), *after)
        if outcome is Outcome.ANSWERED and numbers.released == released:
            outcome, topic = Outcome.NO_EVIDENCE, ""
            choices = clarifying.suggest_questions(search, retrieval.passages)
            unclear = clarifying.ask_for_more(search, retrieval.passages) if is_english else None
            if unclear and not await run_beside(is_of_another_domain)(vector, knowledge):
                outcome, topic = Outcome.CLARIFICATION_NEEDED, unclear.topic
                choices = unclear.choices
            nothing = wording.get_notices(outcome, topic, language=language)
            if as_of is not None and retrieval.publication_id is None:
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
        publication_id=retrieval.publication_id,
        timings_ms=clock.timings_ms,
        choices=choices,
    )


def hide_in_turns(history: Sequence[Turn]) -> tuple[Turn, ...]:
    return tuple(replace(turn, question=hide(turn.question).search) for turn in history)


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


def describe_search(retrieval: Retrieval, *, as_of: date | None, language: str) -> list[str]:
    """Say of which day the texts are, and what the question names and we don't hold."""
    notices = []
    if as_of is not None and retrieval.publication_id is not None:
        notices.append(wording.get_as_of_notice(as_of, language=language))
    if retrieval.unknown_references:
        notices.append(wording.name_not_held(retrieval.unknown_references, language=language))
    return notices


def warm_up(knowledge: Knowledge = live_knowledge) -> None:
    """Load the model and remember the briefings' embeddings, so that no reader waits for them."""
    state = State(knowledge)
    with keeping_embeddings():
        for question in triage.get_rules().ordinary:
            _, vector = understand(question, question, knowledge)
            retrieval = search_both_kinds(question, state, vector=vector)
            write(question, retrieval, state, sentence_limit=1)
