"""What at the evidence needs a person today. Only what is there; a few queries, however much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from knowledge.briefing_words import split_briefing_url
from knowledge.desk.access import READ
from knowledge.live_sets import NOW
from knowledge.models import (
    Alarm,
    BriefingProposal,
    Passage,
    ProposalState,
    Publication,
    PublicationState,
    Source,
    StoredFile,
)
from knowledge.supports import resolve_supports
from knowledge.types import SourceKind
from knowledge.watching import FAILING_PATIENCE

LINES_SHOWN = 5
# Older refusals were looked at, or no longer matter.
REFUSALS_SHOWN_FOR = timedelta(days=30)


@dataclass(frozen=True)
class DeskLine:
    """One thing to look at."""

    text: str
    url: str
    detail: str = ""


@dataclass(frozen=True)
class DeskTask:
    """One kind of work, with the first of its things."""

    title: str
    count: int
    url: str
    lines: tuple[DeskLine, ...] = ()


def list_tasks(user: Any) -> tuple[DeskTask, ...]:
    if not user.has_perm(READ):
        return ()
    now = timezone.now()
    tasks = (
        make_held_task(),
        make_stale_task(),
        make_proposal_task(),
        make_alarm_task(),
        make_failing_task(now),
        make_silent_task(now),
        make_unchecked_task(),
        make_refused_task(now),
    )
    return tuple(task for task in tasks if task.count)


def get_desk_url(name: str, *arguments: object) -> str:
    return reverse(f"desk:{name}", args=arguments)


def show_day(moment: datetime | None) -> str:
    return date_format(moment, "j F Y") if moment else _("never")


def make_held_task() -> DeskTask:
    held = Publication.objects.filter(state=PublicationState.HELD).order_by("-pk")
    lines = tuple(
        DeskLine(
            _("Publication %(number)s") % {"number": each.pk},
            get_desk_url("publication", each.pk),
            each.note,
        )
        for each in held.only("pk", "note")[:LINES_SHOWN]
    )
    title = _("Publications that wait for a person")
    return DeskTask(title, held.count(), get_desk_url("publications"), lines)


def make_stale_task() -> DeskTask:
    """Briefings whose official words have changed; they are not used meanwhile."""
    stale = resolve_supports(NOW).stale
    found = (
        Passage.objects.filter(pk__in=stale)
        .values("revision__document__url", "revision__document__locale", "revision__title")
        .annotate(paragraphs=Count("pk"))
        .order_by("revision__document__url")
    )
    lines = tuple(
        DeskLine(
            each["revision__title"],
            get_desk_url("briefing", *split_briefing_url(each["revision__document__url"])),
            _("%(count)s paragraphs are not used") % {"count": each["paragraphs"]},
        )
        for each in found[:LINES_SHOWN]
    )
    title = _("Briefings whose official words have changed")
    return DeskTask(title, found.count(), get_desk_url("stale_briefings"), lines)


def make_proposal_task() -> DeskTask:
    waiting = BriefingProposal.objects.filter(state=ProposalState.OPEN)
    lines = tuple(
        DeskLine(
            f"{each.title} ({each.language})",
            get_desk_url("briefing_proposal", each.pk),
            each.proposed_by,
        )
        for each in waiting.only("pk", "title", "language", "proposed_by")[:LINES_SHOWN]
    )
    title = _("Changes of briefings that wait for a publisher")
    return DeskTask(title, waiting.count(), get_desk_url("briefings"), lines)


def make_alarm_task() -> DeskTask:
    waiting = Alarm.objects.filter(settled_at=None)
    lines = tuple(
        DeskLine(each.text, get_alarm_url(each), show_day(each.raised_at))
        for each in waiting.select_related("source")[:LINES_SHOWN]
    )
    return DeskTask(_("Alarms"), waiting.count(), get_desk_url("alarms"), lines)


def get_alarm_url(alarm: Alarm) -> str:
    if alarm.source is not None:
        return get_desk_url("source", alarm.source.slug)
    return get_desk_url("alarms")


def find_failing(now: datetime) -> QuerySet[Source]:
    """Sources in use that were tried, and not read for too long."""
    limit = now - FAILING_PATIENCE
    return (
        Source.objects.official()
        .exclude(kind=SourceKind.UPLOADS)
        .filter(is_enabled=True)
        .annotate(tries=Count("refresh_runs", filter=~Q(refresh_runs__state="waiting")))
        .filter(Q(last_success_at__lt=limit) | Q(last_success_at=None, tries__gt=0))
    )


def find_silent(now: datetime) -> list[Source]:
    """Sources in use that have not changed within the days in which they were expected to."""
    expected = (
        Source.objects.filter(is_enabled=True, expected_change_days__isnull=False)
        .annotate(changed_at=Max("documents__revisions__fetched_at"))
        .filter(changed_at__isnull=False)
        .order_by(F("changed_at").asc())
    )
    return [source for source in expected if is_silent(source, now)]


def is_silent(source: Any, now: datetime) -> bool:
    """`source` comes with `changed_at`."""
    return bool(now - source.changed_at > timedelta(days=source.expected_change_days or 0))


def make_failing_task(now: datetime) -> DeskTask:
    failing = find_failing(now)
    lines = tuple(
        DeskLine(
            each.title,
            get_desk_url("source", each.slug),
            _("last read: %(day)s") % {"day": show_day(each.last_success_at)},
        )
        for each in failing[:LINES_SHOWN]
    )
    title = _("Sources that can’t be read")
    return DeskTask(title, failing.count(), f"{get_desk_url('sources')}?show=failing", lines)


def make_silent_task(now: datetime) -> DeskTask:
    silent = find_silent(now)
    lines = tuple(
        DeskLine(
            each.title,
            get_desk_url("source", each.slug),
            _("last change: %(day)s") % {"day": show_day(getattr(each, "changed_at", None))},
        )
        for each in silent[:LINES_SHOWN]
    )
    title = _("Sources that have not changed for longer than expected")
    return DeskTask(title, len(silent), f"{get_desk_url('sources')}?show=silent", lines)


def make_unchecked_task() -> DeskTask:
    unchecked = Source.objects.official().filter(is_url_checked=False, is_enabled=True)
    lines = tuple(
        DeskLine(each.title, get_desk_url("source", each.slug), each.url)
        for each in unchecked.only("title", "slug", "url")[:LINES_SHOWN]
    )
    title = _("Addresses that nobody has checked at the publisher’s")
    url = f"{get_desk_url('sources')}?show=unchecked"
    return DeskTask(title, unchecked.count(), url, lines)


def make_refused_task(now: datetime) -> DeskTask:
    refused = StoredFile.objects.exclude(refusal="").filter(
        uploaded_at__gte=now - REFUSALS_SHOWN_FOR
    )
    lines = tuple(
        DeskLine(each.name, f"{get_desk_url('add_file')}#file-{each.pk}", each.refusal)
        for each in refused[:LINES_SHOWN]
    )
    title = _("Files that could not be read")
    return DeskTask(title, refused.count(), get_desk_url("add_file"), lines)
