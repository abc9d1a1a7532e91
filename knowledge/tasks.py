"""Celery entry points. Refreshing is idempotent: a run that is delivered twice is done once."""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from knowledge.ingestion import refresh_source
from knowledge.models import RefreshRun, RunState, Source
from knowledge.progress import announce_progress
from knowledge.runs import SourceIsBusy, is_refreshing, request_run, send_run

logger = logging.getLogger("knowledge.tasks")

# A run that waited longer was lost with the queue, and is sent again.
LOST_AFTER = timedelta(minutes=70)


@shared_task(name="knowledge.source.refresh")
def refresh_source_task(run_id: int) -> None:
    run = RefreshRun.objects.select_related("source").filter(pk=run_id).first()
    if run is None or run.state not in {RunState.WAITING, RunState.RUNNING}:
        return
    try:
        refresh_source(run=run, watcher=announce_progress(run.pk))
    except SourceIsBusy as busy:
        logger.info("knowledge.source.busy run=%s %s", run_id, busy)
    finally:
        announce_progress(run.pk)(None)


@shared_task(name="knowledge.sources.refresh_due")
def refresh_due_sources() -> None:
    """Send every source that is due to the worker, once."""
    now = timezone.now()
    for source in Source.objects.official().due(now):
        run = source.refresh_runs.filter(state=RunState.WAITING).first()
        if run is not None and now - run.created_at < LOST_AFTER:
            continue
        if run is None and is_refreshing(source, now=now):
            continue
        send_run(request_run(source=source, asked_by="schedule"))
