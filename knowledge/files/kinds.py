"""What kind of file this is: by what stands in it first, then by what it is said to be."""

from __future__ import annotations

import codecs
import io
import zipfile
from enum import StrEnum
from pathlib import PurePosixPath

from knowledge.files.refusals import Refusal, Unreadable


class FileKind(StrEnum):
    PDF = "pdf"
    DOCX = "docx"
    ODT = "odt"
    XLSX = "xlsx"
    ODS = "ods"
    CSV = "csv"
    HTML = "html"
    MARKDOWN = "markdown"
    TEXT = "text"


_PDF_MARK_WITHIN = 1024
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")
_OPEN_DOCUMENTS = {
    b"application/vnd.oasis.opendocument.text": FileKind.ODT,
    b"application/vnd.oasis.opendocument.spreadsheet": FileKind.ODS,
}
_MEDIA_TYPES = {
    "text/html": FileKind.HTML,
    "application/xhtml+xml": FileKind.HTML,
    "text/markdown": FileKind.MARKDOWN,
    "text/csv": FileKind.CSV,
}
_ENDINGS = {
    ".html": FileKind.HTML,
    ".htm": FileKind.HTML,
    ".xhtml": FileKind.HTML,
    ".md": FileKind.MARKDOWN,
    ".markdown": FileKind.MARKDOWN,
    ".csv": FileKind.CSV,
    ".tsv": FileKind.CSV,
}
_BYTE_ORDER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def find_kind(data: bytes, *, name: str = "", media_type: str = "") -> FileKind:
    """Raises Unreadable for what we have no reader for."""
    if not data.strip(b" \t\r\n\x00"):
        raise Unreadable(Refusal.EMPTY)
    if b"%PDF-" in data[:_PDF_MARK_WITHIN]:
        return FileKind.PDF
    if data.startswith(b"PK"):
        return _find_packed_kind(data)
    if data.startswith(_OLD_OFFICE):
        is_locked = "EncryptedPackage".encode("utf-16-le") in data
        raise Unreadable(Refusal.ENCRYPTED if is_locked else Refusal.OLD_KIND)
    if data.startswith(_PICTURES):
        raise Unreadable(Refusal.PICTURE)
    is_binary = b"\x00" in data[:4096] and not data.startswith(_BYTE_ORDER_MARKS)
    if is_binary or data.startswith(b"{\\rtf"):
        raise Unreadable(Refusal.UNKNOWN_KIND)
    return _find_text_kind(data, name, media_type)


def is_web_page(data: bytes, *, name: str, media_type: str) -> bool:
    """Is it to be read as a page, rather than as a file? What a server calls text is a file."""
    try:
        kind = find_kind(data, name=name, media_type=media_type)
    except Unreadable:
        return False
    return kind is FileKind.HTML or (
        kind is FileKind.TEXT and not media_type.lower().startswith("text/plain")
    )


def _find_packed_kind(data: bytes) -> FileKind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = set(package.namelist())
            if "mimetype" in names and package.getinfo("mimetype").file_size < 200:
                kind = _OPEN_DOCUMENTS.get(package.read("mimetype").strip())
                if kind:
                    return kind
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        raise Unreadable(Refusal.DAMAGED) from error
    if "word/document.xml" in names:
        return FileKind.DOCX
    if "xl/workbook.xml" in names:
        return FileKind.XLSX
    raise Unreadable(Refusal.UNKNOWN_KIND)


def _find_text_kind(data: bytes, name: str, media_type: str) -> FileKind:
    opening = data[:1024].lstrip(codecs.BOM_UTF8 + b" \t\r\n").lower()
    if opening.startswith((b"<!doctype html", b"<html")):
        return FileKind.HTML
    said = _MEDIA_TYPES.get(media_type.partition(";")[0].strip().lower())
    ending = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    return said or _ENDINGS.get(ending, FileKind.TEXT)
