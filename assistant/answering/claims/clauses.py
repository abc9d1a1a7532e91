"""Cuts a sentence into clauses, so that a 'not' or a number is compared where it belongs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from assistant.answering.claims.links import code_links
from assistant.answering.claims.numbers import Quantity, read_quantities
from assistant.answering.claims.words import (
    FINITE,
    GENERIC,
    MODALS,
    NEGATIONS,
    PERSONS,
    ROLES,
    are_alike,
    is_content,
    is_one_of,
    pick,
    say_alike,
    stem,
)

TOKEN = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*|\d+[\w.]*|[,;:—–()]")
# '(a)' before an item; not the '(a)' of 'paragraph 2(a)'.
LIST_MARKER = re.compile(r"(?:(?<=\s)|^)(?:\((?:[a-z]{1,4}|\d{1,2})\)|[•●▪◦‣*–-])(?=\s)")
ANSWER = re.compile(r"(yes|no)[.,:;]\s+(?=\S)", re.IGNORECASE)
MARKS = frozenset(",;:—–()")
JOINING = frozenset({"and", "or", "but", "nor"})
# What comes after these says when the rest holds; it may not be left out.
CONDITIONS = pick(
    "if unless except when where while once before after until without during whenever wherever "
    "only"
)
OTHER_OPENERS = pick("because otherwise although though whereas so since therefore instead than")
CAUSES = pick("because since so therefore")
RELATIVES = frozenset({"who", "whom", "whose", "which"})


@dataclass(frozen=True)
class Token:
    """A word or a quantity of a sentence, after the same sayings were made the same."""

    text: str
    place: int
    quantity: Quantity | None = None

    @property
    def low(self) -> str:
        return self.text.lower()

    @property
    def is_name(self) -> bool:
        return self.quantity is None and self.text[:1].isupper() and self.place > 0

    @property
    def counts(self) -> bool:
        """Say whether the token carries meaning that must be compared."""
        return self.quantity is not None or is_content(self.text)

    @property
    def is_generic(self) -> bool:
        return is_one_of(self.text, GENERIC)

    @property
    def is_person(self) -> bool:
        return is_one_of(self.text, PERSONS)

    @property
    def is_role(self) -> bool:
        """Say whether 'you' may stand for it."""
        return is_one_of(self.text, ROLES)

    def stands_for(self, other: Token) -> bool:
        if self.quantity or other.quantity:
            return bool(
                self.quantity and other.quantity and self.quantity.is_same_amount(other.quantity)
            )
        return are_alike(stem(self.text), stem(other.text))


@dataclass
class Clause:
    """A run of tokens between two marks or joining words."""

    tokens: list[Token] = field(default_factory=list)
    joined_by: str = ""
    opener: str = ""
    group: int = 0

    @property
    def content(self) -> list[Token]:
        return [token for token in self.tokens if token.counts and token.low not in CONDITIONS]

    @property
    def own(self) -> list[Token]:
        """The content without words for just anybody."""
        return [token for token in self.content if not token.is_generic]

    @property
    def modals(self) -> set[str]:
        found = {MODALS[token.low] for token in self.tokens if token.low in MODALS}
        return found | ({"cannot"} if any(t.low == "cannot" for t in self.tokens) else set())

    @property
    def is_negated(self) -> bool:
        return bool({token.low for token in self.tokens} & NEGATIONS)

    @property
    def has_finite(self) -> bool:
        return any(token.low in FINITE for token in self.tokens)

    @property
    def is_condition(self) -> bool:
        return self.opener in CONDITIONS

    def holds(self, token: Token) -> bool:
        return any(token.stands_for(other) for other in self.content)

    def count_shared(self, other: Clause, *, numbers: bool = True) -> int:
        return sum(other.holds(token) for token in self.own if numbers or token.quantity is None)


@dataclass(frozen=True)
class ReadSentence:
    """A sentence, ready to be compared."""

    text: str
    tokens: tuple[Token, ...]
    clauses: tuple[Clause, ...]
    # The 'yes' or 'no' that it begins with.
    answer: str = ""

    @property
    def content(self) -> list[Token]:
        return [token for token in self.tokens if token.counts]

    @property
    def quantities(self) -> list[Quantity]:
        return [token.quantity for token in self.tokens if token.quantity]

    def holds(self, token: Token) -> bool:
        return any(token.stands_for(other) for other in self.tokens if other.counts)

    def has_word(self, *words: str) -> bool:
        return any(token.low in words for token in self.tokens)


def read_sentence(text: str) -> ReadSentence:
    answer = ANSWER.match(text)
    text = text[answer.end() :] if answer else text
    alike = say_alike(code_links(LIST_MARKER.sub(" ", text)))
    tokens = list(_read_tokens(alike))
    clauses = list(_cut(tokens))
    return ReadSentence(
        alike,
        tuple(token for token in tokens if token.text not in MARKS),
        tuple(clauses),
        answer[1].lower() if answer else "",
    )


def _read_tokens(text: str) -> Iterator[Token]:
    quantities = iter(read_quantities(text))
    current, place, end = next(quantities, None), 0, 0
    for match in TOKEN.finditer(text):
        if current and match.start() >= current.start:
            yield Token(text[current.start : current.end], place, current)
            place, end, current = place + 1, current.end, next(quantities, None)
        if match.start() >= end:
            yield Token(match[0], place)
            place += match[0] not in MARKS
    if current:
        yield Token(text[current.start : current.end], place, current)


def _cut(tokens: list[Token]) -> Iterator[Clause]:
    clause, group, lists = Clause(), 0, ""
    for place, token in enumerate(tokens):
        low, rest = token.low, tokens[place + 1 :]
        if token.quantity is None and low in MARKS:
            if clause.tokens and clause.tokens[-1].low == clause.opener:
                # 'if: … ; … ; or …': each item is a condition.
                lists = clause.opener if low == ":" else lists
                continue
            if clause.tokens:
                yield clause
            group += low == ";" and not lists
            clause = Clause(joined_by=",", group=group, opener=lists)
        elif low in JOINING and rest and not _is_range(tokens, place):
            before = clause
            if clause.tokens:
                yield clause
            # 'anyone who is 16 and lives here may …' goes on after the 'and'.
            goes_on = not clause.modals and any(t.low in RELATIVES for t in clause.tokens)
            is_apart = not lists and (
                low == "but" or (low == "and" and not goes_on and _is_independent(rest))
            )
            group += is_apart
            clause = Clause(joined_by=low, group=group, opener=lists)
            if before.opener and not before.modals and not is_apart:
                clause.opener = before.opener
        elif low in CONDITIONS | OTHER_OPENERS and low != "only":
            if clause.tokens:
                yield clause
                clause = Clause(joined_by="", group=group)
            clause.opener = low
            clause.tokens.append(token)
        else:
            clause.tokens.append(token)
    if clause.tokens:
        yield clause


def _is_range(tokens: list[Token], place: int) -> bool:
    """'between 1 May and 3 June' is one thing."""
    before, after = tokens[place - 1].quantity, tokens[place + 1].quantity
    return bool(place and before and after and before.comparison == "from")


def _is_independent(rest: list[Token]) -> bool:
    """Say whether what follows an 'and' has a subject and a verb of its own."""
    for place, token in enumerate(rest):
        if token.low in MARKS or token.low in JOINING or token.low in CONDITIONS:
            return False
        if token.low in FINITE:
            return place > 0
    return False
