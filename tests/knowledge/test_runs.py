from __future__ import annotations

import os
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from knowledge.liveness import get_holder
from knowledge.models import RefreshRun, RunState, Source
from knowledge.runs import (
    PATIENCE,
    RunLost,
    RunProgress,
    SourceIsBusy,
    abandon_waiting_runs,
    claim_run,
    is_refreshing,
    request_run,
)
from knowledge.types import Progress, SourceKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def source() -> Source:
    return Source.objects.create(
        slug="rules", title="Rules", kind=SourceKind.GOVUK, url="https://www.gov.uk/rules"
    )


def hold(source: Source, *, holder: str, heartbeat_ago: timedelta) -> RefreshRun:
    now = timezone.now()
    return RefreshRun.objects.create(
        source=source,
        state=RunState.RUNNING,
        holder=holder,
        started_at=now,
        heartbeat_at=now - heartbeat_ago,
    )


def test_a_source_that_a_living_process_refreshes_is_busy(source: Source):
    hold(source, holder=get_holder(os.getppid()), heartbeat_ago=timedelta())

    with pytest.raises(SourceIsBusy, match="is being refreshed since"):
        claim_run(request_run(source=source), now=timezone.now())

    assert is_refreshing(source, now=timezone.now())


def test_a_run_whose_process_died_on_this_machine_is_taken_over_at_once(source: Source):
    host = get_holder().partition(":")[0]
    dead = hold(source, holder=f"{host}:4194303:1", heartbeat_ago=timedelta())
    run = request_run(source=source)

    claim_run(run, now=timezone.now())

    dead.refresh_from_db()
    assert (dead.state, run.state) == (RunState.ABANDONED, RunState.RUNNING)


def test_a_run_whose_end_this_process_could_not_write_does_not_block_it(source: Source):
    left = hold(source, holder=get_holder(), heartbeat_ago=timedelta())
    run = request_run(source=source)

    claim_run(run, now=timezone.now())

    left.refresh_from_db()
    assert (left.state, run.state) == (RunState.ABANDONED, RunState.RUNNING)


def test_a_heartbeat_from_the_future_is_no_sign_of_life(source: Source):
    hold(source, holder="elsewhere:1:1", heartbeat_ago=-2 * PATIENCE)
    run = request_run(source=source)

    claim_run(run, now=timezone.now())

    assert run.state == RunState.RUNNING


def test_a_run_on_another_machine_is_taken_over_when_its_heart_has_stopped(source: Source):
    hold(source, holder="elsewhere:1:1", heartbeat_ago=PATIENCE * 2)
    run = request_run(source=source)

    claim_run(run, now=timezone.now())

    assert run.state == RunState.RUNNING


def test_a_run_delivered_again_after_its_worker_died_goes_on(source: Source):
    host = get_holder().partition(":")[0]
    run = hold(source, holder=f"{host}:4194303:1", heartbeat_ago=timedelta())

    claim_run(run, now=timezone.now())

    assert (run.state, run.holder) == (RunState.RUNNING, get_holder())


def test_a_finished_run_is_not_run_again(source: Source):
    run = RefreshRun.objects.create(source=source, state=RunState.FINISHED)

    with pytest.raises(SourceIsBusy, match="no longer waiting"):
        claim_run(run, now=timezone.now())


def test_the_database_refuses_two_running_refreshes_of_a_source(source: Source):
    hold(source, holder="one", heartbeat_ago=timedelta())

    with pytest.raises(IntegrityError):
        hold(source, holder="two", heartbeat_ago=timedelta())


def test_a_run_that_waits_serves_everybody_who_asks(source: Source):
    assert request_run(source=source).pk == request_run(source=source).pk


def test_with_a_new_queue_what_waited_is_given_up_and_can_be_asked_for_again(source: Source):
    lost = request_run(source=source)
    running = hold(source, holder="one", heartbeat_ago=timedelta())

    abandon_waiting_runs(now=timezone.now())

    assert request_run(source=source).pk != lost.pk
    running.refresh_from_db()
    assert running.state == RunState.RUNNING


def test_a_process_that_lost_its_run_stops(source: Source):
    run = request_run(source=source)
    claim_run(run, now=timezone.now())
    RefreshRun.objects.update(holder="another")

    with pytest.raises(RunLost):
        RunProgress(run)(Progress("fetching", 1, 2))


def test_progress_is_written_with_a_heartbeat(source: Source):
    run = request_run(source=source)
    claim_run(run, now=timezone.now() - timedelta(hours=1))

    RunProgress(run)(Progress("fetching", 1, 2))

    run.refresh_from_db()
    assert (run.step, run.done, run.total) == ("fetching", 1, 2)
    assert timezone.now() - run.heartbeat_at < timedelta(minutes=1)
