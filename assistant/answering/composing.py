"""The extractive composer: whole sentences from the best passages, never a word of its own.

A briefing that fits the question comes first, in plain words; the official words follow it. A
list item is never released without what introduces it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from assistant.answering.asked_for import (
    ASKS_FOR_MORE_THAN_YES,
    SAYS_YES,
    Asked,
    find_asked,
    offers,
)
from assistant.answering.choosing import are_rivals, choose_briefings
from assistant.answering.pilot_status import (
    SAYS_WHEN_IT_ENDS,
    STATUS_QUESTION,
    find_status_warning,
    rests_on_the_pilot,
)
from assistant.answering.quotable import LEANS_ON_THE_ONE_BEFORE, Candidate
from assistant.answering.quoting import (
    LookUp,
    Similarity,
    choose_exceptions,
    choose_named,
    choose_official,
    choose_relied_on,
    find_named,
)
from assistant.answering.reading import read_units
from assistant.answering.sentences import cut_through, fold_space, split_sentences
from assistant.answering.types import DraftSentence, Label, Quote
from assistant.answering.weighing import Fit, Weigher
from assistant.answering.yes_or_no import BARE, answers_yes_or_no
from knowledge.types import DocumentKind, RankedPassage

SENTENCE_LIMIT = 6
SECOND_BRIEFING_SENTENCES = 2
BARE_WORDS = 2
# Official words that a briefing doesn't rest on stand beside it only if they are this like the
# question (cosine) and it is not sure to be the answer.
BESIDE_FLOOR = 0.74


@dataclass
class Draft:
    """The sentences of an answer before they are checked, and the passages that they may cite.

    `missing` are the parts of the question, in the reader's words, of which nothing was found.
    `older` are passages that say of an earlier day what another says of a later one.
    """

    passages: dict[int, RankedPassage] = field(default_factory=dict)
    sentences: list[DraftSentence] = field(default_factory=list)
    missing: tuple[str, ...] = ()
    older: dict[int, date] = field(default_factory=dict)

    def add(self, text: str, label: Label, passage: RankedPassage, *quotes: str) -> None:
        """Add a sentence, unless it was said already."""
        if any(fold_space(text) in fold_space(said.text) for said in self.sentences):
            return
        self.passages[passage.passage_id] = passage
        cited = tuple(Quote(passage.passage_id, quote) for quote in quotes)
        self.sentences.append(DraftSentence(text=text, label=label, quotes=cited))


def compose(
    question: str,
    passages: Sequence[RankedPassage],
    fits: Sequence[Fit],
    *,
    weigher: Weigher,
    similarity: Similarity,
    look_up: LookUp,
    sentence_limit: int = SENTENCE_LIMIT,
) -> Draft:
    """Draft an answer from the best briefings and passages, the most useful words first.

    `fits` are the best briefings as the weigher ranks them for the question.
    """
    draft = Draft()
    found = [passage for passage in passages if passage.kind is DocumentKind.OFFICIAL]
    choice = choose_briefings(question, found, fits, weigher=weigher)
    briefings = choice.briefings
    official: list[Candidate] = []
    if briefings:
        official = choose_relied_on(
            briefings[0], found, question, similarity=similarity, look_up=look_up
        )
    else:
        named = find_named(question, found)
        official = choose_named(named, question, similarity=similarity)
    if not official and not briefings:
        official = choose_official(question, found, similarity=similarity)
    elif briefings and not choice.is_sure:
        official += [
            each
            for each in choose_official(question, found, similarity=similarity, limit=1)
            if similarity([each.text])[0] >= BESIDE_FLOOR
        ]
    official += choose_exceptions(official, found, look_up)
    warning = None
    if rests_on_the_pilot([*briefings, *(quoted.passage for quoted in official)]):
        warning = find_status_warning(look_up(STATUS_QUESTION, DocumentKind.BRIEFING, 3))
    kept_free = min(2, len(official)) + (warning is not None)
    draft.older = find_older(briefings)
    for place, briefing in enumerate(briefings):
        room = max(1, sentence_limit - kept_free) - len(draft.sentences)
        room = min(room, SECOND_BRIEFING_SENTENCES) if place else room
        sentences = read_sentences(briefing)
        if BARE.match(briefing.text) and not answers_yes_or_no(question, briefing, similarity):
            sentences = [BARE.sub("", sentences[0], count=1), *sentences[1:]]
        for text in put_first(sentences, question)[: max(room, 0)]:
            draft.add(text, Label.BRIEFING, briefing, briefing.text)
    for quoted in official:
        if len(draft.sentences) < sentence_limit - (warning is not None):
            draft.add(quoted.text, Label.OFFICIAL, quoted.passage, *quoted.parts)
    if warning and not any(SAYS_WHEN_IT_ENDS.search(said.text) for said in draft.sentences):
        passage, text = warning
        draft.add(text, Label.BRIEFING, passage, passage.text)
    return draft


def find_older(briefings: Sequence[RankedPassage]) -> dict[int, date]:
    """The passages that follow a newer one with figures or days of the same thing."""
    if not briefings or briefings[0].published is None:
        return {}
    newest = briefings[0]
    return {
        each.passage_id: each.published
        for each in briefings[1:]
        if each.published is not None
        and newest.published is not None
        and each.published < newest.published
        and are_rivals(newest, each)
    }


def read_sentences(passage: RankedPassage) -> list[str]:
    """Return a briefing's sentences, each an exact slice of it; a list is one of them, whole."""
    sentences: list[str] = []
    for unit in read_units(passage):
        if not unit.is_whole:
            continue
        if unit.items:
            sentences.append(unit.text)
            continue
        parts = split_sentences(unit.text)
        if len(parts) > 1 and len(parts[0].split()) <= BARE_WORDS:
            # 'Yes.' alone says nothing.
            parts = [cut_through(unit.text, parts[0], parts[1]), *parts[2:]]
        sentences += parts
    return sentences


def put_first(sentences: Sequence[str], question: str) -> list[str]:
    """Put the day, the amount or the time that is asked for first, with what leans on it.

    A sentence that leans on the one before ('It is …') stays where it is, and so does a 'yes'
    that answers the question.
    """
    asked = find_asked(question)
    ordered = list(sentences)
    if not asked or not ordered:
        return ordered
    if SAYS_YES.match(ordered[0]) and not ASKS_FOR_MORE_THAN_YES.match(question):
        return ordered
    runs = join_runs(ordered)
    for run in runs:
        # When the pilot ends is said with many things, and comes after them.
        is_status = Asked.WHEN not in asked and SAYS_WHEN_IT_ENDS.search(run[0])
        if not is_status and any(offers(run[0], each) for each in asked):
            # A 'no' answers another question, so it can't follow what was asked for.
            others = [other for other in runs if other is not run and not SAYS_YES.match(other[0])]
            return [*run, *(text for other in others for text in other)]
    return ordered


def join_runs(sentences: Sequence[str]) -> list[list[str]]:
    """Keep each sentence with those that lean on it."""
    runs: list[list[str]] = []
    for sentence in sentences:
        if runs and LEANS_ON_THE_ONE_BEFORE.match(sentence):
            runs[-1].append(sentence)
        else:
            runs.append([sentence])
    return runs
