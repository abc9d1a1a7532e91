from __future__ import annotations

from assistant.answering.claims.clauses import read_sentence


def list_clauses(text):
    return [
        " ".join(token.text for token in clause.tokens) for clause in read_sentence(text).clauses
    ]


def test_a_sentence_is_cut_at_marks_and_joining_words():
    text = "Adults pay, and children may ride if they have a helmet."

    assert list_clauses(text) == ["Adults pay", "children may ride", "if they have a helmet"]


def test_a_range_of_dates_is_one_thing():
    assert len(list_clauses("Between 1 May 2025 and 3 June 2025 it rained")) == 1


def test_each_item_of_a_list_of_conditions_is_a_condition():
    said = read_sentence("A loan is refused if: (a) a fine is owed; or (b) no deposit was paid.")

    assert [clause.opener for clause in said.clauses] == ["", "if", "if"]


def test_the_marker_of_an_item_is_no_word_of_it():
    said = read_sentence("(a) the borrower owes a fine")

    assert said.tokens[0].text == "the"


def test_a_number_is_one_token_with_its_unit_and_comparison():
    said = read_sentence("A loan lasts up to 14 days.")

    assert [(each.value, each.unit) for each in said.quantities] == [("14", "day")]
    assert not said.has_word("days")


def test_people_are_told_from_things_and_you_from_those_beside_you():
    tokens = {token.low: token for token in read_sentence("a parent, a rider, a bell").tokens}

    assert tokens["parent"].is_person
    assert not tokens["parent"].is_role
    assert tokens["rider"].is_role
    assert not tokens["bell"].is_person
