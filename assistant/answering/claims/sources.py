"""One sentence of a passage as a claim is compared with it, and what it may point back to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.claims.clauses import ReadSentence, Token, read_sentence
from assistant.answering.claims.numbers import read_quantities
from assistant.answering.claims.words import pick

POINTS_BACK = pick("it its they them their one this these those he she him her that")


@dataclass(frozen=True)
class Source:
    """One sentence of a passage, with what introduces it and what it may point back to."""

    said: ReadSentence
    headings: tuple[ReadSentence, ...] = ()
    # The sentence before, where this one points back to it.
    before: tuple[ReadSentence, ...] = ()

    @property
    def around(self) -> tuple[ReadSentence, ...]:
        return (*self.headings, *self.before)

    def knows(self, token: Token) -> bool:
        return (
            self.said.holds(token)
            or any(each.holds(token) for each in self.headings)
            or any(token.stands_for(other) for each in self.before for other in list_things(each))
        )


def list_things(said: ReadSentence) -> list[Token]:
    """What an 'it' or 'they' may mean: the words after 'the', 'a', a number, or at the start."""
    return [
        token
        for place, token in enumerate(said.tokens)
        if token.counts
        and (
            place == 0
            or said.tokens[place - 1].low in {"the", "a", "an", "every", "no"}
            or said.tokens[place - 1].quantity
            or token.is_name
        )
    ]


def make_source(text: str, *, headings: Sequence[str] = (), before: str = "") -> Source:
    dates = [each for each in read_quantities(before) if each.unit == "date"]
    if len(dates) == 1:
        date = before[dates[0].start : dates[0].end]
        date = re.sub(
            r"^(?:from|on|before|after|until|since|by)\s+", "", date, flags=re.IGNORECASE
        )
        text = re.sub(r"\bthat (?:day|date)\b", date, text)
    said = read_sentence(text)
    points_back = before and said.has_word(*POINTS_BACK)
    return Source(
        said,
        tuple(read_sentence(heading) for heading in headings),
        (read_sentence(before),) if points_back else (),
    )
