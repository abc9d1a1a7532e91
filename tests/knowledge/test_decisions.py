from __future__ import annotations

import pytest

from knowledge.decisions import record_decision
from knowledge.models import Act, Decision, RowIsImmutable
from tests.factories import PublicationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def decision() -> Decision:
    return record_decision(
        who="ada", act=Act.APPROVED, why="It is right.", publication=PublicationFactory()
    )


def test_a_decision_says_who_did_what_to_what_and_why(decision):
    kept = Decision.objects.get()

    assert (kept.who, kept.act, kept.why) == ("ada", "approved", "It is right.")
    assert kept.publication == decision.publication


def test_a_decision_cannot_be_changed(decision):
    decision.why = "Something else."

    with pytest.raises(RowIsImmutable):
        decision.save()
    with pytest.raises(RowIsImmutable):
        Decision.objects.filter(who="ada").update(why="Something else.")

    assert Decision.objects.get().why == "It is right."


def test_a_decision_cannot_be_deleted(decision):
    with pytest.raises(RowIsImmutable):
        decision.delete()
    with pytest.raises(RowIsImmutable):
        Decision.objects.all().delete()

    assert Decision.objects.count() == 1
