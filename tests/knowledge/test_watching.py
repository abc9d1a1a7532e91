from datetime import timedelta

import pytest
from django.utils import timezone

from knowledge.models import Alarm, RefreshRun, RunState
from knowledge.watching import FAILING_PATIENCE, FAILURES_IN_A_ROW, tell_staff
from tests.factories import DocumentFactory, RevisionFactory, SourceFactory

pytestmark = pytest.mark.django_db


def list_open() -> list[str]:
    return list(Alarm.objects.filter(settled_at=None).values_list("kind", flat=True))


def try_often(source, times: int, *, ago: timedelta = timedelta()) -> None:
    for _ in range(times):
        run = RefreshRun.objects.create(
            source=source, state=RunState.FAILED, started_at=timezone.now()
        )
        RefreshRun.objects.filter(pk=run.pk).update(created_at=timezone.now() - ago)


def test_a_source_that_was_read_needs_nobody():
    source = SourceFactory(last_success_at=timezone.now())

    tell_staff(source, now=timezone.now(), succeeded=True)

    assert list_open() == []


def test_a_first_start_without_a_network_is_no_alarm():
    source = SourceFactory()
    try_often(source, FAILURES_IN_A_ROW)

    tell_staff(source, now=timezone.now(), succeeded=False)

    assert list_open() == []


def test_a_source_that_was_never_read_in_days_alarms():
    source = SourceFactory()
    try_often(source, 1, ago=FAILING_PATIENCE + timedelta(hours=1))

    tell_staff(source, now=timezone.now(), succeeded=False)

    assert list_open() == ["source_failing"]


def test_failing_again_and_again_alarms_until_it_is_read():
    source = SourceFactory(last_success_at=timezone.now() - timedelta(hours=1))
    try_often(source, FAILURES_IN_A_ROW)
    tell_staff(source, now=timezone.now(), succeeded=False)
    assert list_open() == ["source_failing"]

    type(source).objects.filter(pk=source.pk).update(last_success_at=timezone.now())
    tell_staff(source, now=timezone.now(), succeeded=True)

    assert list_open() == []


def test_silence_alarms_until_something_changes():
    source = SourceFactory(last_success_at=timezone.now(), expected_change_days=30)
    document = DocumentFactory(source=source)
    RevisionFactory(document=document, fetched_at=timezone.now() - timedelta(days=31))
    tell_staff(source, now=timezone.now(), succeeded=True)
    assert list_open() == ["source_silent"]

    RevisionFactory(document=document, fetched_at=timezone.now())
    tell_staff(source, now=timezone.now(), succeeded=True)

    assert list_open() == []
