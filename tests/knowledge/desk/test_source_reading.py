from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from knowledge.desk.source_reading import describe_source, has_ended, list_failures
from knowledge.models import RefreshRun, Source
from knowledge.types import Failure

NOW = timezone.now()


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"kind": "briefings"}, "Our own"),
        ({"kind": "uploads"}, "Files"),
        ({"is_enabled": False}, "Switched off"),
        ({}, "Never read"),
        ({"last_success_at": NOW - timedelta(days=4)}, "Can’t be read"),
        ({"last_success_at": NOW}, "Address not checked"),
        ({"last_success_at": NOW, "is_url_checked": True}, "Is read"),
    ],
)
def test_a_source_stands_in_words(fields, name):
    assert describe_source(Source(**{"kind": "govuk"} | fields), now=NOW).name == name


def test_failures_of_a_run_are_listed_and_an_unfinished_run_has_none():
    run = RefreshRun(state="failed", report={"failures": [{"url": "u", "reason": "r"}]})

    assert list_failures(run) == [Failure("u", "r")]
    assert has_ended(run)
    assert list_failures(RefreshRun()) == []
    assert not has_ended(RefreshRun())
