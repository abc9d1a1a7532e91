"""Read HTML, Markdown and plain text."""

from __future__ import annotations

import codecs
import re
from html import escape
from importlib import import_module

from markdown_it import MarkdownIt

from knowledge.files.building import build_document
from knowledge.files.kinds import FileKind, find_kind
from knowledge.files.refusals import FileLimits, Refusal, Unreadable
from knowledge.parsing import PageUnreadable
from knowledge.types import ParsedDocument

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def parse(
    data: bytes, *, name: str, media_type: str, url: str, limits: FileLimits
) -> ParsedDocument:
    kind = find_kind(data, name=name, media_type=media_type)
    if kind is FileKind.HTML:
        return _parse_page(data, media_type, url)
    text = decode(data)
    html = read_markdown(text) if kind is FileKind.MARKDOWN else read_plain_text(text)
    return build_document(html, url=url, name=name, document_type=kind)


def _parse_page(data: bytes, media_type: str, url: str) -> ParsedDocument:
    # Its library takes a while to load, and no other kind needs it.
    web_pages = import_module("knowledge.web_pages")
    try:
        document: ParsedDocument = web_pages.parse_web_page(
            data, url=url, content_type=media_type if "html" in media_type else ""
        )
    except PageUnreadable as error:
        raise Unreadable(Refusal.PAGE, reason=error.reason) from error
    return document


def decode(data: bytes) -> str:
    """A byte order mark says it; otherwise UTF-8 if it can be, or what Windows used to write."""
    encodings = ["utf-16"] if data.startswith(_UTF16) else []
    for encoding in (*encodings, "utf-8-sig"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("cp1252", errors="replace")


def read_markdown(text: str) -> str:
    # HTML inside it stays text: only Markdown's own marks are believed.
    rendered: str = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    return rendered


def read_plain_text(text: str) -> str:
    """Blank lines stand between paragraphs; a line inside one ends it only if it opens a list."""
    paragraphs = re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(
        f"<p>{escape(part.strip()).replace(chr(10), '<br>')}</p>" for part in paragraphs
    )
