import pytest

from knowledge.lexical import split_words
from knowledge.readers_words import find_terms, get_readers_words, is_readers_word, make_entry

ENTRIES = [
    make_entry("lamp for free", "lighting aid"),
    make_entry("lamp*", "luminaire lighting representative"),
    make_entry("blue, green", "Colour Transfer Scheme"),
    make_entry("fée", "charge"),
]


def find(question):
    return find_terms(question, ENTRIES)


def test_official_terms_are_added_for_readers_words():
    assert find("Are lamps allowed?") == ("luminaire", "lighting", "representative")
    assert find("the blue green thing") == ("Colour", "Transfer", "Scheme")
    assert find("is there a fee") == ("charge",)


def test_a_longer_entry_explains_its_words_alone():
    assert find("a lamp for free") == ("lighting", "aid")


def test_a_question_that_speaks_officially_is_left_alone():
    assert find("is a luminaire with lighting a lamp") == ()


def test_a_term_that_is_there_is_not_added_again():
    assert find("representative of a lamp") == ("luminaire", "lighting")


def test_words_inside_others_are_not_meant():
    assert find("clamp and feeble") == ()


def test_the_file_is_whole():
    entries = get_readers_words()

    assert len(entries) >= 80
    assert all(split_words(" ".join(entry.terms)) for entry in entries)


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("can my wife come", "spouse"),
        ("is my EOI void", "interest"),
        ("1 in 1 out", "Transfer"),
        ("can kids go to school", "child"),
        ("lawyer for free", "aid"),
        ("they want to deport me", "removal"),
        ("how do i get ILR", "settlement"),
    ],
)
def test_what_readers_often_say_is_known(question, term):
    assert term in find_terms(question)


def test_ordinary_words_are_left_alone():
    assert find_terms("How do I apply for permission to stay and when is the decision?") == ()


def test_readers_words_are_known_to_the_spelling():
    assert is_readers_word("evisa")
    assert is_readers_word("smugglers")
    assert not is_readers_word("smugler")
