"""What a look at the parts says."""

from __future__ import annotations

import pytest
from django.db import OperationalError

from assistant import health
from assistant.health import Health, look


@pytest.mark.parametrize(
    ("state", "can_answer"),
    [
        (Health(has_database=True, publication=3, has_redis=True), True),
        # The chat goes on without Redis.
        (Health(has_database=True, publication=3, has_redis=False), True),
        (Health(has_database=True, publication=None, has_redis=True), False),
        (Health(has_database=False, publication=None, has_redis=True), False),
    ],
)
def test_readers_get_answers_from_a_database_with_a_publication(state, can_answer):
    assert state.can_answer is can_answer


def test_a_database_that_is_away_is_said_and_not_raised(monkeypatch, settings):
    def be_away(moment):
        raise OperationalError("no such host")

    monkeypatch.setattr(health, "find_publication", be_away)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert look() == Health(has_database=False, publication=None, has_redis=False)


@pytest.mark.django_db
def test_an_empty_knowledge_has_no_publication(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert look() == Health(has_database=True, publication=None, has_redis=False)
