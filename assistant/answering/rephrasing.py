"""Makes a follow-up stand alone, without a model: it takes along the topic of the last turns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.triage import fold_words, is_too_vague
from assistant.answering.types import Turn

# How far back a topic is looked for, and how much of it is taken along.
TURNS_LIMIT = 4
TOPIC_LIMIT_CHARACTERS = 240
SHORT_LIMIT_WORDS = 8

BARE_WORDS = 3
SHORTENED = re.compile(r"\b(?:what (?:now|next)|now what|and now|so now)\s*[?!.]*$", re.IGNORECASE)
CONTINUES = re.compile(
    r"(and|but|or|also|so|then|what about|how about|what if|even if|same for|only|even)\b"
)
ASKS_BARELY = re.compile(
    r"(why|how|when|where|who|which|what|since when|until when|in which case|from when|for how|"
    r"is|are|does|do|did|can|will|must|may|more|tell me more|explain|go on)\b"
)
POINTS_BACK = re.compile(r"\b(this|that|these|those|the same|such|one of them|then)\b")
# A question with words of the subject stands alone, however short it is.
NAMES_ITS_SUBJECT = re.compile(
    r"\b(asylum|scheme|pilot|treaty|agreement|ueats|visa|passport|appl\w+|expression|family|"
    r"reunion|return\w*|remov\w*|inadmiss\w*|resettle\w*|sponsor\w*|homes|ukrain\w*|afghan\w*|"
    r"arap|bno?|hong|settlement|refugee\w*|adviser\w*|lawyer\w*|solicitor\w*|appeal\w*|"
    r"detention|detained|court|quota|figures|statistics|biometric\w*|fingerprint\w*|"
    r"modern slavery|traffick\w*|dublin|ofpra|spada|guda|screening)\b"
)


def is_follow_up(question: str) -> bool:
    """Say whether a question needs the turns before it to be understood."""
    words = fold_words(question)
    if not words or len(words.split()) > SHORT_LIMIT_WORDS:
        return False
    if CONTINUES.match(words):
        return True
    if NAMES_ITS_SUBJECT.search(words):
        return bool(POINTS_BACK.search(words))
    return bool(ASKS_BARELY.match(words) or POINTS_BACK.search(words))


def find_topic(history: Sequence[Turn]) -> str:
    """Return the last question that stood alone and asked something; '' if there was none."""
    for turn in reversed(history[-TURNS_LIMIT:]):
        question = turn.question.strip()
        if question and not is_follow_up(question) and not is_too_vague(question):
            return question[:TOPIC_LIMIT_CHARACTERS]
    return ""


def make_standalone(question: str, history: Sequence[Turn]) -> str:
    """Return the question as somebody would ask it who had said nothing before."""
    topic = find_topic(history) if is_follow_up(question) else ""
    standalone = f"{topic} {question}" if topic else question
    return spell_out(standalone) if len(standalone.split()) > BARE_WORDS else standalone


def spell_out(question: str) -> str:
    """Say in full what people shorten, since a search knows only words: 'It failed. What now?'"""
    return SHORTENED.sub("What can I do now?", question)
