from __future__ import annotations

import pytest

from knowledge.files.refusals import FileLimits, Refusal, Unreadable
from knowledge.files.word import parse
from tests.knowledge.files.making import list_texts, make_docx, make_package

URL = "https://www.gov.uk/guide.docx"


def test_a_word_document_keeps_headings_lists_and_the_columns_of_tables():
    document = parse(make_docx(), name="a.docx", media_type="", url=URL, limits=FileLimits())

    assert document.title == "Guide to the harbour permit"
    assert [section.heading_path for section in document.sections] == [(), ("Who may have one",)]
    assert list_texts(document)[1:] == [
        "1.1 You may have a permit if:",
        "you are in the harbour",
        "you hold a photograph",
        "Month: May; Permits: 1,234; Refusals: 7",
    ]
    assert document.sections[1].blocks[1].lead_in == 0


def test_a_package_that_only_looks_like_word_is_damaged():
    empty = make_package({"word/document.xml": "<a/>", "[Content_Types].xml": "<a/>"})

    with pytest.raises(Unreadable) as error:
        parse(empty, name="a.docx", media_type="", url=URL, limits=FileLimits())

    assert error.value.refusal in {Refusal.DAMAGED, Refusal.NO_TEXT}
