from __future__ import annotations

import io

import pypdfium2
import pytest

from knowledge.chunking import split_document
from knowledge.files.pdf import clean_title, parse
from knowledge.files.refusals import FileLimits, Refusal, Unreadable
from tests.knowledge.files.making import PdfMaker, list_texts, make_guide

URL = "https://www.gov.uk/guide.pdf"


def read(data: bytes, limits: FileLimits | None = None):
    return parse(data, name="a_guide.pdf", media_type="", url=URL, limits=limits or FileLimits())


@pytest.fixture(scope="module")
def guide():
    return read(make_guide())


def test_the_largest_type_is_the_title_and_the_rest_are_headings(guide):
    assert guide.title == "Guide to the harbour permit"
    assert [section.heading_path for section in guide.sections] == [
        ("Who may have one",),
        ("Who may have one", "Figures"),
        ("Contact",),
    ]


def test_running_headings_and_page_numbers_are_left_out(guide):
    text = " ".join(list_texts(guide))

    assert "Guide of the harbour office" not in text
    assert "Page" not in text


def test_a_numbered_paragraph_goes_on_over_the_end_of_its_page(guide):
    blocks = guide.sections[0].blocks

    assert [block.number for block in blocks] == ["1.1", "1.1(a)", "1.1(b)", "1.1(c)"]
    assert [block.lead_in for block in blocks] == [None, 0, 0, 0]


def test_a_word_cut_at_the_end_of_a_line_is_whole_again(guide):
    assert "the wish to be considered stands" in guide.sections[0].blocks[0].text


def test_each_passage_is_cited_by_the_page_on_which_it_begins(guide):
    passages = split_document(guide).passages

    assert [(passage.url, passage.text[:3]) for passage in passages] == [
        (f"{URL}#page=1", "1.1"),
        (f"{URL}#page=2", "Mon"),
        (f"{URL}#page=3", "Wri"),
    ]
    assert guide.sections[0].blocks[3].anchor == "page=2"


def test_the_rows_of_a_ruled_table_carry_their_columns(guide):
    assert "Month: May; Permits: 1,234; Refusals: 7" in list_texts(guide)


def test_the_rows_of_a_table_without_lines_carry_their_columns(guide):
    assert "Area: South; Boats: 45; Share: 90%" in list_texts(guide)


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"%PDF-1.7\nand then nothing", Refusal.DAMAGED),
        (PdfMaker(with_edges=False).finish(), Refusal.NO_TEXT),
    ],
)
def test_a_file_without_words_is_refused_with_its_reason(data, refusal):
    with pytest.raises(Unreadable) as error:
        read(data)

    assert error.value.refusal is refusal


def test_a_file_behind_a_password_is_refused_as_locked():
    pdf = PdfMaker()
    pdf.text("Nobody reads this without the word.")

    with pytest.raises(Unreadable) as error:
        read(pdf.finish(password="word"))

    assert error.value.refusal is Refusal.ENCRYPTED


def test_pages_that_are_pictures_are_refused_as_scanned():
    whole = pypdfium2.PdfDocument(make_guide())
    scan = io.BytesIO()
    whole[0].render(scale=0.3).to_pil().convert("RGB").save(scan, "PDF")

    with pytest.raises(Unreadable) as error:
        read(scan.getvalue())

    assert error.value.refusal is Refusal.SCANNED


def test_a_file_of_too_many_pages_is_refused_with_both_numbers():
    with pytest.raises(Unreadable) as error:
        read(make_guide(), FileLimits(pages=2))

    assert error.value.refusal is Refusal.TOO_MANY_PAGES
    assert error.value.figures == {"pages": 3, "limit": 2}


@pytest.mark.parametrize(
    ("stated", "title"),
    [("A guide", "A guide"), ("Microsoft Word - a", ""), ("guide-v2.docx", ""), ("Untitled", "")],
)
def test_what_an_office_program_calls_a_file_is_no_title(stated, title):
    assert clean_title(stated) == title
