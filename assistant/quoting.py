"""A quote in its place: the words that a citation marked, in the text around them."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.retrieval import PassageInContext


@dataclass(frozen=True)
class MarkedText:
    """A part of a revision, cut into five; together they are the whole of it."""

    before: str
    text_before_quote: str
    quote: str
    text_after_quote: str
    after: str


def mark_quote(found: PassageInContext, *, start: str, length: str) -> MarkedText:
    """Mark the quote that stands at this place in the revision's text.

    The place comes from an address that anybody can edit: what is not shown here can't be marked,
    and without a usable place the whole passage is the quote.
    """
    text = found.before + found.passage + found.after
    passage_begin = len(found.before)
    passage_end = passage_begin + len(found.passage)
    begin, end = passage_begin, passage_end
    if is_place(start) and is_place(length):
        first = int(start) - found.start + passage_begin
        within = max(first, 0), min(first + int(length), len(text))
        if within[0] < within[1]:
            begin, end = within
    # The introduction of a list may be quoted, and stands before the passage.
    shown_from, shown_to = min(begin, passage_begin), max(end, passage_end)
    return MarkedText(
        before=text[:shown_from],
        text_before_quote=text[shown_from:begin],
        quote=text[begin:end],
        text_after_quote=text[end:shown_to],
        after=text[shown_to:],
    )


def is_place(number: str) -> bool:
    # A longer number is no place, and Python refuses to read the longest.
    return number.isascii() and number.isdigit() and len(number) < 10
