"""Who does what to whom, and where: the same in the claim as in its source."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering.claims.clauses import CONDITIONS, RELATIVES, Clause, ReadSentence, Token
from assistant.answering.claims.sources import Source
from assistant.answering.claims.verbs import (
    align,
    find_denied,
    inherit,
    is_pure_condition,
    is_suffered,
    read_before_verb,
    read_limits,
)
from assistant.answering.claims.words import LIGHT, are_alike, pick, pick_stems, stem

INSTITUTIONS = pick_stems(
    "office court tribunal council government authorities authority officer police minister "
    "judge university treasury department ministry worker contractor secretary parliament "
    "committee commissioner commission agency service inspector doctor social home adviser "
    "solicitor lender friend school"
)


RECEIVES = pick_stems("get receive be have hear are is were was")


PLACES = {"to": "to", "into": "to", "from": "from", "in": "in", "at": "in", "inside": "in",
          "outside": "outside", "against": "against"}  # fmt: skip


ORDERED = pick("before after until than without unless except because")


def has_wrong_roles(claim: ReadSentence, source: Source) -> bool:
    return (
        goes_elsewhere(claim, source)
        or takes_another_part(claim, source)
        or swaps_actors(claim, source)
        or has_another_subject(claim, source)
        or speaks_to_another(claim, source)
        or turns_around(claim, source)
    )


def read_places(said: ReadSentence) -> set[tuple[str, str]]:
    """'to France', 'from the UK' → {('to', 'franc'), ('from', 'uk')}"""
    found = set()
    for place, token in enumerate(said.tokens):
        way = PLACES.get(token.low)
        for after in said.tokens[place + 1 : place + 4] if way else ():
            if after.is_name:
                found.add((way or "", stem(after.text)))
            if after.low not in {"the", "a", "an"} and not after.is_name:
                break
    return found


def goes_elsewhere(claim: ReadSentence, source: Source) -> bool:
    known = read_places(source.said)
    heard = {place for said in source.around for place in read_places(said)}
    names = {name for _, name in known}
    receivers = {stem(token.text) for token in source.said.tokens[2:] if token.is_name} - names
    return any(
        place not in known
        and (place[1] in names or place not in heard)
        and not (place[0] == "to" and place[1] in receivers)
        for place in read_places(claim)
    )


def list_actors(said: ReadSentence) -> list[tuple[str, int]]:
    """Return the people, offices and names of a sentence with their places, if unambiguous."""
    found: list[tuple[str, int]] = []
    for place, token in enumerate(said.tokens):
        root = stem(token.text)
        if token.quantity or token.low in {"that", "those", "who"}:
            continue
        before = said.tokens[max(0, place - 2) : place]
        is_where = any(
            each.low in {"in", "at", "under", "of"}
            and all(later.low in {"the", "a", "an"} for later in before[nth + 1 :])
            for nth, each in enumerate(before)
        )
        if is_where or (before and before[-1].low in {"v", "vs"}):
            continue
        if token.low in {"you", "your", "applicant", "person", "borrower"}:
            found.append(("you", place))
        elif token.is_person or root in INSTITUTIONS or token.is_name:
            found.append((root, place))
    return found


def takes_another_part(claim: ReadSentence, source: Source) -> bool:
    """Say whether two who act stand the other way round than in the source."""
    theirs = list_actors(source.said)
    for clause in claim.clauses:
        is_turned = names_agent(clause.tokens) != any(
            names_agent(each.tokens) for each in align(clause, source.said.clauses)
        )
        places = {token.place for token in clause.tokens}
        mine = [(name, place) for name, place in list_actors(claim) if place in places]
        for nth, (one, _) in enumerate(mine):
            for two, _ in mine[nth + 1 :]:
                firsts = [place for name, place in theirs if name == one]
                seconds = [place for name, place in theirs if name == two]
                if one == two or len(firsts) != 1 or len(seconds) != 1:
                    continue
                if abs(firsts[0] - seconds[0]) > 1 and (firsts[0] > seconds[0]) != is_turned:
                    return True
    return False


def swaps_actors(claim: ReadSentence, source: Source) -> bool:
    """Say whether somebody does in the claim what somebody else does in the source."""
    for clause in claim.clauses:
        aligned = align(clause, source.said.clauses)
        if not aligned or is_suffered(clause):
            continue
        mine = read_actors(clause)
        if all(
            (theirs := read_actors(each))
            and (others := mine - theirs)
            and theirs - mine
            and others & {name for other in source.said.clauses for name in read_actors(other)}
            for each in aligned
        ):
            return True
    return False


def read_actors(clause: Clause) -> set[str]:
    return {name for name, _ in list_actors(ReadSentence("", tuple(clause.tokens), ()))}


def names_agent(tokens: Sequence[Token]) -> bool:
    """'… by the court': who acts stands behind."""
    return any(
        token.low == "by"
        and any(
            each.is_person or stem(each.text) in INSTITUTIONS or each.is_name
            for each in tokens[place + 1 : place + 5]
        )
        for place, token in enumerate(tokens)
    )


def speaks_to_another(claim: ReadSentence, source: Source) -> bool:
    """Say whether 'you' is told what the source tells an office or somebody else."""
    for clause in claim.clauses:
        lows = [token.low for token in clause.tokens]
        if "you" not in lows or clause.opener:
            continue
        after = clause.tokens[lows.index("you") + 1 :]
        if is_suffered(clause):
            continue
        if not after or stem(after[0].text) in RECEIVES or after[0].low in {"are", "will"}:
            continue
        aligned = align(clause, source.said.clauses)
        if aligned and all(tells_another(each, source.said.clauses) for each in aligned):
            return not names_agent(claim.tokens)
    return False


def tells_another(clause: Clause, clauses: Sequence[Clause]) -> bool:
    """Say whether the subject is somebody or something else than the person a rule is for."""
    subject = read_subject(clause, clauses)
    return (
        any(token.counts for token in subject)
        and not is_suffered(clause)
        and not any(token.is_person for token in subject)
    )


def read_subject(clause: Clause, clauses: Sequence[Clause]) -> list[Token]:
    """What stands before the verb, here or in the clause whose verb this one shares."""
    for each in inherit(clause, clauses):
        if not each.has_finite:
            continue
        if each.opener and each.tokens[0].low == each.opener:
            return []
        subject = read_before_verb(each)
        relatives = [token for token in each.tokens if token.low in RELATIVES]
        if relatives and subject and relatives[0].place > subject[-1].place:
            subject = [*subject, *(token for run in read_limits(each) for token in run)]
        place = list(clauses).index(each)
        while place > 0 and clauses[place].joined_by in {"and", "or", ","}:
            # 'A, B or C may …': all of them do.
            place -= 1
            before = clauses[place]
            if before.has_finite or before.opener or before.group != each.group:
                break
            subject = [*before.tokens, *subject]
        return subject
    return []


def has_another_subject(claim: ReadSentence, source: Source) -> bool:
    """Say whether the claim says of one thing what the source says of another."""
    for clause in claim.clauses:
        if is_pure_condition(clause) or not clause.has_finite:
            continue
        if is_suffered(clause) and has_light_verb(clause, source):
            # 'Fines are given' is 'is fined': the subject is the source's verb.
            continue
        mine = [
            token
            for token in read_subject(clause, claim.clauses)
            if token.counts and not token.is_generic and token.low not in CONDITIONS
        ]
        aligned = find_denied(clause, source.said.clauses) or align(clause, source.said.clauses)
        aligned = [each for each in aligned if not is_pure_condition(each)] or aligned
        if (
            mine
            and aligned
            and all(speaks_of_another(mine, clause, each, source.said.clauses) for each in aligned)
        ):
            return True
    return False


def has_light_verb(clause: Clause, source: Source) -> bool:
    return any(stem(token.text) in LIGHT and not source.said.holds(token) for token in clause.own)


def speaks_of_another(
    mine: Sequence[Token], clause: Clause, other: Clause, clauses: Sequence[Clause]
) -> bool:
    theirs = read_subject(other, clauses)
    if not any(token.counts for token in theirs) and not any(t.low == "you" for t in theirs):
        return False
    if is_suffered(clause) == is_suffered(other):
        return not any(token.stands_for(each) for token in mine for each in theirs if each.counts)
    rest = [token for token in other.tokens if token not in theirs and token.counts]
    return not any(token.stands_for(each) for token in mine for each in rest)


def turns_around(claim: ReadSentence, source: Source) -> bool:
    """What comes after 'before', 'than' or 'unless' must come after it in the source."""
    for place, token in enumerate(claim.tokens):
        if token.low not in ORDERED or token.quantity:
            continue
        after = next(
            (each for each in claim.tokens[place + 1 :] if each.counts and not each.is_generic),
            None,
        )
        known = [
            [each for each in source.said.tokens[at + 1 :] if each.counts][:6]
            for at, other in enumerate(source.said.tokens)
            if are_alike(stem(other.text), stem(token.text)) and other.quantity is None
        ]
        if after is None:
            continue
        if not any(after.stands_for(each) for run in known for each in run):
            return True
    return False
