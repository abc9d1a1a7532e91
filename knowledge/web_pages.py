"""Read the main content of an ordinary web page, word for word and with its anchors.

trafilatura decides what on the page is content; our own reader then reads that part of the
original page, because the library drops ids, list structure and now and then a paragraph.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import lxml.html
import trafilatura
from lxml.html import HtmlElement
from trafilatura.settings import Document as Extraction

from knowledge.markup import (
    HEADINGS,
    drop_footnote_marks,
    fold_space,
    get_tag,
    get_text,
    has_words,
    read_html,
)
from knowledge.parsing import PageUnreadable, parse_html
from knowledge.types import ParsedDocument, Section

WORD_LIMIT_LOW = 25
# A paragraph this long on both sides is the same paragraph, not a coincidence.
MATCH_CHARACTERS = 20
CONTENT_SHARE = 0.9
LINK_SHARE = 0.6
_NOT_CONTENT = ("nav", "aside", "footer", "form", "button", "select", "dialog")
_ROLES = frozenset(["navigation", "search", "banner", "contentinfo", "complementary", "dialog"])
_FURNITURE = re.compile(
    r"(?:^|[-_\s])(?:cookies?|breadcrumbs?|share|sharing|social|related|pagination|pager|skip|"
    r"sidebar|menu|newsletter|advert|toc|print)(?:$|[-_\s])"
)
# legislation.gov.uk: footnote marks inside the words of the law, and what they lead to.
_ANNOTATIONS = frozenset(["LegCommentaryLink", "LegAnnotations", "LegAnnotationsHeading"])
_NUMBER_CLASS = re.compile(r"\bLeg\w*No\b")
_META_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)


def parse_web_page(body: bytes, *, url: str, content_type: str = "") -> ParsedDocument:
    if content_type and "html" not in content_type and "xml" not in content_type:
        raise PageUnreadable(url, f"the page is {content_type.split(';')[0]}, not HTML")
    html = decode_page(body, content_type)
    extraction = _extract(html)
    if extraction is None:
        raise PageUnreadable(url, "no main content was found on the page")
    page = read_html(html)
    title = _find_title(page, extraction)
    content = _find_content(page, _read_paragraphs(extraction.body))
    if content is None:
        raise PageUnreadable(url, "no main content was found on the page")
    drop_footnote_marks(content)
    is_legislation = any(_NUMBER_CLASS.search(part.get("class", "")) for part in content.iter())
    if is_legislation:
        _prepare_legislation(content)
    sections = parse_html(
        lxml.html.tostring(content, encoding="unicode"),
        url=url,
        has_numbered_headings=is_legislation,
    )
    sections = _drop_title(sections, title)
    words = sum(len(block.text.split()) for section in sections for block in section.blocks)
    if words < WORD_LIMIT_LOW:
        raise PageUnreadable(url, f"the page has only {words} words of main content")
    return ParsedDocument(
        url=url,
        title=title,
        sections=sections,
        description=fold_space(extraction.description or ""),
        document_type="web_page",
        locale=_find_locale(html),
        published_at=_read_date(extraction.date),
    )


def decode_page(body: bytes, content_type: str) -> str:
    """As browsers decide: what the server says, then what the page says, then UTF-8."""
    named = re.search(r"charset=[\"']?([\w-]+)", content_type)
    in_page = _META_CHARSET.search(body[:2048])
    for charset in (
        named[1] if named else "",
        in_page[1].decode("ascii") if in_page else "",
        "utf-8-sig",
    ):
        try:
            return body.decode(charset)
        except (LookupError, UnicodeDecodeError):
            continue
    return body.decode("cp1252", errors="replace")


def _extract(html: str) -> Extraction | None:
    found = trafilatura.bare_extraction(
        html,
        favor_recall=True,
        include_comments=False,
        include_tables=True,
        with_metadata=True,
        # A date that is only guessed from the page's text would be shown as its own.
        date_extraction_params={"extensive_search": False, "original_date": False},
    )
    return found if isinstance(found, Extraction) and found.body is not None else None


def _squeeze(text: str) -> str:
    """A paragraph's letters and digits alone: how two readers of one page agree on it."""
    return "".join(character for character in text.lower() if character.isalnum())


def _read_paragraphs(extracted: HtmlElement) -> set[str]:
    texts = (_squeeze("".join(part.itertext())) for part in extracted.iter() if len(part) == 0)
    whole = (_squeeze("".join(part.itertext())) for part in extracted.iter("p", "item", "head"))
    return {text for text in (*texts, *whole) if len(text) >= MATCH_CHARACTERS}


def _find_content(page: HtmlElement, paragraphs: set[str]) -> HtmlElement | None:
    """The smallest part of the page that holds nearly all of the main content's paragraphs."""
    weights: dict[HtmlElement, int] = {}
    total = 0
    matched: set[HtmlElement] = set()
    for element in page.iter():
        text = _squeeze(get_text(element)) if get_tag(element) in _PARAGRAPHS else ""
        if text and text in paragraphs:
            total += len(text)
            matched.add(element)
            for holder in (element, *element.iterancestors()):
                weights[holder] = weights.get(holder, 0) + len(text)
    if not total:
        return None
    content = page
    for element, weight in weights.items():
        if weight >= CONTENT_SHARE * total and content in element.iterancestors():
            content = element
    _drop_furniture(content, matched, weights, total)
    return content


_PARAGRAPHS = frozenset([*HEADINGS, "p", "li", "td", "th", "dd", "dt", "blockquote", "pre", "div"])


def _drop_furniture(
    content: HtmlElement, matched: set[HtmlElement], weights: dict[HtmlElement, int], total: int
) -> None:
    for element in list(content.iterdescendants()):
        holds_content = weights.get(element, 0) > total / 2
        if element.getparent() is None or holds_content or not get_tag(element):
            continue
        names = f"{element.get('class', '')} {element.get('id', '')}".lower()
        is_furniture = (
            get_tag(element) in _NOT_CONTENT
            or element.get("role") in _ROLES
            or element.get("hidden") is not None
            or element.get("aria-hidden") == "true"
            or (_FURNITURE.search(names) and element not in weights)
        )
        if is_furniture or (_is_mostly_links(element) and element not in weights):
            element.drop_tree()


def _is_mostly_links(element: HtmlElement) -> bool:
    if get_tag(element) not in {"ul", "ol", "li", "p", "div"}:
        return False
    length = len(_squeeze(get_text(element)))
    linked = sum(len(_squeeze(get_text(link))) for link in element.iter("a"))
    return length > 0 and linked >= LINK_SHARE * length


def _prepare_legislation(content: HtmlElement) -> None:
    for element in list(content.iterdescendants()):
        classes = str(element.get("class", ""))
        if _ANNOTATIONS & set(classes.split()):
            element.drop_tree()
        elif _NUMBER_CLASS.search(classes) and not (element.tail or "").strip():
            # The page sets the number and the words apart by layout alone.
            element.tail = " "


def _find_title(page: HtmlElement, extraction: Extraction) -> str:
    headings = [fold_space(get_text(heading)) for heading in page.iter("h1")]
    named = [heading for heading in headings if has_words(heading)]
    return (
        named[0] if len(named) == 1 else fold_space(extraction.title or "") or "".join(named[:1])
    )


def _drop_title(sections: tuple[Section, ...], title: str) -> tuple[Section, ...]:
    """The title stands over the whole document already: it is no heading inside it."""
    kept = [
        replace(section, heading_path=section.heading_path[1:])
        if section.heading_path[:1] == (title,)
        else section
        for section in sections
    ]
    return tuple(section for section in kept if section.blocks or section.heading_path)


def _find_locale(html: str) -> str:
    found = re.search(r"<html[^>]*\slang\s*=\s*[\"']?([A-Za-z]+)", html[:4096])
    return found[1].lower() if found else "en"


def _read_date(value: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(value).replace(tzinfo=UTC) if value else None
    except ValueError:
        return None
