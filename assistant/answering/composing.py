"""The extractive composer: whole sentences from the best passages, never a word of its own.

A briefing that fits the question comes first, in plain words; the official words follow it. A
list item is never released without what introduces it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from assistant.answering.quoting import (
    LookUp,
    Similarity,
    choose_named,
    choose_official,
    choose_relied_on,
    find_named,
)
from assistant.answering.reading import read_units
from assistant.answering.sentences import fold_space, split_sentences
from assistant.answering.triage import fold_words
from assistant.answering.types import DraftSentence, Label, Quote
from knowledge.types import DocumentKind, RankedPassage

SENTENCE_LIMIT = 6
SECOND_BRIEFING_SENTENCES = 2
# How a briefing's fit is weighed: how like the question are the ways to ask for it, its own words
# and its heading (cosines), and how many of the question's words are found in it. Chosen by
# leaving out each of the briefings' 1,092 asks in turn: the ask's own paragraph then comes first
# in 53 % with these weights, in 36 % by the other asks alone, in 44 % by the fused score. A
# question that is nearly one of the asks must not lose to all the rest.
HEADING_WEIGHT = 0.5
LEXICAL_WEIGHT = 0.3
WORDS_WEIGHT = 0.2
# For a 'yes' or 'no' where the question asks who, what, when. One that fits less than this would
# answer another question than the reader's.
YES_WEIGHT = -0.15
YES_FLOOR = 2.15
SAME_QUESTION = 0.86
SAME_QUESTION_WEIGHT = 5.0
SECOND_BRIEFING_BEHIND = 0.08
# A briefing is used if it is this like the question, and not much less so than the best official
# passage.
BRIEFING_FLOOR = 0.66
BRIEFING_BEHIND = 0.06
# It gives way to official words that are this much nearer than its own and hold a word of the
# question that it lacks, unless the question is much like one of its asks.
OFFICIAL_AHEAD = 0.1
STRONG_BRIEFING = 0.85
# What the life of the pilot matters to: the pages that an answer rests on.
GOVUK = "https://www.gov.uk"
PILOT_PAGES = (
    f"{GOVUK}/guidance/immigration-rules/immigration-rules-appendix-uk-european-applicant-transfer",
    f"{GOVUK}/government/publications/uk-european-applicant-transfer-scheme-caseworker-guidance",
    f"{GOVUK}/government/publications/ukfrance-agreement-on-the-prevention-of-dangerous-journeys",
    f"{GOVUK}/government/publications/ukfrance-exchange-of-letters-amending",
)
STATUS_QUESTION = "Is the pilot still open? When was it due to end?"
SAYS_WHEN_IT_ENDS = re.compile(r"\bdue to end\b.*\b20\d\d\b", re.IGNORECASE | re.DOTALL)
IS_UNCONFIRMED = re.compile(
    r"\b(?:could|can|have|has)\s?not (?:been able to )?confirm", re.IGNORECASE
)

ASKS_FOR_MORE_THAN_YES = re.compile(
    r"\W*(?:\w+\W+){0,2}(?:how|what|when|where|who|whom|whose|which|why)\b", re.IGNORECASE
)
SAYS_YES = re.compile(r"(?:yes|no)\b", re.IGNORECASE)
BARE_WORDS = 2

STOP_WORDS = frozenset(
    fold_words(
        "a an the i me my we our you your he she it they them their is are was were be been am "
        "do does did can could will would should must may of in on at to for from with by and or "
        "not no if when what which who whom how why where there this that these those have has "
        "had about under after before get got any some so as than then s t re"
    ).split()
)


@dataclass
class Draft:
    """The sentences of an answer before they are checked, and the passages that they may cite."""

    passages: dict[int, RankedPassage] = field(default_factory=dict)
    sentences: list[DraftSentence] = field(default_factory=list)

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
    *,
    similarity: Similarity,
    look_up: LookUp,
    sentence_limit: int = SENTENCE_LIMIT,
) -> Draft:
    """Draft an answer from the passages, the most useful words first."""
    draft = Draft()
    briefings = choose_briefings(question, passages, similarity=similarity)
    if briefings:
        official = choose_relied_on(briefings[0], passages, similarity=similarity, look_up=look_up)
    else:
        named = find_named(question, passages)
        official = choose_named(named) or choose_official(passages, similarity=similarity)
    warning = None
    if rests_on_the_pilot([*briefings, *(choice.passage for choice in official)]):
        warning = find_status_warning(
            [*passages, *look_up(STATUS_QUESTION, DocumentKind.BRIEFING, 3)]
        )
    kept_free = min(1, len(official)) + (warning is not None)
    for place, briefing in enumerate(briefings):
        room = max(1, sentence_limit - kept_free) - len(draft.sentences)
        room = min(room, SECOND_BRIEFING_SENTENCES) if place else room
        for text in read_sentences(briefing)[: max(room, 0)]:
            draft.add(text, Label.BRIEFING, briefing, briefing.text)
    for choice in official:
        if len(draft.sentences) < sentence_limit - (warning is not None):
            draft.add(choice.text, Label.OFFICIAL, choice.passage, *choice.parts)
    if warning and not any(SAYS_WHEN_IT_ENDS.search(said.text) for said in draft.sentences):
        passage, text = warning
        draft.add(text, Label.BRIEFING, passage, passage.text)
    return draft


# --- briefings ---------------------------------------------------------------------------------


def choose_briefings(
    question: str, passages: Sequence[RankedPassage], *, similarity: Similarity
) -> list[RankedPassage]:
    """Return the briefing that fits the question, and a second that adds to it; or nothing."""
    floor = max(BRIEFING_FLOOR, find_best_official(passages) - BRIEFING_BEHIND)
    ranked = [
        (fit, passage)
        for fit, passage in rank_briefings(question, passages, similarity=similarity)
        if passage.dense >= floor and (fit >= YES_FLOOR or not SAYS_YES.match(passage.text))
    ]
    if not ranked:
        return []
    best_fit, first = ranked[0]
    if gives_way(first, question, passages, similarity=similarity):
        return []
    missing = content_words(question) - content_words(name_and_text(first))
    for fit, second in ranked[1:]:
        adds = missing & content_words(name_and_text(second))
        # 'Yes' and 'no' answer a question of their own.
        if adds and fit >= best_fit - SECOND_BRIEFING_BEHIND and not SAYS_YES.match(second.text):
            return [first, second]
    return [first]


def find_best_official(passages: Sequence[RankedPassage]) -> float:
    return max(
        (passage.dense for passage in passages if passage.kind is DocumentKind.OFFICIAL),
        default=0.0,
    )


def gives_way(
    briefing: RankedPassage,
    question: str,
    passages: Sequence[RankedPassage],
    *,
    similarity: Similarity,
) -> bool:
    """Say whether official words speak to the question and the briefing only seems to."""
    if briefing.dense >= STRONG_BRIEFING:
        return False
    named = bool(find_named(question, passages))
    official = [passage for passage in passages if passage.kind is DocumentKind.OFFICIAL]
    best = max(official, key=lambda passage: passage.dense, default=None)
    if named or best is None or best.dense < briefing.dense - BRIEFING_BEHIND:
        return named
    (likeness,) = similarity([name_and_text(briefing)])
    lacking = content_words(question) - content_words(name_and_text(briefing))
    return best.dense >= likeness + OFFICIAL_AHEAD and bool(
        lacking & content_words(name_and_text(best))
    )


def rank_briefings(
    question: str, passages: Sequence[RankedPassage], *, similarity: Similarity
) -> list[tuple[float, RankedPassage]]:
    """Return the briefings with how well they fit, the best first."""
    briefings = [passage for passage in passages if passage.kind is DocumentKind.BRIEFING]
    if not briefings:
        return []
    asked = content_words(question)
    most_lexical = max(passage.lexical for passage in briefings) or 1.0
    wants_more = ASKS_FOR_MORE_THAN_YES.match(question)
    texts = [name_and_text(passage) for passage in briefings]
    headings = [" ".join(passage.heading_path) or passage.title for passage in briefings]
    likenesses = similarity([*texts, *headings])
    fits = [
        passage.dense
        + SAME_QUESTION_WEIGHT * max(0.0, passage.dense - SAME_QUESTION)
        + likenesses[place]
        + HEADING_WEIGHT * likenesses[len(texts) + place]
        + LEXICAL_WEIGHT * passage.lexical / most_lexical
        + WORDS_WEIGHT * len(asked & content_words(texts[place])) / max(1, len(asked))
        + (YES_WEIGHT if wants_more and SAYS_YES.match(passage.text) else 0.0)
        for place, passage in enumerate(briefings)
    ]
    return sorted(zip(fits, briefings, strict=True), key=lambda pair: -pair[0])


def name_and_text(passage: RankedPassage) -> str:
    return "\n".join([passage.title, *passage.heading_path, passage.text])


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


def content_words(text: str) -> set[str]:
    return {trim(word) for word in fold_words(text).split() if word not in STOP_WORDS}


def trim(word: str) -> str:
    """Cut the commonest endings, so that 'applied', 'applies' and 'apply' meet."""
    for ending, instead in (("ies", "y"), ("ied", "y"), ("ing", ""), ("ed", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)] + instead
    return word


# --- the life of the pilot ---------------------------------------------------------------------


def rests_on_the_pilot(passages: Sequence[RankedPassage]) -> bool:
    """Say whether the passages are about what ends when the pilot does."""
    urls = [passage.url for passage in passages]
    urls += [support.url for passage in passages for support in passage.supports]
    return any(url.startswith(PILOT_PAGES) for url in urls)


def find_status_warning(passages: Sequence[RankedPassage]) -> tuple[RankedPassage, str] | None:
    """Return the fewest words of a briefing that say how much of the pilot's life is known."""
    found = [
        (passage, text)
        for passage in passages
        if passage.kind is DocumentKind.BRIEFING
        for text in read_runs_of_two(passage)
        if SAYS_WHEN_IT_ENDS.search(text) and IS_UNCONFIRMED.search(text)
    ]
    return min(found, key=lambda pair: len(pair[1]), default=None)


def read_runs_of_two(passage: RankedPassage) -> Iterator[str]:
    for unit in read_units(passage):
        sentences = split_sentences(unit.text)
        yield from sentences
        for first, second in pairwise(sentences):
            yield cut_through(unit.text, first, second)


def cut_through(text: str, first: str, second: str) -> str:
    """Return the exact slice of the text from one sentence to the end of the next."""
    start = text.find(first)
    return text[start : text.find(second, start) + len(second)]
