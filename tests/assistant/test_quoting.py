"""Marking a quote in the text around it."""

from __future__ import annotations

from dataclasses import astuple
from datetime import date

import pytest

from assistant.quoting import MarkedText, mark_quote
from knowledge.retrieval import PassageInContext
from knowledge.types import DocumentKind

BEFORE, PASSAGE, AFTER = "The ferry: ", "It is free. It runs daily.", " Dogs may come."
FOUND = PassageInContext(
    kind=DocumentKind.OFFICIAL,
    title="The ferry",
    publisher="The harbour",
    licence="Open",
    url="https://example.org/ferry",
    published=None,
    checked=date(2026, 1, 5),
    heading_path=(),
    revision_number=1,
    before=BEFORE,
    passage=PASSAGE,
    after=AFTER,
    start=100,
    is_live=True,
    superseded_at=None,
    tombstone="",
    replacement_url="",
)


@pytest.mark.parametrize(
    ("start", "length", "marked"),
    [
        ("100", "11", MarkedText(BEFORE, "", "It is free.", " It runs daily.", AFTER)),
        ("112", "14", MarkedText(BEFORE, "It is free. ", "It runs daily.", "", AFTER)),
        # The introduction of a list stands before the passage.
        ("89", "10", MarkedText("", "", "The ferry:", " " + PASSAGE, AFTER)),
        ("112", "19", MarkedText(BEFORE, "It is free. ", "It runs daily. Dogs", "", " may come.")),
        ("112", "900", MarkedText(BEFORE, "It is free. ", "It runs daily." + AFTER, "", "")),
    ],
)
def test_the_quote_is_marked_at_its_place_in_the_revision(start, length, marked):
    assert mark_quote(FOUND, start=start, length=length) == marked
    assert "".join(astuple(marked)) == BEFORE + PASSAGE + AFTER


@pytest.mark.parametrize(
    ("start", "length"),
    [
        ("", ""),
        ("100", ""),
        ("100", "0"),
        ("-5", "7"),
        ("x", "7"),
        ("5", "7"),
        ("900", "5"),
        ("9" * 5000, "1"),
        ("١٠٠", "18"),
    ],
)
def test_without_a_usable_place_the_whole_passage_is_the_quote(start, length):
    marked = mark_quote(FOUND, start=start, length=length)

    assert marked == MarkedText(BEFORE, "", PASSAGE, "", AFTER)
