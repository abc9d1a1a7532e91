"""What may be quoted of a passage: no rule without its exceptions, no item without its list.

A short list is quoted whole. Of a long one the introduction and the items that matter are quoted,
each verbatim, with a mark of omission between; but one that is turned round ('unless') only whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.answering.reading import Item, Unit, read_units
from assistant.answering.sentences import split_sentences
from assistant.answering.verification import ELLIPSIS
from knowledge.types import RankedPassage

# Longer paragraphs are quoted by their best sentence, longer lists by their best items.
PARAGRAPH_LIMIT_CHARACTERS = 420
LIST_LIMIT_CHARACTERS = 600
TURNED_LIST_LIMIT_CHARACTERS = 1500
# Fewer words than this are a statement only if they end like one, or are a row of a table.
STATEMENT_WORDS = 9
STATEMENT = re.compile(r"[.;!?][)\]\"'”’]*$|: ")

LEANS_ON_THE_ONE_BEFORE = re.compile(
    r"(?:this|these|that|those|they|it|he|she|such|however|but|otherwise|in that case|"
    r"in this case|if so|if not|the same|then|also|for example|here|there)\b",
    re.IGNORECASE,
)

# What follows takes back a part of what was said, so it is never left out.
TAKES_BACK = re.compile(
    r"(?:but|however|unless|except|save (?:that|where)|otherwise|provided that|"
    r"(?:this|that|these|sub-?paragraph|paragraph|the (?:above|requirement))\b[^.]{0,60}"
    r"\b(?:do(?:es)? not|will not|shall not) apply)\b",
    re.IGNORECASE,
)
# A list after such words is quoted whole or not at all.
TURNS_A_LIST = re.compile(
    r"\b(?:unless|except|excluding|does not apply|do not apply|not apply)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Candidate:
    """Official words that may be quoted: each part verbatim, joined by marks of omission."""

    passage: RankedPassage
    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        return f" {ELLIPSIS} ".join(self.parts)


def read_candidates(passage: RankedPassage) -> list[Candidate]:
    """Return all that may be quoted from a passage without changing what it means."""
    return [
        Candidate(passage, parts) for unit in read_units(passage) for parts in read_parts(unit)
    ]


def read_parts(unit: Unit) -> list[tuple[str, ...]]:
    if unit.items:
        turns = any(
            TURNS_A_LIST.search(lead_in) for item in unit.items for lead_in in item.lead_ins
        )
        limit = TURNED_LIST_LIMIT_CHARACTERS if turns else LIST_LIMIT_CHARACTERS
        if unit.is_whole and len(unit.text) <= limit:
            return [(unit.text,)]
        if turns:
            # 'Unless' one or all of them: without the others a condition would be lost.
            return []
        return [(*item.lead_ins, item.text) for item in unit.items if is_complete(item, unit)]
    if not unit.is_whole:
        return []
    if len(unit.text) <= PARAGRAPH_LIMIT_CHARACTERS:
        return [(unit.text,)] if says_something(unit.text) else []
    return [(text,) for text in read_runs(unit.text)]


def says_something(text: str) -> bool:
    """A title that stands in the text like a paragraph says nothing."""
    return len(text.split()) >= STATEMENT_WORDS or bool(STATEMENT.search(text))


def is_complete(item: Item, unit: Unit) -> bool:
    """An item that introduces a list of its own says nothing without it."""
    return not any(item.text in other.lead_ins for other in unit.items) and not item.text.endswith(
        ":"
    )


def read_runs(paragraph: str) -> list[str]:
    """Return the sentences of a paragraph, each with the ones that it leans on before it and the
    exceptions from it that follow."""
    places, place = [], 0
    for sentence in split_sentences(paragraph):
        at = paragraph.index(sentence, place)
        place = at + len(sentence)
        places.append((at, place, sentence))
    runs = []
    for number, (_, end, _) in enumerate(places):
        first = number
        while first and LEANS_ON_THE_ONE_BEFORE.match(places[first][2]):
            first -= 1
        for _, after, sentence in places[number + 1 :]:
            if not TAKES_BACK.match(sentence):
                break
            end = after
        runs.append(paragraph[places[first][0] : end])
    return runs
