from __future__ import annotations

from knowledge.checks import check_time_limits


def test_the_time_limits_are_in_order():
    assert check_time_limits() == []


def test_a_soft_limit_above_the_hard_limit_stops_the_start(settings):
    settings.CELERY_TASK_SOFT_TIME_LIMIT = settings.CELERY_TASK_TIME_LIMIT + 1

    assert [error.id for error in check_time_limits()] == ["knowledge.E001"]
