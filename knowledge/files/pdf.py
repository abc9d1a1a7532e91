"""The only door to the PDF library: a file's pages as words with their places, and ruled lines.

pypdfium2 opened more of a set of broken files than pypdf or pdfplumber, in half the time and
memory; it is not pure Python, which is why it only ever runs in the worker.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from knowledge.files.building import build_document
from knowledge.files.pdf_layout import Page, Rule, Word, find_title_line, lay_out
from knowledge.files.refusals import FileLimits, Refusal, Unreadable
from knowledge.types import ParsedDocument

# A page of one million letters is no page.
LETTERS_LIMIT = 1_000_000
OBJECTS_LIMIT = 20_000
RULE_THICKNESS = 3.0
UNREADABLE_SHARE = 0.3
SCANNED_SHARE = 0.5
_PASSWORD_ERRORS = {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}
_HYPHENS = ("\x02", "\ufffe", "\u00ad")


def parse(
    data: bytes, *, name: str, media_type: str, url: str, limits: FileLimits
) -> ParsedDocument:
    pages, stated_title = read_pages(data, limits)
    title = find_title_line(pages) or clean_title(stated_title)
    return build_document(lay_out(pages), url=url, name=name, document_type="pdf", title=title)


def clean_title(stated: str) -> str:
    """What an office program put there by itself is no title."""
    is_made = "." in stated[-6:] or stated.lower().startswith(("microsoft", "untitled"))
    return "" if is_made else stated


def read_pages(data: bytes, limits: FileLimits) -> tuple[list[Page], str]:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        is_locked = getattr(error, "err_code", None) in _PASSWORD_ERRORS or "assword" in str(error)
        raise Unreadable(Refusal.ENCRYPTED if is_locked else Refusal.DAMAGED) from error
    count = len(document)
    if count > limits.pages:
        raise Unreadable(Refusal.TOO_MANY_PAGES, pages=count, limit=limits.pages)
    reader = _Reader()
    pages = [page for number in range(count) if (page := reader.read(document, number))]
    if not pages:
        raise Unreadable(Refusal.DAMAGED)
    if reader.pictured > SCANNED_SHARE * count:
        raise Unreadable(Refusal.SCANNED)
    if not any(page.lines for page in pages):
        raise Unreadable(Refusal.NO_TEXT)
    if reader.unreadable > UNREADABLE_SHARE * reader.letters:
        raise Unreadable(Refusal.UNREADABLE_LETTERS)
    return pages, document.get_metadata_value("Title")


class _Reader:
    """Reads pages one by one and counts what can't be read."""

    def __init__(self) -> None:
        self.letters = 0
        self.unreadable = 0
        # Pages that are a picture and have no text.
        self.pictured = 0

    def read(self, document: pypdfium2.PdfDocument, number: int) -> Page | None:
        """None for a page that is damaged: the others may not be."""
        try:
            page = document[number]
            text_page = page.get_textpage()
        except pypdfium2.PdfiumError:
            return None
        try:
            width, height = page.get_size()
            lines = list(self.read_lines(text_page, height))
            has_picture = False
            rules: list[Rule] = []
            for count, item in enumerate(page.get_objects(max_depth=2)):
                if count > OBJECTS_LIMIT:
                    break
                has_picture = has_picture or item.type == pdfium.FPDF_PAGEOBJ_IMAGE
                if item.type == pdfium.FPDF_PAGEOBJ_PATH:
                    rules.extend(_read_rules(item, height))
            self.pictured += has_picture and not lines
            return Page(number + 1, width, height, lines, rules)
        except pypdfium2.PdfiumError:
            return None
        finally:
            text_page.close()
            page.close()

    def read_lines(self, text_page: Any, height: float) -> Iterator[list[Word]]:
        raw = text_page.raw
        line: list[Word] = []
        word: Word | None = None
        baseline: float | None = None
        # The first half of a letter that the library hands out in two.
        high = 0
        bottom = 0.0
        box, x, y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
        for index in range(min(pdfium.FPDFText_CountChars(raw), LETTERS_LIMIT)):
            code = pdfium.FPDFText_GetUnicode(raw, index)
            if 0xD800 <= code < 0xDC00:
                high = code
                continue
            if 0xDC00 <= code < 0xE000 and high:
                code = 0x10000 + ((high - 0xD800) << 10) + code - 0xDC00
            high = 0
            letter = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
            if letter in "\r\n":
                if line:
                    yield line
                line, word, baseline = [], None, None
                continue
            if letter.isspace():
                word = None
                continue
            pdfium.FPDFText_GetLooseCharBox(raw, index, box)
            if word is None or letter.isdigit() or box.bottom != bottom:
                pdfium.FPDFText_GetCharOrigin(raw, index, x, y)
            bottom = box.bottom
            size, base = box.top - box.bottom, height - y.value
            if baseline is not None and line and abs(base - baseline) > 0.6 * line[0].size:
                yield line
                line, word, baseline = [], None, None
            self.letters += 1
            if letter == "\ufffd" or 0xE000 <= code < 0xF900:
                self.unreadable += letter == "\ufffd" or not _is_bullet(code)
            if letter in _HYPHENS:
                letter = "\u00ad"
            if line and _is_mark(letter, size, base, line[0], baseline):
                # '1,234' with a raised '5' would read as '1,2345'.
                word = None
                continue
            if word is None:
                word = Word("", box.left, box.right, base, size, _is_bold(raw, index))
                line.append(word)
            baseline = base if baseline is None else baseline
            word.text += letter
            word.right = max(word.right, box.right)
        if line:
            yield line


def _is_bullet(code: int) -> bool:
    """Symbol fonts put their bullets where Unicode has nothing."""
    return code in {0xF0B7, 0xF0A7, 0xF0D8, 0xF02D, 0xF06F, 0xF076}


def _is_mark(letter: str, size: float, base: float, first: Word, baseline: float | None) -> bool:
    raised = (baseline or base) - base
    return letter.isdigit() and size < 0.8 * first.size and raised > 0.1 * first.size


def _is_bold(raw: Any, index: int) -> bool:
    if pdfium.FPDFText_GetFontWeight(raw, index) >= 600:
        return True
    buffer, flags = ctypes.create_string_buffer(100), ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(raw, index, buffer, 100, flags)
    name = buffer.value.lower()
    return b"bold" in name or b"black" in name or b"heavy" in name


def _read_rules(item: Any, height: float) -> Iterator[Rule]:
    left, bottom, right, top = item.get_bounds()
    top, bottom = height - top, height - bottom
    is_flat, is_narrow = bottom - top <= RULE_THICKNESS, right - left <= RULE_THICKNESS
    if is_flat and not is_narrow:
        yield Rule(left, top, right, top)
    elif is_narrow and not is_flat:
        yield Rule(left, top, left, bottom)
    elif not is_flat:
        yield from (Rule(left, at, right, at) for at in (top, bottom))
        yield from (Rule(at, top, at, bottom) for at in (left, right))
