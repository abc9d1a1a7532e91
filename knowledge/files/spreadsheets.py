"""Read the tables of CSV, ODS and XLSX files: each row with the names of its columns.

Statistics sheets open with a title and notes, one cell a row; the first row of several cells
names the columns. Cells are read as the reader sees them, as far as the file says.
"""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from itertools import islice
from typing import Any

from knowledge.files.building import build_document, make_row, names_columns
from knowledge.files.kinds import FileKind, find_kind
from knowledge.files.open_document import OFFICE, TABLE, read_count, read_text
from knowledge.files.packages import read_parts, read_xml
from knowledge.files.refusals import FileLimits, Refusal, Unreadable
from knowledge.files.texts import decode
from knowledge.markup import fold_space
from knowledge.types import ParsedDocument

COLUMNS_LIMIT = 200
BLANK_ROWS_LIMIT = 1000
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


@dataclass(frozen=True)
class Sheet:
    name: str
    rows: Iterable[list[str]]


def parse(
    data: bytes, *, name: str, media_type: str, url: str, limits: FileLimits
) -> ParsedDocument:
    kind = find_kind(data, name=name, media_type=media_type)
    sheets = _READERS[kind](data, limits)
    html: list[str] = []
    left = limits.rows
    for sheet in sheets:
        rows = list(islice(sheet.rows, left + 1))
        html.append(write_sheet(sheet.name, rows[:left]))
        if len(rows) > left:
            # Said in the text itself, so that nobody takes the part for the whole.
            html.append(f"<p>Only the first {limits.rows} rows of this file were read.</p>")
            break
        left -= len(rows)
    return build_document("".join(html), url=url, name=name, document_type=kind)


def write_sheet(name: str, rows: list[list[str]]) -> str:
    filled = [row for row in rows if any(row)]
    head = next((at for at, row in enumerate(filled) if _count(row) > 1), len(filled))
    notes = [" ".join(cell for cell in row if cell) for row in filled[:head]]
    title = notes.pop(0) if notes else name
    parts = [f"<h2>{escape(title)}</h2>" if title else ""]
    parts += [f"<p>{escape(note)}</p>" for note in notes]
    if head < len(filled):
        # What the table counts, and in what unit, goes with each of its rows.
        parts.append(_write_table(filled[head:]))
    return "".join(parts)


def _write_table(rows: list[list[str]]) -> str:
    width = max(map(len, rows))
    rows = [[*row, *[""] * (width - len(row))] for row in rows]
    headings = _count_headings(rows)
    named = rows[:headings]
    if headings > 1:
        named = [*(_fill_right(row) for row in named[:-1]), named[-1]]
    lines = [make_row(row, tag="th") for row in named]
    lines += [make_row(row) for row in rows[headings:]]
    return f"<table>{''.join(lines)}</table>"


def _count_headings(rows: list[list[str]]) -> int:
    """A first row with gaps names groups of columns; the row below it names the columns."""
    if not names_columns([cell for cell in rows[0] if cell], least=2):
        return 0
    has_gaps = any(not cell for cell in rows[0][1:])
    is_grouped = len(rows) > 2 and has_gaps and names_columns([c for c in rows[1] if c], least=2)
    return 2 if is_grouped else 1


def _fill_right(row: list[str]) -> list[str]:
    filled: list[str] = []
    for cell in row:
        filled.append(cell or (filled[-1] if filled else ""))
    return filled


def _count(row: list[str]) -> int:
    return sum(1 for cell in row if cell)


# --- the kinds -----------------------------------------------------------------------------------


def read_csv(data: bytes, limits: FileLimits) -> Iterator[Sheet]:
    text = decode(data)
    try:
        dialect = csv.Sniffer().sniff(text[:8192], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    try:
        rows = [
            [fold_space(cell) for cell in row[:COLUMNS_LIMIT]]
            for row in islice(csv.reader(io.StringIO(text), dialect), limits.rows + 1)
        ]
    except csv.Error as error:
        raise Unreadable(Refusal.DAMAGED) from error
    yield Sheet("", rows)


def read_ods(data: bytes, limits: FileLimits) -> Iterator[Sheet]:
    content = read_xml(read_parts(data, limits).get("content.xml", b""))
    for table in content.iterfind(f"{OFFICE}body/{OFFICE}spreadsheet/{TABLE}table"):
        yield Sheet(table.get(f"{TABLE}name", ""), _read_ods_rows(table))


def _read_ods_rows(table: Any) -> Iterator[list[str]]:
    for row in table.iter(f"{TABLE}table-row"):
        cells: list[str] = []
        for cell in row:
            if cell.tag not in {f"{TABLE}table-cell", f"{TABLE}covered-table-cell"}:
                continue
            left = COLUMNS_LIMIT - len(cells)
            text = fold_space(" ".join(map(read_text, cell.iterfind(f"{_TEXT}p"))))
            cells += [text] * min(read_count(cell, f"{TABLE}number-columns-repeated", left), left)
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            repeated = read_count(row, f"{TABLE}number-rows-repeated", BLANK_ROWS_LIMIT)
            yield from [cells] * repeated


def read_xlsx(data: bytes, limits: FileLimits) -> Iterator[Sheet]:
    # The library unpacks without asking how large or how odd the parts are.
    read_parts(data, limits)
    # It takes a while to load, and the other kinds don't need it.
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                yield Sheet(sheet.title, _read_xlsx_rows(sheet))
        book.close()


def _read_xlsx_rows(sheet: Any) -> Iterator[list[str]]:
    blank = 0
    for row in sheet.iter_rows(max_col=COLUMNS_LIMIT):
        cells = [show_value(cell.value, str(cell.number_format)) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        blank = 0 if cells else blank + 1
        if blank > BLANK_ROWS_LIMIT:
            return
        yield cells


def show_value(value: Any, number_format: str) -> str:
    """A cell's value as its number format shows it, in the formats that statistics use."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        has_day = "d" in number_format.lower()
        return f"{value.day} {value:%B %Y}" if has_day else f"{value:%B %Y}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return fold_space(str(value))
    decimals = len(number_format.partition(".")[2].split(";")[0].rstrip("%_) ").split("_")[0])
    if "%" in number_format:
        return f"{value:.{decimals}%}"
    comma = "," if "#,##" in number_format else ""
    if "0." in number_format:
        return f"{value:{comma}.{decimals}f}"
    is_whole = float(value).is_integer() or number_format in {"0", "#,##0"}
    return f"{value:{comma}.0f}" if is_whole else f"{value:{comma}}"


_READERS = {FileKind.CSV: read_csv, FileKind.ODS: read_ods, FileKind.XLSX: read_xlsx}
