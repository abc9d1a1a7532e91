from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from knowledge.explaining import Explanation, Fate, explain
from knowledge.live_sets import NOW, LiveSet
from knowledge.models import GoldQuestion, Revision, Source
from knowledge.publishing import publish
from knowledge.retrieval import retrieve_each
from knowledge.services import retire_document
from knowledge.types import DocumentKind, DocumentStatus, Tombstone
from tests.factories import DocumentFactory, PassageFactory, RevisionFactory, put_live
from tests.knowledge.pages import save_page

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("fake_embedding"),
]
LIMITS = {DocumentKind.BRIEFING: 2, DocumentKind.OFFICIAL: 2}


def make_revision(text: str, *, briefing: bool = False, **passage: object) -> Revision:
    revision = RevisionFactory(document=DocumentFactory(briefing=briefing), text=text)
    PassageFactory(revision=revision, **passage)
    return revision


def get_fates(explanation: Explanation, kind: DocumentKind) -> dict[str, Fate]:
    [part] = [part for part in explanation.parts if part.kind is kind]
    return {passage.text: passage.fate for passage in part.passages}


def test_what_is_found_is_exactly_what_an_answer_gets():
    put_live(
        *(make_revision(f"The harbour ferry number {n} leaves at {n}.") for n in range(5)),
        *(make_revision(f"A harbour ferry {n} costs {n} coins.", briefing=True) for n in range(4)),
    )
    question = "When does the harbour ferry leave?"

    explanation = explain(question, NOW, limits=LIMITS)

    retrieval = retrieve_each(question, limits=LIMITS)
    found = [
        (passage.passage_id, passage.score, passage.dense, passage.lexical)
        for part in explanation.parts
        for passage in part.passages
        if passage.fate is Fate.FOUND
    ]
    assert found == [
        (passage.passage_id, passage.score, passage.dense, passage.lexical)
        for passage in retrieval.passages
    ]
    assert explanation.best_dense == retrieval.best_dense
    assert explanation.publication_id == retrieval.publication_id


def test_each_score_has_its_rank_and_a_search_that_found_nothing_has_none():
    put_live(
        make_revision("The ferry leaves the harbour."),
        make_revision("A lighthouse stands on the rock."),
    )

    explanation = explain("ferry harbour", NOW, limits=LIMITS)

    [first, second] = explanation.parts[1].passages
    assert (first.rank, first.dense_rank, first.lexical_rank) == (1, 1, 1)
    assert (second.rank, second.lexical_rank) == (2, None)


def test_what_lies_beyond_the_limit_is_told_and_counted():
    put_live(*(make_revision(f"The ferry number {n}.") for n in range(5)))

    explanation = explain("ferry", NOW, limits=LIMITS, shown_limit=3)

    part = explanation.parts[1]
    assert [passage.fate for passage in part.passages][2:] == [Fate.BEYOND_LIMIT]
    assert (part.candidates, part.not_shown) == (5, 2)
    assert part.counts[Fate.BEYOND_LIMIT] == 3


def test_a_page_taken_out_of_use_since_is_dropped_with_the_day():
    revision = make_revision("The ferry leaves.")
    put_live(revision, make_revision("The ferry returns."), at=timezone.now() - timedelta(days=1))
    moment = datetime(2026, 2, 3, tzinfo=UTC)
    revision.document.live_periods.update(live_from=moment - timedelta(days=9))
    retire_document(
        document=revision.document, tombstone=Tombstone(status=DocumentStatus.GONE), now=moment
    )

    explanation = explain("ferry leaves", NOW, limits=LIMITS)

    assert get_fates(explanation, DocumentKind.OFFICIAL) == {
        "The ferry leaves.": Fate.NOT_LIVE,
        "The ferry returns.": Fate.FOUND,
    }
    [dropped] = [p for p in explanation.parts[1].passages if p.fate is Fate.NOT_LIVE]
    assert "2026-02-03" in dropped.why


def test_a_briefing_whose_official_words_changed_is_dropped_as_stale():
    official = make_revision("1. The ferry is free.", numbers=[["1", 0, 21]])
    rests_on = [{"url": official.document.url, "paragraph": "1", "digest": "of other words"}]
    briefing = make_revision("You need not pay the ferry.", briefing=True, rests_on=rests_on)
    put_live(official, briefing)

    explanation = explain("pay the ferry", NOW, limits=LIMITS)

    assert get_fates(explanation, DocumentKind.BRIEFING) == {
        "You need not pay the ferry.": Fate.STALE
    }
    assert "have changed since" in explanation.parts[0].passages[0].why


def test_a_candidate_and_a_past_day_are_searched_as_they_are():
    source = Source.objects.create(
        slug="s", title="S", kind="govuk", url="https://www.gov.uk/s", publisher="P"
    )
    GoldQuestion.objects.create(slug="fare", question="Fare?", outcomes=[], facts=[["two coins"]])
    save_page(source, "fare", "The ferry costs two coins.")
    first = publish()
    save_page(source, "fare", "The ferry costs three coins.")
    held = publish()
    assert held.published_at is None

    live = explain("ferry costs", NOW, limits=LIMITS)
    tried = explain("ferry costs", LiveSet(candidate=held.pk), limits=LIMITS)
    past = explain("ferry costs", LiveSet(at=first.published_at), limits=LIMITS)
    before = explain(
        "ferry costs", LiveSet(at=first.published_at - timedelta(days=1)), limits=LIMITS
    )

    assert get_fates(live, DocumentKind.OFFICIAL) == {"The ferry costs two coins.": Fate.FOUND}
    assert get_fates(past, DocumentKind.OFFICIAL) == {"The ferry costs two coins.": Fate.FOUND}
    assert get_fates(tried, DocumentKind.OFFICIAL) == {"The ferry costs three coins.": Fate.FOUND}
    assert before.publication_id is None
    assert before.parts == ()
