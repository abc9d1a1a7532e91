from __future__ import annotations

import pytest

from knowledge.comparing import DiffKind
from knowledge.desk.publication_reading import (
    compare_revisions,
    compare_rows,
    describe_standing,
    find_end,
    list_publications,
    make_rows,
)
from knowledge.gate import GateReport, GoldAnswer, GoldRow
from knowledge.models import PublicationState
from tests.factories import PassageFactory, PublicationFactory, RevisionFactory


def answer(text: str, *, passed: bool = True, url: str = "https://www.gov.uk/fare") -> GoldAnswer:
    return GoldAnswer(
        passed=passed, outcome="answered", answer=text, citations=({"url": url, "number": 1},)
    )


def make_row(slug: str, before: GoldAnswer | None, after: GoldAnswer) -> GoldRow:
    return GoldRow(id=slug, question=f"{slug}?", before=before, after=after)


def test_the_gold_questions_that_fell_come_first_and_those_as_before_not_at_all():
    report = GateReport(
        rows=(
            make_row("same", answer("Two."), answer("Two.")),
            make_row("other", answer("Two."), answer("Two coins.")),
            make_row("fell", answer("Two."), answer("Ask.", passed=False)),
        )
    )

    assert [each.row.id for each in compare_rows(report)] == ["fell", "other"]


def test_the_words_of_an_answer_are_compared_and_its_links_told_apart():
    before, after = (
        answer("Pay two coins."),
        answer("Pay three coins.", url="https://www.gov.uk/x"),
    )

    [compared] = compare_rows(GateReport(rows=(make_row("fare", before, after),)))

    assert [part.text.strip() for part in compared.words if part.kind is DiffKind.ADDED] == [
        "three"
    ]
    assert compared.lost_links == ("https://www.gov.uk/fare",)
    assert compared.new_links == ("https://www.gov.uk/x",)


def test_a_link_that_runs_a_script_is_no_link():
    before, after = answer("One."), answer("Two.", url="javascript:alert(1)")

    [compared] = compare_rows(GateReport(rows=(make_row("fare", before, after),)))

    assert compared.new_links == ()


@pytest.mark.django_db
def test_only_passages_that_differ_are_shown():
    before = RevisionFactory(text="Dogs are welcome. Cats pay.")
    after = RevisionFactory(document=before.document, text="Dogs are welcome. Cats travel free.")
    for revision, texts in (
        (before, ["Dogs are welcome.", "Cats pay."]),
        (after, ["Dogs are welcome.", "Cats travel free."]),
    ):
        for text in texts:
            PassageFactory(revision=revision, text=text, heading_path=["Animals"])

    comparison = compare_revisions(before, after)
    new = compare_revisions(None, after)

    assert comparison.same == 1
    assert [passage.heading for passage in comparison.changed] == ["Animals"]
    assert [passage.kind for passage in new.changed] == ["new", "new"]


@pytest.mark.django_db
def test_the_newest_live_one_is_what_readers_get_and_ends_none():
    first, second = PublicationFactory(live=True), PublicationFactory(live=True)
    held = PublicationFactory(state=PublicationState.HELD)

    rows = make_rows(list_publications())

    assert [row.publication for row in rows] == [held, second, first]
    assert [row.standing.tone for row in rows] == ["waits", "live", "past"]
    assert find_end(first) == second.published_at
    assert find_end(second) is find_end(held) is None


@pytest.mark.django_db
@pytest.mark.parametrize("state", PublicationState.values)
def test_every_state_has_words(state):
    standing = describe_standing(PublicationFactory(state=state), current=None)

    assert standing.name
    assert standing.words
