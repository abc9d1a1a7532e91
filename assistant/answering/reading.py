"""Reads a passage as paragraphs and lists, so that no item is quoted without what governs it.

A passage's text has one paragraph or list item a line. A list that began in an earlier passage
has its introductions in `lead_ins`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from knowledge.types import RankedPassage

BULLET = "•"
MARKER = re.compile(
    r"\(\s?(\d{1,3}[A-Z]{0,2}|[a-z]{1,5}|[A-Z]{1,4})\s?\)|(\d{1,2}|[a-z]{1,5})\)|"
    r"([a-z]{1,4})\.\s|([•●▪◦‣*–-])\s"
)
OPENS_LIST = re.compile(r"(?::|[—–]|:-)$")
ENDS = re.compile(r"[.?!;…][)\]\"'”’]*$")
GOES_ON = re.compile(r"(?:[;,:—]|\b(?:and|or))$")
CONJUNCTION = re.compile(r"(?:and|or|and/or|but|either|both)[ ,;:.]*$", re.IGNORECASE)
NUMERALS = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx"
ROMAN = NUMERALS.split()


@dataclass(frozen=True)
class Item:
    """A list item, and what governs it: the introductions, outermost first."""

    text: str
    lead_ins: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A paragraph, or a list with what introduces it.

    `text` is the exact slice of the passage. `is_whole` is false where a part of the list stands
    in another passage: such a list may be quoted only by its items, each with its lead-ins.
    """

    text: str
    items: tuple[Item, ...] = ()
    is_whole: bool = True


@dataclass
class _Level:
    """A list that is being read: what introduces its items, and the marker last seen."""

    parent: str
    last: str = ""


@dataclass
class _List:
    start: int
    end: int
    begins_before: bool
    levels: list[_Level]
    is_unfinished: bool = False
    items: list[Item] = field(default_factory=list)


def read_units(passage: RankedPassage) -> list[Unit]:
    """Return the passage's paragraphs and lists, in order."""
    text, units, place = passage.text, [], 0
    current: _List | None = None
    if passage.lead_ins:
        levels = [_Level(parent) for parent in passage.lead_ins]
        current = _List(0, 0, True, levels)
    for line in text.splitlines(keepends=True):
        start, place = place, place + len(line)
        words = line.strip()
        if not words:
            continue
        end = start + len(line.rstrip())
        if current and _belongs(current, words):
            _add(current, words)
            current.end = end
            continue
        units += _close(current, text)
        current = _List(start, end, False, [_Level(words)])
    return units + _close(current, text)


def find_marker(line: str) -> str:
    match = MARKER.match(line)
    if match is None:
        return ""
    return next((marker for marker in match.groups()[:3] if marker), BULLET)


def follows(last: str, marker: str) -> bool:
    """Say whether one list marker comes right after another: 'c' then 'd', 'iv' then 'v'."""
    if not last or not marker:
        return last == marker
    if marker == BULLET or last == BULLET:
        return marker == last
    if last in ROMAN and marker in ROMAN and ROMAN.index(marker) == ROMAN.index(last) + 1:
        return True
    if last.isdigit() and marker.isdigit():
        return int(marker) == int(last) + 1
    if len(last) == len(marker) == 1:
        return ord(marker) == ord(last) + 1
    # Inserted later: 'b', 'ba', 'bb', 'c'.
    return last[0] == marker[0] or (len(marker) == 1 and ord(marker) == ord(last[0]) + 1)


def _belongs(current: _List, line: str) -> bool:
    """Say whether a line goes on with the list, or makes a paragraph the introduction of one."""
    marker = find_marker(line)
    if current.items:
        before = current.items[-1].text
        goes_on = bool(GOES_ON.search(before) or CONJUNCTION.match(line) or current.is_unfinished)
        return bool(marker) or goes_on or (line[0].islower() and not find_marker(before))
    if current.begins_before:
        return bool(marker) or line[0].islower()
    lead = current.levels[0].parent
    return bool(OPENS_LIST.search(lead)) or (bool(marker) and not ENDS.search(lead))


def _add(current: _List, line: str) -> None:
    if CONJUNCTION.match(line):
        current.is_unfinished = True
        return
    current.is_unfinished = False
    marker, levels = find_marker(line), current.levels
    before = current.items[-1].text if current.items else ""
    if before and not any(level.last and follows(level.last, marker) for level in levels):
        if OPENS_LIST.search(before):
            levels.append(_Level(before))
        elif marker:
            # An outer list that began before the passage goes on.
            while len(levels) > 1 and levels[-1].last:
                levels.pop()
    elif before:
        while len(levels) > 1 and levels[-1].last and not follows(levels[-1].last, marker):
            levels.pop()
    levels[-1].last = marker or levels[-1].last
    current.items.append(Item(line, tuple(level.parent for level in levels)))


def _close(current: _List | None, text: str) -> list[Unit]:
    if current is None or (current.begins_before and not current.items):
        return []
    whole = text[current.start : current.end].strip()
    last = current.items[-1].text if current.items else whole
    is_cut = bool(GOES_ON.search(last)) or current.is_unfinished
    unit = Unit(
        text=whole,
        items=tuple(current.items),
        is_whole=not current.begins_before and not is_cut,
    )
    return [unit]
