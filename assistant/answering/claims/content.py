"""Words, names and numbers: a claim brings none of its own."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering.claims.clauses import CONDITIONS, Clause, ReadSentence, Token
from assistant.answering.claims.limits import cover, list_used
from assistant.answering.claims.numbers import read_rates
from assistant.answering.claims.sources import Source
from assistant.answering.claims.words import LIGHT, stem

BINDING = {
    "before": ("before",),
    "after": ("after", "once", "when"),
    "until": ("until", "till"),
    "unless": ("unless", "except"),
    "except": ("unless", "except"),
    "without": ("without",),
    "during": ("during", "while"),
}


def has_unknown_word(claim: ReadSentence, source: Source) -> bool:
    names_people = any(token.is_person for token in source.said.tokens)
    for token in claim.content:
        if token.quantity:
            continue
        if token.low in CONDITIONS:
            if token.low in BINDING and not source.said.has_word(*BINDING[token.low]):
                return True
            continue
        if token.is_name:
            if not has_exactly(token, source):
                return True
        elif not (
            source.knows(token)
            or (token.is_generic and names_people)
            or (stem(token.text) in LIGHT and says_all(claim, source))
        ):
            return True
    return any(
        one.is_name and two.is_name and not stand_together(one, two, source)
        for one, two in zip(claim.tokens, claim.tokens[1:], strict=False)
    )


def says_all(claim: ReadSentence, source: Source) -> bool:
    """Say whether nothing of the clauses used is left out: then a light verb adds nothing."""
    return all(cover(clause, claim) == 1 for clause in list_used(claim, source.said))


def has_exactly(token: Token, source: Source) -> bool:
    """A heading may lend a name only to a sentence without any."""
    has_names = any(other.is_name for other in source.said.tokens)
    places = [source.said, *source.before, *(() if has_names else source.headings)]
    return any(stem(token.text) == stem(other.text) for said in places for other in said.tokens)


def stand_together(one: Token, two: Token, source: Source) -> bool:
    return any(
        stem(one.text) == stem(first.text) and stem(two.text) == stem(second.text)
        for said in (source.said, *source.around)
        for first, second in zip(said.tokens, said.tokens[1:], strict=False)
    )


def has_wrong_number(claim: ReadSentence, source: Source) -> bool:
    known = source.said.quantities
    if any(not any(each.is_same(other) for other in known) for each in claim.quantities):
        return True
    if not read_rates(claim.text) <= read_rates(source.said.text):
        return True
    return any(
        is_bound_elsewhere(token, clause, source.said.clauses)
        for clause in claim.clauses
        for token in clause.tokens
        if token.quantity
    )


def is_bound_elsewhere(number: Token, clause: Clause, clauses: Sequence[Clause]) -> bool:
    """Say whether the words beside a number stand beside another number in the source."""
    with_it = [each for each in clauses if each.holds(number)]
    others = [
        each for each in clauses if not each.holds(number) and any(t.quantity for t in each.tokens)
    ]

    def share(each: Clause) -> int:
        shared = clause.count_shared(each, numbers=False)
        place = list(clauses).index(each)
        if place and each.joined_by and not each.has_finite and not each.opener:
            # '… costs 5 for an adult and 2 for a child' says what the 2 is before the 5.
            head = Clause(read_head(clauses[place - 1]))
            shared += clause.count_shared(head, numbers=False)
        return shared

    return max(map(share, others), default=0) > max(map(share, with_it), default=0)


def read_head(clause: Clause) -> list[Token]:
    """What stands before the first number."""
    places = [nth for nth, token in enumerate(clause.tokens) if token.quantity]
    return clause.tokens[: places[0]] if places else []
