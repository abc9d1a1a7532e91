"""When a briefing's 'Yes.' or 'No.' answers the reader's question, and not another one.

'No.' under 'Is it still open?' would be false under 'Is it closed?'. All such briefings say whether
something is possible, so the word stands only where that is asked, plainly; where it may be
otherwise it is left out, and the sentences after it say the rule whichever way it was asked.
"""

from __future__ import annotations

import re

from assistant.answering.asked_for import ASKS_FOR_MORE_THAN_YES
from assistant.answering.quoting import Similarity
from knowledge.types import RankedPassage

BARE = re.compile(r"(?:yes|no)[.!]\s+", re.IGNORECASE)
# How like the question (cosine) one of the briefing's own questions must be.
SAME_QUESTION = 0.85
ASKS_WHETHER_POSSIBLE = re.compile(
    r"\b(?:can|could|may|allowed|possible|able|entitled|is there|are there|open)\b", re.IGNORECASE
)
# Words that turn a question round, or ask which of two.
TURNS_ROUND = re.compile(
    r"\b(?:not|never|no|none|nobody|without|or|only|clos\w+|end(?:ed|ing)?|over|finish\w*|"
    r"stop\w*|suspend\w*|paused|cancel\w*|refus\w*|reject\w*|exclud\w*|bar|barred|bann?\w*|shut|"
    r"lose|lost|spared|safe|illegal\w*|forbid\w*|impossible|wrong|false|fake|different|separate|"
    r"missing|problem|matter|ruin|limit|temporary|forgotten|removed?)\b|n['’]t\b",
    re.IGNORECASE,
)


def answers_yes_or_no(question: str, briefing: RankedPassage, similarity: Similarity) -> bool:
    """Say whether the bare word may stand: reader and briefing ask whether the same is possible."""
    own = [ask for ask in briefing.asks if asks_whether_possible(ask)]
    return bool(asks_whether_possible(question) and own and max(similarity(own)) >= SAME_QUESTION)


def asks_whether_possible(question: str) -> bool:
    return bool(
        ASKS_WHETHER_POSSIBLE.search(question)
        and not TURNS_ROUND.search(question)
        and not ASKS_FOR_MORE_THAN_YES.match(question)
    )
