"""Conditions, exceptions and doubts of a source: none may be left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from assistant.answering.claims.clauses import CAUSES, CONDITIONS, Clause, ReadSentence, Token
from assistant.answering.claims.sources import Source
from assistant.answering.claims.verbs import align, get_modals, inherit, is_denied, read_limits
from assistant.answering.claims.words import HEDGES, LIGHT, UNIVERSAL, are_alike, pick, stem

# How much of a clause that is used must be in the claim: less would leave out what limits it.
CLAUSE_FLOOR = 1.0
CLAUSE_USED = 0.76
CONDITION_FLOOR = 0.6
TIMES = pick("before after until once since")


def has_wrong_only(claim: ReadSentence, source: Source) -> bool:
    said = {"only", "solely", "exclusively"}
    mine = claim.has_word(*said)
    used = list_used(claim, source.said)
    theirs = any(token.low in said for clause in used for token in clause.tokens)
    if mine:
        return not (source.said.has_word(*said) or source.said.has_word("except", "unless"))
    return theirs


def has_dropped_condition(claim: ReadSentence, source: Source) -> bool:
    clauses = source.said.clauses
    used = list_used(claim, source.said)
    groups = {clause.group for clause in used}
    if not used:
        return True
    best = max(cover(clause, claim, source.headings) for clause in used)
    if best < CLAUSE_FLOOR:
        return True
    if any(CLAUSE_USED < cover(clause, claim, source.headings) < CLAUSE_FLOOR for clause in used):
        return True
    if any(is_otherwise(clause, clauses) for clause in claim.clauses):
        return True
    for place, clause in enumerate(clauses):
        if clause.group not in groups:
            continue
        follows_condition = (
            clause.joined_by == "and" and place > 0 and clauses[place - 1].is_condition
        )
        is_attached = clause.is_condition or (follows_condition and not clause.has_finite)
        if is_attached and (
            is_alternative(place, clauses, claim) or belongs_to_unused(place, clauses, used)
        ):
            continue
        if is_attached and (
            cover(clause, claim) < CONDITION_FLOOR or not holds_first(clause, claim)
        ):
            return True
        if clause in used and not all(
            sum(claim_holds(claim, token) for token in limits) >= CONDITION_FLOOR * len(limits)
            for limits in read_limits(clause)
        ):
            return True
        if (
            clause in used
            and cover(clause, claim, source.headings) == best
            and any(not claim_holds(claim, token) for token in read_persons(clause))
        ):
            return True
        if clause in used and drops_alternative(place, clauses, claim):
            return True
    return False


def is_otherwise(clause: Clause, clauses: Sequence[Clause]) -> bool:
    """'… will be granted, otherwise refused': each half stays where it is."""
    return any(
        ("otherwise" in (clause.opener, each.opener)) and clause.opener != each.opener
        for each in align(clause, clauses)[:1]
    )


def list_used(claim: ReadSentence, said: ReadSentence) -> list[Clause]:
    """Return the clauses of the source that the claim speaks of."""
    covers = [(cover(clause, claim), clause) for clause in said.clauses if clause.own]
    best = max((share for share, _ in covers), default=0.0)
    used = [clause for share, clause in covers if share > 0.5 or share == best > 0]
    for clause in claim.clauses:
        used += align(clause, said.clauses)
    chained = [each for clause in used for each in inherit(clause, said.clauses)]
    return [clause for clause in said.clauses if any(clause is each for each in used + chained)]


def cover(clause: Clause, claim: ReadSentence, headings: Sequence[ReadSentence] = ()) -> float:
    """How much of a clause is in the claim; 'every', 'gives' and what is in the heading don't
    count."""
    own = [
        token
        for token in clause.own
        if token.low not in UNIVERSAL
        and stem(token.text) not in LIGHT
        and not any(heading.holds(token) for heading in headings if token.quantity is None)
        and not is_mere_epithet(token, clause, claim)
    ]
    if not own:
        return 1.0
    # A word that the clause has twice must stand in the claim twice.
    again = Counter[str]()
    held = 0
    for token in own:
        again[stem(token.text)] += 1
        there = sum(token.stands_for(other) for other in claim.tokens if other.counts)
        held += there >= again[stem(token.text)] or (there == 0 and claim_holds(claim, token))
    return held / len(own)


def is_mere_epithet(token: Token, clause: Clause, claim: ReadSentence) -> bool:
    """'The transfer scheme' may be called 'the scheme'; 'most asylum cases' not 'most cases'."""
    nth = clause.tokens.index(token)
    if token.quantity or nth == 0 or nth + 1 >= len(clause.tokens):
        return False
    head = clause.tokens[nth + 1]
    return clause.tokens[nth - 1].low == "the" and any(
        one.low == "the" and head.counts and two.stands_for(head)
        for one, two in zip(claim.tokens, claim.tokens[1:], strict=False)
    )


def claim_holds(claim: ReadSentence, token: Token) -> bool:
    return claim.holds(token) or (token.is_role and claim.has_word("you", "your"))


def holds_first(clause: Clause, claim: ReadSentence) -> bool:
    own = clause.own
    return not own or claim_holds(claim, own[0])


def belongs_to_unused(place: int, clauses: Sequence[Clause], used: Sequence[Clause]) -> bool:
    """'It costs 5 and is valid until noon': the 'until' says nothing of the cost."""
    before = clauses[place - 1] if place else None
    return (
        before is not None
        and before.has_finite
        and not before.is_condition
        and not any(before is each for each in used)
    )


def is_alternative(place: int, clauses: Sequence[Clause], claim: ReadSentence) -> bool:
    """'if A or if B': the one that the claim names is enough."""
    return any(
        0 <= other < len(clauses)
        and "or" in (clauses[max(place, other)].joined_by,)
        and clauses[other].is_condition
        and cover(clauses[other], claim) >= CONDITION_FLOOR
        for other in (place - 1, place + 1)
    )


def read_persons(clause: Clause) -> list[Token]:
    """For whom something holds: 'free for children' is not 'free'."""
    found = []
    for place, token in enumerate(clause.tokens):
        if token.low not in {"for", "to"}:
            continue
        run = clause.tokens[place + 1 : place + 4]
        person = next((each for each in run if each.is_person), None)
        if person and not person.is_generic:
            found.append(person)
    return found


def drops_alternative(place: int, clauses: Sequence[Clause], claim: ReadSentence) -> bool:
    """'must show A or B' is not 'must show A'."""
    if place + 1 >= len(clauses) or clauses[place + 1].joined_by != "or":
        return False
    following, clause = clauses[place + 1], clauses[place]
    binds = "must" in get_modals(clause, clauses) and not is_denied(clause, clauses)
    fresh = [token for token in following.own if not clause.holds(token)]
    names_it = any(claim_holds(claim, token) for token in fresh)
    return binds and bool(fresh) and not names_it and not claim.has_word("or")


def attaches_wrongly(claim: ReadSentence, source: Source) -> bool:
    """Say whether a condition or reason of the claim belongs to something else in the source."""
    clauses = source.said.clauses
    for place, clause in enumerate(claim.clauses):
        if clause.opener not in CONDITIONS | CAUSES:
            continue
        if not clause.own:
            if turns_round(clause, clauses):
                return True
            continue
        theirs = [each for each in align(clause, clauses) if each.opener == clause.opener]
        main = find_main(place, claim.clauses)
        if not theirs or main is None or not main.own:
            continue
        if all(has_other_number(main, each, clauses) for each in theirs):
            return True
        mains = {each.group for each in theirs}
        aligned = align(main, clauses)
        if aligned and not any(each.group in mains for each in aligned):
            return True
        if (
            clause.opener in CAUSES
            and aligned
            and not any(
                each is find_main(list(clauses).index(cause), clauses)
                for each in aligned
                for cause in theirs
            )
        ):
            return True
    return False


def turns_round(clause: Clause, clauses: Sequence[Clause]) -> bool:
    """'Before that' holds no word to compare, but is no 'after that'."""
    if clause.opener not in TIMES:
        return False
    openers = [each for each in clauses if each.opener in TIMES]
    pointing = [each for each in openers if not each.own]
    return clause.opener not in {each.opener for each in pointing or openers}


def has_other_number(main: Clause, condition: Clause, clauses: Sequence[Clause]) -> bool:
    """'5, or 2 where …' says not that it is 5 where …"""
    theirs = find_main(list(clauses).index(condition), clauses)
    mine = [token for token in main.tokens if token.quantity]
    return bool(
        theirs
        and mine
        and any(token.quantity for token in theirs.tokens)
        and not any(theirs.holds(token) for token in mine)
    )


def find_main(place: int, clauses: Sequence[Clause]) -> Clause | None:
    """What a condition belongs to: the clause before it, or after it where it comes first."""
    if place > 0:
        return clauses[place - 1]
    return clauses[place + 1] if len(clauses) > 1 else None


def has_dropped_hedge(claim: ReadSentence, source: Source) -> bool:
    used = list_used(claim, source.said)
    return any(
        not any(are_alike(stem(token.text), stem(other.text)) for other in claim.tokens)
        for clause in used
        for token in clause.tokens
        if token.low in HEDGES and token.quantity is None
    )
