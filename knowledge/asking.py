"""What of a text is the question: people tell their story first and ask at its end.

The story's words must not drown the question's, so ranking counts what is asked once more.
"""

from __future__ import annotations

import re

OPENERS = (
    "Can Could Do Does Did Is Are Am Was Were Will Would Should Must May Might Have Has "
    "What When Where Who Whom Whose Which Why How If"
)
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
# 'I have refugee status Can my wife come?': written without a full stop.
OPENS_INSIDE = re.compile(rf"(?<=[a-z0-9,;:)] )(?=(?:{'|'.join(OPENERS.split())})\b)")


def find_asking_clauses(text: str) -> str:
    """Return the clauses that ask, or the last sentence where none does; the text if all asks."""
    sentences = [part for part in SENTENCE_END.split(text.strip()) if part]
    asking = [sentence for sentence in sentences if sentence.endswith("?")] or sentences[-1:]
    return " ".join(OPENS_INSIDE.split(sentence)[-1] for sentence in asking)
