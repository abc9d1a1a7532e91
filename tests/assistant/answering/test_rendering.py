from __future__ import annotations

from assistant.answering.citations import CitationNumbers
from assistant.answering.rendering import describe_citation, list_citations, render_answer
from assistant.answering.types import DraftSentence, Label, Quote, Sentence
from knowledge.types import Support
from tests.assistant.answering.samples import make_briefing, make_passage

RULE = make_passage("You must have:\na) a bell.")
BRIEFING = make_briefing("Bring a bell.", supports=(Support("https://example.test/rules", "x"),))


def release(*drafts):
    numbers = CitationNumbers({1: RULE, 50: BRIEFING})
    return [
        numbers.release(DraftSentence(text=text, label=label, quotes=(Quote(passage_id, text),)))
        for text, label, passage_id in drafts
    ]


def test_each_sentence_is_a_line_that_ends_with_its_markers():
    sentences = [
        Sentence(position=1, text="Hello.", label=Label.NOTICE),
        *release(
            ("Bring a bell.", Label.BRIEFING, 50),
            ("You must have:\na) a bell.", Label.OFFICIAL, 1),
            ("a) a bell.", Label.OFFICIAL, 1),
        ),
    ]

    assert render_answer(sentences).splitlines() == [
        "Hello.",
        "Bring a bell. [1]",
        "The official text says: “You must have: a) a bell.” [2]",
        "It also says: “a) a bell.” [3]",
    ]


def test_citations_are_listed_once_by_number():
    sentences = release(
        ("Bring a bell.", Label.BRIEFING, 50), ("Bring a bell.", Label.BRIEFING, 50)
    )

    assert [citation.number for citation in list_citations(sentences)] == [1]


def test_a_citation_is_described_as_promised():
    (sentence,) = release(("Bring a bell.", Label.BRIEFING, 50))

    assert describe_citation(sentence.citations[0]) == {
        "number": 1,
        "kind": "briefing",
        "title": "Borrowing a bicycle",
        "heading": "Who can borrow",
        "publisher": "Bicycle Office",
        "url": "/briefings/bicycles#lending",
        "quote": "Bring a bell.",
        "published": "2026-01-02",
        "checked": "2026-02-03",
        "document": 50,
        "revision": 50,
        "is_historic": False,
        "supports": [{"url": "https://example.test/rules", "quote": "x"}],
    }
