"""Chooses which official words to quote, never cutting a list so that its meaning changes.

A short list is quoted whole. Of a long one the introduction and the items that matter are quoted,
each verbatim, with a mark of omission between.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.answering.reading import Item, Unit, read_units
from assistant.answering.sentences import fold_space, split_sentences
from assistant.answering.verification import ELLIPSIS
from knowledge.retrieval import list_keys, read_references
from knowledge.types import DocumentKind, NumberedSpan, RankedPassage, Support

# How like the question (cosine) each of the texts is.
Similarity = Callable[[Sequence[str]], Sequence[float]]
# Finds passages of one kind for other words than the question's.
LookUp = Callable[[str, DocumentKind, int], Sequence[RankedPassage]]

OFFICIAL_LIMIT = 2
# Official words are quoted if their passage is this like the question; more so beside a briefing
# that rests on their page but not on a known paragraph of it.
OFFICIAL_FLOOR = 0.68
SAME_PAGE_FLOOR = 0.68
OFFICIAL_BEHIND = 0.05
WEIGHED = 4
SECOND_BEHIND = 0.03
# Longer paragraphs are quoted by their best sentence, longer lists by their best items.
PARAGRAPH_LIMIT_CHARACTERS = 420
LIST_LIMIT_CHARACTERS = 600
SECOND_ITEM_BEHIND = 0.02
LOOKED_UP = 4
LOOKED_UP_CHARACTERS = 200

LEANS_ON_THE_ONE_BEFORE = re.compile(
    r"(?:this|these|that|those|they|it|he|she|such|however|but|otherwise|in that case|"
    r"in this case|if so|if not|the same|then|also|for example|here|there)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Candidate:
    """Official words that may be quoted: each part verbatim, joined by marks of omission."""

    passage: RankedPassage
    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        return f" {ELLIPSIS} ".join(self.parts)


def choose_official(
    passages: Sequence[RankedPassage],
    *,
    similarity: Similarity,
    limit: int = OFFICIAL_LIMIT,
) -> list[Candidate]:
    """Return the official words that are most like the question, from different passages."""
    near = [
        passage
        for passage in passages
        if passage.kind is DocumentKind.OFFICIAL and passage.dense >= OFFICIAL_FLOOR
    ]
    best = max((passage.dense for passage in near), default=0.0)
    near = [passage for passage in near if passage.dense >= best - OFFICIAL_BEHIND][:WEIGHED]
    groups = [candidates for passage in near if (candidates := read_candidates(passage))]
    chosen = [pick_best(candidates, similarity) for candidates in groups]
    scores = similarity([candidate.text for candidate in chosen]) if chosen else []
    order = sorted(range(len(chosen)), key=lambda place: -scores[place])
    return [
        chosen[place]
        for place in order[:limit]
        if scores[place] >= scores[order[0]] - SECOND_BEHIND
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
        if not named.isdisjoint(list_keys(span.number))
    ]


def choose_named(named: Sequence[tuple[RankedPassage, NumberedSpan]]) -> list[Candidate]:
    """Return the words of the first paragraph named, as far as they may be quoted."""
    for passage, span in named:
        said = fold_space(passage.text[span.start - passage.start : span.end - passage.start])
        chosen = [
            candidate
            for candidate in read_candidates(passage)
            if is_part(said, fold_space(candidate.parts[-1]))
        ]
        if chosen:
            return chosen[:OFFICIAL_LIMIT]
    return []


def is_part(one: str, other: str) -> bool:
    return bool(one and other) and (one in other or other in one)


def choose_relied_on(
    briefing: RankedPassage,
    passages: Sequence[RankedPassage],
    *,
    similarity: Similarity,
    look_up: LookUp,
) -> list[Candidate]:
    """Return the official words that a briefing rests on: the most like the question."""
    official = [passage for passage in passages if passage.kind is DocumentKind.OFFICIAL]
    relied_on = find_relied_on(briefing.supports, official, look_up)
    if relied_on:
        return [pick_best(relied_on, similarity)]
    # Words from elsewhere might say something else than the briefing.
    pages = {get_page(support.url) for support in briefing.supports}
    same_page = [
        passage
        for passage in official
        if get_page(passage.url) in pages and passage.dense >= SAME_PAGE_FLOOR
    ]
    return choose_official(same_page, similarity=similarity, limit=1)


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
        if any(words in part or part in words for part in map(fold_space, candidate.parts))
    ]


def get_page(url: str) -> str:
    return url.partition("#")[0].rstrip("/")


def pick_best(candidates: Sequence[Candidate], similarity: Similarity) -> Candidate:
    """Return the candidate that is most like the question, with a second item of its list where
    that is as good."""
    if len(candidates) == 1:
        return candidates[0]
    scores = similarity([candidate.text for candidate in candidates])
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


def read_candidates(passage: RankedPassage) -> list[Candidate]:
    """Return all that may be quoted from a passage without changing what it means."""
    return [
        Candidate(passage, parts) for unit in read_units(passage) for parts in read_parts(unit)
    ]


def read_parts(unit: Unit) -> list[tuple[str, ...]]:
    if unit.items:
        if unit.is_whole and len(unit.text) <= LIST_LIMIT_CHARACTERS:
            return [(unit.text,)]
        return [(*item.lead_ins, item.text) for item in unit.items if is_complete(item, unit)]
    if not unit.is_whole:
        return []
    if len(unit.text) <= PARAGRAPH_LIMIT_CHARACTERS:
        return [(unit.text,)]
    return [(text,) for text in read_runs(unit.text)]


def is_complete(item: Item, unit: Unit) -> bool:
    """An item that introduces a list of its own says nothing without it."""
    return not any(item.text in other.lead_ins for other in unit.items) and not item.text.endswith(
        ":"
    )


def read_runs(paragraph: str) -> list[str]:
    """Return the sentences of a paragraph, each with the ones that it leans on."""
    runs, start, place = [], 0, 0
    for sentence in split_sentences(paragraph):
        at = paragraph.index(sentence, place)
        place = at + len(sentence)
        if not LEANS_ON_THE_ONE_BEFORE.match(sentence):
            start = at
        runs.append(paragraph[start:place])
    return runs
