"""Finds which of the choices that were offered a reader means: 'the second', '2', 'family'."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from assistant.answering.content import content_words
from assistant.answering.patterns import fold_words

ORDINALS = ("first", "second", "third", "fourth")
NUMBERS = {
    **{word: place for place, word in enumerate(ORDINALS)},
    **{word: place for place, word in enumerate(("one", "two", "three", "four"))},
    **{word: place for place, word in enumerate(("1", "2", "3", "4"))},
    **{word: place for place, word in enumerate(("1st", "2nd", "3rd", "4th"))},
    **{word: place for place, word in enumerate(("a", "b", "c", "d"))},
    "last": -1,
}
AROUND = re.compile(
    r"\b(?:the|one|please|pls|option|choice|answer|number|no|nr|question|it is|it s|i mean|i want|"
    r"yes|this|that)\b"
)
# More words than this are a question of their own.
WORDS_LIMIT = 5


def pick_choice(text: str, choices: Sequence[str]) -> str:
    """Return the choice that the words mean; '' if they mean none of them, or several."""
    words = fold_words(text)
    for choice in choices:
        if words == fold_words(choice):
            return choice
    if not choices or not words or len(words.split()) > WORDS_LIMIT:
        return ""
    place = read_place(words)
    if place is not None:
        return choices[place] if place < len(choices) else ""
    said = content_words(AROUND.sub(" ", words))
    if not said:
        return ""
    fitting = [choice for choice in choices if said <= content_words(choice)]
    return fitting[0] if len(fitting) == 1 else ""


def read_place(words: str) -> int | None:
    """Read 'the second one' or '2' as a place, counted from 0."""
    if words in NUMBERS:
        return NUMBERS[words]
    bare = " ".join(AROUND.sub(" ", words).split())
    if bare in NUMBERS:
        return NUMBERS[bare]
    near = get_close_matches(bare, ORDINALS, n=1, cutoff=0.8)
    return NUMBERS[near[0]] if near else None
