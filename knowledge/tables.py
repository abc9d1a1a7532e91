"""Read a table as rows that can each stand alone: 'Applicant: a child; Fee: none'."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from knowledge.markup import fold_space, get_tag, get_text, has_words

# No real table is wider or taller than this; a made-up span must not fill the memory.
SPAN_LIMIT = 100
# A row longer than this is cut between its cells, each introduced by the row's first cells.
ROW_LIMIT_WORDS = 150
SHORT_CELL_WORDS = 40


@dataclass(frozen=True)
class Row:
    """One row as text; a very long one as its first cells and the others, cell by cell."""

    text: str
    continued: tuple[str, ...] = ()


@dataclass
class _Cell:
    text: str
    is_heading: bool
    column: int
    rows_left: int
    # Stands for the further columns of a cell that spans several.
    is_filler: bool = False


def read_table(table: HtmlElement) -> list[Row]:
    grid: list[list[_Cell]] = []
    headings: list[list[_Cell]] = []
    spanning: list[_Cell] = []
    for row in _iterate_rows(table):
        cells, spanning = _place_cells(row, spanning)
        is_heading = all(cell.is_heading for cell in cells) or get_tag(row.getparent()) == "thead"
        if cells and is_heading and not grid:
            headings.append(cells)
        elif cells:
            grid.append(cells)
    if not grid:
        grid, headings = headings, []
    names = _name_columns(headings)
    return _render(
        names,
        [[(cell.column, cell.text) for cell in cells if not cell.is_filler] for cells in grid],
    )


def read_piped_lines(lines: Sequence[str]) -> list[Row]:
    """A table that its author typed with '|' between the cells."""
    rows = [[fold_space(cell) for cell in line.strip().strip("|").split("|")] for line in lines]
    has_heading = len(rows) > 2 and not has_words("".join(rows[1]))
    names = dict(enumerate(rows[0])) if has_heading else {}
    return _render(names, [list(enumerate(row)) for row in (rows[2:] if has_heading else rows)])


def _iterate_rows(table: HtmlElement) -> Iterable[HtmlElement]:
    for child in table:
        match get_tag(child):
            case "tr":
                yield child
            case "thead" | "tbody" | "tfoot":
                yield from (row for row in child if get_tag(row) == "tr")


def _place_cells(row: HtmlElement, above: list[_Cell]) -> tuple[list[_Cell], list[_Cell]]:
    """The row's cells by column, with those that reach down from the rows above."""
    cells = [cell for cell in above if cell.rows_left > 0]
    for cell in cells:
        cell.rows_left -= 1
    taken = {cell.column for cell in cells}
    column = 0
    for element in row:
        tag = get_tag(element)
        if tag not in {"td", "th"}:
            continue
        while column in taken:
            column += 1
        text = fold_space(get_text(element))
        height = _read_span(element, "rowspan")
        width = _read_span(element, "colspan")
        cells.append(_Cell(text, tag == "th", column, height - 1))
        taken.update(range(column, column + width))
        cells.extend(
            _Cell(text, tag == "th", column + offset, height - 1, is_filler=True)
            for offset in range(1, width)
        )
        column += width
    cells.sort(key=lambda cell: cell.column)
    return cells, cells


def _read_span(element: HtmlElement, name: str) -> int:
    value = element.get(name, "1").strip()
    return min(max(int(value), 1), SPAN_LIMIT) if value.isdecimal() else 1


def _name_columns(headings: list[list[_Cell]]) -> dict[int, str]:
    """A heading over several columns names each of them."""
    names: dict[int, list[str]] = {}
    for row in headings:
        for cell in row:
            parts = names.setdefault(cell.column, [])
            if cell.text and cell.text not in parts:
                parts.append(cell.text)
    return {column: " – ".join(parts) for column, parts in names.items()}


def _render(names: dict[int, str], grid: list[list[tuple[int, str]]]) -> list[Row]:
    filled = {column for row in grid for column, text in row if text}
    rows: list[Row] = []
    for row in grid:
        # A column that is empty throughout would take its name with it.
        parts = [
            _name(names.get(column, ""), text)
            for column, text in row
            if text or (not rows and column not in filled and names.get(column))
        ]
        if len(row) == 1 and len(names) > 1:
            # One cell across the whole table: a title of the rows below it.
            rows.append(Row(row[0][1]))
        elif parts:
            rows.append(_join(parts, "; " if names else " | "))
    return [row for row in rows if has_words(row.text)]


def _name(name: str, text: str) -> str:
    return f"{name}: {text or '–'}" if name else text


def _join(parts: list[str], separator: str) -> Row:
    lengths = [len(part.split()) for part in parts]
    if sum(lengths) <= ROW_LIMIT_WORDS or len(parts) == 1:
        return Row(separator.join(parts))
    head = 1
    while head < len(parts) - 1 and sum(lengths[: head + 1]) <= SHORT_CELL_WORDS:
        head += 1
    return Row(separator.join(parts[:head]), tuple(parts[head:]))
