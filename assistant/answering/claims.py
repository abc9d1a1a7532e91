"""Does a sentence that a language model wrote say no more and no less than its source?

A model may shorten and reorder what it was given, and say 'you'. It may bring no word, number,
name, 'not', 'must' or 'only' of its own, and leave out no condition. Each check asks one question;
the first that fails names the fault. docs/adr/0010 says what they can't see.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.answering.claim_clauses import (
    CAUSES,
    CONDITIONS,
    RELATIVES,
    Clause,
    ReadSentence,
    Token,
    read_sentence,
)
from assistant.answering.claim_numbers import read_quantities, read_rates
from assistant.answering.claim_words import (
    FINITE,
    HEDGES,
    MODALS,
    NEGATIONS,
    PAST,
    PRESENT,
    UNIVERSAL,
    are_alike,
    pick,
    pick_stems,
    stem,
)

# How much of a clause that is used must be in the claim: less would leave out what limits it.
CLAUSE_FLOOR = 1.0
CONDITION_FLOOR = 0.6
INSTITUTIONS = pick_stems(
    "office court tribunal council government authorities authority officer police minister "
    "judge university treasury department ministry worker contractor secretary parliament "
    "committee commissioner commission agency service inspector doctor social home adviser "
    "solicitor lender friend school"
)
POINTS_BACK = pick("it its they them their one this these those he she him her that")
TO_BE = pick("be been is are was were")
IS_PARTICIPLE = re.compile(
    r".{2}(?:ed|en|wn)$|^(?:sold|held|lent|made|told|put|sent|paid|kept|met|brought|built|found|"
    r"left|lost|read|set|cut|sought|bought|caught|done|begun|understood)$"
)
# 'A fine is given' for 'is fined': allowed where all other words stand in the source.
LIGHT = pick_stems("get gets got give gives given take takes taken put bring go goes")
RECEIVES = pick_stems("get receive be have hear are is were was")
PLACES = {"to": "to", "into": "to", "from": "from", "in": "in", "at": "in", "inside": "in",
          "outside": "outside", "against": "against"}  # fmt: skip
BINDING = {
    "before": ("before",),
    "after": ("after", "once", "when"),
    "until": ("until", "till"),
    "unless": ("unless", "except"),
    "except": ("unless", "except"),
    "without": ("without",),
    "during": ("during", "while"),
}
ORDERED = pick("before after until than without unless except because")


class ClaimFault(StrEnum):
    """What a sentence says that its source doesn't, or the other way round."""

    UNKNOWN_WORD = "a word stands in no source"
    NUMBER = "a number, date, unit or comparison is not the source's"
    NEGATION = "what is denied is not what the source denies"
    MODAL = "may, must, should or will is not the source's"
    CONDITION = "a condition or exception of the source is left out"
    ONLY = "'only' is not where the source has it"
    HEDGE = "the source is less sure"
    TIME = "past and present are not the source's"
    ROLES = "who does what to whom is not the source's"
    JOINED = "'and' or 'or' is not the source's"
    MIXED = "it joins what the source keeps apart"


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
        date = re.sub(r"^(?:from|on|before|after|until|since|by)\s+", "", date, flags=re.IGNORECASE)
        text = re.sub(r"\bthat (?:day|date)\b", date, text)
    said = read_sentence(text)
    points_back = before and said.has_word(*POINTS_BACK)
    return Source(
        said,
        tuple(read_sentence(heading) for heading in headings),
        (read_sentence(before),) if points_back else (),
    )


def find_claim_fault(text: str, sources: Sequence[Source]) -> ClaimFault | None:
    """Return None if one source says all of it, or each joined part is said by one."""
    faults = [find_fault_in(text, source) for source in sources]
    if not faults or None in faults:
        return None if faults else ClaimFault.UNKNOWN_WORD
    if len(sources) > 1 and is_said_in_parts(text, sources):
        return None
    return next(fault for fault in faults if fault)


def is_said_in_parts(text: str, sources: Sequence[Source]) -> bool:
    """Say whether the sentence can be cut in two, each part with a subject, each part said."""
    for cut in re.finditer(r"(?:,|;)? (?:and|but) |; ", text):
        left, right = text[: cut.start()], text[cut.end() :]
        subject = find_subject(left)
        if starts_with_verb(right):
            right = f"{subject} {right}"
        if subject and all(
            part.split()[1:] and any(find_fault_in(part, source) is None for source in sources)
            for part in (left, right)
        ):
            return True
    return False


def find_subject(text: str) -> str:
    """What stands before the first finite verb: 'You', 'The Home Office'."""
    words = text.split()
    for place, word in enumerate(words):
        if word.lower() in FINITE:
            return " ".join(words[:place])
    return ""


def starts_with_verb(text: str) -> bool:
    first = text.split()[0].lower() if text.split() else ""
    return first in FINITE or first in {"not", "never", "also"} or first in {"it", "they", "this"}


def find_fault_in(text: str, source: Source) -> ClaimFault | None:
    """Compare a sentence with one source; the first fault found, or None."""
    claim = read_sentence(text)
    return next((fault for fault, has in CHECKS if has(claim, source)), None)


# --- words and numbers -------------------------------------------------------------------------


def has_unknown_word(claim: ReadSentence, source: Source) -> bool:
    names_people = any(
        token.is_person for token in source.said.tokens
    )
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


# --- not, must, only, when ---------------------------------------------------------------------


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
    mine, theirs = count_denials(claim), count_denials(source.said)
    return bool(mine) and not theirs


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


def count_denials(said: ReadSentence) -> int:
    return sum(clause.is_negated or "neednot" in clause.modals for clause in said.clauses)


def get_modals(clause: Clause, clauses: Sequence[Clause]) -> set[str]:
    for each in [*inherit(clause, clauses), *look_ahead(clause, clauses)]:
        if each.modals:
            return {"may" if modal == "cannot" else modal for modal in each.modals}
    return set()


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
    for place, clause in enumerate(clauses):
        if clause.group not in groups:
            continue
        follows_condition = (
            clause.joined_by == "and" and place > 0 and clauses[place - 1].is_condition
        )
        is_attached = clause.is_condition or (follows_condition and not clause.has_finite)
        if is_attached and is_alternative(place, clauses, claim):
            continue
        if is_attached and (
            cover(clause, claim) < CONDITION_FLOOR or not holds_first(clause, claim)
        ):
            return True
        if clause in used and not all(
            any(claim_holds(claim, token) for token in limits) for limits in read_limits(clause)
        ):
            return True
        if clause in used and cover(clause, claim, source.headings) == best and any(
            not claim_holds(claim, token) for token in read_persons(clause)
        ):
            return True
        if clause in used and drops_alternative(place, clauses, claim):
            return True
    return False


def list_used(claim: ReadSentence, said: ReadSentence) -> list[Clause]:
    """Return the clauses of the source that the claim speaks of."""
    covers = [(cover(clause, claim), clause) for clause in said.clauses if clause.own]
    best = max((share for share, _ in covers), default=0.0)
    used = [clause for share, clause in covers if share > 0.5 or share == best > 0]
    for clause in claim.clauses:
        used += align(clause, said.clauses)
    chained = [each for clause in used for each in inherit(clause, said.clauses)]
    return [clause for clause in said.clauses if any(clause is each for each in used + chained)]


def cover(
    clause: Clause, claim: ReadSentence, headings: Sequence[ReadSentence] = ()
) -> float:
    """How much of a clause is in the claim; 'every', 'gives' and what is in the heading don't
    count."""
    own = [
        token
        for token in clause.own
        if token.low not in UNIVERSAL
        and stem(token.text) not in LIGHT
        and not any(heading.holds(token) for heading in headings if token.quantity is None)
    ]
    return sum(claim_holds(claim, token) for token in own) / len(own) if own else 1.0


def claim_holds(claim: ReadSentence, token: Token) -> bool:
    return claim.holds(token) or (
        token.is_role and claim.has_word("you", "your")
    )


def holds_first(clause: Clause, claim: ReadSentence) -> bool:
    own = clause.own
    return not own or claim_holds(claim, own[0])


def is_alternative(place: int, clauses: Sequence[Clause], claim: ReadSentence) -> bool:
    """'if A or if B': the one that the claim names is enough."""
    return any(
        0 <= other < len(clauses)
        and "or" in (clauses[max(place, other)].joined_by,)
        and clauses[other].is_condition
        and cover(clauses[other], claim) >= CONDITION_FLOOR
        for other in (place - 1, place + 1)
    )


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
        if clause.opener not in CONDITIONS | CAUSES or not clause.own:
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


# --- how sure, and when ------------------------------------------------------------------------


def has_dropped_hedge(claim: ReadSentence, source: Source) -> bool:
    used = list_used(claim, source.said)
    return any(
        not any(are_alike(stem(token.text), stem(other.text)) for other in claim.tokens)
        for clause in used
        for token in clause.tokens
        if token.low in HEDGES and token.quantity is None
    )


def has_wrong_time(claim: ReadSentence, source: Source) -> bool:
    for clause in claim.clauses:
        mine = read_times(clause)
        aligned = align(clause, source.said.clauses)
        theirs = {time for each in aligned for time in read_times(each)}
        if mine and theirs and not mine & theirs:
            return True
    return False


def read_times(clause: Clause) -> set[str]:
    found = {"past" for token in clause.tokens if token.low in PAST}
    return found | {"present" for token in clause.tokens if token.low in PRESENT}


# --- who does what to whom ---------------------------------------------------------------------


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
    is_turned = is_passive(claim) != is_passive(source.said)
    for clause in claim.clauses:
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


def is_suffered(clause: Clause) -> bool:
    """'You must be refused': what stands before the verb doesn't act."""
    limits = {token.place for run in read_limits(clause) for token in run}
    lows = [token.low for token in clause.tokens if token.place not in limits]
    return any(
        low in TO_BE and any(IS_PARTICIPLE.search(after) for after in lows[nth + 1 : nth + 3])
        for nth, low in enumerate(lows)
    )


def read_actors(clause: Clause) -> set[str]:
    return {name for name, _ in list_actors(ReadSentence("", tuple(clause.tokens), ()))}


def is_passive(said: ReadSentence) -> bool:
    return any(
        token.low == "by"
        and any(each.low not in {"bank"} for each in said.tokens[place + 1 :][:1])
        and any(
            each.is_person or stem(each.text) in INSTITUTIONS or each.is_name
            for each in said.tokens[place + 1 : place + 5]
        )
        for place, token in enumerate(said.tokens)
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
            return not is_passive(claim)
    return False


def tells_another(clause: Clause, clauses: Sequence[Clause]) -> bool:
    """Say whether the subject is somebody or something else than the person a rule is for."""
    subject = read_subject(clause, clauses)
    return (
        any(token.counts for token in subject)
        and not is_suffered(clause)
        and not any(
            token.is_person for token in subject
        )
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
            if clauses[place].has_finite or clauses[place].group != each.group:
                break
            subject = [*clauses[place].tokens, *subject]
        return subject
    return []


def has_another_subject(claim: ReadSentence, source: Source) -> bool:
    """Say whether the claim says of one thing what the source says of another."""
    for clause in claim.clauses:
        if is_pure_condition(clause) or not clause.has_finite:
            continue
        mine = [
            token
            for token in read_subject(clause, claim.clauses)
            if token.counts and not token.is_generic and token.low not in CONDITIONS
        ]
        aligned = find_denied(clause, source.said.clauses) or align(clause, source.said.clauses)
        aligned = [each for each in aligned if not is_pure_condition(each)] or aligned
        if mine and aligned and all(
            speaks_of_another(mine, clause, each, source.said.clauses) for each in aligned
        ):
            return True
    return False


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


# --- and, or -----------------------------------------------------------------------------------


def has_wrong_joining(claim: ReadSentence, source: Source) -> bool:
    for place, token in enumerate(claim.tokens):
        if token.low not in {"and", "or"}:
            continue
        left = next((each for each in reversed(claim.tokens[:place]) if each.counts), None)
        right = next((each for each in claim.tokens[place + 1 :] if each.counts), None)
        if left is None or right is None:
            continue
        known = find_joining(left, right, source.said)
        if known and token.low not in known:
            return True
    return False


def find_joining(left: Token, right: Token, said: ReadSentence) -> set[str]:
    """Return how the source joins two words, where it does."""
    lefts = [token.place for token in said.tokens if token.counts and left.stands_for(token)]
    rights = [token.place for token in said.tokens if token.counts and right.stands_for(token)]
    found: set[str] = set()
    for one in lefts:
        for two in rights:
            between = said.tokens[min(one, two) + 1 : max(one, two)]
            found |= {token.low for token in between if token.low in {"and", "or"}}
    return found


def mixes_clauses(claim: ReadSentence, source: Source) -> bool:
    """'Adults pay 2, children pay 1' says not that children pay 2."""
    clauses = [clause for clause in source.said.clauses if clause.own]
    conditions = [each for each in claim.clauses if each.opener and not each.modals]
    for clause in claim.clauses:
        shared = [(clause.count_shared(each), cover_by(each, clause)) for each in clauses]
        if not shared or max(shared)[0] == 0:
            continue
        best = clauses[
            max(range(len(shared)), key=lambda nth, of=shared: (of[nth][1] == 1, of[nth]))
        ]
        outside = [token for token in clause.own if not best.holds(token)]
        left_out = [
            token
            for token in best.own
            if not clause.holds(token) and not any(each.holds(token) for each in conditions)
        ]
        if not left_out or is_pure_condition(best):
            continue
        for other in clauses:
            if other is best or is_pure_condition(other):
                continue
            brings = [token for token in outside if other.holds(token)]
            if brings and cover_by(other, clause) < 1:
                return True
    return False


def is_pure_condition(clause: Clause) -> bool:
    return bool(clause.opener) and not clause.modals


def cover_by(clause: Clause, other: Clause) -> float:
    own = clause.own
    held = sum(
        other.holds(token)
        or (
            token.is_role
            and any(each.low in {"you", "your"} for each in other.tokens)
        )
        for token in own
    )
    return held / len(own) if own else 1.0


Check = Callable[[ReadSentence, Source], bool]
CHECKS: tuple[tuple[ClaimFault, Check], ...] = (
    (ClaimFault.UNKNOWN_WORD, has_unknown_word),
    (ClaimFault.NUMBER, has_wrong_number),
    (ClaimFault.NEGATION, has_wrong_negation),
    (ClaimFault.MODAL, has_wrong_modal),
    (ClaimFault.ONLY, has_wrong_only),
    (ClaimFault.HEDGE, has_dropped_hedge),
    (ClaimFault.TIME, has_wrong_time),
    (ClaimFault.ROLES, has_wrong_roles),
    (ClaimFault.JOINED, has_wrong_joining),
    (ClaimFault.CONDITION, has_dropped_condition),
    (ClaimFault.CONDITION, attaches_wrongly),
    (ClaimFault.MIXED, mixes_clauses),
)
