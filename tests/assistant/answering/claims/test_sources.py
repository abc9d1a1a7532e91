from __future__ import annotations

from assistant.answering.claims.clauses import read_sentence
from assistant.answering.claims.sources import list_things, make_source


def find_token(word):
    return read_sentence(word).tokens[0]


def test_a_heading_lends_its_words():
    source = make_source("It must be worn.", headings=("Helmets",))

    assert source.knows(find_token("helmet"))


def test_a_sentence_that_points_back_lends_the_things_of_the_one_before():
    before = "The tribunal does not charge a fee."

    assert make_source("It decides.", before=before).knows(find_token("tribunal"))
    assert not make_source("It decides.", before=before).knows(find_token("charge"))
    assert not make_source("Judges decide.", before=before).knows(find_token("tribunal"))


def test_that_day_is_the_day_just_named():
    source = make_source("Permits granted before that day stay.", before="From 6 April 2027 …")

    assert [each.value for each in source.said.quantities] == ["2027-04-06"]


def test_things_are_what_an_article_or_number_names():
    said = read_sentence("Judges said the court heard 4 riders speak")

    assert [token.text for token in list_things(said)] == ["Judges", "court", "riders"]
