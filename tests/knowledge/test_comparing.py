import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.comparing import (
    DiffKind,
    DiffPart,
    PassageText,
    compare_words,
    pair_passages,
)

SAME, REMOVED, ADDED = DiffKind.SAME, DiffKind.REMOVED, DiffKind.ADDED


def read_diff(old, new):
    return [(part.kind, part.text.strip()) for part in compare_words(old, new)]


def pair_ids(old, new):
    return [
        (pair.old and pair.old.id, pair.new and pair.new.id) for pair in pair_passages(old, new)
    ]


# --- words -------------------------------------------------------------------------------------


def test_a_changed_word_stands_between_the_words_that_stay():
    assert read_diff("Bicycles cost two coins a day.", "Bicycles cost nine coins a day.") == [
        (SAME, "Bicycles cost"),
        (REMOVED, "two"),
        (ADDED, "nine"),
        (SAME, "coins a day."),
    ]


@pytest.mark.parametrize("word", ["1,000", "don’t", "2026-08-24", "part-time", "12.5"])
def test_what_belongs_inside_a_word_is_not_torn_apart(word):
    assert (ADDED, word) in read_diff("It says 7 there.", f"It says {word} there.")


def test_white_space_alone_is_no_change():
    assert read_diff("Ring  the\nbell.", "Ring the bell.") == [(SAME, "Ring the bell.")]


def test_the_same_text_is_one_part_and_nothing_is_none():
    assert compare_words("Ring it.", "Ring it.") == (DiffPart(SAME, "Ring it."),)
    assert compare_words("", "") == ()
    assert compare_words("", "Ring it.") == (DiffPart(ADDED, "Ring it."),)
    assert compare_words("Ring it.", "") == (DiffPart(REMOVED, "Ring it."),)


def test_a_script_without_spaces_is_compared_sign_by_sign():
    assert read_diff("我是中国人", "我是法国人") == [
        (SAME, "我是"),
        (REMOVED, "中"),
        (ADDED, "法"),
        (SAME, "国人"),
    ]


def test_small_words_that_happen_to_be_equal_do_not_break_up_a_change():
    parts = read_diff("Leave cats of mine alone.", "Leave every dog of yours alone.")

    assert parts == [
        (SAME, "Leave"),
        (REMOVED, "cats of mine"),
        (ADDED, "every dog of yours"),
        (SAME, "alone."),
    ]


WORDS = st.lists(st.sampled_from(["the", "bell", "rings,", "a", "shed.", "(b)", "é", "中"]))


@given(WORDS, WORDS)
def test_the_parts_are_the_new_text_and_but_for_white_space_the_old_one(old, new):
    old, new = " ".join(old), " ".join(new)

    parts = compare_words(old, new)

    assert "".join(part.text for part in parts if part.kind != REMOVED) == new
    kept = "".join(part.text for part in parts if part.kind != ADDED)
    assert "".join(kept.split()) == "".join(old.split())


def test_a_long_text_is_compared_too_and_its_one_change_found():
    sentences = [f"Rule {number} says that shed {number} is open." for number in range(8000)]
    changed = list(sentences)
    changed[10] = "Rule 10 says that shed 10 is shut."
    changed[7000] = "Rule 7000 says that shed 7000 is shut."

    parts = read_diff(" ".join(sentences), " ".join(changed))

    assert [part for part in parts if part[0] != SAME] == [
        (REMOVED, "open"),
        (ADDED, "shut"),
    ] * 2


# --- passages ----------------------------------------------------------------------------------


def test_the_same_number_pairs_before_the_same_text():
    old = [PassageText(1, "Ring the bell.", numbers=("4",))]
    new = [
        PassageText(8, "Ring the bell."),
        PassageText(9, "Do not ring.", numbers=("4",)),
    ]

    assert pair_ids(old, new) == [(None, 8), (1, 9)]


def test_of_equal_numbers_the_one_under_the_same_heading_counts():
    old = [PassageText(1, "Two coins.", heading_path=("Bicycles",), numbers=("1",))]
    new = [
        PassageText(8, "One coin.", heading_path=("Sheds",), numbers=("1",)),
        PassageText(9, "Ten coins.", heading_path=("Bicycles",), numbers=("1",)),
    ]

    assert pair_ids(old, new) == [(None, 8), (1, 9)]


def test_the_same_text_pairs_wherever_it_moved_to():
    old = [PassageText(1, "Ring the  bell."), PassageText(2, "Shut the shed.")]
    new = [PassageText(8, "Shut the shed."), PassageText(9, "Ring the bell.")]

    assert pair_ids(old, new) == [(2, 8), (1, 9)]


def test_the_same_place_pairs_whatever_it_says_now():
    old = [PassageText(1, "Ring.", heading_path=("Bells",), url="https://shed.example/#bells")]
    new = [PassageText(9, "Whistle!", heading_path=("Bells",), url="https://shed.example/#bells")]

    assert pair_ids(old, new) == [(1, 9)]


def test_passages_that_share_most_words_pair_and_strangers_do_not():
    old = [
        PassageText(1, "A bicycle may be borrowed for two days by a member."),
        PassageText(2, "Cakes are sold on Sundays."),
    ]
    new = [PassageText(9, "A bicycle may be borrowed for nine days by any member.")]

    assert pair_ids(old, new) == [(1, 9), (2, None)]


def test_what_is_gone_stands_where_it_stood():
    old = [PassageText(each, f"Text about {name}.") for each, name in enumerate("abc", 1)]
    new = [PassageText(11, "Text about a."), PassageText(13, "Text about c.")]

    assert pair_ids(old, new) == [(1, 11), (2, None), (3, 13)]


@given(
    st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from(["", "1", "2"])), max_size=8),
    st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from(["", "1", "2"])), max_size=8),
)
def test_each_passage_is_in_one_pair(old, new):
    def make(rows):
        return [
            PassageText(place, text, numbers=(number,) if number else ())
            for place, (text, number) in enumerate(rows)
        ]

    pairs = pair_passages(make(old), make(new))

    assert sorted(pair.old.id for pair in pairs if pair.old) == list(range(len(old)))
    assert [pair.new.id for pair in pairs if pair.new] == list(range(len(new)))
