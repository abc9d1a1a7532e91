"""From the HTML that a file's reader made to a document that has a title and words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from html import escape
from pathlib import PurePosixPath

import lxml.html
from lxml.html import HtmlElement

from knowledge.files.refusals import Refusal, Unreadable
from knowledge.markup import (
    drop_footnote_marks,
    fold_space,
    get_tag,
    get_text,
    has_words,
    read_html,
)
from knowledge.parsing import parse_html
from knowledge.types import ParsedDocument, Section

NAME_LIMIT_WORDS = 12
# A year names a column as well as a word does.
_FIGURES = re.compile(r"(?!(?:19|20)\d\d$)[\d.,%£€$+-]+")


def build_document(
    html: str, *, url: str, name: str, document_type: str, title: str = ""
) -> ParsedDocument:
    """A first heading that stands over all the others is the title, unless one is given."""
    body = read_html(html)
    drop_footnote_marks(body)
    for table in body.iter("table"):
        name_columns(table)
    sections = parse_html(
        lxml.html.tostring(body, encoding="unicode"), url=url, has_block_anchors=True
    )
    found = fold_space(title) if stands_first(title, sections) else find_title(sections)
    if found:
        sections = drop_title(sections, found)
    if not any(has_words(block.text) for section in sections for block in section.blocks):
        raise Unreadable(Refusal.NO_TEXT)
    return ParsedDocument(
        url=url,
        title=found or fold_space(title) or make_title(name),
        sections=sections,
        document_type=document_type,
    )


def stands_first(title: str, sections: Iterable[Section]) -> bool:
    """Is the title that the layout suggests a heading of the text?"""
    return any(section.heading_path[:1] == (fold_space(title),) for section in sections)


def find_title(sections: Iterable[Section]) -> str:
    tops = {section.heading_path[0] if section.heading_path else "" for section in sections}
    return tops.pop() if len(tops) == 1 else ""


def drop_title(sections: Iterable[Section], title: str) -> tuple[Section, ...]:
    kept = [
        replace(section, heading_path=section.heading_path[1:])
        if section.heading_path[:1] == (title,)
        else section
        for section in sections
    ]
    return tuple(section for section in kept if section.blocks or section.heading_path)


def make_title(name: str) -> str:
    """'returns_2026-05.pdf' as 'returns 2026-05'."""
    return fold_space(PurePosixPath(name.replace("\\", "/")).stem.replace("_", " ")) or name


def make_row(cells: Iterable[str], *, tag: str = "td") -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"


def name_columns(table: HtmlElement) -> None:
    """Make a first row that names the columns a row of headings, where its author did not say so.

    A table of two columns is as often a list of pairs: there only bold type is believed.
    """
    rows = list(table.iter("tr"))
    if len(rows) < 2 or any(get_tag(cell) == "th" for row in rows for cell in row):
        return
    cells = [cell for cell in rows[0] if get_tag(cell) == "td"]
    texts = [fold_space(get_text(cell)) for cell in cells]
    if not names_columns(texts, least=2):
        return
    if not (all(_is_bold(cell) for cell in cells) or len(cells) > 2):
        return
    heads = [cells]
    below = [cell for cell in rows[1] if get_tag(cell) == "td"]
    # A heading over several columns has those columns' own names below it.
    is_grouped = len(rows) > 2 and any(cell.get("colspan") for cell in cells)
    if is_grouped and names_columns([fold_space(get_text(cell)) for cell in below], least=1):
        heads.append(below)
    for cell in (cell for head in heads for cell in head):
        cell.tag = "th"


def names_columns(texts: list[str], *, least: int) -> bool:
    named = [text for text in texts if text]
    return (
        len(named) >= least
        and len(texts) - len(named) <= 1
        and not any(_FIGURES.fullmatch(text) for text in named)
        and all(len(text.split()) <= NAME_LIMIT_WORDS for text in named)
    )


def _is_bold(cell: HtmlElement) -> bool:
    bold = "".join(get_text(part) for part in cell.iter("b", "strong"))
    text = fold_space(get_text(cell))
    return not text or fold_space(bold) == text
