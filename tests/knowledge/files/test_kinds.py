from __future__ import annotations

import pytest

from knowledge.files.kinds import FileKind, find_kind, is_web_page
from knowledge.files.refusals import Refusal, Unreadable
from tests.knowledge.files.making import make_docx, make_ods, make_open_document, make_xlsx


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7 ...", FileKind.PDF),
        (b"junk before it\n%PDF-1.4", FileKind.PDF),
        (make_docx(), FileKind.DOCX),
        (make_xlsx([["a"]]), FileKind.XLSX),
        (make_ods({"a": [["b"]]}), FileKind.ODS),
        (make_open_document("text", ""), FileKind.ODT),
        (b"<!DOCTYPE html><p>words", FileKind.HTML),
    ],
)
def test_what_stands_in_a_file_decides_whatever_it_is_called(data, kind):
    found = find_kind(data, name="letter.txt", media_type="text/markdown")

    assert found is kind


@pytest.mark.parametrize(
    ("name", "media_type", "kind"),
    [
        ("notes.md", "text/plain", FileKind.MARKDOWN),
        ("notes", "text/markdown; charset=utf-8", FileKind.MARKDOWN),
        ("figures.csv", "", FileKind.CSV),
        ("notes.txt", "", FileKind.TEXT),
        # A login page that calls itself a PDF is no PDF.
        ("guide.pdf", "application/pdf", FileKind.TEXT),
    ],
)
def test_of_texts_the_media_type_and_then_the_name_decide(name, media_type, kind):
    assert find_kind(b"some words", name=name, media_type=media_type) is kind


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", Refusal.EMPTY),
        (b" \n\x00", Refusal.EMPTY),
        (b"\x89PNG\r\n\x1a\n...", Refusal.PICTURE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 a letter of 1999", Refusal.OLD_KIND),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            Refusal.ENCRYPTED,
        ),
        (b"PK\x03\x04 and then nothing", Refusal.DAMAGED),
        (b"\x7fELF\x00\x00", Refusal.UNKNOWN_KIND),
    ],
)
def test_what_no_reader_is_for_is_refused_with_its_reason(data, refusal):
    with pytest.raises(Unreadable) as error:
        find_kind(data, name="file.pdf", media_type="application/pdf")

    assert error.value.refusal is refusal


@pytest.mark.parametrize(
    ("data", "media_type", "is_page"),
    [
        (b"<html>", "", True),
        (b"some words", "", True),
        (b"some words", "text/html; charset=utf-8", True),
        (b"some words", "text/plain; charset=utf-8", False),
        (b"%PDF-1.4", "text/html", False),
        (b"\x89PNG", "image/png", False),
    ],
)
def test_what_nobody_calls_a_file_is_a_web_page(data, media_type, is_page):
    assert is_web_page(data, name="about", media_type=media_type) is is_page
