"""What an HTML element contributes to a text: which tags end a line, which hold no words."""

from __future__ import annotations

import re

import lxml.html
from lxml.html import HtmlElement

HEADINGS = {f"h{level}": level for level in range(1, 7)}
_INLINE = (
    "a abbr acronym b bdi bdo big br button cite code data del dfn em font i img input ins kbd"
    " label mark meter output picture progress q rp rt ruby s samp small span strike strong sub"
    " sup time tt u var wbr"
)
INLINE = frozenset(_INLINE.split())
_WITHOUT_WORDS = (
    "audio canvas embed head iframe link map math meta noscript object script style svg template"
    " title video"
)
WITHOUT_WORDS = frozenset(_WITHOUT_WORDS.split())
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def read_html(html: str) -> HtmlElement:
    """The body of a page or of a fragment of one; broken markup is read as a browser would."""
    html = _DECLARATION.sub("", _CONTROL.sub(" ", html))
    document: HtmlElement = lxml.html.document_fromstring(f"<div>{html}</div>")
    return document.body


def fold_space(text: str) -> str:
    return " ".join(_INVISIBLE.sub("", text).split())


def has_words(text: str) -> bool:
    return any(character.isalnum() for character in text)


def get_tag(element: HtmlElement) -> str:
    """'' for what is no element: a comment, a processing instruction."""
    return element.tag.lower() if isinstance(element.tag, str) else ""


def is_inline(element: HtmlElement) -> bool:
    """A link around a whole paragraph is no inline element, whatever its tag says."""
    return all(get_tag(part) in INLINE or not get_tag(part) for part in element.iter())


def get_text(element: HtmlElement) -> str:
    """All the words inside an element, in order; white space not folded, lines kept apart."""
    pieces: list[str] = []
    _collect(element, pieces)
    return "".join(pieces)


def _collect(element: HtmlElement, pieces: list[str]) -> None:
    tag = get_tag(element)
    if not tag or tag in WITHOUT_WORDS:
        return
    ends_line = tag not in INLINE or tag == "br"
    if ends_line:
        pieces.append("\n")
    pieces.append(element.text or "")
    for child in element:
        _collect(child, pieces)
        pieces.append(child.tail or "")
    if ends_line and tag != "br":
        pieces.append("\n")


def drop_footnote_marks(content: HtmlElement) -> None:
    """'number.¹' would read 'number.1': the mark belongs to the layout, the note is kept."""
    for element in list(content.iter("sup")):
        if any(str(link.get("href", "")).startswith("#") for link in element.iter("a")):
            element.drop_tree()
