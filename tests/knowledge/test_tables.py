"""Rows that can be quoted on their own."""

from __future__ import annotations

from knowledge.markup import read_html
from knowledge.tables import read_piped_lines, read_table


def read_rows(html):
    return [row.text for row in read_table(next(read_html(html).iter("table")))]


def test_a_row_carries_the_names_of_its_columns():
    rows = read_rows(
        "<table><thead><tr><th>Applicant</th><th>Form</th></tr></thead>"
        "<tbody><tr><td>A child</td><td>Blue <b>form</b></td></tr>"
        "<tr><td>A sailor</td><td>Red form</td></tr></tbody></table>"
    )

    assert rows == ["Applicant: A child; Form: Blue form", "Applicant: A sailor; Form: Red form"]


def test_a_first_row_of_headings_names_the_columns_without_thead():
    assert read_rows("<table><tr><th>A</th></tr><tr><td>b</td></tr></table>") == ["A: b"]


def test_cells_without_names_are_joined():
    rows = read_rows("<table><tr><td>one</td><td>two</td></tr></table>")

    assert rows == ["one | two"]


def test_a_heading_at_the_start_of_a_row_is_a_cell():
    rows = read_rows(
        "<table><tr><td></td><th>May</th></tr><tr><th>North</th><td>7</td></tr></table>"
    )

    assert rows == ["May", "North | 7"]


def test_a_heading_over_two_columns_names_both():
    rows = read_rows(
        "<table><thead><tr><th>Island</th><th colspan=2>Places</th></tr>"
        "<tr><th></th><th>May</th><th>June</th></tr></thead>"
        "<tr><td>North</td><td>7</td><td>8</td></tr></table>"
    )

    assert rows == ["Island: North; Places – May: 7; Places – June: 8"]


def test_a_cell_that_spans_rows_stands_in_each():
    rows = read_rows(
        "<table><tr><th>Island</th><th>Hall</th></tr>"
        "<tr><td rowspan=2>North</td><td>Red</td></tr><tr><td>Blue</td></tr></table>"
    )

    assert rows == ["Island: North; Hall: Red", "Island: North; Hall: Blue"]


def test_a_cell_across_the_whole_table_stands_alone():
    rows = read_rows(
        "<table><tr><th>Island</th><th>Hall</th></tr>"
        "<tr><td colspan=2>In winter</td></tr><tr><td>North</td><td>Red</td></tr></table>"
    )

    assert rows == ["In winter", "Island: North; Hall: Red"]


def test_an_empty_cell_is_left_out_and_an_empty_column_keeps_its_name():
    rows = read_rows(
        "<table><tr><th>A</th><th>B</th><th>C</th></tr>"
        "<tr><td>1</td><td></td><td>2</td></tr><tr><td></td><td></td><td>3</td></tr></table>"
    )

    assert rows == ["A: 1; B: –; C: 2", "C: 3"]


def test_a_table_of_headings_alone_is_kept():
    assert read_rows("<table><tr><th>A</th><th>B</th></tr></table>") == ["A | B"]


def test_a_made_up_span_is_bounded():
    rows = read_rows("<table><tr><td colspan=99999999 rowspan=x>a</td><td>b</td></tr></table>")

    assert rows == ["a | b"]


def test_a_very_long_row_is_continued_cell_by_cell():
    long = "word " * 200
    table = f"<table><tr><th>Term</th><th>Meaning</th></tr><tr><td>Ferry</td><td>{long}</td></tr>"

    row = read_table(next(read_html(table + "</table>").iter("table")))[0]

    assert row.text == "Term: Ferry"
    assert row.continued == (f"Meaning: {long.strip()}",)


def test_a_table_typed_with_bars_is_read():
    rows = read_piped_lines(["| Job | Pay |", "| --- | --- |", "| Sailor | £9 |", "| Cook |  |"])

    assert [row.text for row in rows] == ["Job: Sailor; Pay: £9", "Job: Cook"]
