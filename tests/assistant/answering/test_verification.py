from __future__ import annotations

import pytest

from assistant.answering.types import DraftSentence, Label, Quote
from assistant.answering.verification import Fault, find_fault
from tests.assistant.answering.samples import make_briefing, make_passage

RULE = make_passage(
    "A rider must have:\na) a bell; and\nb) a light.", lead_ins=("Part 1 says that",)
)
BRIEFING = make_briefing("You need a bell. You need a light.")
PASSAGES = {RULE.passage_id: RULE, BRIEFING.passage_id: BRIEFING}


def judge(text, label, *quotes):
    cited = tuple(Quote(passage_id, quote) for passage_id, quote in quotes)
    return find_fault(DraftSentence(text=text, label=label, quotes=cited), PASSAGES)


@pytest.mark.parametrize(
    ("text", "label", "quotes"),
    [
        ("You need a bell.", Label.BRIEFING, [(50, "You need a bell.")]),
        ("You need a bell.", Label.BRIEFING, [(50, BRIEFING.text)]),
        ("a) a bell; and b) a light.", Label.OFFICIAL, [(1, "a) a bell; and\nb) a light.")]),
        (
            "Part 1 says that … b) a light.",
            Label.OFFICIAL,
            [(1, "Part 1 says that"), (1, "b) a light.")],
        ),
        ("Please ask again.", Label.NOTICE, []),
    ],
)
def test_a_sentence_made_of_its_quotes_stands(text, label, quotes):
    assert judge(text, label, *quotes) is None


@pytest.mark.parametrize(
    ("text", "label", "quotes", "fault"),
    [
        (" ", Label.BRIEFING, [(50, "You need a bell.")], Fault.EMPTY),
        ("You need a bell.", Label.BRIEFING, [], Fault.NO_CITATION),
        ("You need a bell.", Label.BRIEFING, [(9, "You need a bell.")], Fault.UNKNOWN_PASSAGE),
        ("You need a horn.", Label.BRIEFING, [(50, "You need a horn.")], Fault.MISQUOTE),
        ("need a bel", Label.BRIEFING, [(50, "need a bel")], Fault.MISQUOTE),
        ("You need a horn.", Label.BRIEFING, [(50, BRIEFING.text)], Fault.UNQUOTED_WORDS),
        ("need a bel", Label.BRIEFING, [(50, BRIEFING.text)], Fault.UNQUOTED_WORDS),
        ("A rider must", Label.OFFICIAL, [(1, RULE.text)], Fault.UNQUOTED_WORDS),
        ("a) a bell; and", Label.BRIEFING, [(1, "a) a bell; and")], Fault.WRONG_KIND),
        ("You need a bell.", Label.OFFICIAL, [(50, "You need a bell.")], Fault.WRONG_KIND),
        (
            "You need no bell. You need a light.",
            Label.BRIEFING,
            [(50, "You need a light.")],
            Fault.UNQUOTED_WORDS,
        ),
        (
            "b) a light. … a) a bell; and",
            Label.OFFICIAL,
            [(1, "a) a bell; and"), (1, "b) a light.")],
            Fault.UNQUOTED_WORDS,
        ),
    ],
)
def test_a_sentence_that_says_more_than_its_quotes_is_named(text, label, quotes, fault):
    assert judge(text, label, *quotes) is fault
