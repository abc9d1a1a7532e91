"""The pattern language of triage's rules: words that are folded alike in every script.

Every repetition is bounded or possessive, so that no question, however hostile, takes more than
so many steps for each of its words; tests/assistant/answering/test_patterns.py holds that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

GAP = r"(?: \S++){0,8}? "
SHORT_GAP = r"(?: \S++){0,3}? "

# What people write in more than one way: letters, and marks that many leave out.
LETTERS = str.maketrans(
    {
        "đ": "d",
        "ı": "i",
        "ł": "l",
        "ø": "o",
        "œ": "oe",
        "æ": "ae",
        "ی": "ي",
        "ى": "ي",
        "ې": "ي",
        "ۍ": "ي",
        "ک": "ك",
        "ګ": "گ",
        "ة": "ه",
        "ە": "ه",
        "ہ": "ه",
        "ھ": "ه",
        "ړ": "ر",
        "ټ": "ت",
        "ډ": "د",
        "ڼ": "ن",
        "ߴ": "'",
        "’": "'",
        "ـ": None,
        # Joiners and marks of direction, which no reader sees.
        **dict.fromkeys("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", None),
    }
)
# Persian writes the sign of a verb, and of a plural, apart, joined, or with an unseen joiner.
APART = re.compile(r"\b(ن?مي) (?=\w)")
PLURAL_APART = re.compile(r"(?<=\w) ها\b")
DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")


def fold_words(text: str) -> str:
    """Reduce a text to lower-case words with single spaces between: 'Can't?' → 'can t'."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.findall(r"\w+", plain))


def fold_letters(text: str) -> str:
    """Write letters that readers exchange, or whose marks they leave out, in one way."""
    parts = unicodedata.normalize("NFKD", text.casefold()).translate(LETTERS)
    return "".join(
        str(unicodedata.decimal(part)) if part.isdecimal() else part
        for part in parts
        if not unicodedata.combining(part)
    )


def fold_spoken(text: str) -> str:
    """Reduce a text of any language to words as the rules know them: 'Đến!!' → 'den'."""
    words = " ".join(re.findall(r"\w+", fold_letters(text)))
    return PLURAL_APART.sub("ها", APART.sub(r"\1", DRAWN_OUT.sub(r"\1", words)))


def list_scripts(text: str) -> frozenset[str]:
    """Name the scripts of a text's letters: 'LATIN', 'ARABIC', 'ETHIOPIC'."""
    letters = {letter for letter in text if letter.isalpha()}
    return frozenset(unicodedata.name(letter, "?").partition(" ")[0] for letter in letters)


def expand(pattern: str, vocabulary: Mapping[str, str]) -> str:
    """Put the words of the vocabulary in the place of {their name}."""
    for _ in range(4):
        if not re.search(r"\{[a-z_]", pattern):
            return pattern
        pattern = re.sub(r"\{([a-z_]+)\}", lambda match: f"({vocabulary[match[1]]})", pattern)
    raise ValueError(f"the vocabulary of {pattern!r} is a circle")


def write_expression(
    pattern: str, vocabulary: Mapping[str, str] | None = None, prefixes: str = ""
) -> str:
    """Turn one pattern into a regular expression over folded words."""
    expression = fold_letters(expand(pattern.strip(), vocabulary or {})).replace("'", " ")
    expression = APART.sub(r"\1", expression)
    expression = re.sub(r"\((?!\?)", "(?:", expression)
    expression = re.sub(r"(?<=\w)\*", r"\\w*+", expression)
    expression = expression.replace("~", f"(?:{fold_letters(prefixes)})?")
    expression = expression.replace(" .. ", GAP).replace(" . ", SHORT_GAP)
    return join_anywhere(expression.split(" & ")) if " & " in expression else expression


def join_anywhere(expressions: Iterable[str]) -> str:
    """Ask for several expressions, in any order and at any distance; '!' forbids one."""
    looks = (
        f"(?!(?:.* )?(?:{each[1:].strip()})(?!\\S))"
        if each.startswith("!")
        else f"(?=(?:.* )?(?:{each})(?!\\S))"
        for each in map(str.strip, expressions)
    )
    return "^" + "".join(looks) + r"\S*+"


def compile_patterns(
    patterns: Iterable[str], vocabulary: Mapping[str, str] | None = None, prefixes: str = ""
) -> re.Pattern[str] | None:
    """Make one regular expression of many patterns, each of which matches whole words."""
    expressions = [f"(?:{write_expression(each, vocabulary, prefixes)})" for each in patterns]
    if not expressions:
        return None
    return re.compile(rf"(?<!\S)(?:{'|'.join(expressions)})(?!\S)")


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Make a regular expression of one pattern, which matches whole words."""
    return re.compile(rf"(?<!\S)(?:{write_expression(pattern)})(?!\S)")
