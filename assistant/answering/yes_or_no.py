"""When a briefing's 'Yes.' or 'No.' answers the reader's question, and not another one.

'No.' under 'Is it still open?' would be false under 'Is it closed?'. Where it may be, the word is
left out; the sentences after it say the rule whichever way it was asked.
"""

from __future__ import annotations

import re

from assistant.answering.asked_for import ASKS_FOR_MORE_THAN_YES
from assistant.answering.quoting import Similarity
from knowledge.types import RankedPassage

BARE = re.compile(r"(?:yes|no)[.!]\s+", re.IGNORECASE)
# How like the question (cosine) the nearest of the briefing's own questions must be.
SAME_QUESTION = 0.8
# Words that turn a question round: to one of them the answer is 'no' where it was 'yes'.
TURNS_ROUND = re.compile(
    r"\b(?:not|never|no|none|nobody|without|closed?|closing|ended|ending|over|finished|finish|"
    r"stopped|stop|suspended|paused|cancell?ed|refused?|rejected|excluded?|barred|banned|lose|lost|"
    r"illegal|forbidden|impossible|wrong|false|fake|different|separate)\b|n['’]t\b",
    re.IGNORECASE,
)


def answers_yes_or_no(question: str, briefing: RankedPassage, similarity: Similarity) -> bool:
    """Say whether the bare word may stand: one of the briefing's own questions is the reader's."""
    if ASKS_FOR_MORE_THAN_YES.match(question):
        return False
    own = [ask for ask in (*briefing.asks, *briefing.heading_path[-1:]) if ask]
    if not own:
        return False
    likenesses = similarity(own)
    nearest = max(range(len(own)), key=lambda place: likenesses[place])
    return likenesses[nearest] >= SAME_QUESTION and is_turned(question) == is_turned(own[nearest])


def is_turned(question: str) -> bool:
    return bool(TURNS_ROUND.search(question))
