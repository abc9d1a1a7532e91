"""Read an OpenDocument text (ODT): its content is one XML part, which becomes HTML."""

from __future__ import annotations

from html import escape

from lxml import etree

from knowledge.files.building import build_document
from knowledge.files.packages import read_parts, read_xml
from knowledge.files.refusals import FileLimits, Refusal, Unreadable
from knowledge.types import ParsedDocument

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
SPAN_LIMIT = 100
SPACES_LIMIT = 100
# Words that were deleted, or that are not the document's own.
_LEFT_OUT = frozenset(
    [
        f"{TEXT}tracked-changes",
        f"{TEXT}table-of-content",
        f"{TEXT}note",
        f"{OFFICE}annotation",
        f"{TEXT}sequence-decls",
        f"{OFFICE}forms",
    ]
)
_HOLDERS = {
    f"{TEXT}list": "ul",
    f"{TEXT}list-item": "li",
    f"{TEXT}list-header": "li",
    f"{TABLE}table-header-rows": "thead",
    f"{TABLE}table-row": "tr",
}


def parse(
    data: bytes, *, name: str, media_type: str, url: str, limits: FileLimits
) -> ParsedDocument:
    parts = read_parts(data, limits)
    content = read_xml(parts.get("content.xml", b""))
    text = content.find(f"{OFFICE}body/{OFFICE}text")
    if text is None:
        raise Unreadable(Refusal.DAMAGED)
    meta = parts.get("meta.xml")
    title = (read_xml(meta).findtext(f"{OFFICE}meta/{_TITLE}") or "") if meta else ""
    html: list[str] = []
    _write_children(text, _find_title_styles(content), html)
    return build_document("".join(html), url=url, name=name, document_type="odt", title=title)


def _find_title_styles(content: etree._Element) -> frozenset[str]:
    """The style 'Title' and those that only vary it."""
    varied = (
        style.get(f"{_STYLE}name", "")
        for style in content.iter(f"{_STYLE}style")
        if style.get(f"{_STYLE}parent-style-name") == "Title"
    )
    return frozenset(["Title", *varied])


def _write_children(parent: etree._Element, titles: frozenset[str], html: list[str]) -> None:
    for child in parent:
        _write(child, titles, html)


def _write(element: etree._Element, titles: frozenset[str], html: list[str]) -> None:
    tag = str(element.tag)
    if tag in _LEFT_OUT:
        return
    if tag in {f"{TEXT}h", f"{TEXT}p"}:
        html.append(_write_paragraph(element, tag, titles))
    elif tag == f"{TABLE}table":
        html.append("<table>")
        _write_children(element, titles, html)
        html.append("</table>")
    elif tag == f"{TABLE}table-cell":
        _write_cell(element, titles, html)
    elif tag in _HOLDERS:
        html.append(f"<{_HOLDERS[tag]}>")
        _write_children(element, titles, html)
        html.append(f"</{_HOLDERS[tag]}>")
    else:
        _write_children(element, titles, html)


def _write_paragraph(element: etree._Element, tag: str, titles: frozenset[str]) -> str:
    text = escape(read_text(element)).replace("\n", "<br>")
    if element.get(f"{TEXT}style-name") in titles:
        return f"<h1>{text}</h1>"
    if tag == f"{TEXT}h":
        # A title may stand above them: outline level 1 is the second rank.
        stated = element.get(f"{TEXT}outline-level", "1")
        level = min(int(stated) if stated.isdecimal() else 1, 5) + 1
        return f"<h{level}>{text}</h{level}>"
    return f"<p>{text}</p>"


def _write_cell(element: etree._Element, titles: frozenset[str], html: list[str]) -> None:
    in_head = next(element.iterancestors(f"{TABLE}table-header-rows", f"{TABLE}table"), None)
    is_heading = in_head is not None and in_head.tag == f"{TABLE}table-header-rows"
    tag = "th" if is_heading else "td"
    spans = "".join(
        f' {name}="{span}"'
        for name, attribute in (("colspan", "columns"), ("rowspan", "rows"))
        if (span := read_count(element, f"{TABLE}number-{attribute}-spanned", SPAN_LIMIT)) > 1
    )
    repeated = read_count(element, f"{TABLE}number-columns-repeated", SPAN_LIMIT)
    inside: list[str] = []
    _write_children(element, titles, inside)
    html.append(f"<{tag}{spans}>{''.join(inside)}</{tag}>" * repeated)


def read_count(element: etree._Element, name: str, limit: int) -> int:
    stated = element.get(name, "1")
    return min(max(int(stated), 1), limit) if stated.isdecimal() else 1


def read_text(element: etree._Element) -> str:
    """A paragraph's words; OpenDocument writes spaces, tabs and line breaks as elements."""
    pieces = [element.text or ""]
    for child in element:
        tag = str(child.tag)
        if tag == f"{TEXT}s":
            pieces.append(" " * read_count(child, f"{TEXT}c", SPACES_LIMIT))
        elif tag == f"{TEXT}tab":
            pieces.append(" ")
        elif tag == f"{TEXT}line-break":
            pieces.append("\n")
        elif tag == f"{TEXT}note":
            body = child.find(f"{TEXT}note-body")
            note = " ".join(map(read_text, body)) if body is not None else ""
            pieces.append(f" [{note.strip()}]" if note.strip() else "")
        elif tag not in _LEFT_OUT and isinstance(child.tag, str):
            pieces.append(read_text(child))
        pieces.append(child.tail or "")
    return "".join(pieces)
