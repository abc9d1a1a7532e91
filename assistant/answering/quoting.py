"""Chooses which official words to quote: those that answer the question, or hold up a briefing."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Protocol

from assistant.answering.asked_for import (
    Asked,
    find_asked,
    find_months,
    find_newest_period,
    find_years,
    names_period,
    offers,
)
from assistant.answering.quotable import Candidate, read_candidates
from assistant.answering.reading import GOES_ON
from assistant.answering.sentences import fold_space
from knowledge.retrieval import list_keys, read_references, split_words
from knowledge.types import DocumentKind, NumberedSpan, RankedPassage, Support


class Similarity(Protocol):
    """How like the question (cosine) each of the texts is, or how like another text."""

    def __call__(self, texts: Sequence[str], *, to: str | None = None) -> Sequence[float]: ...


# Finds passages of one kind for other words than the question's.
LookUp = Callable[[str, DocumentKind, int], Sequence[RankedPassage]]

OFFICIAL_LIMIT = 3
# Official words are quoted if their passage is this like the question; more so beside a briefing
# that rests on their page but not on a known paragraph of it.
OFFICIAL_FLOOR = 0.68
SAME_PAGE_FLOOR = 0.68
# How like the question and the briefing (both cosines) words must be: some out of several that
# the briefing rests on, or words of the same page.
RELIED_ON_FLOOR = 1.2
SAME_PAGE_BOTH_FLOOR = 1.42
OFFICIAL_BEHIND = 0.05
WEIGHED = 5
SECOND_BEHIND = 0.04
# A paragraph that is named is quoted whole if it isn't longer.
NAMED_WHOLE_CHARACTERS = 900
NAMED_LIMIT = 3
NAMED_BEHIND = 0.12
# Beside the likeness (cosine): all the question's words held; what is asked for offered (a day,
# an amount, how long); the month or the year that is named.
FIGURES = frozenset({Asked.HOW_MANY, Asked.HOW_MUCH})
ROW = re.compile(r"^[^:.\n]+: [^;\n]+; [^:.\n]+: ")
WORDS_WEIGHT = 0.15
OFFERED_WEIGHT = 0.04
PERIOD_WEIGHT = 0.08
SECOND_ITEM_BEHIND = 0.02
LOOKED_UP = 4
LOOKED_UP_CHARACTERS = 200

# What a rule is subject to stands in another paragraph.
SUBJECT_TO = re.compile(
    r"\b(?i:subject to|unless|except (?:where|as (?:provided|set out) in)|save (?:where|as in))"
    r" (?:sub-?paragraphs? |paragraphs? |section )?"
    r"([A-Z]{1,6}(?:-[A-Z]+)?[ .]?\d+(?:\.\d+)*[A-Z]{0,3}|\d+[A-Z]{1,3}|\d+(?:\.\d+)+[A-Z]?)\b"
)


def choose_official(
    question: str,
    passages: Sequence[RankedPassage],
    *,
    similarity: Similarity,
    limit: int = OFFICIAL_LIMIT,
) -> list[Candidate]:
    """Return the official words that answer the question best, the best first."""
    near = [
        passage
        for passage in passages
        if passage.kind is DocumentKind.OFFICIAL and passage.dense >= OFFICIAL_FLOOR
    ]
    best = max((passage.dense for passage in near), default=0.0)
    near = [passage for passage in near if passage.dense >= best - OFFICIAL_BEHIND][:WEIGHED]
    groups = [candidates for passage in near if (candidates := read_candidates(passage))]
    worth = WorthOfWords(question, [candidate for group in groups for candidate in group])
    chosen = [pick_best(candidates, similarity, worth) for candidates in groups]
    scores = score(chosen, similarity, worth)
    order = sorted(range(len(chosen)), key=lambda place: -scores[place])
    return [
        chosen[place]
        for place in order[:limit]
        if scores[place] >= scores[order[0]] - SECOND_BEHIND
    ]


class WorthOfWords:
    """How much of the question's words some words hold, the rare ones among them counting more,
    and whether they offer what is asked for: a day, an amount, how long."""

    def __init__(self, question: str, candidates: Sequence[Candidate]) -> None:
        asked = set(split_words(question))
        texts = [set(split_words(describe(candidate))) for candidate in candidates]
        self._rarity = {
            word: math.log(1 + (len(texts) + 0.5) / (sum(word in text for text in texts) + 0.5))
            for word in asked
        }
        self._asked = find_asked(question)
        self._months, self._years = find_months(question), find_years(question)
        # A figure that is asked for without a time is the newest.
        self._newest = (0, 0)
        if self._asked & FIGURES and not names_period(question):
            self._newest = max(
                (find_newest_period(each.text) for each in candidates if is_row(each.text)),
                default=(0, 0),
            )

    def measure(self, candidate: Candidate) -> float:
        held = self._rarity.keys() & set(split_words(describe(candidate)))
        total = sum(self._rarity.values()) or 1.0
        worth = WORDS_WEIGHT * sum(self._rarity[word] for word in held) / total
        if any(offers(candidate.text, asked) for asked in self._asked):
            worth += OFFERED_WEIGHT
        if self._months:
            worth += PERIOD_WEIGHT * bool(self._months & find_months(candidate.text))
        if self._years:
            worth += PERIOD_WEIGHT * bool(self._years & find_years(candidate.text))
        if any(self._newest) and is_row(candidate.text):
            worth += PERIOD_WEIGHT * (find_newest_period(candidate.text) == self._newest)
        return worth


def is_row(text: str) -> bool:
    """Say whether it is a row of a table: what stands at its head with each cell."""
    return bool(ROW.search(text))


def describe(candidate: Candidate) -> str:
    """The words with the title and the headings that they stand under."""
    passage = candidate.passage
    return " ".join([passage.title, *passage.heading_path, candidate.text])


def score(
    candidates: Sequence[Candidate], similarity: Similarity, worth: WorthOfWords | None
) -> list[float]:
    if not candidates:
        return []
    likenesses = similarity([candidate.text for candidate in candidates])
    return [
        likeness + (worth.measure(candidate) if worth else 0.0)
        for likeness, candidate in zip(likenesses, candidates, strict=True)
    ]


def find_named(
    question: str, passages: Sequence[RankedPassage]
) -> list[tuple[RankedPassage, NumberedSpan]]:
    """Return the paragraphs that the question names: 'What does 12AB say?'"""
    named = {key for reference in read_references(question) for key in reference.keys}
    return [
        (passage, span)
        for passage in passages
        if passage.kind is DocumentKind.OFFICIAL
        for span in passage.numbers
        if not named.isdisjoint(
            [*list_keys(span.number), *list_keys(span.number.partition("(")[0])]
        )
    ]


def choose_named(
    named: Sequence[tuple[RankedPassage, NumberedSpan]],
    question: str,
    *,
    similarity: Similarity,
) -> list[Candidate]:
    """Return what answers the question of the paragraphs named, as far as it may be quoted, in
    the order in which it stands there."""
    if whole := read_whole(named):
        return [whole]
    held = [
        candidate
        for passage, span in named
        for candidate in read_candidates(passage)
        if stands_under(span, passage, candidate)
    ]
    scores = score(held, similarity, WorthOfWords(question, held))
    best = sorted(range(len(held)), key=lambda place: -scores[place])[:NAMED_LIMIT]
    return [
        held[place] for place in sorted(best) if scores[place] >= scores[best[0]] - NAMED_BEHIND
    ]


def read_whole(named: Sequence[tuple[RankedPassage, NumberedSpan]]) -> Candidate | None:
    """Return the first paragraph named with all that stands under it, if one passage holds it and
    it isn't long."""
    if len({passage.passage_id for passage, _ in named}) != 1:
        return None
    passage, first = named[0]
    base = first.number.partition("(")[0]
    inside = [span for span in passage.numbers if span.number.partition("(")[0] == base]
    if passage.lead_ins or min(span.start for span in inside) != first.start:
        # It begins in the passage before.
        return None
    # What goes on without a number, up to the next paragraph, belongs to it.
    after = [span.start for span in passage.numbers if span.start > inside[-1].start]
    end = min(after, default=passage.start + len(passage.text))
    text = passage.text[first.start - passage.start : end - passage.start].strip()
    if not text or len(text) > NAMED_WHOLE_CHARACTERS or GOES_ON.search(text):
        return None
    return Candidate(passage, (text,))


def stands_under(span: NumberedSpan, passage: RankedPassage, candidate: Candidate) -> bool:
    """Say whether the words stand in the numbered paragraph, or below it without a number."""
    after = [other.start for other in passage.numbers if other.start >= span.end]
    end = min(after) - passage.start if after else len(passage.text)
    said = fold_space(passage.text[span.start - passage.start : end])
    return is_part(said, fold_space(candidate.parts[-1]))


def choose_exceptions(
    quoted: Sequence[Candidate], passages: Sequence[RankedPassage], look_up: LookUp
) -> list[Candidate]:
    """Return the paragraph of the same page that the words are subject to, if they name one."""
    said = " ".join(fold_space(each.text) for each in quoted)
    for each in quoted:
        for match in SUBJECT_TO.finditer(each.text):
            page = get_page(each.passage.url)
            for found in (passages, look_up(match[1], DocumentKind.OFFICIAL, LOOKED_UP)):
                for passage, span in find_named(f"paragraph {match[1]}", found):
                    own = passage.text[span.start - passage.start : span.end - passage.start]
                    held = [
                        candidate
                        for candidate in read_candidates(passage)
                        if get_page(passage.url) == page
                        and is_part(fold_space(own), fold_space(candidate.text))
                        and fold_space(candidate.text) not in said
                    ]
                    if held:
                        return held[:1]
    return []


def is_part(one: str, other: str) -> bool:
    return bool(one and other) and (one in other or other in one)


def choose_relied_on(
    briefing: RankedPassage,
    passages: Sequence[RankedPassage],
    question: str,
    *,
    similarity: Similarity,
    look_up: LookUp,
) -> list[Candidate]:
    """Return the official words that a briefing rests on: those most like the question.

    Words from elsewhere might say something else than the briefing. Those of its own page, and
    even its own where it rests on many, are quoted only if they are about the same thing as the
    question and the briefing.
    """
    official = [passage for passage in passages if passage.kind is DocumentKind.OFFICIAL]
    relied_on = find_relied_on(briefing.supports, official, look_up)
    floor = RELIED_ON_FLOOR if len(relied_on) > 1 else 0.0
    if not relied_on:
        pages = {get_page(support.url) for support in briefing.supports}
        relied_on = [
            candidate
            for passage in official
            if get_page(passage.url) in pages and passage.dense >= SAME_PAGE_FLOOR
            for candidate in read_candidates(passage)
        ]
        floor = SAME_PAGE_BOTH_FLOOR
    if not relied_on:
        return []
    to_question = score(relied_on, similarity, WorthOfWords(question, relied_on))
    best = max(range(len(relied_on)), key=lambda place: to_question[place])
    # The introduction of a list is the same for all its items.
    words = [relied_on[best].parts[-1]]
    likeness = similarity(words)[0] + similarity(words, to=briefing.text)[0]
    return [relied_on[best]] if likeness >= floor else []


def find_relied_on(
    supports: Sequence[Support], official: Sequence[RankedPassage], look_up: LookUp
) -> list[Candidate]:
    """Return the candidates that hold the words of the supports, or a part of them."""
    found: list[Candidate] = []
    for support in supports:
        if support.quote:
            found += find_quoted(support, official)
    for support in supports:
        # The best passages don't hold them, so look for them by their own words.
        if support.quote and not found:
            words = support.quote[:LOOKED_UP_CHARACTERS]
            found += find_quoted(support, look_up(words, DocumentKind.OFFICIAL, LOOKED_UP))
    return found


def find_quoted(support: Support, official: Sequence[RankedPassage]) -> list[Candidate]:
    words = fold_space(support.quote)
    return [
        candidate
        for passage in official
        if get_page(passage.url) == get_page(support.url)
        for candidate in read_candidates(passage)
        if is_part(words, fold_space(candidate.parts[-1]))
    ]


def get_page(url: str) -> str:
    return url.partition("#")[0].rstrip("/")


def pick_best(
    candidates: Sequence[Candidate], similarity: Similarity, worth: WorthOfWords | None = None
) -> Candidate:
    """Return the candidate that answers best, with a second item of its list where that is as
    good."""
    if len(candidates) == 1:
        return candidates[0]
    scores = score(candidates, similarity, worth)
    order = sorted(range(len(candidates)), key=lambda place: -scores[place])
    best = candidates[order[0]]
    for place in order[1:]:
        second = candidates[place]
        if scores[place] < scores[order[0]] - SECOND_ITEM_BEHIND:
            break
        if second.passage is best.passage and is_same_list(best, second):
            items = sorted((order[0], place))
            return Candidate(
                best.passage, (*best.parts[:-1], *(candidates[item].parts[-1] for item in items))
            )
    return best


def is_same_list(one: Candidate, other: Candidate) -> bool:
    return len(one.parts) > 1 and one.parts[:-1] == other.parts[:-1]
