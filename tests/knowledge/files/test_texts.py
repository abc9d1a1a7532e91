from __future__ import annotations

import pytest

from knowledge.files.refusals import FileLimits, Refusal, Unreadable
from knowledge.files.texts import decode, parse
from tests.knowledge.files.making import list_texts

URL = "https://www.gov.uk/notes"


def read(data: bytes, name: str, media_type: str = ""):
    return parse(data, name=name, media_type=media_type, url=URL, limits=FileLimits())


def test_markdown_keeps_headings_lists_and_tables():
    text = (
        "# Harbour permit\n\n## Who\n\nYou must:\n\n- be here\n- be ready\n\n"
        "| Month | Permits |\n|---|---|\n| May | 7 |\n"
    )

    document = read(text.encode(), "notes.md")

    assert document.title == "Harbour permit"
    assert document.sections[0].heading_path == ("Who",)
    assert list_texts(document) == ["You must:", "be here", "be ready", "Month: May; Permits: 7"]


def test_html_inside_markdown_is_no_markup():
    document = read(b"Some <script>alert(1)</script> words", "notes.md")

    assert list_texts(document) == ["Some <script>alert(1)</script> words"]


def test_a_plain_text_keeps_its_paragraphs_and_their_numbers():
    document = read(b"1.1 You must:\n(a) be here;\n(b) be ready.\n\nMore\nwords.", "a.txt")

    assert list_texts(document) == [
        "1.1 You must:",
        "(a) be here;",
        "(b) be ready.",
        "More words.",
    ]
    assert document.sections[0].blocks[2].number == "1.1(b)"
    assert document.title == "a"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_text_is_read_in_the_encoding_it_was_written_in(encoding):
    assert decode("café – “yes”".encode(encoding)) == "café – “yes”"


def test_a_page_without_content_is_refused_in_the_words_of_its_reader():
    with pytest.raises(Unreadable) as error:
        read(b"<html><body></body></html>", "a.html")

    assert error.value.refusal is Refusal.PAGE
