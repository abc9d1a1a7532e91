from __future__ import annotations

from collections.abc import Iterator
from threading import Barrier

import pytest
from django.db import connections

from assistant.answering import evidence
from assistant.gold import answer_gold_question
from knowledge.gold_questions import read_gold_entry
from knowledge.ingestion import refresh_source
from knowledge.models import GoldQuestion, Publication, PublicationState, Source
from knowledge.publishing import approve, find_current_publication
from knowledge.runs import request_run
from knowledge.types import RefreshReport, SourceKind
from tests.govuk_server import GovukServer

pytestmark = [pytest.mark.model, pytest.mark.django_db(transaction=True)]

RULES = "/guidance/ferry-route-rules"
AGE = (
    "<h2 id='age'>Age of applicants</h2><p>FR 1.1. The applicant must be aged 21 or over on the "
    "date of application to the ferry route.</p>"
)
AGELESS = (
    "<h2 id='age'>Age of applicants</h2><p>FR 1.1. The Secretary of State may ask for a birth "
    "certificate.</p>"
)
FEE = "<h2 id='fee'>Fees</h2><p>FR 2.1. There is no fee for applying to the ferry route.</p>"
GOLD = {
    "id": "age",
    "question": "How old must an applicant be to apply to the ferry route?",
    "outcome": ["answered"],
    "facts": [["aged 21"]],
    "cites_any": [f"https://www.gov.uk{RULES}/age"],
}


@pytest.fixture
def rules(govuk: GovukServer, settings, tmp_path) -> Iterator[Source]:
    """Rules that are live, and a gold question that stands on one of their pages."""
    settings.KNOWLEDGE_INDEX_DIR = tmp_path / "index"
    govuk.add_manual(RULES, {"age": AGE, "fee": FEE})
    source = Source.objects.create(
        slug="ferry-rules",
        title="Ferry route rules",
        kind=SourceKind.GOVUK,
        url=f"https://www.gov.uk{RULES}",
        publisher="Ministry of Examples",
        licence="Open",
    )
    GoldQuestion.objects.create(
        slug=GOLD["id"],
        question=GOLD["question"],
        outcomes=GOLD["outcome"],
        facts=GOLD["facts"],
        cites_any=GOLD["cites_any"],
    )
    refresh(source)
    yield source
    close_connections_of_the_pool()


def close_connections_of_the_pool() -> None:
    barrier = Barrier(len(evidence._pool._threads))

    def close_own() -> None:
        connections.close_all()
        barrier.wait(timeout=10)

    for future in [evidence._pool.submit(close_own) for _ in range(barrier.parties)]:
        future.result()


def refresh(source: Source) -> RefreshReport:
    return refresh_source(run=request_run(source=source))


def test_a_gold_question_is_answered_and_judged_as_a_reader_would_be(rules):
    answer = answer_gold_question(read_gold_entry(GOLD))
    wrong = answer_gold_question(read_gold_entry(GOLD | {"facts": [["aged 30"]]}))

    assert (answer.passed, answer.outcome, answer.reasons) == (True, "answered", ())
    assert "aged 21 or over" in answer.answer
    assert answer.citations[0]["url"] == f"https://www.gov.uk{RULES}/age#age"
    assert (wrong.passed, wrong.reasons) == (False, ("without 'aged 30'",))


def test_a_page_edited_for_the_worse_is_held_with_its_question_until_a_person_approves(
    rules, govuk
):
    live = find_current_publication()
    govuk.add_section(RULES, "age", AGELESS)

    report = refresh(rules)

    held = Publication.objects.get(pk=report.publication)
    assert held.state == PublicationState.HELD
    assert GOLD["question"] in report.held
    assert GOLD["question"] in str(report)
    [row] = held.gate["rows"]
    assert (row["before"]["passed"], row["after"]["passed"]) == (True, False)
    assert find_current_publication() == live
    assert answer_gold_question(read_gold_entry(GOLD)).passed

    approve(held, who="bea", why="The age is no longer asked.")

    assert not answer_gold_question(read_gold_entry(GOLD)).passed


def test_an_innocent_edit_goes_live_by_itself(rules, govuk):
    govuk.add_section(RULES, "fee", FEE.replace("no fee", "a fee of two coins"))

    report = refresh(rules)

    assert report.held == ""
    assert find_current_publication().pk == report.publication
    assert find_current_publication().gate["rows"][0]["after"]["passed"]
