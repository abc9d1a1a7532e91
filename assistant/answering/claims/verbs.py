"""Verbs: what is denied, what may or must be, and when. Compared clause by clause."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.claims.clauses import RELATIVES, Clause, ReadSentence, Token
from assistant.answering.claims.sources import Source
from assistant.answering.claims.words import FINITE, MODALS, NEGATIONS, PAST, PRESENT, TO_BE

IS_PARTICIPLE = re.compile(
    r".{2}(?:ed|en|wn)$|^(?:sold|held|lent|made|told|put|sent|paid|kept|met|brought|built|found|"
    r"left|lost|read|set|cut|sought|bought|caught|done|begun|understood)$"
)


def align(clause: Clause, clauses: Sequence[Clause]) -> list[Clause]:
    """Return the clauses of the source that share most with a clause of the claim."""
    shared = [clause.count_shared(each) for each in clauses]
    most = max(shared, default=0)
    return [each for each, count in zip(clauses, shared, strict=True) if count == most > 0]


def inherit(clause: Clause, clauses: Sequence[Clause]) -> list[Clause]:
    """A clause and those before it whose verb it shares: 'must not be A | or have B'."""
    chain, place = [clause], list(clauses).index(clause)
    while (
        place > 0
        and not has_own_verb(chain[-1])
        and clauses[place].joined_by
        and get_condition(clauses[place]) == get_condition(clauses[place - 1])
        and clauses[place].group == clauses[place - 1].group
    ):
        place -= 1
        chain.append(clauses[place])
    return chain


def get_condition(clause: Clause) -> str:
    return clause.opener if is_pure_condition(clause) else ""


def has_own_verb(clause: Clause) -> bool:
    """Say whether the clause has a modal, or a subject with a finite verb."""
    if clause.modals:
        return True
    return any(token.low in FINITE for token in clause.tokens[1:])


def is_denied(clause: Clause, clauses: Sequence[Clause]) -> bool:
    chain = inherit(clause, clauses)
    return any(
        each.is_negated for each in (chain if not has_own_verb(clause) else [clause])
    ) != bool("neednot" in clause.modals)


def has_wrong_negation(claim: ReadSentence, source: Source) -> bool:
    for clause in claim.clauses:
        aligned = align(clause, source.said.clauses)
        mine = is_denied(clause, claim.clauses)
        if mine and find_denied(clause, source.said.clauses):
            continue
        if clause.opener and not mine and any(is_in_subject(clause, each) for each in aligned):
            continue
        if aligned and all(is_denied(each, source.said.clauses) != mine for each in aligned):
            return True
        if not aligned and mine and not any(each.is_negated for each in source.said.clauses):
            return True
        if not mine and not clause.opener and takes_what_is_denied(clause, source.said.clauses):
            return True
    if loses_a_not(claim, source.said):
        return True
    if claim.answer and claim.answer != source.said.answer:
        return True
    # Two that cancel each other, or one lost among several.
    least = sum(
        count_negations(clause)
        for clause in source.said.clauses
        if clause.own and all(claim.holds(token) for token in clause.own)
    )
    denials = sum(map(count_negations, claim.clauses))
    return not least <= denials <= sum(map(count_negations, source.said.clauses))


def takes_what_is_denied(clause: Clause, clauses: Sequence[Clause]) -> bool:
    """'By the office and not by the solicitor' says nothing of the solicitor but 'not'."""
    for token in clause.own:
        holders = [each for each in clauses if each.holds(token)]
        if holders and all(each.is_negated and not each.has_finite for each in holders):
            return True
    return False


def find_denied(clause: Clause, clauses: Sequence[Clause]) -> list[Clause]:
    """Return where the word right after the 'not' stands after a 'not' in the source."""
    lows = [token.low for token in clause.tokens]
    places = [nth for nth, low in enumerate(lows) if low in NEGATIONS]
    if not places:
        return []
    denied = next((token for token in clause.tokens[places[0] + 1 :] if token.counts), None)
    return [each for each in clauses if denied and each.holds(denied) and is_denied(each, clauses)]


def is_in_subject(clause: Clause, other: Clause) -> bool:
    """Say whether a condition stands in the source as 'who …' or before the verb, not denied."""
    limits = [token for run in read_limits(other) for token in run]
    zone = limits or read_before_verb(other)
    return not any(token.low in NEGATIONS for token in zone) and all(
        any(token.stands_for(each) for each in zone) for token in clause.own
    )


def read_before_verb(clause: Clause) -> list[Token]:
    """Return what stands before the main verb; nothing where that can't be told."""
    inside = {token.place for run in read_limits(clause) for token in run}
    relatives = [nth for nth, each in enumerate(clause.tokens) if each.low in RELATIVES]
    before = clause.tokens[: relatives[0]] if relatives else []
    if relatives and not any(each.low in FINITE for each in before):
        inside.add(clause.tokens[relatives[0]].place + 1)
        is_main = any(each.low in FINITE and each.place not in inside for each in clause.tokens)
        return before if is_main else []
    for place, token in enumerate(clause.tokens):
        if token.low in FINITE:
            return clause.tokens[:place]
    return []


def loses_a_not(claim: ReadSentence, said: ReadSentence) -> bool:
    """Say whether a word right after a 'not' in the source stands without one in the claim."""
    if sum(map(count_negations, claim.clauses)) >= sum(map(count_negations, said.clauses)):
        return False
    known = read_bound_negations(said)
    mine = read_bound_negations(claim)
    for token in known:
        is_only_denied = sum(token.stands_for(each) for each in said.tokens if each.counts) == 1
        if (
            is_only_denied
            and any(token.stands_for(each) for each in claim.tokens if each.counts)
            and not any(token.stands_for(each) for each in mine)
        ):
            return True
    return False


def read_bound_negations(said: ReadSentence) -> list[Token]:
    """'not yet provided' → [yet, provided]"""
    found: list[Token] = []
    for place, token in enumerate(said.tokens):
        if token.low in NEGATIONS or token.low == "neednot":
            following = [each for each in said.tokens[place + 1 : place + 5] if each.counts]
            found += following[:1]
    return found


def count_negations(clause: Clause) -> int:
    return sum(token.low in NEGATIONS or token.low == "neednot" for token in clause.tokens)


def get_modals(clause: Clause, clauses: Sequence[Clause]) -> set[str]:
    for each in [*inherit(clause, clauses), *look_ahead(clause, clauses)]:
        if each.modals:
            return {"may" if modal == "cannot" else modal for modal in each.modals}
    return set()


def read_bound_modals(said: ReadSentence) -> list[tuple[str, Token]]:
    """'must provide' → ('must', provide); 'cannot' and 'may not' bind alike."""
    found = []
    for place, token in enumerate(said.tokens):
        modal = "may" if token.low == "cannot" else MODALS.get(token.low)
        verb = next((each for each in said.tokens[place + 1 : place + 4] if each.counts), None)
        if modal and verb:
            found.append((modal, verb))
    return found


def look_ahead(clause: Clause, clauses: Sequence[Clause]) -> list[Clause]:
    """'A, B or C may …': the verb of the first stands after the last."""
    ahead: list[Clause] = []
    is_subject = any(token.low in RELATIVES for token in clause.tokens)
    if (clause.has_finite and not is_subject) or clause.opener:
        return ahead
    for each in list(clauses)[list(clauses).index(clause) + 1 :]:
        if each.joined_by not in {",", "or", "and"} or each.opener or each.group != clause.group:
            break
        ahead.append(each)
        if each.has_finite:
            break
    return ahead


def has_wrong_modal(claim: ReadSentence, source: Source) -> bool:
    clauses = source.said.clauses
    known = read_bound_modals(source.said)
    for modal, token in read_bound_modals(claim):
        bound = {each for each, other in known if token.stands_for(other)}
        if bound and modal not in bound:
            return True
    for clause in claim.clauses:
        mine = get_modals(clause, claim.clauses)
        aligned = find_denied(clause, clauses) or align(clause, clauses)
        if not aligned:
            if mine - {modal for each in clauses for modal in get_modals(each, clauses)}:
                return True
            continue
        theirs = [get_modals(each, clauses) for each in aligned]
        if mine and not any(mine <= each for each in theirs):
            return True
        if not mine and all(theirs) and has_verb_or_says_much(clause):
            return True
    return False


def has_verb_or_says_much(clause: Clause) -> bool:
    return not clause.opener and (clause.has_finite or len(clause.own) > 2)


def read_limits(clause: Clause) -> list[list[Token]]:
    """What 'who …' and 'without …' say of the noun before: it may not be left out."""
    limits: list[list[Token]] = []
    tokens = clause.tokens
    for place, token in enumerate(tokens):
        if token.low not in RELATIVES:
            continue
        run: list[Token] = []
        for after, each in enumerate(tokens[place + 1 :]):
            if each.low in MODALS or (each.low in FINITE and after > 0):
                break
            if each.counts and not each.is_generic:
                run.append(each)
        if run:
            limits.append(run)
    return limits


def has_wrong_time(claim: ReadSentence, source: Source) -> bool:
    known = read_bound_times(source.said)
    for time, token in read_bound_times(claim):
        bound = {each for each, other in known if token.stands_for(other)}
        if bound and time not in bound:
            return True
    for clause in claim.clauses:
        mine = read_times(clause)
        aligned = align(clause, source.said.clauses)
        theirs = {time for each in aligned for time in read_times(each)}
        if mine and theirs and not mine & theirs:
            return True
    return False


def read_bound_times(said: ReadSentence) -> list[tuple[str, Token]]:
    """'was granted' → ('past', granted)"""
    found = []
    for place, token in enumerate(said.tokens):
        time = "past" if token.low in PAST else "present" if token.low in PRESENT else ""
        time = "will" if token.low == "will" else time
        verb = next((each for each in said.tokens[place + 1 : place + 4] if each.counts), None)
        if time and verb and verb.quantity is None:
            found.append((time, verb))
    return found


def read_times(clause: Clause) -> set[str]:
    found = {"past" for token in clause.tokens if token.low in PAST}
    return found | {"present" for token in clause.tokens if token.low in PRESENT}


def is_suffered(clause: Clause) -> bool:
    """'You must be refused': what stands before the verb doesn't act."""
    limits = {token.place for run in read_limits(clause) for token in run}
    lows = [token.low for token in clause.tokens if token.place not in limits]
    return any(
        low in TO_BE and any(IS_PARTICIPLE.search(after) for after in lows[nth + 1 : nth + 3])
        for nth, low in enumerate(lows)
    )


def is_pure_condition(clause: Clause) -> bool:
    return bool(clause.opener) and not clause.modals
