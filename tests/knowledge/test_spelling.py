import pytest

from knowledge.spelling import Speller, is_english, price_slips

COUNTS = {
    "apply": 500,
    "asylum": 400,
    "france": 300,
    "interest": 200,
    "expression": 150,
    "family": 400,
    "families": 30,
    "deportation": 90,
    "inadmissible": 40,
    "passport": 100,
    "state": 3,
    "stage": 3,
    "misprimt": 1,
}


def mend(text):
    return Speller(lambda word: is_english(word) or word in COUNTS, lambda: COUNTS).mend(text)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("aplly", "apply"),
        ("asilum", "asylum"),
        ("frnace", "france"),
        ("expresion of intrest", "expression of interest"),
        ("familly", "family"),
        ("deporttation", "deportation"),
        ("inadmisible", "inadmissible"),
        ("pasport", "passport"),
        ("Pasport?", "Passport?"),
    ],
)
def test_a_misspelt_word_becomes_the_word_that_was_meant(word, meant):
    assert mend(word).text == meant


@pytest.mark.parametrize(
    "text",
    [
        # Known words, though another one is near.
        "families of interests in a hose",
        # Common English that no text of ours has.
        "my pasta and dont ask",
        # A name, an abbreviation, a number, a reference, an address.
        "Ask Frnace, FRNACE, 30000, abc2.3 and frnace@example.org or frnace.org",
        # Too short, or too far.
        "fam ffra",
        "qwertyuiop",
        # Two are as likely.
        "stafe",
        # What stands once may be a misprint.
        "misprint misprimt misprimtt",
        "",
    ],
)
def test_other_words_stay(text):
    assert mend(text).text == text


def test_a_text_in_another_language_stays():
    text = "ou puis je demander asilum pour ma familie ici maintenant"

    assert mend(text).text == text


def test_each_change_is_told_once():
    mended = mend("My familly and his familly aplly.")

    assert mended.text == "My family and his family apply."
    assert mended.changes == (("familly", "family"), ("aplly", "apply"))


def test_the_live_words_are_read_only_for_an_unknown_word():
    def fail():
        raise AssertionError("read without need")

    assert Speller(is_english, fail).mend("Who may apply?").changes == ()


def test_a_doubled_letter_is_a_likelier_slip_than_another_letter():
    twin, vowel, other = (price_slips(word, "family") for word in ("familly", "famely", "fanily"))

    assert twin < vowel < other
