from __future__ import annotations

from datetime import date

import pytest

from knowledge.files.refusals import FileLimits
from knowledge.files.spreadsheets import parse, show_value
from tests.knowledge.files.making import list_texts, make_ods, make_xlsx

URL = "https://www.gov.uk/figures.ods"


def read(data: bytes, *, name="figures.ods", limits=None):
    return parse(data, name=name, media_type="", url=URL, limits=limits or FileLimits())


def test_the_sheets_title_and_its_columns_go_with_each_row():
    document = read(
        make_ods(
            {
                "T1": [
                    ["Permits by month"],
                    ["One table."],
                    ["Month", "Permits"],
                    ["May", "1,234"],
                ],
                "T2": [["Refusals by month"], ["Month", "Refusals"], ["May", "7"]],
            }
        )
    )

    assert [section.heading_path for section in document.sections] == [
        ("Permits by month",),
        ("Refusals by month",),
    ]
    assert list_texts(document) == [
        "One table.",
        "Month: May; Permits: 1,234",
        "Month: May; Refusals: 7",
    ]


def test_a_heading_over_a_group_of_columns_names_each_of_them():
    rows = [
        ["", "2025", "", "2026", ""],
        ["Month", "Men", "Women", "Men", "Women"],
        ["May", "1", "2", "3", "4"],
    ]

    document = read(make_ods({"T1": rows}))

    assert list_texts(document) == [
        "Month: May; 2025 – Men: 1; 2025 – Women: 2; 2026 – Men: 3; 2026 – Women: 4"
    ]


def test_a_csv_file_is_read_whatever_stands_between_its_cells():
    document = read("Month;Permits\nMay;1,234\n".encode("utf-16"), name="figures.csv")

    assert list_texts(document) == ["Month: May; Permits: 1,234"]


def test_an_excel_sheet_shows_dates_and_shares_as_its_reader_sees_them():
    data = make_xlsx(
        [["Month", "Permits", "Share"], [date(2026, 5, 1), 1234, 0.125]],
        ["mmmm yyyy", "#,##0", "0.0%"],
    )

    document = read(data, name="figures.xlsx")

    assert list_texts(document) == ["Month: May 2026; Permits: 1,234; Share: 12.5%"]


def test_a_file_that_was_cut_says_so_in_its_text():
    rows = [["Month", "Permits"], *([f"Month {n}", str(n)] for n in range(10))]

    document = read(make_ods({"T1": rows}), limits=FileLimits(rows=4))

    assert list_texts(document)[-2:] == [
        "Month: Month 2; Permits: 2",
        "Only the first 4 rows of this file were read.",
    ]


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (None, "General", ""),
        (3, "General", "3"),
        (3.0, "General", "3"),
        (2.5, "General", "2.5"),
        (2.5, "0.00", "2.50"),
        (1234.5, "#,##0.0", "1,234.5"),
        (1234567, "#,##0", "1,234,567"),
        (0.5, "0%", "50%"),
        (date(2026, 5, 3), "dd/mm/yyyy", "3 May 2026"),
        ("  a  b ", "General", "a b"),
    ],
)
def test_a_value_is_shown_as_its_format_shows_it(value, number_format, shown):
    assert show_value(value, number_format) == shown
