"""Celery entry points. Refreshing is idempotent: a run that is delivered twice is done once."""

from __future__ import annotations

import contextlib
import logging
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from celery import shared_task
from django.db import DatabaseError
from django.utils import timezone

from knowledge.alarms import raise_alarm
from knowledge.faults import RefreshBroken
from knowledge.ingestion import find_unreachable_hosts, get_first_address, refresh_source
from knowledge.models import RefreshRun, Revision, RunState, Source
from knowledge.publishing import hold_back, publish, release
from knowledge.reconciling import reconcile
from knowledge.runs import RunLost, SourceIsBusy, is_refreshing, request_run, send_run

logger = logging.getLogger("knowledge.tasks")

# A run that waited longer was lost with the queue, and is sent again.
LOST_AFTER = timedelta(minutes=70)
# What this worker process last said; a new process says it again.
told_unreachable: set[str] = set()


@shared_task(name="knowledge.source.refresh")
def refresh_source_task(run_id: int) -> None:
    run = RefreshRun.objects.select_related("source").filter(pk=run_id).first()
    if run is None or run.state not in {RunState.WAITING, RunState.RUNNING}:
        return
    try:
        refresh_source(run=run)
    except SourceIsBusy as busy:
        logger.info("knowledge.source.busy run=%s %s", run_id, busy)
    except RunLost as lost:
        logger.warning("knowledge.source.lost run=%s %s", run_id, lost)
    except RefreshBroken as broken:
        # Said in one line where it broke; the schedule tries again.
        with contextlib.suppress(DatabaseError):
            if broken.kind is not None:
                raise_alarm(broken.kind, text=str(broken))


@shared_task(name="knowledge.sources.refresh_due")
def refresh_due_sources() -> None:
    """Send every source that is due to the worker, once."""
    now = timezone.now()
    official = Source.objects.official()
    due = [source for source in official if source.is_due(now) and is_to_be_sent(source, now)]
    unreachable = find_unreachable_hosts(due)
    tell_unreachable(unreachable)
    for source in due:
        if urlsplit(get_first_address(source)).netloc not in unreachable:
            send_run(request_run(source=source, asked_by="schedule"))


@shared_task(name="knowledge.index.reconcile")
def reconcile_index() -> None:
    """Compare index and database, and mend the index. Twice at once does no harm."""
    report = reconcile()
    tell = logger.info if report.is_sound else logger.error
    tell("knowledge.index.reconciled %s", report)


def is_to_be_sent(source: Source, now: datetime) -> bool:
    waiting = source.refresh_runs.filter(state=RunState.WAITING).first()
    if waiting is not None:
        return now - waiting.created_at >= LOST_AFTER
    return not is_refreshing(source, now=now)


def tell_unreachable(hosts: set[str]) -> None:
    """Say once that there is no network and once that it is back, not at every try."""
    if hosts == told_unreachable:
        return
    if hosts:
        logger.warning(
            "No connection to %s. Until there is one, answers come from what was read before and "
            "from our briefings; it is tried again every 15 minutes.",
            ", ".join(sorted(hosts)),
        )
    else:
        logger.info("The official sources can be reached again.")
    told_unreachable.clear()
    told_unreachable.update(hosts)


@shared_task(name="knowledge.publication.publish")
def publish_task(note: str, proposed_by: str = "") -> None:
    """Publish what staff changed; the gate's questions take too long for a page."""
    publish(note=note, proposed_by=proposed_by)


@shared_task(name="knowledge.revision.hold_back")
def hold_back_task(revision_id: int, who: str, why: str) -> None:
    revision = Revision.objects.filter(pk=revision_id, hold=None).first()
    if revision is not None:
        hold_back(revision, who=who, why=why)


@shared_task(name="knowledge.revision.release")
def release_task(revision_id: int, who: str, why: str) -> None:
    revision = Revision.objects.filter(pk=revision_id, hold__isnull=False).first()
    if revision is not None:
        release(revision, who=who, why=why)
