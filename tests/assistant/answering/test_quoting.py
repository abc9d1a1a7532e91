from __future__ import annotations

import pytest

from assistant.answering.quoting import choose_official, choose_relied_on, read_candidates
from knowledge.types import Support
from tests.assistant.answering.samples import embed, make_briefing, make_passage

LONG_LIST = "\n".join(
    [
        "The office lends a bicycle if all of this is true:",
        *(
            f"{mark}) the rider {what} and has signed the form that the office keeps for "
            "every loan of this kind; and"
            for mark, what in zip(
                "abcdef",
                ("is tall", "owns a helmet", "has a light", "rings a bell", "pays", "lives near"),
                strict=True,
            )
        ),
        "g) the bicycle is whole.",
    ]
)
RULES_URL = "https://example.test/rules"


def like(question):
    return lambda texts: [float(embed(text) @ embed(question)) for text in texts]


def find_nothing(words, kind, limit):
    return ()


def test_a_short_list_is_quoted_whole():
    rule = make_passage("You must have:\na) a bell; and\nb) a light.")

    (candidate,) = read_candidates(rule)

    assert candidate.parts == (rule.text,)


def test_of_a_long_list_the_introduction_and_the_item_that_matters_are_quoted():
    rule = make_passage(LONG_LIST)

    (candidate,) = choose_official([rule], similarity=like("must the rider own a helmet"))

    assert candidate.parts[0] == "The office lends a bicycle if all of this is true:"
    assert candidate.parts[1].startswith("b) the rider owns a helmet")
    assert candidate.text == " … ".join(candidate.parts)


def test_a_list_cut_by_the_end_of_a_passage_is_quoted_by_items_only():
    rule = make_passage("You must have:\na) a bell; and")

    (candidate,) = read_candidates(rule)

    assert candidate.parts == ("You must have:", "a) a bell; and")


def test_an_introduction_is_never_quoted_alone():
    assert read_candidates(make_passage("You must have:")) == []


def test_a_sentence_that_leans_on_the_one_before_brings_it_along():
    filler = "The office keeps a long record of every loan that it makes. " * 7
    rule = make_passage(f"{filler}A late rider pays. However, a sick rider does not pay.")

    texts = [candidate.text for candidate in read_candidates(rule)]

    assert "A late rider pays. However, a sick rider does not pay." in texts
    assert "However, a sick rider does not pay." not in texts


def test_passages_far_from_the_question_are_not_quoted():
    assert choose_official([make_passage("A bell.", dense=0.3)], similarity=like("bell")) == []


def test_the_words_that_a_briefing_rests_on_are_quoted_before_nearer_ones():
    near = make_passage("Bells are loud.", passage_id=1, dense=0.95)
    relied_on = make_passage("7. A rider must have a bell.", passage_id=2, dense=0.5)
    briefing = make_briefing(
        "You need a bell.",
        supports=(Support(f"{RULES_URL}#bells", "7. A rider must have a bell."),),
    )

    chosen = choose_relied_on(
        briefing, [near, relied_on], similarity=like("bells"), look_up=find_nothing
    )

    assert [candidate.passage for candidate in chosen] == [relied_on]


def test_words_that_were_not_found_with_the_question_are_looked_up():
    relied_on = make_passage("7. A rider must have a bell.", passage_id=2)
    briefing = make_briefing(
        "You need a bell.", supports=(Support(RULES_URL, "7. A rider must have a bell."),)
    )

    chosen = choose_relied_on(
        briefing,
        [],
        similarity=like("bells"),
        look_up=lambda words, kind, limit: [relied_on] if "bell" in words else [],
    )

    assert [candidate.passage for candidate in chosen] == [relied_on]


@pytest.mark.parametrize(("page", "count"), [(RULES_URL, 1), ("https://example.test/other", 0)])
def test_without_known_words_only_the_briefings_own_page_is_quoted(page, count):
    rule = make_passage("A rider must have a bell.", url=f"{page}#bells", dense=0.9)
    briefing = make_briefing("You need a bell.", supports=(Support(RULES_URL, ""),))

    chosen = choose_relied_on(briefing, [rule], similarity=like("bells"), look_up=find_nothing)

    assert len(chosen) == count
