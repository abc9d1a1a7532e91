"""What a person must look at. An alarm is raised once for as long as its cause lasts."""

from __future__ import annotations

from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from knowledge.decisions import record_decision
from knowledge.models import Act, Alarm, Publication, Source


class AlarmKind(StrEnum):
    LISTING_EMPTY = "listing_empty"
    LISTING_SHRUNK = "listing_shrunk"
    SOURCE_FAILING = "source_failing"
    SOURCE_SILENT = "source_silent"
    DISK_FULL = "disk_full"
    DATABASE_BUSY = "database_busy"
    INDEX_UNSOUND = "index_unsound"


LISTING_KINDS = frozenset({AlarmKind.LISTING_EMPTY, AlarmKind.LISTING_SHRUNK})


def raise_alarm(
    kind: AlarmKind,
    *,
    text: str,
    source: Source | None = None,
    publication: Publication | None = None,
) -> Alarm:
    """Raise it, or bring the open one's words up to date."""
    alarm, _ = Alarm.objects.update_or_create(
        kind=kind,
        source=source,
        publication=publication,
        settled_at__isnull=True,
        defaults={"text": text},
    )
    return alarm


def clear_alarms(*kinds: AlarmKind, source: Source | None = None) -> int:
    """The cause went away by itself."""
    return Alarm.objects.filter(kind__in=kinds, source=source, settled_at__isnull=True).update(
        settled_at=timezone.now()
    )


@transaction.atomic
def settle_alarm(alarm: Alarm, *, who: str) -> bool:
    """A person has looked. False when somebody had before.

    A listing that somebody has looked at is believed: the next one is what later ones are
    compared with.
    """
    settled = Alarm.objects.filter(pk=alarm.pk, settled_at__isnull=True).update(
        settled_at=timezone.now(), settled_by=who[:150]
    )
    if not settled:
        return False
    if alarm.kind in LISTING_KINDS and alarm.source_id is not None:
        Source.objects.filter(pk=alarm.source_id).update(listed_count=0)
    record_decision(
        who=who,
        act=Act.SETTLED,
        why=alarm.text,
        source=alarm.source,
        publication=alarm.publication,
    )
    return True
