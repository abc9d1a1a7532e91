from __future__ import annotations

import pytest

from knowledge.files.open_document import parse
from knowledge.files.refusals import FileLimits, Refusal, Unreadable
from tests.knowledge.files.making import list_texts, make_open_document, make_package

URL = "https://www.gov.uk/guide.odt"
TEXT = (
    '<text:p text:style-name="Title">Harbour permit</text:p>'
    '<text:h text:outline-level="1">Who may have one</text:h>'
    "<text:tracked-changes><text:p>deleted words</text:p></text:tracked-changes>"
    "<text:p>1.1 You may<text:s text:c='2'/>have a <text:span>permit</text:span> if:</text:p>"
    "<text:list><text:list-item><text:p>you are here</text:p></text:list-item></text:list>"
    "<table:table><table:table-header-rows><table:table-row>"
    "<table:table-cell><text:p>Month</text:p></table:table-cell>"
    "<table:table-cell><text:p>Permits</text:p></table:table-cell>"
    "</table:table-row></table:table-header-rows><table:table-row>"
    "<table:table-cell><text:p>May</text:p></table:table-cell>"
    "<table:table-cell><text:p>7</text:p></table:table-cell>"
    "</table:table-row></table:table>"
)


def read(data: bytes):
    return parse(data, name="a.odt", media_type="", url=URL, limits=FileLimits())


def test_an_open_document_keeps_headings_lists_and_the_columns_of_tables():
    document = read(make_open_document("text", TEXT))

    assert document.title == "Harbour permit"
    assert [section.heading_path for section in document.sections] == [("Who may have one",)]
    assert list_texts(document) == [
        "1.1 You may have a permit if:",
        "you are here",
        "Month: May; Permits: 7",
    ]
    assert document.sections[0].blocks[1].lead_in == 0


def test_the_title_of_its_properties_stands_in_for_one_of_its_text():
    document = read(make_open_document("text", "<text:p>words</text:p>", meta="A permit"))

    assert document.title == "A permit"


def test_entities_are_refused_before_the_text_is_read():
    bomb = make_open_document(
        "text", "<text:p>&b;</text:p>", before='<!DOCTYPE a [<!ENTITY b "boom">]>'
    )

    with pytest.raises(Unreadable) as error:
        read(bomb)

    assert error.value.refusal is Refusal.ENTITIES


def test_a_package_without_content_is_damaged():
    with pytest.raises(Unreadable) as error:
        read(make_package({"mimetype": "application/vnd.oasis.opendocument.text"}))

    assert error.value.refusal is Refusal.DAMAGED
