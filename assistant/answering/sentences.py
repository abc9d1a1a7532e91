"""Cuts text into whole sentences, each an exact slice of the text.

Better one sentence too long than one cut in two: a quote must never lose its other half.
"""

from __future__ import annotations

import re

# 'UEATS 2.3. ', '327AB. ', '(a) ' at the beginning of a paragraph: its number, not a sentence.
PARAGRAPH_NUMBER = re.compile(
    r"\s*(?:[A-Z][A-Z-]*\s)?(?:\d+[A-Z]*(?:\.\d+[A-Z]*)*|[a-z]{1,4})[.)]+\s"
)
BOUNDARY = re.compile(r"[.!?][\"'”’)\]]*(\s+)(?=[\"'“‘(\[]*[A-Z0-9£€])")
SHORTENED = (
    "e.g i.e cf para paras s ss no nos art arts mr mrs ms dr v vs c ch sch cl reg regs r p pp"
    " st approx etc vol ed edn ltd sec a.m p.m gov incl"
)
ABBREVIATIONS = frozenset(SHORTENED.split())


def split_sentences(text: str) -> list[str]:
    """Return the sentences of one paragraph, without the white space between them."""
    number = PARAGRAPH_NUMBER.match(text)
    begin, sentences = 0, []
    for boundary in BOUNDARY.finditer(text, number.end() if number else 0):
        if not _ends_with_abbreviation(text[begin : boundary.start()]):
            sentences.append(text[begin : boundary.start(1)].strip())
            begin = boundary.end()
    sentences.append(text[begin:].strip())
    return [sentence for sentence in sentences if sentence]


def _ends_with_abbreviation(text: str) -> bool:
    word = text.rsplit(maxsplit=1)[-1].lstrip("(\"'“‘[") if text.strip() else ""
    return word.lower() in ABBREVIATIONS or bool(re.fullmatch(r"(?:[A-Z]\.)*[A-Z]", word))


def fold_space(text: str) -> str:
    """Make every run of white space one blank, so that only the words are compared."""
    return " ".join(text.split())


def cut_through(text: str, first: str, second: str) -> str:
    """Return the exact slice of the text from one sentence to the end of the next."""
    start = text.find(first)
    return text[start : text.find(second, start) + len(second)]
