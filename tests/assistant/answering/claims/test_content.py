from __future__ import annotations

from assistant.answering.claims.clauses import read_sentence
from assistant.answering.claims.content import has_unknown_word, has_wrong_number
from assistant.answering.claims.sources import make_source


def test_a_name_must_stand_in_the_sentence_itself_if_that_has_names():
    source = make_source("You entered the UK.", headings=("Applying from France",))

    assert has_unknown_word(read_sentence("You entered France."), source)
    assert not has_unknown_word(read_sentence("You entered the UK."), source)


def test_two_names_stand_together_as_in_the_source():
    source = make_source("The High Court sat, the Court of Appeal did not.")

    assert has_unknown_word(read_sentence("The Appeal High sat."), source)


def test_a_light_verb_is_no_word_of_its_own_where_nothing_is_left_out():
    source = make_source("A rider may be fined.")

    assert not has_unknown_word(read_sentence("A rider may be given a fine."), source)


def test_who_pays_does_not_get():
    source = make_source("An adult pays £5 a week.")

    assert has_unknown_word(read_sentence("An adult gets £5 a week."), source)


def test_a_rate_is_part_of_an_amount():
    source = make_source("An adult gets £5 a week.")

    assert has_wrong_number(read_sentence("An adult gets £5 a month."), source)
