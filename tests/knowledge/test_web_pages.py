"""Ordinary web pages, made by us in the manner of the sites that we read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from knowledge.parsing import PageUnreadable
from knowledge.types import BlockKind
from knowledge.web_pages import decode_page, parse_web_page

PAGES = Path(__file__).resolve().parent.parent / "pages"
URL = "https://ferries.example/page"


def parse(name, **kwargs):
    return parse_web_page((PAGES / f"{name}.html").read_bytes(), url=URL, **kwargs)


def read_text(document):
    return "\n".join(block.text for section in document.sections for block in section.blocks)


def test_a_statute_keeps_its_section_and_subsection_numbers():
    document = parse("statute", content_type="text/html;charset=utf-8")

    section = document.sections[-1]
    assert section.heading_path == (
        "Part 2 Complaints of passengers",
        "14 Right to complain to the harbour board",
    )
    assert section.url == f"{URL}#section-14"
    assert [(block.number, block.lead_in) for block in section.blocks] == [
        ("14(1)", None),
        ("14(1)(a)", 0),
        ("14(1)(b)", 0),
        ("14(1)(b)(i)", 2),
        ("14(1)(b)(ii)", 2),
        ("14(2)", None),
    ]


def test_a_statutes_words_are_free_of_footnote_marks_and_its_numbers_stand_apart():
    text = read_text(parse("statute"))

    assert "(1) A passenger may complain" in text
    assert "decided to [refuse] a refund" in text
    assert "F1" not in text
    assert "Textual Amendments" not in text


@pytest.mark.parametrize("name", ["statute", "judgment", "report", "office"])
def test_what_stands_around_the_content_is_left_out(name):
    text = read_text(parse(name))

    for furniture in (
        "Home", "Browse", "Print options", "open licence", "cookies", "Share this page",
        "Related judgments", "Sailor", "country reports", "Overview of the main", "Accueil",
        "Mentions légales", "Aller au contenu", "News and announcements", "tracking",
    ):  # fmt: skip
        assert furniture not in text


def test_a_judgment_has_its_title_date_paragraphs_and_anchor():
    document = parse("judgment")

    assert document.title == "R (Traveller) v Minister for Ferries"
    assert document.description == "The court's decision on the ferry rules."
    assert document.published_at == datetime(2021, 4, 9, tzinfo=UTC)
    decision = document.sections[-1]
    assert (decision.heading_path, decision.url) == (
        ("The decision of the court",),
        f"{URL}#decision",
    )
    assert [(block.number, block.lead_in) for block in decision.blocks] == [
        ("1", None),
        ("2", None),
        ("", 1),
        ("", 1),
        ("3", None),
    ]


def test_a_report_keeps_its_table_its_quotation_and_its_notes():
    document = parse("report")

    places = document.sections[-1]
    assert (places.heading_path, places.url) == (("Places in the halls",), f"{URL}#places")
    rows = [block.text for block in places.blocks if block.kind is BlockKind.TABLE_ROW]
    assert rows == [
        "Island: North; Places: 120; Occupied: 97",
        "Island: South; Places: 80; Occupied: 80",
    ]
    text = read_text(document)
    assert "We had a bed within an hour" in text
    assert "Yearbook of the halls" in text
    assert "a card with their number.\n" in text


def test_a_french_page_is_read_in_its_own_encoding():
    document = parse("office", content_type="text/html")

    assert document.locale == "fr"
    assert document.title == "Demander un remboursement"
    assert document.published_at == datetime(2021, 2, 3, tzinfo=UTC)
    assert document.sections[-1].heading_path == ("Les pièces à joindre",)
    assert "déposée au guichet du port" in read_text(document)


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"%PDF-1.7", "application/pdf", "application/pdf, not HTML"),
        (b"", "text/html", "no main content"),
        (b"<html><body><nav><a href='/'>Home</a></nav></body></html>", "", "main content"),
        (
            b"<html><body><main><p>Please switch on scripts.</p></main></body></html>",
            "",
            "content",
        ),
    ],
)
def test_a_page_without_main_content_is_unreadable_with_a_reason(body, content_type, reason):
    with pytest.raises(PageUnreadable, match=reason):
        parse_web_page(body, url=URL, content_type=content_type)


def test_a_page_is_decoded_as_the_server_then_the_page_then_utf_8_says():
    latin = "é".encode("latin-1")

    assert decode_page(latin, "text/html; charset=ISO-8859-1") == "é"
    assert decode_page(b"<meta charset='latin-1'>" + latin, "text/html").endswith("é")
    assert decode_page("é".encode(), "text/html; charset=no-such") == "é"
    assert decode_page(b"\xef\xbb\xbfx", "") == "x"
    assert decode_page(latin, "") == "é"
