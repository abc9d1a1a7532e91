"""The order of words: 'boats give way to ferries' is not 'ferries give way to boats'.

A phrase that begins with a preposition may move; what is left of a clause keeps its order.
"""

from __future__ import annotations

from assistant.answering.claims.clauses import RELATIVES, Clause, ReadSentence, Token
from assistant.answering.claims.sources import Source
from assistant.answering.claims.verbs import align, is_suffered
from assistant.answering.claims.words import FINITE, TO_BE, pick

PREPOSITIONS = pick(
    "in on at to from by for with without of within under over against into onto through during "
    "before after until between as about via towards around since beyond outside inside near "
    "across behind instead than"
)
# These stand where they like.
MOVABLE = pick(
    "first yet then also now still already just currently each every all later soon monday "
    "tuesday wednesday thursday friday saturday sunday week month year day today"
)


def has_other_order(claim: ReadSentence, source: Source) -> bool:
    for clause in claim.clauses:
        aligned = align(clause, source.said.clauses)
        alike = [each for each in aligned if is_suffered(each) == is_suffered(clause)]
        if alike and len(alike) == len(aligned) and not any(keeps(clause, each) for each in alike):
            return True
    return any(
        stands_elsewhere(preposition, token, source)
        for clause in claim.clauses
        for preposition, phrase in read_phrases(clause)
        for token in phrase
        if token.counts
    )


def read_phrases(clause: Clause) -> list[tuple[str, list[Token]]]:
    """Cut a clause before each preposition and after a phrase; the core has ''."""
    core: list[Token] = []
    phrases: list[tuple[str, list[Token]]] = [("", core)]
    current = core
    for token in clause.tokens:
        if token.quantity:
            # Numbers are bound to their words by a check of their own.
            phrases.append(("", [token]))
            current = core
        elif token.low in MOVABLE:
            phrases.append(("", [token]))
        elif token.low in PREPOSITIONS:
            current = []
            phrases.append((token.low, current))
        elif token.low in FINITE:
            current = core
        else:
            current.append(token)
    return phrases


def keeps(clause: Clause, other: Clause) -> bool:
    """Say whether the core's words stand in the same order in the source's clause."""
    core = [token for token in read_phrases(clause)[0][1] if token.counts]
    last, before = -1, None
    for token in core:
        places = [nth for nth, each in enumerate(other.tokens) if token.stands_for(each)]
        if not places:
            continue
        later = [place for place in places if place > last]
        if later:
            last, before = later[0], token
        elif not is_described(places[0], last, other) or before is None:
            return False
    return True


def is_described(first: int, last: int, clause: Clause) -> bool:
    """'Passes that are lost' may become 'lost passes', 'a letter from the office' its letter."""
    between = {token.low for token in clause.tokens[first + 1 : last]}
    return bool(between & (RELATIVES | TO_BE | {"that", "of", "from"})) and last - first <= 4


def stands_elsewhere(preposition: str, token: Token, source: Source) -> bool:
    """Say whether 'from the south' is 'at the south' in the source, or 'with' is 'without'."""
    known = {
        other
        for clause in source.said.clauses
        for other, phrase in read_phrases(clause)
        if any(token.stands_for(each) for each in phrase)
    }
    ways = known - {""}
    if not ways or preposition in ways:
        return False
    if preposition == "by":
        return token.is_person or token.is_name
    if preposition in {"from", "without", "against"}:
        return True
    return (preposition == "to" and bool(ways & {"from", "by"})) or (
        preposition == "with" and "without" in ways
    )
