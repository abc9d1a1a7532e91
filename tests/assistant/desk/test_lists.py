from __future__ import annotations

from datetime import date

import pytest

from assistant.answering.types import Outcome
from assistant.desk import grouping, lists
from assistant.models import Answer, Conversation, Feedback, Question
from knowledge.vocabulary import read_plain_words
from tests.assistant.test_selectors import answer_from
from tests.factories import DocumentFactory, PassageFactory, RevisionFactory, put_live

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_embedding")]


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch):
    monkeypatch.setattr(grouping, "_vectors", {})
    monkeypatch.setattr(grouping, "LIKENESS_FLOOR", 0.4)
    read_plain_words.cache_clear()


def ask(text, outcome=Outcome.NO_EVIDENCE, as_of=None):
    question = Conversation.objects.create().questions.create(text=text, as_of=as_of)
    return Answer.objects.create(question=question, outcome=outcome)


def make_passage(text, document=None):
    return PassageFactory(
        revision=RevisionFactory(document=document or DocumentFactory(), text=text)
    )


def test_questions_without_evidence_are_grouped_counted_and_masked():
    put_live(
        make_passage("You may borrow a boat on the lake.").revision,
        make_passage("To borrow a boat costs two coins.").revision,
    )
    ask("May I borrow a boat, my name is Selam?")
    ask("May Hamid borrow a boat?")
    ask("Is there cake?")
    ask("Where is the shed?", Outcome.ANSWERED)
    ask("May I borrow a boat?", as_of=date(2020, 1, 1))

    groups, waiting = lists.list_unanswered()

    assert waiting == 0
    assert [group.count for group in groups] == [2, 1]
    assert groups[0].words == "May […] borrow a boat?"
    shown = " ".join(word for group in groups for word in (group.words, *group.others))
    assert "Selam" not in shown
    assert "Hamid" not in shown
    assert groups[0].search_words == "May borrow a boat?"
    assert lists.count_unanswered() == 3


def test_a_question_of_which_nothing_is_left_is_not_searched_for():
    ask("Ghjk Zxcv")

    ((group,), _) = lists.list_unanswered()

    assert (group.words, group.is_readable) == ("[…]", False)


def test_what_readers_call_wrong_is_listed_until_it_is_settled():
    wrong, unclear, settled = ask("One?"), ask("Two?"), ask("Three?")
    Feedback.objects.create(answer=wrong, is_helpful=False, reason="wrong")
    Feedback.objects.create(answer=unclear, is_helpful=False, reason="unclear")
    Feedback.objects.create(
        answer=settled, is_helpful=False, reason="wrong", settled_at=settled.finished_at
    )

    assert [each.answer for each in lists.list_wrong()] == [wrong]


def test_answers_whose_quotes_changed_are_listed_the_newest_first():
    passage, other = make_passage("Two coins."), make_passage("Ring twice.")
    put_live(passage.revision, other.revision)
    questions = [answer_from(passage, "Two coins.") for _ in range(2)]
    answer_from(other, "Ring twice.")
    past = answer_from(passage, "Two coins.")
    Question.objects.filter(pk=past.pk).update(as_of=date(2026, 1, 1))
    assert lists.list_changed() == []
    put_live(make_passage("Nine coins.", passage.revision.document).revision)

    shown = lists.list_changed()

    assert [each.answer.question_id for each in shown] == [questions[1].pk, questions[0].pk]
    ((citation, change),) = shown[0].citations
    assert citation.quote == "Two coins."
    assert "".join(part.text for part in change.new) == "Nine coins."
    assert lists.count_changed() == 2


def test_many_changed_answers_cost_as_many_queries_as_few(django_assert_max_num_queries):
    passage = make_passage("Two coins.")
    put_live(passage.revision)
    for _ in range(30):
        answer_from(passage, "Two coins.")
    put_live(make_passage("Nine coins.", passage.revision.document).revision)

    with django_assert_max_num_queries(40):
        assert len(lists.list_changed()) == 30


def test_the_answers_that_quoted_a_document_show_its_quotes_alone():
    passage, other = make_passage("Two coins."), make_passage("Ring twice.")
    put_live(passage.revision, other.revision)
    question = answer_from(passage, "Two coins.")
    answer_from(other, "Ring twice.")

    (shown,) = lists.list_quoting(passage.revision.document_id)

    assert shown.answer.question_id == question.pk
    assert [citation.quote for citation, _ in shown.citations] == ["Two coins."]
