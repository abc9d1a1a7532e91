from __future__ import annotations

import pytest

from knowledge.files.building import build_document, make_title, names_columns
from knowledge.files.refusals import Refusal, Unreadable
from tests.knowledge.files.making import list_texts

URL = "https://www.gov.uk/a"


def build(html: str, **given):
    return build_document(html, url=URL, name="a_file.docx", document_type="docx", **given)


def test_a_heading_over_all_the_others_is_the_title():
    document = build("<h1>Permit</h1><p>words</p><h2>Who</h2><p>more</p>")

    assert document.title == "Permit"
    assert [section.heading_path for section in document.sections] == [(), ("Who",)]


def test_the_name_of_the_file_is_the_last_resort_for_a_title():
    assert build("<p>words</p>").title == make_title("a_file.docx") == "a file"


def test_a_title_of_the_files_own_comes_before_its_name():
    assert build("<p>words</p>", title="Stated").title == "Stated"


def test_headings_without_text_are_no_document():
    with pytest.raises(Unreadable) as error:
        build("<h1>Permit</h1>")

    assert error.value.refusal is Refusal.NO_TEXT


def test_a_first_row_of_words_names_three_columns_but_not_two():
    three = "<tr><td>A</td><td>B</td><td>C</td></tr><tr><td>1</td><td>2</td><td>3</td></tr>"
    pairs = "<tr><td>Name</td><td>Ann</td></tr><tr><td>Town</td><td>Ely</td></tr>"

    assert list_texts(build(f"<table>{three}</table>")) == ["A: 1; B: 2; C: 3"]
    assert list_texts(build(f"<table>{pairs}</table>")) == ["Name | Ann", "Town | Ely"]


def test_a_year_names_a_column_and_a_figure_does_not():
    assert names_columns(["Month", "2025", "2026"], least=2)
    assert not names_columns(["May", "12", "1,250"], least=2)


def test_a_heading_over_two_columns_is_joined_with_the_names_below_it():
    rows = (
        "<tr><td rowspan=2>Month</td><td colspan=2>Permits</td><td rowspan=2>All</td></tr>"
        "<tr><td>Men</td><td>Women</td></tr><tr><td>May</td><td>1</td><td>2</td><td>3</td></tr>"
    )

    texts = list_texts(build(f"<table>{rows}</table>"))

    assert texts == ["Month: May; Permits – Men: 1; Permits – Women: 2; All: 3"]
