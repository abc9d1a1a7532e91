"""Finds the words that a language model says it relies on, and what must be read with them.

A quote is looked up word by word, whatever the white space, and widened to whole sentences, each
list item with what introduces it: half a sentence can say the opposite of the whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from assistant.answering.claims.sources import Source, make_source
from assistant.answering.reading import CONJUNCTION, Unit, read_units
from assistant.answering.sentences import split_sentences
from knowledge.types import RankedPassage

WORD = re.compile(r"\S+")
EDGES = "\"'“”‘’.,;:!?()[]…"
QUOTE_WORDS_AT_LEAST = 2
# A text that speaks to a machine instead of a reader is nobody's evidence.
SPEAKS_TO_A_MACHINE = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instruction|prompt|rule|above|previous)|"
    r"\bsystem prompt\b|\byou are (?:now )?(?:a|an|the) (?:ai|assistant|language model|chatbot)|"
    r"\b(?:as an ai|language model)\b|^\s*(?:assistant|system|user)\s*:|"
    r"\b(?:new|following) instructions?\s*:|<\|\w+\|>|\[/?INST\]",
    re.IGNORECASE | re.MULTILINE,
)
HOLDS_ALL_OR_NOTHING = re.compile(r"\b(?:if|where|when|who|provided|unless)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Reliance:
    """Whole sentences of a passage: `parts` verbatim, `sources` as they are to be read."""

    parts: tuple[str, ...]
    sources: tuple[Source, ...]
    lead_ins: tuple[str, ...] = ()


@dataclass(frozen=True)
class Slice:
    """A sentence or list item, where it stands in its passage, and what governs it."""

    text: str
    start: int
    lead_ins: tuple[str, ...] = ()
    before: str = ""
    # All items of a list that holds only as a whole.
    together: tuple[str, ...] = ()

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def speaks_to_a_machine(text: str) -> bool:
    return SPEAKS_TO_A_MACHINE.search(text) is not None


def find_reliance(quote: str, passage: RankedPassage) -> Reliance | None:
    """Return what a quote stands for, or None where it doesn't stand in the passage."""
    if speaks_to_a_machine(passage.text):
        return None
    span = find_span(quote, passage)
    if span is None:
        return None
    start, end = span
    slices = [each for each in read_slices(passage) if each.start < end and start < each.end]
    if not slices:
        return None
    if len(slices) > 1 and slices[0].together[:1] == (slices[0].text,):
        slices = slices[1:]
    headings = (passage.title, *passage.heading_path)
    parts: list[str] = []
    sources: list[Source] = []
    for each in slices:
        group = each.together or (each.text,)
        parts += [part for part in (*each.lead_ins, *group) if part not in parts]
        text = " ".join((*each.lead_ins, *group))
        sources.append(make_source(text, headings=headings, before=each.before))
    if len(slices) > 1 and slices[0].lead_ins and len({each.lead_ins for each in slices}) == 1:
        whole = " ".join((*slices[0].lead_ins, *(each.text for each in slices)))
        sources.append(make_source(whole, headings=headings))
    lead_ins = tuple(lead for each in slices for lead in each.lead_ins)
    return Reliance(tuple(parts), tuple(sources), lead_ins)


def find_span(quote: str, passage: RankedPassage) -> tuple[int, int] | None:
    """Return where the quote stands in the passage's text, its words compared one by one."""
    words = [match[0] for match in WORD.finditer(quote)]
    if len(words) < QUOTE_WORDS_AT_LEAST:
        return None
    found = find_words(words, passage.text)
    if found is not None:
        return found
    for lead in passage.lead_ins:
        # A quote that begins in what introduces the list, in an earlier passage.
        ends = [match[0] for match in WORD.finditer(lead)]
        for size in range(min(len(words) - 1, len(ends)), 0, -1):
            if are_same(words[:size], ends[-size:]):
                rest = find_words(words[size:], passage.text)
                if rest is not None:
                    return rest
    return None


def find_words(words: list[str], text: str) -> tuple[int, int] | None:
    places = list(WORD.finditer(text))
    wanted = [fold(word) for word in words]
    first = wanted[0].strip(EDGES)
    for at in range(len(places) - len(words) + 1):
        if fold(places[at][0]).strip(EDGES) != first:
            continue
        run = [places[at + nth][0] for nth in range(len(words))]
        if are_same(words, run):
            return places[at].start(), places[at + len(words) - 1].end()
    return None


def are_same(words: list[str], run: list[str]) -> bool:
    """Say whether the words are the same; at either end punctuation may be left out."""
    if len(words) != len(run):
        return False
    last = len(words) - 1
    return all(
        fold(one).strip(EDGES) == fold(two).strip(EDGES)
        if nth in (0, last)
        else fold(one) == fold(two)
        for nth, (one, two) in enumerate(zip(words, run, strict=True))
    )


def fold(word: str) -> str:
    """Make curly quotes straight: models do so, and they change no word."""
    return word.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')


def read_slices(passage: RankedPassage) -> Iterator[Slice]:
    place = 0
    for unit in read_units(passage):
        start = passage.text.find(unit.text, place)
        place = start + len(unit.text)
        if unit.items:
            yield from _read_items(unit, start)
        else:
            yield from _read_sentences(unit.text, start)


def _read_items(unit: Unit, start: int) -> Iterator[Slice]:
    place = 0
    holds_together = _is_joined_by_and(unit)
    intro = unit.text[: unit.text.find(unit.items[0].text)].rstrip()
    if intro and unit.is_whole:
        # Who quotes the introduction alone relies on the whole list.
        items = tuple(each.text for each in unit.items)
        yield Slice(intro, start, together=(intro, *items))
    for item in unit.items:
        at = unit.text.find(item.text, place)
        place = at + len(item.text)
        together = (
            tuple(each.text for each in unit.items if each.lead_ins == item.lead_ins)
            if holds_together and HOLDS_ALL_OR_NOTHING.search(" ".join(item.lead_ins))
            else ()
        )
        if not any(item.text in other.lead_ins for other in unit.items):
            yield Slice(item.text, start + at, lead_ins=item.lead_ins, together=together)


def _is_joined_by_and(unit: Unit) -> bool:
    lines = [line.strip() for line in unit.text.splitlines()]
    return any(
        re.search(r"\band[ ,;]*$", line) or re.fullmatch(r"and[ ,;]*", line) for line in lines
    ) and not any(
        re.search(r"\bor[ ,;]*$", line) or (CONJUNCTION.fullmatch(line) and line[:2] == "or")
        for line in lines
    )


def _read_sentences(text: str, start: int) -> Iterator[Slice]:
    place, slices = 0, []
    for sentence in split_sentences(text):
        at = text.find(sentence, place)
        place = at + len(sentence)
        slices.append(Slice(sentence, start + at))
    previous = [Slice("", start), *slices]
    for before, each in pairwise(previous):
        yield Slice(each.text, each.start, before=before.text)
