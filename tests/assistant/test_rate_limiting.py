"""How often one may ask."""

from __future__ import annotations

import uuid

from assistant.rate_limiting import AskingLimits, RateLimit


def test_the_limit_is_for_any_window_of_a_minute():
    limits = AskingLimits(RateLimit(2), RateLimit(60))
    reader = uuid.uuid4()

    allowed = [limits.allow(reader, "", now=now) for now in (0.0, 30.0, 59.0, 60.0, 61.0)]

    assert allowed == [True, True, False, True, False]


def test_one_reader_does_not_use_up_what_another_may_ask():
    limits = AskingLimits(RateLimit(1), RateLimit(60))
    limits.allow(uuid.uuid4(), "10.0.0.1", now=0.0)

    assert limits.allow(uuid.uuid4(), "10.0.0.1", now=1.0)


def test_an_address_has_a_limit_over_all_its_conversations():
    limits = AskingLimits(RateLimit(20), RateLimit(2))

    allowed = [limits.allow(uuid.uuid4(), "10.0.0.1", now=0.0) for _ in range(3)]

    assert allowed == [True, True, False]
    assert limits.allow(uuid.uuid4(), "10.0.0.2", now=0.0)


def test_readers_who_have_gone_are_forgotten():
    limit = RateLimit(2)
    limit.count("gone", now=0.0)

    limit.is_reached("another", now=61.0)

    assert limit.acts == {}
