"""What staff are told of a source after each refresh: that it fails, or is silent for too long.

An alarm is taken back by itself when what it says is no longer so.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Max
from django.utils.translation import gettext as _

from knowledge.alarms import AlarmKind, clear_alarms, raise_alarm
from knowledge.models import Revision, RunState, Source

# Without a success for so long, or so many times, a person must look.
FAILING_PATIENCE = timedelta(days=3)
FAILURES_IN_A_ROW = 5


def tell_staff(source: Source, *, now: datetime, succeeded: bool) -> None:
    """Raise what a person must look at, and take back what is no longer so."""
    source.refresh_from_db()
    if succeeded:
        clear_alarms(AlarmKind.DISK_FULL)
        clear_alarms(AlarmKind.DATABASE_BUSY)
    tell_failing(source, now=now)
    if source.expected_change_days is None:
        return
    changed = Revision.objects.filter(document__source=source).aggregate(at=Max("fetched_at"))
    newest = changed["at"]
    if newest and now - newest > timedelta(days=source.expected_change_days):
        text = _(
            "%(title)s has not changed since %(day)s, longer than expected. Look whether it has "
            "moved, or whether we read it wrongly."
        ) % {"title": source.title, "day": newest.date()}
        raise_alarm(AlarmKind.SOURCE_SILENT, source=source, text=text)
    else:
        clear_alarms(AlarmKind.SOURCE_SILENT, source=source)


def tell_failing(source: Source, *, now: datetime) -> None:
    last = source.last_success_at
    if last is None:
        if has_failed_for_long(source, now=now):
            text = _("%(title)s was never read, though it was tried for days.")
            text %= {"title": source.title}
            raise_alarm(AlarmKind.SOURCE_FAILING, source=source, text=text)
        return
    tries = source.refresh_runs.filter(started_at__gt=last).count()
    if tries >= FAILURES_IN_A_ROW or now - last >= FAILING_PATIENCE:
        text = _("%(title)s has not been read since %(day)s; it was tried %(tries)d times.")
        text %= {"title": source.title, "day": f"{last:%Y-%m-%d %H:%M}", "tries": tries}
        raise_alarm(AlarmKind.SOURCE_FAILING, source=source, text=text)
    elif not tries:
        clear_alarms(AlarmKind.SOURCE_FAILING, source=source)


def has_failed_for_long(source: Source, *, now: datetime) -> bool:
    """Was it tried in vain again and again, since long ago? A first start has no network."""
    tries = source.refresh_runs.exclude(state=RunState.WAITING).order_by("created_at")
    first = tries.first()
    return first is not None and now - first.created_at > FAILING_PATIENCE
