"""'And' is not 'or', and what the source keeps apart stays apart."""

from __future__ import annotations

from assistant.answering.claims.clauses import Clause, ReadSentence, Token
from assistant.answering.claims.sources import Source
from assistant.answering.claims.verbs import is_pure_condition


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
    pairs = sorted((abs(one - two), one, two) for one in lefts for two in rights if one != two)
    for _, one, two in pairs:
        between = said.tokens[min(one, two) + 1 : max(one, two)]
        joins = [token.low for token in between if token.low in {"and", "or"}]
        if joins:
            # The nearest two that are joined at all.
            return {joins[-1]}
    return set()


def mixes_clauses(claim: ReadSentence, source: Source) -> bool:
    """'Adults pay 2, children pay 1' says not that children pay 2."""
    clauses = [clause for clause in source.said.clauses if clause.own]
    conditions = [each for each in claim.clauses if each.opener and not each.modals]
    for clause in claim.clauses:
        shared = [(clause.count_shared(each), cover_by(each, clause)) for each in clauses]
        if not shared or max(shared)[0] == 0:
            continue
        ranks = [(share == 1, count, share) for count, share in shared]
        best = clauses[ranks.index(max(ranks))]
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


def cover_by(clause: Clause, other: Clause) -> float:
    own = clause.own
    held = sum(
        other.holds(token)
        or (token.is_role and any(each.low in {"you", "your"} for each in other.tokens))
        for token in own
    )
    return held / len(own) if own else 1.0
