"""A refresh run is also the lock of its source: bounded, and freed by its holder's death."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta

from celery import current_app
from django.db import IntegrityError, transaction
from django.utils import timezone

from knowledge.liveness import get_holder, is_alive
from knowledge.models import Publication, RefreshRun, RunState, Source
from knowledge.types import Progress, RefreshReport

# A step between two heartbeats (one page with its retries, one batch of passages) is shorter.
PATIENCE = timedelta(minutes=5)
# Often enough to be watched, seldom enough to cost nothing.
SECONDS_BETWEEN_WRITES = 0.25


class SourceIsBusy(Exception):
    """Another process refreshes the source."""


class RunLost(Exception):
    """Somebody else took the run over, thinking that this process had died."""


def request_run(*, source: Source, asked_by: str = "") -> RefreshRun:
    """Ask for a refresh; one that still waits for the worker serves again."""
    waiting = source.refresh_runs.filter(state=RunState.WAITING).first()
    return waiting or RefreshRun.objects.create(source=source, asked_by=asked_by[:150])


def send_run(run: RefreshRun) -> None:
    """Send a run to the worker. Raises kombu's OperationalError when the queue can't be reached.

    By name, so that the web process need not load what only a worker needs.
    """
    current_app.send_task("knowledge.source.refresh", args=[run.pk], retry=False)


def abandon_waiting_runs(*, now: datetime) -> int:
    """Give up the runs that wait, because the queue is new: it doesn't know them."""
    return RefreshRun.objects.filter(state=RunState.WAITING).update(
        state=RunState.ABANDONED, finished_at=now
    )


def is_refreshing(source: Source, *, now: datetime) -> bool:
    """Say whether a living process refreshes the source."""
    return any(
        is_alive(run.holder, heartbeat_at=run.heartbeat_at, now=now, patience=PATIENCE)
        for run in source.refresh_runs.filter(state=RunState.RUNNING)
    )


def claim_run(run: RefreshRun, *, now: datetime) -> None:
    """Become the one process that refreshes the run's source, or raise SourceIsBusy."""
    for other in RefreshRun.objects.filter(source=run.source_id, state=RunState.RUNNING):
        # A process refreshes one source at a time: a run of its own that still "runs" is one
        # whose end it could not write.
        if other.holder != get_holder() and is_alive(
            other.holder, heartbeat_at=other.heartbeat_at, now=now, patience=PATIENCE
        ):
            raise SourceIsBusy(
                f"{run.source.slug} is being refreshed since {other.started_at:%H:%M:%S} UTC "
                f"by {other.holder.rpartition(':')[0]}"
            )
        # A run delivered again after its worker died goes on as the same run.
        state = RunState.WAITING if other.pk == run.pk else RunState.ABANDONED
        RefreshRun.objects.filter(pk=other.pk, holder=other.holder).update(
            state=state, finished_at=now
        )
    try:
        with transaction.atomic():
            claimed = RefreshRun.objects.filter(pk=run.pk, state=RunState.WAITING).update(
                state=RunState.RUNNING,
                holder=get_holder(),
                started_at=now,
                heartbeat_at=now,
                finished_at=None,
            )
    except IntegrityError as error:
        raise SourceIsBusy(f"{run.source.slug} is being refreshed by another process") from error
    if not claimed:
        raise SourceIsBusy(f"refresh {run.pk} is no longer waiting")
    run.refresh_from_db()


class RunProgress:
    """Writes how far a run has come, and its heartbeat, a few times a second at most."""

    def __init__(
        self, run: RefreshRun, *, watcher: Callable[[Progress], None] | None = None
    ) -> None:
        self.run = run
        self.watcher = watcher
        self.written_at = 0.0
        self.step = ""

    def __call__(self, progress: Progress) -> None:
        if self.watcher:
            self.watcher(progress)
        is_new_step = progress.step != self.step
        is_end = progress.done >= progress.total
        recent = time.monotonic() - self.written_at < SECONDS_BETWEEN_WRITES
        if recent and not (is_new_step or is_end):
            return
        self.step, self.written_at = progress.step, time.monotonic()
        written = RefreshRun.objects.filter(
            pk=self.run.pk, holder=self.run.holder, state=RunState.RUNNING
        ).update(
            step=progress.step[:40],
            done=progress.done,
            total=progress.total,
            heartbeat_at=timezone.now(),
        )
        if not written:
            raise RunLost(f"refresh {self.run.pk} was taken over by another process")


def finish_run(
    run: RefreshRun, *, state: RunState, report: RefreshReport, publication: Publication | None
) -> None:
    RefreshRun.objects.filter(pk=run.pk, holder=run.holder).update(
        state=state,
        finished_at=timezone.now(),
        report={**asdict(report), "summary": str(report)},
        publication=publication,
    )
    run.refresh_from_db()
