"""Turn HTML into sections of blocks: every word of the body stands in one block or one heading.

Only white space is changed. The one repetition is meant: a table's column names, and a cell that
spans rows, stand in every row that they govern, so that a row can be quoted on its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from lxml.html import HtmlElement

from knowledge.markup import (
    HEADINGS,
    WITHOUT_WORDS,
    fold_space,
    get_tag,
    get_text,
    has_words,
    is_inline,
    read_html,
)
from knowledge.numbering import NumberReader, leads_into_list, read_heading_number
from knowledge.tables import Row, read_piped_lines, read_table
from knowledge.types import Block, BlockKind, Section

# Lists that were typed as lines of one paragraph: '(a) …', '1. (a) …', '- …', or a table's '| …'.
_LINE_START = re.compile(r"\s*(?:(?:\d+\\?\.\s+)*\([A-Za-z0-9]{1,5}\)|[|•]|[-*]\s)")
# The '1.   ' of such a list counts its lines and is no paragraph number; '309. (a)' is one.
_TYPED_ORDINALS = re.compile(r"^\s*(?:\d+\\?\.\s{2,})+")


class PageUnreadable(Exception):
    """A page that was fetched but holds nothing that we can read."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason


def parse_html(
    html: str,
    *,
    url: str,
    heading_path: tuple[str, ...] = (),
    has_numbered_headings: bool = False,
    has_block_anchors: bool = False,
) -> tuple[Section, ...]:
    """The sections of a page or fragment; `heading_path` goes before its own headings.

    `has_numbered_headings`: '82' of the heading '82 Right of appeal' numbers what is under it.
    `has_block_anchors`: the HTML is ours, and its `data-anchor` says where each block stands.
    """
    reader = _SectionReader(
        url,
        heading_path,
        has_numbered_headings=has_numbered_headings,
        has_block_anchors=has_block_anchors,
    )
    reader.read_children(read_html(html), _Place())
    return reader.finish()


@dataclass(frozen=True)
class _Place:
    """Where in the nesting of lists the reader is. A heading inside a list ends its lead-in."""

    depth: int = 0
    lead_in: int | None = None
    item: _Item | None = None
    section: int = 0


@dataclass
class _Item:
    """A list item and the last block of its own words: what leads into a list inside it."""

    block: int | None = None


@dataclass
class _Heading:
    level: int
    text: str
    anchor: str


@dataclass
class _SectionReader:
    url: str
    prefix: tuple[str, ...]
    has_numbered_headings: bool
    has_block_anchors: bool = False
    block_anchor: str = ""
    sections: list[Section] = field(default_factory=list)
    headings: list[_Heading] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    numbers: NumberReader = field(default_factory=NumberReader)
    # An empty anchor just before a heading is the heading's.
    anchor: str = ""
    opened: int = 0
    last_depth: int = 0
    last_term: int | None = None

    def finish(self) -> tuple[Section, ...]:
        self.close_section()
        return tuple(self.sections)

    def close_section(self) -> None:
        if self.blocks or self.headings:
            anchors = [heading.anchor for heading in self.headings if heading.anchor]
            path = (*self.prefix, *(heading.text for heading in self.headings))
            url = f"{self.url}#{anchors[-1]}" if anchors else self.url
            self.sections.append(Section(heading_path=path, url=url, blocks=tuple(self.blocks)))
        self.blocks = []
        self.last_term = None

    def read_children(self, element: HtmlElement, place: _Place) -> None:
        words = [element.text or ""]
        for child in element:
            tag = get_tag(child)
            if tag == "br":
                words.append("\n")
            elif tag and tag not in WITHOUT_WORDS:
                if is_inline(child):
                    words.append(get_text(child))
                    self.note_anchor(child)
                else:
                    self.add_words("".join(words), place)
                    words = []
                    self.read_element(child, tag, place)
            words.append(child.tail or "")
        self.add_words("".join(words), place)

    def note_block_anchor(self, element: HtmlElement) -> None:
        if self.has_block_anchors:
            self.block_anchor = element.get("data-anchor", self.block_anchor)

    def read_element(self, element: HtmlElement, tag: str, place: _Place) -> None:
        self.note_block_anchor(element)
        if tag in HEADINGS:
            self.open_section(element, HEADINGS[tag])
        elif tag in {"ul", "ol", "menu", "dir"}:
            self.read_list(element, place)
        elif tag == "table":
            self.read_table(element, place)
        elif tag == "pre":
            # As if below a first line: every line of it was typed.
            self.add_lines(["", *get_text(element).splitlines()], place)
        elif tag == "dt":
            self.read_children(element, place)
            self.last_term = len(self.blocks) - 1 if self.blocks else None
        elif tag == "dd":
            self.read_children(element, self.go_deeper(place, self.last_term, _Item()))
        else:
            self.note_anchor(element)
            self.read_children(element, place)

    def note_anchor(self, element: HtmlElement) -> None:
        if not has_words(get_text(element)):
            self.anchor = _find_anchor(element) or self.anchor

    def open_section(self, element: HtmlElement, level: int) -> None:
        text = fold_space(get_text(element))
        if not has_words(text):
            self.note_anchor(element)
            return
        self.close_section()
        self.opened += 1
        while self.headings and self.headings[-1].level >= level:
            self.headings.pop()
        anchor = _find_anchor(element) or self.anchor
        self.headings.append(_Heading(level, text, anchor))
        self.anchor = ""
        base = read_heading_number(text) if self.has_numbered_headings else ""
        self.numbers = NumberReader(base)

    def read_list(self, element: HtmlElement, place: _Place) -> None:
        if place.item and place.section == self.opened:
            lead_in = place.item.block
        else:
            lead_in = self.find_lead_in(place)
        self.add_words(element.text or "", place)
        list_place = self.go_deeper(place, lead_in, _Item())
        for child in element:
            tag = get_tag(child)
            if tag == "li":
                self.note_block_anchor(child)
                list_place = replace(list_place, item=_Item())
                self.read_children(child, list_place)
            elif tag and tag not in WITHOUT_WORDS and is_inline(child):
                self.add_words(get_text(child), list_place)
            elif tag and tag not in WITHOUT_WORDS:
                self.read_element(child, tag, list_place)
            self.add_words(child.tail or "", place)

    def go_deeper(self, place: _Place, lead_in: int | None, item: _Item) -> _Place:
        return _Place(depth=place.depth + 1, lead_in=lead_in, item=item, section=self.opened)

    def get_lead_in(self, place: _Place) -> int | None:
        return place.lead_in if place.section == self.opened else None

    def find_lead_in(self, place: _Place) -> int | None:
        """The paragraph just before a list or a table, where it announces it."""
        if not self.blocks or self.last_depth != place.depth:
            return None
        return len(self.blocks) - 1 if leads_into_list(self.blocks[-1].text) else None

    def read_table(self, element: HtmlElement, place: _Place) -> None:
        caption: int | None = None
        for child in element:
            if get_tag(child) == "caption":
                begin = len(self.blocks)
                self.read_children(child, place)
                caption = begin if len(self.blocks) > begin else None
        for part in element.iter("table", "thead", "tbody", "tfoot", "tr"):
            # Words between the cells are an author's slip, but they are words.
            loose = " ".join([part.text or "", *(child.tail or "" for child in part)])
            self.add_words(loose, place)
        self.add_rows(read_table(element), place, caption=caption)

    def add_rows(self, rows: list[Row], place: _Place, *, caption: int | None = None) -> None:
        # A caption says of each row what it counts, and in what unit, full stop or not.
        lead_in = caption if caption is not None else self.find_lead_in(place)
        if lead_in is None:
            lead_in = self.get_lead_in(place)
        for row in rows:
            head = len(self.blocks)
            for text, introduced_by in ((row.text, lead_in), *((c, head) for c in row.continued)):
                self.blocks.append(
                    Block(
                        kind=BlockKind.TABLE_ROW,
                        text=text,
                        lead_in=introduced_by,
                        anchor=self.block_anchor,
                    )
                )
            self.last_depth = -1

    def add_words(self, words: str, place: _Place) -> None:
        if not has_words(words):
            return
        lines = words.split("\n")
        starts = [
            index for index, line in enumerate(lines) if index == 0 or _LINE_START.match(line)
        ]
        ends = [*starts[1:], len(lines)]
        self.add_lines(
            [" ".join(lines[start:end]) for start, end in zip(starts, ends, strict=True)], place
        )

    def add_lines(self, lines: list[str], place: _Place) -> None:
        typed_table: list[str] = []
        for index, line in enumerate(lines):
            if line.lstrip().startswith("|"):
                typed_table.append(line)
                continue
            self.add_rows(read_piped_lines(typed_table), place)
            typed_table = []
            self.add_block(line, place, is_typed_item=index > 0)
        self.add_rows(read_piped_lines(typed_table), place)

    def add_block(self, line: str, place: _Place, *, is_typed_item: bool) -> None:
        if not has_words(line):
            return
        is_item_start = place.item is not None and place.item.block is None
        number, continued = self.numbers.read(
            fold_space(_TYPED_ORDINALS.sub("", line) if is_typed_item else line),
            depth=place.depth,
            block=len(self.blocks),
            is_item_start=is_item_start,
        )
        lead_in = self.get_lead_in(place)
        if continued is not None and (lead_in is None or continued > lead_in):
            lead_in = continued
        kind = BlockKind.LIST_ITEM if place.item else BlockKind.PARAGRAPH
        if place.item:
            place.item.block = len(self.blocks)
        self.blocks.append(
            Block(
                kind=kind,
                text=fold_space(line),
                number=number,
                lead_in=lead_in,
                anchor=self.block_anchor,
            )
        )
        self.last_depth = place.depth
        self.anchor = ""


def _find_anchor(element: HtmlElement) -> str:
    for part in element.iter():
        anchor = part.get("id") or (part.get("name") if get_tag(part) == "a" else "")
        if anchor:
            return str(anchor)
    return ""
