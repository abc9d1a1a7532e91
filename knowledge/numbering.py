"""Read the paragraph numbers that rules and statutes carry inside their text.

'UEATS 2.3.' opens a numbered paragraph; '(a)', 'ii)' or '(aa)' continue it, whether the page nests
its lists or lays every item out flat. A number is given only where its whole path is known: a
wrong paragraph number in a citation is worse than none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# 'UEATS ', 'E-ECP.', 'AR(EU)', 'GEN.'
_SERIES = r"[A-Z]{1,6}(?:\s?-\s?[A-Z]{1,6})?(?:\s?\([A-Z]{1,4}\))?[. ]?\s?"
_AFTER_DOT = r"[.:](?=\s|$|[A-Z(“‘—–])"
_WITHOUT_DOT = r"(?=\s+[A-Z(“‘]|\s+[a-z]{1,4}\)|\s*$|[A-Z(])"
_OPENINGS = tuple(
    re.compile(pattern)
    for pattern in (
        # 'UEATS 2.3.', 'E-ECP.A1.1.', 'ISP 1.5ZA.', 'YMS 1.1.A.', 'GAE 20.2 If'
        rf"({_SERIES}[A-Z]?\d+[A-Z]{{0,3}}(?:\.\d+[A-Z]{{0,3}})+(?:\.[A-Z](?=\.))?)"
        rf"(?:{_AFTER_DOT}|{_WITHOUT_DOT})",
        # 'TB6.', 'PA 17.', 'A277C.'
        rf"({_SERIES}[A-Z]?\d+[A-Z]{{0,3}}\d*){_AFTER_DOT}",
        # '13.1.2.', '4.12 In'
        rf"(\d{{1,3}}(?:\.\d{{1,3}}[A-Z]{{0,2}})+)(?:{_AFTER_DOT}|{_WITHOUT_DOT})",
        # '1.A.'
        rf"(\d+\.[A-Z]){_AFTER_DOT}",
        # '309.', '276BB5.', '230-231.', '14-SD.'
        rf"(\d+[A-Z]{{0,3}}\d*(?:[-–]\d+[A-Z]{{0,3}}|-[A-Z]{{2}})?){_AFTER_DOT}",
        # '344A(i).'
        r"(\d+[A-Z]{0,3}\d*)(?=\s?\((?:[a-z]{1,4}|\d{1,2}[A-Z]?)\))",
        # '33B-33G DELETED'
        r"(\d+[A-Z]{0,3}\d*(?:[-–]\d+[A-Z]{0,3})?)(?=\s+DELETED\b)",
        # '360C Where an individual …', 'A277 From …': only before a long sentence, or an address
        # would do.
        r"([A-Z]\d{2,}[A-Z]{0,3}|\d{2,}[A-Z]{1,3}\d*)(?=\s+[A-Z](?:\S*\s+){7})",
    )
)
_MARKER = re.compile(r"\(\s?(\d{1,3}[A-Z]{0,2}|[a-z]{1,5}|[A-Z]{1,4})\s?\)|(\d{1,2}|[a-z]{1,5})\)")
_DOTTED_MARKER = re.compile(r"([a-z]{1,5})\.(?=\s)")
_HEADING_NUMBER = re.compile(r"(\d+[A-Z]{0,3})(?=[\s.]|$)")
_ROMAN = re.compile(r"x{0,3}(?:ix|iv|v?i{0,3})")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10}
_ALPHABET = {letter: place for place, letter in enumerate("abcdefghijklmnopqrstuvwxyz", 1)}
_TWO_LETTER_WORDS = "an as at by do eg he ie if in is it my no of on or so to uk up us we"
_WORDS = frozenset(_TWO_LETTER_WORDS.split())
# An inserted item stands between its neighbours: (b), (ba), (bb), (c).
_INSERTED = 0.01


def is_conjunction(text: str) -> bool:
    """'or' on a line of its own belongs to the list around it."""
    return text.strip(" ,;:.").lower() in {"and", "or", "and/or", "but", "either", "both"}


def opens_list(text: str) -> bool:
    """Does a paragraph announce the paragraphs after it?"""
    return text.rstrip().endswith((":", "-", "–", "—", ","))


def leads_into_list(text: str) -> bool:
    """The same where a list follows: 'You must have' then announces too, a full stop does not."""
    return not is_conjunction(text) and re.search(r"[.?!;…][)\]\"'”’]*\s*$", text) is None


def read_opening(text: str) -> tuple[str, int]:
    """The number that opens a paragraph and where it ends; ('', 0) where there is none."""
    for pattern in _OPENINGS:
        if found := pattern.match(text):
            return re.sub(r"\s*-\s*", "-", " ".join(found[1].split())), found.end()
    return "", 0


def read_heading_number(text: str) -> str:
    """'82' of the heading '82 Right of appeal', as statutes number their sections."""
    found = _HEADING_NUMBER.match(text)
    return found[1] if found else ""


@dataclass(frozen=True)
class Marker:
    """'(c)', and the place it holds in each sequence that it may belong to."""

    label: str
    places: dict[str, float]

    @property
    def is_first(self) -> bool:
        return 1 in self.places.values()


def make_marker(name: str) -> Marker | None:
    """None for words in brackets that number nothing: '(in)', '(or)', '(UK)'."""
    if digits := re.fullmatch(r"(\d+)([A-Z]*)", name):
        inserted = _INSERTED * _ALPHABET[digits[2][-1].lower()] if digits[2] else 0
        return Marker(f"({name})", {"digit": int(digits[1]) + inserted})
    places = _letter_places(name.lower())
    case = "small" if name.islower() else "capital"
    named = {f"{case} {sequence}": place for sequence, place in places.items()}
    return Marker(f"({name})", named) if named else None


def _letter_places(name: str) -> dict[str, float]:
    places: dict[str, float] = {}
    if _ROMAN.fullmatch(name):
        places["roman"] = _roman_value(name)
    if len(name) == 1:
        places["letter"] = _ALPHABET[name]
    elif len(set(name)) == 1 and len(name) <= 3:
        places[f"letter x{len(name)}"] = _ALPHABET[name[0]]
    if len(name) == 2 and name != "aa" and name not in _WORDS:
        places["letter"] = _ALPHABET[name[0]] + _INSERTED * _ALPHABET[name[1]]
    if len(name) > 1 and name[-1] in "abcd" and _ROMAN.fullmatch(name[:-1]):
        places["roman"] = _roman_value(name[:-1]) + _INSERTED * _ALPHABET[name[-1]]
    return places


def _roman_value(name: str) -> int:
    values = [_ROMAN_VALUES[letter] for letter in name]
    following = [*values[1:], 0]
    return sum(-a if a < b else a for a, b in zip(values, following, strict=True))


def read_markers(text: str, start: int, *, in_list: bool) -> list[Marker]:
    """The item markers that stand at `start`: one, or a chain such as '(b)(ii)'."""
    markers: list[Marker] = []
    position = start
    while True:
        # '3.—(1)' is how statutory instruments open a regulation.
        while position < len(text) and text[position] in (" " if markers else " .—–"):
            position += 1
        found = _MARKER.match(text, position)
        if found is None and in_list and not markers:
            found = _DOTTED_MARKER.match(text, position)
        if found is None or (markers and text[position] != "("):
            return markers
        marker = make_marker(next(name for name in found.groups() if name))
        if marker is None:
            return markers
        markers.append(marker)
        position = found.end()


@dataclass
class _Level:
    """One step of the path to the current paragraph. A step without a marker hides the path."""

    marker: Marker | None
    depth: int
    block: int


@dataclass
class _Path:
    base: str = ""
    base_block: int | None = None
    base_depth: int = 0
    levels: list[_Level] = field(default_factory=list)

    @property
    def number(self) -> str:
        labels = [level.marker.label if level.marker else "" for level in self.levels]
        return self.base + "".join(labels) if self.base and all(labels) else ""

    def place(self, marker: Marker, *, depth: int, block: int) -> None:
        """Put a marker where it belongs: after its predecessor, one level down, or past a gap."""
        at = self._find_predecessor(marker, depth)
        if at is None:
            at = self._find_list(marker, depth)
        del self.levels[at:]
        self.levels.append(_Level(marker, depth, block))

    def _find_predecessor(self, marker: Marker, depth: int) -> int | None:
        for at in range(len(self.levels) - 1, -1, -1):
            level = self.levels[at]
            opens_deeper_list = marker.is_first and level.depth < depth
            if level.marker and not opens_deeper_list and _follows(level.marker, marker):
                return at
        return None

    def follows(self, marker: Marker, depth: int) -> bool:
        return self._find_predecessor(marker, depth) is not None

    def _find_list(self, marker: Marker, depth: int) -> int:
        """The level of the list that the marker starts anew or goes on with after a gap."""
        for at, level in enumerate(self.levels):
            is_same_list = level.depth == depth and (
                level.marker is None or _shares_sequence(level.marker, marker)
            )
            if level.depth > depth or is_same_list:
                return at
        return len(self.levels)


def _follows(earlier: Marker, later: Marker) -> bool:
    return any(
        0 < place - earlier.places[sequence] <= 1
        for sequence, place in later.places.items()
        if sequence in earlier.places
    )


def _shares_sequence(earlier: Marker, later: Marker) -> bool:
    """'(i)' after '(b)' opens a list of its own: its first place is not in the letters."""
    sequences = {
        sequence for sequence, place in later.places.items() if place == 1 or not later.is_first
    }
    return not sequences.isdisjoint(earlier.places)


class NumberReader:
    """Follows one section's blocks in order and says each block's full number.

    `depth` is how many lists a block stands in; `block` is its index in the section.
    """

    def __init__(self, base: str = "") -> None:
        self._path = _Path(base=base)
        # What an unnumbered paragraph interrupted: '(c)' may still follow '(b)' after it.
        self._interrupted = _Path()

    def read(
        self, text: str, *, depth: int, block: int, is_item_start: bool
    ) -> tuple[str, int | None]:
        """The block's number ('' where it has none) and the block that it continues."""
        opening, end = read_opening(text)
        markers = read_markers(text, end, in_list=depth > 0)
        if opening:
            self._path = _Path(base=opening, base_block=block, base_depth=depth)
            self._interrupted = _Path()
            for marker in markers:
                self._path.levels.append(_Level(marker, depth, block))
            return self._path.number, None
        if is_conjunction(text):
            return "", None
        if not markers:
            self._interrupt(text, depth=depth, block=block, is_item_start=is_item_start)
            return "", None
        first, *chain = markers
        if not self._path.follows(first, depth) and self._interrupted.follows(first, depth):
            self._path, self._interrupted = self._interrupted, _Path()
        self._path.place(first, depth=depth, block=block)
        parent = self._path.levels[-2].block if len(self._path.levels) > 1 else None
        if parent is None:
            parent = self._path.base_block
        for marker in chain:
            self._path.levels.append(_Level(marker, depth, block))
        return self._path.number, parent

    def _interrupt(self, text: str, *, depth: int, block: int, is_item_start: bool) -> None:
        if depth == 0 or (is_item_start and depth <= self._path.base_depth):
            if self._path.base or self._path.levels:
                self._interrupted = self._path
            self._path = _Path(base_block=block if opens_list(text) else None, base_depth=depth)
        elif is_item_start:
            levels = self._path.levels
            while levels and levels[-1].depth > depth:
                levels.pop()
            if levels and levels[-1].depth == depth and levels[-1].marker is None:
                levels.pop()
            levels.append(_Level(None, depth, block))
