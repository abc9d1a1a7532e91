"""An answer as of a day is the answer that was given on that day: the whole way, nothing faked
but the embedding."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial

import pytest
from django.db import connections
from django.utils import timezone

from assistant.answering import evidence
from assistant.answering.pipeline import answer_question
from assistant.answering.types import Label, Outcome
from assistant.evaluation import collect_answer
from assistant.models import Answer, Conversation
from assistant.services import FinishedAnswer, record_answer
from knowledge import retrieval
from knowledge.indexing import digest_paragraph
from knowledge.models import Document
from knowledge.services import retire_document
from knowledge.types import DocumentKind, DocumentStatus, Tombstone
from tests.factories import DocumentFactory, PassageFactory, RevisionFactory, put_live

# Page → the question about it, and what its one rule says in each edition.
PAGES = {
    "Bicycle visa": (
        "How long does a bicycle visa last?",
        "A bicycle visa lasts {} days from the day of the bicycle visa.",
    ),
    "Ferry permit": (
        "Who can get a ferry permit?",
        "A ferry permit is for people who have {} ferry tickets.",
    ),
    "Harbour pass": (
        "What documents does a harbour pass need?",
        "A harbour pass needs {} harbour documents.",
    ),
    "Island family visa": (
        "Can an island family visa bring children?",
        "An island family visa can bring {} children of the island family.",
    ),
    "Lighthouse work visa": (
        "What does a lighthouse work visa cost?",
        "A lighthouse work visa costs {} pounds.",
    ),
}
BRIEFED = "Bicycle visa"


class Knowledge:
    """The real one, but not the very module: what is remembered for it goes with the test."""

    retrieve = staticmethod(retrieval.retrieve)
    retrieve_each = staticmethod(retrieval.retrieve_each)
    embed_question = staticmethod(retrieval.embed_question)
    embed_texts = staticmethod(retrieval.embed_texts)
    find_first_day = staticmethod(retrieval.find_first_day)
    list_briefings = staticmethod(retrieval.list_briefings)
    find_retired = staticmethod(retrieval.find_retired)
    mend_question = staticmethod(retrieval.mend_question)


@pytest.fixture(autouse=True)
def _own_thread(monkeypatch) -> Iterator[None]:
    """Answer in a thread of the test's own, whose connection goes with it."""
    with ThreadPoolExecutor(1) as pool:
        monkeypatch.setattr(evidence, "_pool", pool)
        yield
        pool.submit(connections.close_all).result()


def on(day: int) -> datetime:
    return datetime(2026, 3, day, 12, tzinfo=UTC)


def write_edition(title: str, amount: int):
    _, rule = PAGES[title]
    official = Document.objects.filter(title=title, kind=DocumentKind.OFFICIAL)
    document = official.first() or DocumentFactory(title=title)
    text = rule.format(amount)
    revision = RevisionFactory(document=document, text=text)
    PassageFactory(revision=revision, numbers=[["1", 0, len(text)]])
    return revision


def write_briefing(rules):
    document = DocumentFactory(briefing=True, title=BRIEFED, url="/briefings/bicycle")
    revision = RevisionFactory(document=document, text="A bicycle visa lasts three days.")
    pin = {
        "url": rules.document.url,
        "paragraph": "1",
        "digest": digest_paragraph(rules, "1"),
    }
    PassageFactory(revision=revision, rests_on=[pin], asks=[PAGES[BRIEFED][0]])
    return revision


def ask(question, *, knowledge, as_of=None):
    answering = partial(answer_question, knowledge=knowledge)
    return asyncio.run(collect_answer(question, as_of=as_of, answering=answering))


def ask_and_store(conversation, knowledge):
    """Ask the five questions of the day, and store the answers as the page does."""
    for question, _ in PAGES.values():
        answer = ask(question, knowledge=knowledge)
        asked = conversation.questions.create(text=question)
        finished = FinishedAnswer(answer.result, answer.sentences, answer.citations)
        record_answer(question_id=asked.pk, finished=finished)


def describe_stored(answer):
    statements = [
        (sentence["text"], sentence["label"], sentence["numbers"])
        for sentence in answer.sentences
        if sentence["label"] != Label.NOTICE
    ]
    quotes = [
        (each.number, each.quote, each.revision, each.passage, each.start, each.published)
        for each in answer.citations.all()
    ]
    return answer.outcome, statements, quotes


def describe_again(answer):
    statements = [
        (sentence.text, sentence.label, [each.number for each in sentence.citations])
        for sentence in answer.sentences
        if sentence.label != Label.NOTICE
    ]
    quotes = [
        (each.number, each.quote, each.revision_id, each.passage_id, each.start, each.published)
        for each in answer.citations
    ]
    return answer.result.outcome, statements, quotes


@pytest.mark.django_db(transaction=True)
def test_twenty_stored_answers_are_given_again_as_of_their_days(fake_embedding, settings):
    # Likenesses of such vectors are lower.
    settings.ASSISTANT_EVIDENCE_FLOOR = 0.1
    knowledge = Knowledge()
    days: dict[int, Conversation] = {}

    def close_day(day: int) -> None:
        days[day] = Conversation.objects.create()
        ask_and_store(days[day], knowledge)

    first = {title: write_edition(title, 3) for title in PAGES}
    put_live(*first.values(), write_briefing(first[BRIEFED]), at=on(1))
    close_day(1)
    # The briefing's official words change: it must not be used from now on.
    put_live(write_edition("Bicycle visa", 9), write_edition("Ferry permit", 9), at=on(5))
    close_day(5)
    withdrawn = Tombstone(status=DocumentStatus.WITHDRAWN, since=on(8))
    retire_document(document=first["Harbour pass"].document, tombstone=withdrawn, now=on(8))
    close_day(8)
    # Rolled back: the first editions, and with them the briefing, stand again.
    put_live(first["Bicycle visa"], first["Ferry permit"], at=on(12))
    close_day(12)
    put_live(*(write_edition(title, 77) for title in PAGES if title != "Harbour pass"), at=on(20))

    differing = []
    for day, conversation in days.items():
        for asked in conversation.questions.order_by("pk"):
            again = ask(asked.text, knowledge=knowledge, as_of=on(day).date())
            if describe_again(again) != describe_stored(asked.answer):
                differing.append((day, asked.text))

    stored = Answer.objects.all()
    assert differing == []
    assert stored.count() == 20
    assert stored.filter(outcome=Outcome.ANSWERED).count() >= 18
    # The days did differ, or nothing was shown.
    lasting = [
        describe_stored(conversation.questions.order_by("pk")[0].answer)[1]
        for conversation in days.values()
    ]
    assert lasting[0] != lasting[1] == lasting[2] != lasting[3] == lasting[0]


@pytest.mark.django_db(transaction=True)
def test_a_day_before_the_first_publication_has_no_answer(fake_embedding):
    put_live(write_edition("Ferry permit", 3), at=timezone.now())

    answer = ask("Who can get a ferry permit?", knowledge=Knowledge(), as_of=on(1).date())

    assert answer.result.outcome is Outcome.NO_EVIDENCE
    assert "1 March 2026" in answer.sentences[0].text
