"""Parts of one question: 'How much does it cost, and can I bring my dog?' asks two things.

Each part is searched and answered by itself, and what of it has no evidence is said. A question
is only cut before another question, never inside one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.asked_for import find_asked
from assistant.answering.composing import Draft
from assistant.answering.weighing import Weigher, get_words
from knowledge.retrieval import split_words

PARTS_LIMIT = 3
# A part shorter than this ('and when?', 'or not?') belongs to what stands before it.
OWN_WORDS = 2
LEANING_WORDS = 2
PART_LIMIT_CHARACTERS = 80
# How much of what a part says (its words, the rare ones counting more) must stand in the passages
# that answer it. A passage this like it needs no words in common.
COVERED_SHARE = 0.5
SAME_QUESTION = 0.85

ASKING = r"(?:how|what|when|where|which|who|whom|whose|why)"
PRONOUN = r"(?:i|we|you|he|she|it|they|there|people|someone|somebody|anyone)"
SUBJECT = rf"(?:{PRONOUN}|my|our|your|his|her|their|the|a|an|this|that|these|those)"
# 'Have a bell' is no question, 'have they a bell' is.
INVERTED = (
    r"(?:(?:am|is|are|was|were|do|does|did|can|could|may|might|must|will|would|shall|should)\s+"
    rf"{SUBJECT}|(?:have|has|had|need)\s+{PRONOUN})\b"
)
NEXT_QUESTION = re.compile(
    rf"(?:\?|;)\s*(?:(?:and|or|also|but)\s+)?|"
    rf",?\s+(?:and|or|also|but)\s+(?:also\s+|then\s+)?(?={ASKING}\b|{INVERTED})",
    re.IGNORECASE,
)
POINTS_BACK = re.compile(r"\b(?:it|this|that|they|them|there|one)\b", re.IGNORECASE)
BEGINS_QUESTION = re.compile(rf"(?:{ASKING}\b|{INVERTED})", re.IGNORECASE)


def split_parts(question: str) -> tuple[str, ...]:
    """Return the questions that one question holds; itself alone where it is one."""
    pieces, begin = [], 0
    for match in NEXT_QUESTION.finditer(question):
        pieces.append(question[begin : match.start()])
        begin = match.end()
    pieces.append(question[begin:])
    parts: list[str] = []
    for piece in (" ".join(piece.split()).strip(" ,.?;!") for piece in pieces):
        if piece and parts and not asks_by_itself(piece):
            # 'Can I bring my wife? I am a refugee': one question with what it is about.
            return (question,)
        if piece:
            parts.append(piece)
    is_sound = 1 < len(parts) <= PARTS_LIMIT and bool(split_words(parts[0]))
    return tuple(parts) if is_sound else (question,)


def asks_by_itself(piece: str) -> bool:
    return bool(BEGINS_QUESTION.match(piece)) and asks_something(piece)


def asks_something(piece: str) -> bool:
    """'And when?' asks about what stands before it, 'how long does it take' asks more."""
    words = len(set(split_words(piece)))
    return words >= OWN_WORDS or (len(piece.split()) > OWN_WORDS and bool(find_asked(piece)))


def get_search(part: str, parts: Sequence[str]) -> str:
    """What to search for a part: with the first part, where it says too little alone."""
    leans = POINTS_BACK.search(part) and len(set(split_words(part))) <= LEANING_WORDS
    return f"{parts[0]} {part}" if leans and part != parts[0] else part


def is_covered(part: str, draft: Draft, weigher: Weigher) -> bool:
    """Say whether what answers the part speaks of what it asks, not just of something near it."""
    if not draft.sentences:
        return False
    asked = set(split_words(part))
    first = draft.passages[draft.sentences[0].quotes[0].passage_id]
    if first.dense >= SAME_QUESTION:
        return True
    held = {
        word
        for passage in draft.passages.values()
        for text in (get_words(passage), *passage.asks)
        for word in split_words(text)
    }
    said = weigher.measure_rarity(asked)
    return weigher.measure_rarity(asked & held) >= COVERED_SHARE * said


def join_parts(drafts: Sequence[tuple[str, Draft]], weigher: Weigher) -> Draft:
    """One draft of the parts' drafts, in their order; what is not covered is named as missing."""
    joined = Draft()
    missing: list[str] = []
    for part, draft in drafts:
        if not is_covered(part, draft, weigher):
            missing.append(shorten(part))
            continue
        for sentence in draft.sentences:
            passage = draft.passages[sentence.quotes[0].passage_id]
            joined.add(
                sentence.text, sentence.label, passage, *(quote.text for quote in sentence.quotes)
            )
        joined.older |= draft.older
    joined.missing = tuple(missing)
    return joined


def shorten(part: str) -> str:
    """The reader's words, as plain text on one line."""
    words = " ".join(part.replace("“", "").replace("”", "").split())
    if len(words) <= PART_LIMIT_CHARACTERS:
        return words
    return words[:PART_LIMIT_CHARACTERS].rsplit(" ", 1)[0] + " …"
