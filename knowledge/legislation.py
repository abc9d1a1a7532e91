"""Read an Act or a statutory instrument by its structure, from legislation.gov.uk's own XML.

Each section becomes a Section, each subsection and item a block with its full number
('s.82(1)(a)', 'Sch.1 para.2(1)') and its anchor on the page. What is repealed has no words left
and disappears; what is not in force yet, or holds in a part of the country only, says so in its
heading. Text that an Act puts into another is numbered as it will stand there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

import lxml.html
from lxml import etree

from knowledge.markup import fold_space, has_words
from knowledge.parsing import PageUnreadable
from knowledge.tables import read_table
from knowledge.types import Block, BlockKind, ParsedDocument, Section

HOST = "www.legislation.gov.uk"
DATA = "/data.xml"
_SPACE = "{http://www.legislation.gov.uk/namespaces/legislation}"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_VALID = "{http://purl.org/dc/terms/}valid"
_LEVELS = frozenset(
    ["Part", "Chapter", "Pblock", "PsubBlock", "Group", "Schedule", "Schedules", "Appendix"]
)
_NUMBERED = frozenset(["P2", "P3", "P4", "P5", "P6", "P7"])
_OF_THE_HEADING = frozenset(["Number", "Title", "TitleBlock", "Pnumber", "Reference", "Subtitle"])
# Earlier and later wordings, notes of the editors, and what closes a quotation.
_LEFT_OUT = frozenset(
    ["Versions", "Commentaries", "Footnotes", "AppendText", "Resources", "Contents"]
)
_SERIES = {"section": "s.", "regulation": "reg.", "article": "art.", "rule": "r."}
_SCHEDULE_PARAGRAPH = re.compile(
    r"schedule(?:-(?!part|chapter|crossheading)(\w+?))?(?:-\w+)*?-paragraph-"
)
_OPENING = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?[^>]*\?>\s*)*<Legislation\b")
_VERSION = re.compile(r"/(?:prospective|enacted|made|\d{4}-\d\d-\d\d)$")


def get_data_url(url: str) -> str:
    """Where the XML of a page of legislation.gov.uk is; other addresses stay as they are."""
    parts = urlsplit(url)
    if parts.hostname != HOST or parts.path.endswith(DATA):
        return url
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}{DATA}"


def get_page_url(url: str) -> str:
    """The page that people read, for the address of its XML."""
    return url.removesuffix(DATA) if urlsplit(url).hostname == HOST else url


def is_legislation(body: bytes) -> bool:
    return _OPENING.match(body) is not None


def parse_legislation(body: bytes, *, url: str) -> ParsedDocument:
    """Raises PageUnreadable. `url` is the page's, which is what is cited."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise PageUnreadable(url, f"the law's XML is not well formed ({error})") from error
    reader = _LawReader(url, extent=root.get("RestrictExtent", ""))
    for element in root.iter(f"{_SPACE}Body", f"{_SPACE}Schedules"):
        around = element.iterancestors(f"{_SPACE}BlockAmendment", f"{_SPACE}Versions")
        if next(around, None) is None:
            reader.read_level(element, _Place())
    if not reader.sections:
        raise PageUnreadable(url, "no text of a law is in force under this address")
    return ParsedDocument(
        url=url,
        title=fold_space(root.findtext(f".//{_TITLE}") or "") or url,
        sections=tuple(reader.sections),
        description=_read_text(root.find(f".//{_SPACE}LongTitle")),
        document_type="legislation",
        # Since when the text stands as it is.
        published_at=_read_day(root.findtext(f".//{_VALID}") or root.get("RestrictStartDate")),
    )


@dataclass(frozen=True)
class _Place:
    path: tuple[str, ...] = ()
    is_prospective: bool = False


@dataclass
class _Paragraph:
    """The numbered element that is being read.

    `head` is its first block, which introduces its others, as the section it stands in and its
    place there; `introduced_by` is the same of the element around it.
    """

    number: str
    anchor: str
    introduced_by: tuple[int, int] | None = None
    head: tuple[int, int] | None = None

    @property
    def lead_in(self) -> tuple[int, int] | None:
        return self.introduced_by if self.head is None else self.head


@dataclass
class _LawReader:
    url: str
    extent: str
    sections: list[Section] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    # The section that the blocks belong to.
    path: tuple[str, ...] = ()
    section_url: str = ""
    # How many sections were opened: a block can't be introduced by one of another section.
    opened: int = 0
    # '(1)', '(a)' of the elements whose first words are still to come.
    markers: list[str] = field(default_factory=list)

    # --- parts, chapters, headings ---------------------------------------------------------------

    def read_level(self, element: etree._Element, place: _Place) -> None:
        for child in element:
            name = _get_name(child)
            if not name or name in _LEFT_OUT or name in _OF_THE_HEADING or _has_ended(child):
                continue
            is_prospective = place.is_prospective or child.get("Status") == "Prospective"
            if name in _LEVELS:
                heading = _read_heading(child)
                path = (*place.path, heading) if heading else place.path
                self.read_level(child, _Place(path, is_prospective))
            elif name == "P1group":
                title = _read_text(child.find(f"{_SPACE}Title"))
                for part in child:
                    self.read_grouped(part, child, title, _Place(place.path, is_prospective))
            elif name == "P1":
                self.read_section(child, child, "", _Place(place.path, is_prospective))
            elif name in {"P", "Para", "Tabular", "BlockText"} | _NUMBERED:
                self.read_loose(child, place)
            else:
                self.read_level(child, _Place(place.path, is_prospective))

    def read_grouped(
        self, part: etree._Element, group: etree._Element, title: str, place: _Place
    ) -> None:
        if _get_name(part) == "P1":
            self.read_section(part, group, title, place)
        elif _get_name(part) == "P":
            path = (*place.path, title) if title else place.path
            self.read_loose(part, _Place(path, place.is_prospective))

    def read_loose(self, element: etree._Element, place: _Place) -> None:
        """Words of a schedule that stand in no numbered paragraph."""
        self.open(place.path, f"{self.url}{_find_anchor(element)}")
        self.read_content(element, _Paragraph("", ""))
        self.close()

    def read_section(
        self, element: etree._Element, group: etree._Element, title: str, place: _Place
    ) -> None:
        number = _read_number(element)
        is_prospective = place.is_prospective or element.get("Status") == "Prospective"
        labels = []
        extent = element.get("RestrictExtent") or group.get("RestrictExtent") or self.extent
        if self.extent and extent != self.extent:
            labels.append(f"(extent: {extent})")
        if is_prospective:
            labels.append("(not yet in force)")
        anchor = element.get("id", "")
        heading = " ".join(part for part in (number, title, *labels) if part)
        self.open((*place.path, heading), self.get_section_url(element, anchor))
        self.read_content(element, _Paragraph(_get_series(anchor) + number, anchor))
        self.close()

    def get_section_url(self, element: etree._Element, anchor: str) -> str:
        """Of a whole Act the page shows the contents only: a section has a page of its own."""
        own = _VERSION.sub("", element.get("IdURI", "").replace("/id/", "/", 1))
        is_below = urlsplit(own).path.startswith(urlsplit(self.url).path.rstrip("/") + "/")
        page = f"https://{HOST}{urlsplit(own).path}" if own and is_below else self.url
        return f"{page}#{anchor}" if anchor else page

    def open(self, path: tuple[str, ...], url: str) -> None:
        self.path, self.section_url, self.blocks, self.markers = path, url, [], []
        self.opened += 1

    def close(self) -> None:
        if self.blocks:
            section = Section(
                heading_path=self.path, url=self.section_url, blocks=tuple(self.blocks)
            )
            self.sections.append(section)
        self.blocks = []

    # --- what stands in a section ----------------------------------------------------------------

    def read_content(self, element: etree._Element, within: _Paragraph) -> None:
        for child in element:
            self.read_part(child, within)

    def read_part(self, element: etree._Element, within: _Paragraph) -> None:
        name = _get_name(element)
        if not name or name in _LEFT_OUT or name in _OF_THE_HEADING or _has_ended(element):
            return
        if name == "Text":
            self.add(_read_text(element), within)
        elif name == "P1" or name in _NUMBERED:
            self.read_numbered(element, within)
        elif name in {"UnorderedList", "OrderedList", "KeyList"}:
            self.read_list(element, within)
        elif name == "Tabular":
            self.read_tables(element, within)
        elif name == "BlockAmendment":
            self.read_quotation(element, within)
        else:
            self.add(_read_text(element.find(f"{_SPACE}Title")), within)
            self.read_content(element, within)

    def read_numbered(self, element: etree._Element, within: _Paragraph) -> None:
        # Nothing inside a section can say of one subsection that it is not law yet.
        if element.get("Status") == "Prospective":
            return
        label = _read_number(element)
        number = f"{within.number}({label})" if within.number and label else ""
        inner = _Paragraph(number, element.get("id") or within.anchor, within.lead_in)
        waiting = list(self.markers)
        if label:
            self.markers.append(label if _get_name(element) == "P1" else f"({label})")
        begin = len(self.blocks)
        self.read_content(element, inner)
        if len(self.blocks) == begin:
            self.markers = waiting

    def read_list(self, element: etree._Element, within: _Paragraph) -> None:
        for item in element:
            if mark := item.get("NumberOverride", ""):
                self.markers.append(mark)
            begin = len(self.blocks)
            self.read_content(item, within)
            if mark and len(self.blocks) == begin:
                self.markers.pop()

    def read_tables(self, element: etree._Element, within: _Paragraph) -> None:
        for table in element.iter("{http://www.w3.org/1999/xhtml}table"):
            html = etree.tostring(table, encoding="unicode", with_tail=False)
            for row in read_table(lxml.html.fromstring(html)):
                for text in (row.text, *row.continued):
                    self.add(text, within, kind=BlockKind.TABLE_ROW)

    def read_quotation(self, element: etree._Element, within: _Paragraph) -> None:
        """What is put into another law. Only whole sections say here what their number is."""
        is_of_schedule = element.get("Context") == "schedule"
        series = "reg." if element.get("TargetClass") == "secondary" else "s."
        for part in element:
            if _get_name(part) not in {"P1", "P1group"}:
                self.read_part(part, _Paragraph("", within.anchor, within.lead_in))
                continue
            is_group = _get_name(part) == "P1group"
            title = _read_text(part.find(f"{_SPACE}Title")) if is_group else ""
            for section in part.iterfind(f"{_SPACE}P1") if is_group else [part]:
                number = _read_number(section)
                known = f"{series}{number}" if number and not is_of_schedule else ""
                with self.set_aside(" ".join(filter(None, (number, title)))):
                    self.read_content(section, _Paragraph(known, within.anchor))

    @contextmanager
    def set_aside(self, heading: str) -> Iterator[None]:
        """A quoted section is a section under the one that quotes it, which then goes on."""
        path, url, markers = self.path, self.section_url, self.markers
        self.close()
        self.open((*path, heading), url)
        yield
        self.close()
        self.open(path, url)
        self.markers = markers

    def add(self, text: str, within: _Paragraph, *, kind: BlockKind = BlockKind.PARAGRAPH) -> None:
        # Dots stand where words were repealed.
        if not has_words(text):
            return
        lead_in = None
        if within.lead_in is not None and within.lead_in[0] == self.opened:
            lead_in = within.lead_in[1]
        if within.head is None:
            within.head = (self.opened, len(self.blocks))
        is_item = lead_in is not None and kind is BlockKind.PARAGRAPH
        self.blocks.append(
            Block(
                kind=BlockKind.LIST_ITEM if is_item else kind,
                text=" ".join([*self.markers, text]),
                number=within.number,
                lead_in=lead_in,
                anchor=within.anchor,
            )
        )
        self.markers = []


# --- single elements -----------------------------------------------------------------------------


def _get_name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _has_ended(element: etree._Element) -> bool:
    """A wording that is kept for the record only."""
    ended = element.get("RestrictEndDate") and element.get("Match") == "false"
    return bool(ended or element.get("Status") in {"Repealed", "Dead"})


def _read_text(element: etree._Element | None) -> str:
    if element is None:
        return ""
    return fold_space("".join(str(piece) for piece in element.itertext()))


def _read_number(element: etree._Element) -> str:
    return _read_text(element.find(f"{_SPACE}Pnumber")).strip("().[] ")


def _read_heading(element: etree._Element) -> str:
    if _get_name(element) == "Schedules":
        return ""
    number = _read_text(element.find(f"{_SPACE}Number"))
    title = element.find(f"{_SPACE}Title")
    if title is None:
        title = element.find(f"{_SPACE}TitleBlock/{_SPACE}Title")
    return " ".join(part for part in (number, _read_text(title)) if part)


def _find_anchor(element: etree._Element) -> str:
    for holder in (element, *element.iterancestors()):
        if anchor := holder.get("id"):
            return f"#{anchor}"
    return ""


def _get_series(anchor: str) -> str:
    if found := _SCHEDULE_PARAGRAPH.match(anchor):
        return f"Sch.{found[1]} para." if found[1] else "Sch. para."
    return _SERIES.get(anchor.partition("-")[0], "")


def _read_day(value: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(value).replace(tzinfo=UTC) if value else None
    except ValueError:
        return None
