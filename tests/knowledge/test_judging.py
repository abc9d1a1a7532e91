from __future__ import annotations

import pytest

from knowledge.gate import GoldAnswer, ReasonCode
from knowledge.judging import count_changed_passages, judge
from knowledge.models import GoldQuestion, Publication, PublicationChange
from knowledge.types import Progress
from tests.factories import (
    LivePeriodFactory,
    PassageFactory,
    PublicationFactory,
    RevisionFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_embedding")]


@pytest.fixture
def base() -> Publication:
    return PublicationFactory(live=True, passage_count=4, recipe="r")


@pytest.fixture
def candidate(base: Publication) -> Publication:
    """It replaces the page of the fare by one without it."""
    before = PassageFactory(text="The fare is two coins.", revision__text="The fare is two coins.")
    LivePeriodFactory(revision=before.revision, publication=base)
    after = PassageFactory(
        text="Ask the skipper.",
        revision=RevisionFactory(document=before.revision.document, text="Ask the skipper."),
    )
    publication = PublicationFactory(base=base, recipe="r")
    PublicationChange.objects.create(
        publication=publication,
        document=before.revision.document,
        before=before.revision,
        after=after.revision,
    )
    return publication


def ask_for_the_fare() -> GoldQuestion:
    return GoldQuestion.objects.create(
        slug="fare", question="What is the fare?", outcomes=["answered"], facts=[["two coins"]]
    )


def test_a_question_that_the_candidate_answers_worse_is_found(base, candidate):
    ask_for_the_fare()

    report = judge(candidate, base)

    assert [reason.code for reason in report.reasons] == [ReasonCode.GOLD_FELL]
    assert report.rows[0].before.answer == "The fare is two coins."
    assert (report.changed_passages, report.live_passages) == (1, 4)


def test_a_question_that_is_not_in_use_is_not_asked(base, candidate):
    ask_for_the_fare()
    GoldQuestion.objects.update(is_enabled=False)

    assert judge(candidate, base).rows == ()


def count_calls(monkeypatch, answer=None) -> list[int | None]:
    """Put an answerer in place that notes of what it was asked."""
    asked: list[int | None] = []

    def note(entry, *, candidate=None):
        asked.append(candidate)
        return answer or GoldAnswer(passed=True, outcome="answered")

    monkeypatch.setattr("tests.fakes.answer_by_a_word", note)
    return asked


def test_what_the_live_set_answered_as_a_candidate_is_not_asked_again(
    base, candidate, monkeypatch
):
    ask_for_the_fare()
    asked = count_calls(monkeypatch)
    base.gate = judge(candidate, base).as_data()
    asked.clear()

    judge(candidate, base)

    assert asked == [candidate.pk]


def test_a_changed_gold_question_is_asked_on_both_sides_again(base, candidate, monkeypatch):
    gold = ask_for_the_fare()
    asked = count_calls(monkeypatch)
    base.gate = judge(candidate, base).as_data()
    gold.avoid = ["three coins"]
    gold.save()
    asked.clear()

    judge(candidate, base)

    assert asked == [candidate.pk, None]


def test_a_remembered_right_answer_is_asked_again_before_its_question_counts_as_fallen(
    base, candidate, monkeypatch
):
    ask_for_the_fare()
    asked = count_calls(monkeypatch)
    base.gate = judge(candidate, base).as_data()
    wrong = GoldAnswer(passed=False, outcome="failed", reasons=("no",))
    asked = count_calls(monkeypatch, answer=wrong)

    report = judge(candidate, base)

    assert asked == [candidate.pk, None]
    assert report.reasons == ()


@pytest.mark.parametrize("answerer", ["tests.fakes.not_there", "tests.fakes.answer_by_a_word"])
def test_what_cannot_be_judged_is_held_with_the_reason(
    base, candidate, settings, monkeypatch, answerer
):
    def fail(entry, *, candidate=None):
        raise OSError("the disk is full")

    ask_for_the_fare()
    settings.KNOWLEDGE_GOLD_ANSWERER = answerer
    monkeypatch.setattr("tests.fakes.answer_by_a_word", fail)

    [reason] = judge(candidate, base).reasons

    assert reason.code == ReasonCode.NOT_JUDGED
    assert "not_there" in reason.text or "the disk is full" in reason.text


def test_how_far_the_judging_is_keeps_the_run_alive_and_its_end_ends_the_judging(base, candidate):
    ask_for_the_fare()
    seen: list[Progress] = []

    judge(candidate, base, on_progress=seen.append)

    assert [(each.step, each.done, each.total) for each in seen] == [
        ("judging", 0, 1),
        ("judging", 1, 1),
    ]

    def lose(progress: Progress) -> None:
        raise KeyError("the run was taken over")

    with pytest.raises(KeyError):
        judge(candidate, base, on_progress=lose)


def test_words_that_stand_elsewhere_in_the_candidate_are_not_counted_as_changed(base):
    moved = PassageFactory()
    LivePeriodFactory(revision=moved.revision, publication=base)
    gone = PassageFactory(revision=moved.revision, digest="gone")
    stays = PassageFactory(digest=moved.digest)
    candidate = PublicationFactory(base=base)
    for before, after in ((moved.revision, None), (None, stays.revision)):
        PublicationChange.objects.create(
            publication=candidate,
            document=(before or after).document,
            before=before,
            after=after,
        )

    assert count_changed_passages(candidate) == 1
    assert gone.digest == "gone"
