"""Does a sentence that a language model wrote say no more and no less than its source?

A model may shorten and reorder what it was given, and say 'you'. It may bring no word, number,
name, 'not', 'must' or 'only' of its own, and leave out no condition. Each check asks one question;
the first that fails names the fault. docs/adr/0010 says what they can't see.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import StrEnum

from assistant.answering.claims.clauses import ReadSentence, read_sentence
from assistant.answering.claims.content import has_unknown_word, has_wrong_number
from assistant.answering.claims.joining import has_wrong_joining, mixes_clauses
from assistant.answering.claims.limits import (
    attaches_wrongly,
    has_dropped_condition,
    has_dropped_hedge,
    has_wrong_only,
)
from assistant.answering.claims.order import has_other_order
from assistant.answering.claims.roles import has_wrong_roles
from assistant.answering.claims.sources import Source
from assistant.answering.claims.verbs import has_wrong_modal, has_wrong_negation, has_wrong_time
from assistant.answering.claims.words import FINITE


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
    (ClaimFault.ROLES, has_other_order),
    (ClaimFault.JOINED, has_wrong_joining),
    (ClaimFault.CONDITION, has_dropped_condition),
    (ClaimFault.CONDITION, attaches_wrongly),
    (ClaimFault.MIXED, mixes_clauses),
)
