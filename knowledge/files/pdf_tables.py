"""Find the tables of a page: by the lines ruled around cells, or by gaps that stand in columns."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape

NEAR = 3.0
# A space this many times as wide as the type is high stands between two cells.
GAP_RATIO = 1.3
ROWS_LOW = 3
CELL_WORDS_HIGH = 10
RULES_LIMIT = 4000


@dataclass
class Word:
    """`base` is measured from the page's top."""

    text: str
    left: float
    right: float
    base: float
    size: float
    is_bold: bool

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, self.base - 0.3 * self.size


@dataclass(frozen=True)
class Rule:
    """A straight line, horizontal or vertical."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def is_flat(self) -> bool:
        return self.bottom - self.top < self.right - self.left


@dataclass
class Cell:
    words: list[Word] = field(default_factory=list)
    columns: int = 1
    rows: int = 1

    def as_html(self) -> str:
        text = escape(" ".join(word.text for word in self.words))
        is_bold = bool(self.words) and all(word.is_bold for word in self.words)
        spans = f' colspan="{self.columns}"' if self.columns > 1 else ""
        spans += f' rowspan="{self.rows}"' if self.rows > 1 else ""
        return f"<td{spans}>{f'<b>{text}</b>' if is_bold else text}</td>"


@dataclass
class FoundTable:
    """`at` is the place of its first line among the page's lines."""

    rows: list[list[Cell]]
    page: int
    at: int

    def as_html(self, *, anchor: str) -> str:
        rows = "".join(f"<tr>{''.join(cell.as_html() for cell in row)}</tr>" for row in self.rows)
        return f'<table data-anchor="{anchor}">{rows}</table>'


NumberedLine = tuple[int, list[Word]]


def find_tables(
    lines: list[list[Word]], rules: list[Rule], page: int
) -> tuple[list[FoundTable], list[NumberedLine]]:
    """The tables, and the lines with their places that belong to none."""
    left = list(enumerate(lines))
    tables: list[FoundTable] = []
    for group in _group_rules(rules[:RULES_LIMIT]):
        found, left = _read_ruled(group, left, page)
        tables.extend(found)
    found, left = _read_gapped(left, page)
    return [*tables, *found], left


# --- ruled ---------------------------------------------------------------------------------------


def _group_rules(rules: list[Rule]) -> list[list[Rule]]:
    """Rules that touch each other make one table."""
    groups: list[tuple[list[float], list[Rule]]] = []
    for rule in sorted(rules, key=lambda rule: (rule.top, rule.left)):
        box, members = [rule.left, rule.top, rule.right, rule.bottom], [rule]
        apart = []
        for other, others in groups:
            if _touch(box, other):
                box = [*map(min, box[:2], other[:2]), *map(max, box[2:], other[2:])]
                members = [*others, *members]
            else:
                apart.append((other, others))
        groups = [*apart, (box, members)]
    return [members for _, members in groups if len(members) > 3]


def _touch(one: list[float], other: list[float]) -> bool:
    return (
        one[0] <= other[2] + NEAR
        and other[0] <= one[2] + NEAR
        and one[1] <= other[3] + NEAR
        and other[1] <= one[3] + NEAR
    )


def _read_ruled(
    rules: list[Rule], lines: list[NumberedLine], page: int
) -> tuple[list[FoundTable], list[NumberedLine]]:
    flat = [rule for rule in rules if rule.is_flat]
    upright = [rule for rule in rules if not rule.is_flat]
    ys = _merge_places(rule.top for rule in flat)
    xs = _merge_places(rule.left for rule in upright)
    if len(ys) < 3 or len(xs) < 3:
        return [], lines
    cells = [[Cell() for _ in xs[1:]] for _ in ys[1:]]
    rest: list[NumberedLine] = []
    first: int | None = None
    for at, words in lines:
        outside = []
        for word in words:
            x, y = word.middle
            row, column = _find_interval(ys, y), _find_interval(xs, x)
            if row is None or column is None:
                outside.append(word)
            else:
                cells[row][column].words.append(word)
                first = at if first is None else first
        if outside:
            rest.append((at, outside))
    if first is None:
        return [], lines
    rows = _merge_cells(cells, xs, ys, flat, upright)
    return ([FoundTable(rows, page, first)], rest) if rows else ([], lines)


def _merge_places(places: Iterable[float]) -> list[float]:
    merged: list[float] = []
    for place in sorted(places):
        if not merged or place - merged[-1] > NEAR:
            merged.append(place)
    return merged


def _find_interval(edges: list[float], place: float) -> int | None:
    for index, (low, high) in enumerate(itertools.pairwise(edges)):
        if low <= place <= high:
            return index
    return None


def _merge_cells(
    cells: list[list[Cell]],
    xs: list[float],
    ys: list[float],
    flat: list[Rule],
    upright: list[Rule],
) -> list[list[Cell]]:
    """Cells with no line between them are one."""
    rows: list[list[Cell]] = []
    above: dict[int, Cell] = {}
    for row, found in enumerate(cells):
        middle = (ys[row] + ys[row + 1]) / 2
        merged: list[Cell] = []
        reached: dict[int, Cell] = {}
        for column, cell in enumerate(found):
            center = (xs[column] + xs[column + 1]) / 2
            has_left = any(
                abs(rule.left - xs[column]) <= NEAR and rule.top <= middle <= rule.bottom
                for rule in upright
            )
            has_top = any(
                abs(rule.top - ys[row]) <= NEAR and rule.left <= center <= rule.right
                for rule in flat
            )
            if column and not has_left and (column - 1) in reached:
                holder = reached[column - 1]
                holder.words += cell.words
                holder.columns += holder in merged
                reached[column] = holder
            elif row and not has_top and column in above:
                holder = above[column]
                holder.words += cell.words
                holder.rows += holder not in reached.values()
                reached[column] = holder
            else:
                merged.append(cell)
                reached[column] = cell
        above = reached
        rows.append(merged)
    is_table = sum(len(row) > 1 for row in rows) >= 2
    return rows if is_table else []


# --- gapped --------------------------------------------------------------------------------------


def _cut(words: list[Word]) -> list[list[Word]]:
    parts: list[list[Word]] = []
    for word in words:
        # Scripts that run from right to left come in their own order.
        last = parts[-1][-1] if parts else word
        gap = max(word.left - last.right, last.left - word.right)
        if parts and gap < GAP_RATIO * word.size:
            parts[-1].append(word)
        else:
            parts.append([word])
    return parts


def _read_gapped(
    lines: list[NumberedLine], page: int
) -> tuple[list[FoundTable], list[NumberedLine]]:
    tables: list[FoundTable] = []
    rest: list[NumberedLine] = []
    run: list[tuple[int, list[Word], list[list[Word]]]] = []

    def close() -> None:
        table = _make_table([parts for _, _, parts in run])
        if table:
            tables.append(FoundTable(table, page, run[0][0]))
        else:
            rest.extend((at, words) for at, words, _ in run)
        run.clear()

    for at, words in lines:
        parts = _cut(words)
        if len(parts) > 1:
            run.append((at, words, parts))
        else:
            close()
            rest.append((at, words))
    close()
    return tables, rest


def _make_table(lines: list[list[list[Word]]]) -> list[list[Cell]]:
    """No rows unless every line's parts fall into the same columns and are short, as cells are."""
    if len(lines) < ROWS_LOW:
        return []
    columns: list[list[float]] = []
    for left, right in sorted(
        (part[0].left, max(word.right for word in part)) for line in lines for part in line
    ):
        if columns and left < columns[-1][1]:
            columns[-1][1] = max(columns[-1][1], right)
        else:
            columns.append([left, right])
    if len(columns) < 2:
        return []
    rows: list[list[Cell]] = []
    for line in lines:
        row = [Cell() for _ in columns]
        for part in line:
            place = next(i for i, (_, right) in enumerate(columns) if part[0].left <= right)
            if row[place].words or len(part) > 2 * CELL_WORDS_HIGH:
                return []
            row[place].words = part
        rows.append(row)
    filled = [cell for row in rows for cell in row if cell.words]
    words = sum(len(cell.words) for cell in filled)
    # Bullets and typed numbers stand in a narrow column of their own and make no table.
    first = [row[0].words for row in rows if row[0].words]
    are_marks = all(len(part) == 1 and len(part[0].text) <= 4 for part in first)
    if words > CELL_WORDS_HIGH * len(filled) or (are_marks and len(columns) == 2):
        return []
    return rows
