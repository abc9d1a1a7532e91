from __future__ import annotations

import pytest

from assistant.answering.types import Label, Outcome
from assistant.evaluation.asking import TimedAnswer
from assistant.evaluation.judging import check_grounding, find_reasons, judge
from tests.assistant.evaluation.samples import BELL, REVISION, answer, cite, expect


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, None),
        ({"facts": [["a horn", "A  BELL"]]}, None),
        ({"facts": [["no horn"]]}, None),
        ({"cites_any": ["https://example.test/rules"]}, None),
        ({"cites_any": ["/briefings/bicycles"]}, None),
        ({"avoid": ["no horn"]}, None),
        ({"outcome": ["unsafe", "urgent"]}, "outcome answered, not unsafe or urgent"),
        ({"facts": [["a tram"]]}, "without 'a tram'"),
        ({"avoid": ["need a bell"]}, "says 'need a bell'"),
        ({"cites_any": ["https://example.test/other"]}, "cites none of"),
    ],
)
def test_an_answer_is_judged_by_the_rules_of_the_gold_questions(fields, reason):
    reasons = find_reasons(expect(**fields), answer(BELL))

    assert len(reasons) == (reason is not None)
    assert reason is None or reasons[0].startswith(reason)


def test_an_outcome_without_an_answer_needs_no_citation():
    refused = answer(("No.", Label.NOTICE, ()), outcome=Outcome.UNSAFE)

    assert find_reasons(expect(outcome=["unsafe"], cites_any=["https://x.test"]), refused) == []


def test_a_blank_around_a_fact_is_meant():
    gold = expect(facts=[["no "]])

    assert find_reasons(gold, answer(("You need none.", Label.BRIEFING, (cite("None"),)))) != []


def test_quotes_are_looked_up_in_the_revision_that_they_cite():
    tally = check_grounding(
        answer(
            ("You need a bell, and", Label.BRIEFING, (cite("You need a bell, and"),)),
            ("You need a horn.", Label.BRIEFING, (cite("You need a horn.", number=2),)),
            ("You need a tram.", Label.BRIEFING, ()),
            ("Ask again.", Label.NOTICE, ()),
        ),
        lambda revision_id: REVISION,
    )

    assert (tally.statements, tally.cited, tally.quotes, tally.verbatim) == (3, 1, 2, 1)
    assert tally.reasons == [
        "quote [2] does not stand in its revision",
        "sentence 3 cites nothing",
    ]


def test_a_row_says_how_many_facts_and_how_many_of_the_wanted_pages_an_answer_has():
    gold = expect(
        facts=[["a bell"], ["a tram"]], cites_any=["https://example.test/rules"], audience="press"
    )
    said = answer(BELL, ("And a light.", Label.BRIEFING, (cite("you need a light.", number=2),)))

    row = judge(gold, TimedAnswer(said, 12.34), lambda revision_id: REVISION)

    assert (row["facts"], row["facts_found"], row["citation_precision"]) == (2, 1, 0.5)
    assert (row["audience"], row["ms"], row["wanted"]) == ("press", 12.3, ["answered"])


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [({}, Outcome.ANSWERED), ({"cites_any": ["https://x.test"]}, Outcome.INDIVIDUAL_ADVICE)],
)
def test_citations_have_no_precision_where_any_page_or_none_will_do(fields, outcome):
    said = answer(BELL, outcome=outcome)

    row = judge(expect(**fields), TimedAnswer(said, 1), lambda revision_id: REVISION)

    assert row["citation_precision"] is None
