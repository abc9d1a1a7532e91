from __future__ import annotations

from assistant.answering.reading import follows, read_units
from tests.assistant.answering.samples import make_passage


def read(text, *lead_ins):
    return read_units(make_passage(text, lead_ins=lead_ins))


def test_each_line_is_a_paragraph():
    units = read("A bell is needed.\nA light is needed.")

    assert [(unit.text, unit.items, unit.is_whole) for unit in units] == [
        ("A bell is needed.", (), True),
        ("A light is needed.", (), True),
    ]


def test_a_list_is_one_unit_with_its_introduction():
    (unit, after) = read("You must have:\na) a bell; and\nb) a light.\nThat is all.")

    assert unit.text == "You must have:\na) a bell; and\nb) a light."
    assert unit.is_whole
    assert [item.lead_ins for item in unit.items] == [("You must have:",)] * 2
    assert after.text == "That is all."


def test_an_introduction_without_a_colon_still_governs_its_items():
    (unit,) = read("Where the rider has\n(a) a bell, or\n(b) a light,")

    assert [item.lead_ins for item in unit.items] == [("Where the rider has",)] * 2


def test_a_list_that_begins_in_an_earlier_passage_keeps_what_introduces_it():
    (unit, after) = read("c) a bell; and\nd) a light.\nNext paragraph.", "You must have:")

    assert [(item.text, item.lead_ins) for item in unit.items] == [
        ("c) a bell; and", ("You must have:",)),
        ("d) a light.", ("You must have:",)),
    ]
    assert not unit.is_whole
    assert after.text == "Next paragraph."


def test_a_list_that_goes_on_in_the_next_passage_is_not_whole():
    (unit,) = read("You must have:\na) a bell; and")

    assert not unit.is_whole


def test_an_introduction_without_its_list_is_not_whole():
    (unit,) = read("You must have:")

    assert not unit.is_whole


def test_nested_items_keep_every_introduction_and_the_outer_list_goes_on():
    (unit,) = read(
        "You must have:\na) a light which is:\ni) white; or\nii) yellow; and\nb) a bell."
    )

    assert [item.lead_ins for item in unit.items] == [
        ("You must have:",),
        ("You must have:", "a) a light which is:"),
        ("You must have:", "a) a light which is:"),
        ("You must have:",),
    ]


def test_an_outer_item_after_a_cut_inner_list_loses_the_inner_introduction():
    (unit,) = read("iii) red; and\nd) a bell.", "You must have:", "c) a light which is:")

    assert [item.lead_ins for item in unit.items] == [
        ("You must have:", "c) a light which is:"),
        ("You must have:",),
    ]


def test_bullets_without_marks_are_items_while_they_go_on():
    (unit, after) = read("You can bring:\na bell\na light\nWe check them.")

    assert [item.text for item in unit.items] == ["a bell", "a light"]
    assert after.text == "We check them."


def test_a_conjunction_on_its_own_line_belongs_to_the_list():
    (unit,) = read("You must have:\n(a) a bell\nor\n(b) a light.")

    assert [item.text for item in unit.items] == ["(a) a bell", "(b) a light."]
    assert unit.is_whole


def test_markers_follow_one_another():
    assert follows("c", "d")
    assert follows("iv", "v")
    assert follows("9", "10")
    assert follows("b", "ba")
    assert not follows("c", "i")
    assert not follows("d", "")
