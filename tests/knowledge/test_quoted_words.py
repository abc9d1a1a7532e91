import pytest

from knowledge.quoted_words import find_new_words, shorten, stands

OLD = (
    "Who can borrow\nA member may keep a bicycle for six days. It costs ten coins.\n"
    "Bring a lamp\nBring a bell"
)


def test_words_stand_whatever_the_white_space_between_them():
    assert stands("Bring a\nbell", "Please: Bring  a bell", was=OLD)


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("Bring a lamp", "Bring a lamp and a lock\nBring a bell"),
        ("Bring a lamp", "Bring a lampshade"),
        ("It costs ten coins.", "It costs nine coins."),
        ("", "Bring a lamp"),
    ],
)
def test_words_that_were_added_to_or_changed_do_not_stand(quote, text):
    assert not stands(quote, text, was=OLD)


def test_words_that_began_a_longer_sentence_may_begin_a_longer_one_still():
    assert stands("A member may keep", "A member may keep a boat.", was=OLD)


@pytest.mark.parametrize(
    ("quote", "new", "words"),
    [
        (
            "A member may keep a bicycle for six days.",
            "Who can borrow\nA member may keep a bicycle for nine days. It costs ten coins.",
            "A member may keep a bicycle for nine days.",
        ),
        (
            "Bring a lamp",
            OLD.replace("Bring a lamp", "Bring a lamp and a lock"),
            "Bring a lamp and a lock",
        ),
        ("Bring a lamp", OLD.replace("Bring a lamp\n", ""), ""),
        (
            "It costs ten coins.",
            OLD.replace("It costs ten", "You pay five"),
            "You pay five coins.",
        ),
        ("Bring a lamp", "There are no bicycles now.", "There are no bicycles now."),
        ("Bring cake", OLD, ""),
    ],
)
def test_the_words_in_the_place_of_the_quote_are_found_and_no_others(quote, new, words):
    assert find_new_words(quote, OLD, new) == words


def test_a_text_that_can_not_be_compared_at_a_glance_is_cut_at_a_word():
    short = shorten("word " * 1000)

    assert short.endswith("word …")
    assert len(short) < 1600
