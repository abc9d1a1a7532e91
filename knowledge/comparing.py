"""What changed between two texts, in words, and which passage became which.

Pure and bounded: a text of any length is compared in a moment, at worst sentence by sentence.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

# A word or number with what belongs inside it ('1,000', 'don’t', '2026-08-24'), one sign of a
# script without spaces, or any other single sign; each with the white space after it.
TOKEN = re.compile(
    r"(?:[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
    r"|[^\W\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+"
    r"(?:['’.,/\-][^\W\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]+)*"
    r"|[^\w\s])\s*|\s+"
)
UNIT = re.compile(r".+?(?:[.;:!?]\s+|\n+|$)", re.DOTALL)
# So many comparisons take about a tenth of a second.
COMPARISON_LIMIT = 1_000_000
# A run of equal words this small between two changes only breaks up what the reader compares.
ISLAND_TOKENS = 2
ISLAND_CHARACTERS = 3
# The share of words that two passages have in common, from which one became the other.
LIKENESS_FLOOR = 0.5
# In long documents a passage is looked for near the place where it stood.
LIKENESS_WINDOW = 100


class DiffKind(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class DiffPart:
    """A run of text; the same and added ones together are the new text, to the character."""

    kind: DiffKind
    text: str


@dataclass(frozen=True)
class PassageText:
    """A passage as far as pairing needs it. `numbers` are its paragraph numbers."""

    id: int
    text: str
    heading_path: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True)
class PassagePair:
    """A passage before and after: no `old` is new, no `new` is gone."""

    old: PassageText | None
    new: PassageText | None


def compare_words(old: str, new: str) -> tuple[DiffPart, ...]:
    """Compare by words; white space counts as one space wherever it differs."""
    parts = join_parts(fold_islands(list(compare_tokens(split(old, TOKEN), split(new, TOKEN)))))
    return tuple(parts)


def split(text: str, pattern: re.Pattern[str]) -> list[str]:
    return pattern.findall(text)


def compare_tokens(old: list[str], new: list[str]) -> Iterator[DiffPart]:
    """Yield a part for each token, those at both ends that are equal first set aside."""
    begin = count_equal(old, new)
    end = count_equal(old[begin:][::-1], new[begin:][::-1])
    yield from mark(DiffKind.SAME, new[:begin])
    a, b = old[begin : len(old) - end], new[begin : len(new) - end]
    if len(a) * len(b) <= COMPARISON_LIMIT:
        yield from align(a, b, mark_both)
    else:
        units = split("".join(a), UNIT), split("".join(b), UNIT)
        yield from align(*units, compare_units, autojunk=True)
    yield from mark(DiffKind.SAME, new[len(new) - end :])


def compare_units(old: list[str], new: list[str]) -> Iterator[DiffPart]:
    """Compare sentences that stand in the same place: by words, if they are few enough."""
    a, b = split("".join(old), TOKEN), split("".join(new), TOKEN)
    if len(a) * len(b) <= COMPARISON_LIMIT:
        yield from align(a, b, mark_both)
    else:
        yield from mark_both(a, b)


def align(
    old: list[str],
    new: list[str],
    differ: Callable[[list[str], list[str]], Iterable[DiffPart]],
    *,
    autojunk: bool = False,
) -> Iterator[DiffPart]:
    keys = [" ".join(token.split()) for token in old], [" ".join(token.split()) for token in new]
    matcher = SequenceMatcher(None, *keys, autojunk=autojunk)
    for tag, begin, end, new_begin, new_end in matcher.get_opcodes():
        if tag == "equal":
            for unit in new[new_begin:new_end]:
                yield from mark(DiffKind.SAME, split(unit, TOKEN))
        else:
            yield from differ(old[begin:end], new[new_begin:new_end])


def mark_both(old: Iterable[str], new: Iterable[str]) -> Iterator[DiffPart]:
    yield from mark(DiffKind.REMOVED, old)
    yield from mark(DiffKind.ADDED, new)


def mark(kind: DiffKind, tokens: Iterable[str]) -> Iterator[DiffPart]:
    return (DiffPart(kind, token) for token in tokens)


def count_equal(old: Sequence[str], new: Sequence[str]) -> int:
    count = 0
    for before, after in zip(old, new, strict=False):
        if before.split() != after.split():
            break
        count += 1
    return count


def fold_islands(parts: list[DiffPart]) -> Iterator[DiffPart]:
    """Let a change go on over a few small words that only happen to be equal."""
    start = 0
    while start < len(parts):
        end = start
        while end < len(parts) and parts[end].kind == parts[start].kind:
            end += 1
        run = parts[start:end]
        is_between = start > 0 and end < len(parts)
        if run[0].kind is DiffKind.SAME and is_between and is_island(run):
            yield from mark_both([part.text for part in run], [part.text for part in run])
        else:
            yield from run
        start = end


def is_island(run: Sequence[DiffPart]) -> bool:
    words = [part.text.strip() for part in run]
    return len(words) <= ISLAND_TOKENS and all(len(word) <= ISLAND_CHARACTERS for word in words)


def join_parts(parts: Iterable[DiffPart]) -> Iterator[DiffPart]:
    """Join neighbours of a kind; what was removed stands before what took its place."""
    held: dict[DiffKind, str] = {}

    def release() -> Iterator[DiffPart]:
        for kind in (DiffKind.SAME, DiffKind.REMOVED, DiffKind.ADDED):
            if kind in held:
                yield DiffPart(kind, held.pop(kind))

    for part in parts:
        if (part.kind is DiffKind.SAME) != (set(held) <= {DiffKind.SAME}):
            yield from release()
        held[part.kind] = held.get(part.kind, "") + part.text
    yield from release()


def pair_passages(old: Sequence[PassageText], new: Sequence[PassageText]) -> list[PassagePair]:
    """Say which passage became which, in the new order, those that are gone where they stood.

    By paragraph number, then by the same text, then by address and heading, then by likeness.
    """
    pairs: dict[int, int] = {}

    def pair_by(get_keys: Callable[[PassageText], Iterable[object]]) -> None:
        free: defaultdict[object, list[int]] = defaultdict(list)
        taken = set(pairs.values())
        for place, passage in enumerate(new):
            if place not in taken:
                for key in get_keys(passage):
                    free[key].append(place)
        for place, passage in enumerate(old):
            if place in pairs:
                continue
            found = [other for key in get_keys(passage) for other in free[key]]
            found = [other for other in found if other not in taken]
            if found:
                # Most keys in common, then the nearest to where it stood.
                counts = Counter(found)
                pairs[place] = min(counts, key=lambda o: (-counts[o], abs(o - place)))
                taken.add(pairs[place])

    pair_by(lambda passage: [(passage.numbers, fold(passage.text))] if passage.numbers else [])
    pair_by(lambda passage: [(passage.heading_path, number) for number in passage.numbers])
    pair_by(lambda passage: passage.numbers)
    pair_by(lambda passage: [fold(passage.text)])
    pair_by(lambda passage: [(passage.url, passage.heading_path)] if passage.url else [])
    pair_alike(old, new, pairs)
    return order_pairs(old, new, pairs)


def fold(text: str) -> str:
    return " ".join(text.split())


def pair_alike(
    old: Sequence[PassageText], new: Sequence[PassageText], pairs: dict[int, int]
) -> None:
    """Pair those that are left, the most alike first."""
    taken = set(pairs.values())
    words = {place: list_words(old[place].text) for place in range(len(old)) if place not in pairs}
    others = {place: list_words(new[place].text) for place in range(len(new))}
    for place in taken:
        del others[place]
    is_small = len(words) * len(others) <= LIKENESS_WINDOW**2
    found = [
        (measure_likeness(bag, other_bag), place, other)
        for place, bag in words.items()
        for other, other_bag in others.items()
        if is_small or abs(place - other) <= LIKENESS_WINDOW
    ]
    for likeness, place, other in sorted(found, key=lambda f: (-f[0], f[1], f[2])):
        if likeness >= LIKENESS_FLOOR and place not in pairs and other not in taken:
            pairs[place] = other
            taken.add(other)


def list_words(text: str) -> frozenset[str]:
    return frozenset(token.strip().casefold() for token in split(text, TOKEN))


def measure_likeness(one: frozenset[str], other: frozenset[str]) -> float:
    total = len(one) + len(other)
    return 2 * len(one & other) / total if total else 0.0


def order_pairs(
    old: Sequence[PassageText], new: Sequence[PassageText], pairs: dict[int, int]
) -> list[PassagePair]:
    before = {place: old[other] for other, place in pairs.items()}
    placed = [
        ((place, 0, 0), PassagePair(before.get(place), each)) for place, each in enumerate(new)
    ]
    last = -1
    for place, passage in enumerate(old):
        if place in pairs:
            last = pairs[place]
        else:
            placed.append(((last, 1, place), PassagePair(passage, None)))
    return [pair for _, pair in sorted(placed, key=lambda item: item[0])]
