from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from assistant.answering.drafting import (
    GIVEN_LIMITS,
    RETIRED_MARGIN,
    State,
    choose_given,
    find_nearer_retired,
    find_split,
    make_similarity,
    search_both_kinds,
    write,
    write_parts,
)
from knowledge.retrieval import RetiredDocument
from knowledge.types import DocumentKind, DocumentStatus, NumberedSpan, Support
from tests.assistant.answering.samples import FakeKnowledge, embed, make_briefing, make_passage

RULE = make_passage("7. A rider must have a bell.", passage_id=1)
BRIEFING = make_briefing(
    "You need a bell to borrow a bicycle.",
    supports=(Support(RULE.url, RULE.text),),
    asks=("Do I need a bell to borrow a bicycle?",),
)
REPAIRS = replace(
    make_briefing("A broken bell is repaired for nothing.", passage_id=51, title="Repairs"),
    asks=("Who repairs a bell?",),
)
ASKED = "Do I need a bell to borrow a bicycle?"
RETIRED = RetiredDocument(
    document_id=5,
    title="Bells",
    url="https://www.gov.uk/bells",
    status=DocumentStatus.WITHDRAWN,
    reason="",
    since=datetime(2026, 6, 1, tzinfo=UTC),
    is_ours=False,
    replacement_url="",
    replacement_title="",
    likeness=0.9,
)


def search(question, *passages):
    knowledge = FakeKnowledge(*passages)
    state = State(knowledge)
    return search_both_kinds(question, state), state


def say(draft):
    return [sentence.text for sentence in draft.sentences]


def test_both_kinds_are_searched_for():
    retrieval, _ = search("bell", RULE, BRIEFING)

    assert {passage.kind for passage in retrieval.passages} == set(DocumentKind)


def test_the_search_asks_the_texts_of_its_day_and_publication():
    knowledge, day = FakeKnowledge(RULE), date(2026, 3, 4)

    search_both_kinds("bell", State(knowledge, as_of=day, candidate=5))

    assert set(knowledge.dates) == {day}
    assert set(knowledge.candidates) == {5}


def test_a_draft_has_the_briefing_and_what_it_rests_on():
    retrieval, state = search(ASKED, RULE, BRIEFING)

    draft = write(ASKED, retrieval, state, sentence_limit=4)

    assert say(draft) == [BRIEFING.text, RULE.text]


def test_weak_evidence_leaves_the_draft_empty_and_gives_a_model_nothing():
    weak = replace(BRIEFING, dense=0.1)
    retrieval, state = search(ASKED, weak)

    assert say(write(ASKED, retrieval, state, sentence_limit=4)) == []
    assert choose_given(ASKED, retrieval, state.knowledge) == []


def test_a_model_is_given_a_few_passages_of_each_kind():
    rules = [replace(RULE, passage_id=number) for number in range(9)]
    briefings = [replace(BRIEFING, passage_id=number) for number in range(50, 59)]
    retrieval, state = search(ASKED, *rules, *briefings)

    given = choose_given(ASKED, retrieval, state.knowledge)

    assert {
        kind: sum(passage.kind is kind for passage in given) for kind in DocumentKind
    } == GIVEN_LIMITS


def test_each_part_of_a_question_is_searched_for_by_itself():
    retrieval, state = search(f"{ASKED} Who repairs a bell?", BRIEFING, REPAIRS)
    parts = ("Do I need a bell to borrow a bicycle", "who repairs a bell")

    draft = write_parts(parts, retrieval, state, sentence_limit=6)

    assert say(draft)[:1] == [BRIEFING.text]
    assert REPAIRS.text in say(draft)
    assert state.knowledge.asked[-1] == parts[1]


def test_likeness_is_to_the_question_or_to_another_text():
    measure = make_similarity(embed("bell"), FakeKnowledge())

    assert list(measure(["bell", "horn"])) == pytest.approx([1, 0])
    assert list(measure(["bell", "horn"], to="horn")) == pytest.approx([0, 1])


def test_a_word_that_stands_for_several_subjects_is_split_unless_a_paragraph_is_named():
    lent = make_briefing("A bell is lent.", title="Lending", asks=("Is a bell lent?",))
    mended = make_briefing(
        "A bell is mended.", passage_id=51, title="Mending", asks=("Is a bell mended?",)
    )
    numbered = replace(RULE, numbers=(NumberedSpan("12AB", 100, 100 + len(RULE.text)),))

    retrieval, state = search("bell 12AB", RULE, lent, mended)
    assert set(find_split("bell 12AB", retrieval, state, None)) == {*lent.asks, *mended.asks}

    retrieval, state = search("bell 12AB", numbered, lent, mended)
    assert find_split("bell 12AB", retrieval, state, None) == ()


@pytest.mark.parametrize(("nearer", "expected"), [(RETIRED_MARGIN, True), (0.0, False)])
def test_a_retired_page_is_worth_a_word_if_it_is_clearly_nearer(nearer, expected):
    retrieval, state = search(ASKED, RULE)
    retired = replace(RETIRED, likeness=retrieval.best_dense + nearer)
    state.knowledge.retired = retired

    found = find_nearer_retired(ASKED, retrieval, state.knowledge)

    assert found == (retired if expected else None)
