from __future__ import annotations

from knowledge.files.pdf_tables import Rule, Word, find_tables


def make_line(base, *cells):
    return [
        Word(text, left, left + 5 * len(text), base, 10.0, False) for left, text in cells if text
    ]


def make_grid(xs, ys):
    flat = [Rule(xs[0], y, xs[-1], y) for y in ys]
    return flat + [Rule(x, ys[0], x, ys[-1]) for x in xs]


def test_ruled_cells_become_rows_and_the_text_around_stays():
    lines = [
        make_line(50, (50, "before")),
        make_line(110, (55, "Month"), (155, "Permits")),
        make_line(130, (55, "May"), (155, "7")),
        make_line(200, (50, "after")),
    ]

    tables, rest = find_tables(lines, make_grid([50, 150, 250], [100, 116, 136]), 1)

    assert [[" ".join(w.text for w in cell.words) for cell in row] for row in tables[0].rows] == [
        ["Month", "Permits"],
        ["May", "7"],
    ]
    assert [at for at, _ in rest] == [0, 3]


def test_cells_with_no_line_between_them_are_one():
    grid = make_grid([50, 150, 250], [100, 116, 136])
    # The line between the two upper cells begins below them.
    grid = [
        rule if rule.left != 150 or rule.is_flat else Rule(150, 116, 150, 136) for rule in grid
    ]
    lines = [make_line(110, (100, "Both")), make_line(130, (55, "May"), (155, "7"))]

    tables, _ = find_tables([*lines, make_line(131, (160, "8"))], grid, 1)

    assert tables == [] or tables[0].rows[0][0].columns == 2


def test_gaps_that_stand_in_columns_make_a_table():
    lines = [
        make_line(100 + 12 * number, (50, first), (200, second), (300, third))
        for number, (first, second, third) in enumerate(
            [("Area", "Boats", "Share"), ("North", "5", "10%"), ("South", "45", "90%")]
        )
    ]

    tables, rest = find_tables(lines, [], 1)

    assert len(tables[0].rows) == 3
    assert rest == []


def test_typed_numbers_beside_their_text_are_no_table():
    lines = [
        make_line(100 + 12 * number, (50, f"({mark})"), (90, "some words of a list"))
        for number, mark in enumerate("abc")
    ]

    tables, rest = find_tables(lines, [], 1)

    assert tables == []
    assert len(rest) == 3


def test_a_line_that_runs_from_right_to_left_is_no_row():
    line = make_line(100, (200, "first"), (165, "second"), (130, "third"))

    tables, rest = find_tables([line, line, line], [], 1)

    assert tables == []
    assert len(rest) == 3
