"""The paragraph numbers of rules and statutes."""

from __future__ import annotations

import pytest

from knowledge.numbering import (
    NumberReader,
    leads_into_list,
    make_marker,
    opens_list,
    read_heading_number,
    read_opening,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("FERRY 2.3. A passenger must hold a ticket.", "FERRY 2.3"),
        ("FE 20.2 If the ticket is refused, ask again.", "FE 20.2"),
        ("FE1.11For the purposes of this part", "FE1.11"),
        ("E-FER.3.1. The passenger must", "E-FER.3.1"),
        ("E -FER.2.4.", "E-FER.2.4"),
        ("E-FER.A1.1. The passenger must", "E-FER.A1.1"),
        ("FE(EU)1.3. A passenger may not", "FE(EU)1.3"),
        ("FE (NI) 1.3. A passenger may not", "FE (NI) 1.3"),
        ("FER 1.5ZA. If the ferry is late", "FER 1.5ZA"),
        ("PA 12.2.A sailor may", "PA 12.2"),
        ("FB6. The list of harbours is", "FB6"),
        ("FB7: A ticket is valid only if", "FB7"),
        ("A326. Where a passenger", "A326"),
        ("327AB. The harbour board shall", "327AB"),
        ("276BB5. DELETED.", "276BB5"),
        ("98.DELETED", "98"),
        ("230-231.DELETED.", "230-231"),
        ("13.1.2. An islander may", "13.1.2"),
        ("4.12 In the absence of a ticket", "4.12"),
        ("345(2A) DELETED", "345"),
        ("33B-33G DELETED", "33B-33G"),
        ("360C Where a passenger makes a further complaint which raises no new point", "360C"),
    ],
)
def test_a_paragraph_number_at_the_start_is_read(text, number):
    assert read_opening(text)[0] == number


@pytest.mark.parametrize(
    "text",
    [
        "3115 Ship technicians",
        "2 harbours are open.",
        "12 April 2021",
        "FC813",
        "FC 297 and FC 437",
        "£1,938 a year",
        "2.5 million passengers",
        "9.30am on weekdays",
        "12A Harbour Street",
        "T2 Sailor of the Line",
        "F2-rated ferries sail in winter.",
        "The ferry leaves at 327.",
        "",
    ],
)
def test_other_figures_number_nothing(text):
    assert read_opening(text) == ("", 0)


def test_words_in_brackets_are_no_markers():
    names = ["in", "or", "the", "UK", "where", "if"]

    assert [make_marker(name) for name in names] == [None] * len(names)


def read_numbers(*blocks):
    """Each block as (depth, text); every block begins an item of its own."""
    reader = NumberReader()
    return [
        reader.read(text, depth=depth, block=index, is_item_start=True)
        for index, (depth, text) in enumerate(blocks)
    ]


def test_nested_items_continue_the_number_above_them():
    numbers = read_numbers(
        (1, "FE 2.3. The passenger must:"),
        (2, "(a) hold a ticket; and"),
        (2, "(b) be one of:"),
        (3, "(i) a child; or"),
        (3, "(ii) a sailor; and"),
        (2, "(c) be awake."),
    )

    assert [number for number, _ in numbers] == [
        "FE 2.3",
        "FE 2.3(a)",
        "FE 2.3(b)",
        "FE 2.3(b)(i)",
        "FE 2.3(b)(ii)",
        "FE 2.3(c)",
    ]


def test_flat_items_are_nested_by_their_sequence():
    numbers = read_numbers(
        (0, "12. The board must consider:"),
        (0, "(1) the ticket, that is—"),
        (0, "(a) its date, and"),
        (0, "(b) its price—"),
        (0, "(i) in coins, or"),
        (0, "(ii) in notes;"),
        (0, "(2) the weather."),
    )

    assert [number for number, _ in numbers] == [
        "12",
        "12(1)",
        "12(1)(a)",
        "12(1)(b)",
        "12(1)(b)(i)",
        "12(1)(b)(ii)",
        "12(2)",
    ]
    assert [parent for _, parent in numbers] == [None, 0, 1, 1, 3, 3, 0]


def test_the_letter_i_after_h_is_no_roman_one():
    numbers = read_numbers((0, "5. Islands:"), *((0, f"({letter}) x") for letter in "abcdefghij"))

    assert numbers[9][0] == "5(i)"
    assert numbers[10][0] == "5(j)"


def test_inserted_items_stand_between_their_neighbours():
    numbers = read_numbers(
        (0, "5. The board may:"),
        (0, "(a) ask;"),
        (0, "(b) tell;"),
        (0, "(ba) write;"),
        (0, "(c) wait."),
        (0, "6. It may also:"),
        (0, "(1) sing;"),
        (0, "(1A) dance;"),
        (0, "(2) rest."),
    )

    assert [number for number, _ in numbers] == [
        "5", "5(a)", "5(b)", "5(ba)", "5(c)", "6", "6(1)", "6(1A)", "6(2)",
    ]  # fmt: skip


def test_a_chain_of_markers_is_one_path():
    numbers = read_numbers((0, "7. (a)(i) first;"), (0, "(ii) second;"), (0, "(b) third."))

    assert [number for number, _ in numbers] == ["7(a)(i)", "7(a)(ii)", "7(b)"]


def test_a_gap_in_a_list_does_not_break_it():
    numbers = read_numbers((0, "8. Any of:"), (1, "(a) one;"), (1, "(d) four;"))

    assert [number for number, _ in numbers] == ["8", "8(a)", "8(d)"]


def test_a_list_under_unnumbered_words_gets_no_number():
    numbers = read_numbers(
        (0, "9. This part is about ferries."),
        (0, "“ferry” means:"),
        (0, "(a) a boat; or"),
        (0, "(b) a ship."),
    )

    assert [number for number, _ in numbers] == ["9", "", "", ""]
    assert [parent for _, parent in numbers] == [None, None, 1, 1]


def test_a_list_goes_on_after_words_that_interrupt_it():
    numbers = read_numbers(
        (0, "10. The passenger must:"),
        (0, "(a) wait;"),
        (0, "or"),
        (0, "(b) return;"),
        (0, "A note on returning."),
        (0, "(c) write."),
    )

    assert [number for number, _ in numbers] == ["10", "10(a)", "", "10(b)", "", "10(c)"]


def test_items_under_an_unmarked_item_get_no_number():
    numbers = read_numbers(
        (0, "11. The passenger must:"),
        (1, "show either:"),
        (2, "(a) a ticket; or"),
        (2, "(b) a card;"),
    )

    assert [number for number, _ in numbers] == ["11", "", "", ""]


def test_a_statutory_instruments_first_paragraph_follows_a_dash():
    numbers = read_numbers((0, "3.—(1) In these Regulations"), (0, "(2) A ferry"))

    assert [number for number, _ in numbers] == ["3(1)", "3(2)"]


def test_the_number_of_a_heading_is_read():
    assert read_heading_number("14 Right to complain") == "14"
    assert read_heading_number("14A. Right to complain") == "14A"
    assert read_heading_number("Part 2 Complaints") == ""


def test_what_announces_a_list():
    assert opens_list("The passenger must:")
    assert not opens_list("The passenger must wait.")
    assert leads_into_list("You must have")
    assert not leads_into_list("You must wait.")
    assert not leads_into_list("or")
