"""Is what a language model wrote one plain sentence that stands alone?"""

from __future__ import annotations

import re
import unicodedata

SENTENCE_LIMIT_CHARACTERS = 400
WORDS_AT_LEAST = 3
# Marks of formatting, of citations and of machines. Prices and brackets of a text stay.
MARKUP = re.compile(r"[<>`*#|{}\\^~_\n\r\t]|\[\s?\d+\s?\]|\]\(|⟦|⟧|--|::")
LEANS = re.compile(
    r"(?:it(?! is (?:not )?(?:possible|compulsory|necessary|free))|"
    r"its|they|their|them|this|these|those|that|he|she|his|her|such|however|but|otherwise|"
    r"also|then|therefore|so|and|or|here|there (?!is|are|was|were)|in that case|in this case|"
    r"if so|if not|the same|for example)\b",
    re.IGNORECASE,
)
FIRST_PERSON = re.compile(r"\b(?:I|I'm|I’m|me|my|we|us|our)\b")
REFUSES = re.compile(
    r"\b(?:i|we) (?:cannot|can['’]t|am unable|are unable|won['’]t)\b|\bas an ai\b|"
    r"\bi['’]m sorry\b|\blanguage model\b|\bpassages?\b|\bsystem prompt\b|\binstructions?\b",
    re.IGNORECASE,
)


def is_plain_sentence(text: str, *, source: str) -> bool:
    """Say whether the text may stand in an answer by its form; `source` is what it relies on."""
    words = text.split()
    return bool(
        len(words) >= WORDS_AT_LEAST
        and len(text) <= SENTENCE_LIMIT_CHARACTERS
        and not MARKUP.search(text)
        and not text.rstrip(" \"'”’)").endswith("?")
        and not LEANS.match(text)
        and (not FIRST_PERSON.search(text) or FIRST_PERSON.search(source))
        and (not REFUSES.search(text) or REFUSES.search(source))
        and not has_strange_letters(text, source)
    )


def has_strange_letters(text: str, source: str) -> bool:
    """Say whether a letter is of another script, or can't be seen."""
    return any(
        letter not in source
        and (
            unicodedata.category(letter) in {"Cc", "Cf", "Co", "Cn", "Cs"}
            or (letter.isalpha() and not unicodedata.name(letter, "").startswith("LATIN"))
        )
        for letter in text
    )
