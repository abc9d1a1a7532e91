"""Quoted words in a text: whether they still stand there, and what took their place. Pure."""

from __future__ import annotations

import re

from knowledge.comparing import DiffKind, compare_words

SENTENCE_ENDS = ".;:!?"
# A passage that was written anew is shown as far as it can be compared at a glance.
NEW_WORDS_LIMIT_CHARACTERS = 1500
SENTENCE_END = re.compile(r"[.;:!?](?=\s|$)|(?=\n)|$")


def stands(quote: str, text: str, *, was: str = "") -> bool:
    """Do the words stand in the text, white space aside, as whole as they stood in `was`?

    'Stay six months' does not stand in 'Stay six months at most'.
    """
    places = find_words(quote, text)
    if not places:
        return False
    had_end = any(is_end(was, end) for _, end in find_words(quote, was))
    return not had_end or any(is_end(text, end) for _, end in places)


def find_words(quote: str, text: str) -> list[tuple[int, int]]:
    words = quote.split()
    if not words:
        return []
    pattern = r"(?<!\w)" * words[0][0].isalnum() + r"\s+".join(map(re.escape, words))
    pattern += r"(?!\w)" * words[-1][-1].isalnum()
    return [match.span() for match in re.finditer(pattern, text)]


def is_end(text: str, place: int) -> bool:
    """Does a sentence or a block end here?"""
    rest = text[place : place + 1]
    return rest in ("", "\n") or rest in SENTENCE_ENDS or text[place - 1] in SENTENCE_ENDS


def find_new_words(quote: str, old: str, new: str) -> str:
    """The words of `new` that stand where the quote stood in `old`; '' if nothing does."""
    found = find_words(quote, old)
    if not found:
        return ""
    begin, stop = found[0]
    first, last = count_signs(old[:begin]), count_signs(old[:stop])
    place = at = 0
    start, end, is_replaced = None, None, False
    for part in compare_words(old, new):
        if part.kind is DiffKind.ADDED:
            at += len(part.text)
            if is_replaced:
                end, is_replaced = at, False
            continue
        after = place + count_signs(part.text)
        is_same = part.kind is DiffKind.SAME
        if place <= first < after:
            start = at + (find_sign(part.text, first - place) if is_same else 0)
        if place < last <= after:
            end = at + (find_sign(part.text, last - place - 1) + 1 if is_same else 0)
            # What stands in the place of removed words follows them.
            is_replaced = not is_same
        place = after
        at += len(part.text) if is_same else 0
    if start is None or end is None:
        return ""
    words = new[start : extend(new, start, end, quote=quote)].strip()
    # What stood there before is a neighbour, not what the words became.
    return "" if find_words(words, old) else shorten(words)


def extend(text: str, start: int, end: int, *, quote: str) -> int:
    """Go on to the end of the sentence, where the quote had none: what was added counts."""
    if end <= start or text[end - 1] in SENTENCE_ENDS or quote.rstrip()[-1:] in SENTENCE_ENDS:
        return end
    match = SENTENCE_END.search(text, end)
    return match.end() if match else end


def count_signs(text: str) -> int:
    return len("".join(text.split()))


def find_sign(text: str, number: int) -> int:
    """Where the sign of this number, white space not counted, stands."""
    return [place for place, sign in enumerate(text) if not sign.isspace()][number]


def shorten(text: str, limit: int = NEW_WORDS_LIMIT_CHARACTERS) -> str:
    """Cut after a word, and show that something follows."""
    if len(text) <= limit:
        return text
    return text[:limit].rsplit(" ", 1)[0] + " …"
