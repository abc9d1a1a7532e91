"""Which revisions count as live: now, at a moment in the past, or in a candidate.

Everything that answers asks through a LiveSet, so an answer as of a date, an answer of today and
the trial of a candidate go the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, Max, OuterRef, Q

from knowledge.models import LivePeriod, Publication, PublicationChange
from knowledge.types import DocumentStatus


@dataclass(frozen=True)
class LiveSet:
    """`at` None is now. `candidate` is a publication's id: what would be live if it were."""

    at: datetime | None = None
    candidate: int | None = None


NOW = LiveSet()


def covers(live: LiveSet) -> Q:
    """The condition that a live period belongs to the set, a candidate's changes left aside."""
    if live.at is None:
        return Q(live_until__isnull=True)
    return Q(live_from__lte=live.at) & (Q(live_until__isnull=True) | Q(live_until__gt=live.at))


def is_in(live: LiveSet, *, revision: str = "revision") -> Exists | Q:
    """The condition on rows that point at a revision. A join would repeat rows."""
    periods = LivePeriod.objects.filter(covers(live), revision=OuterRef(revision))
    if live.candidate is None:
        return Exists(periods)
    changes = PublicationChange.objects.filter(publication_id=live.candidate)
    kept = periods.exclude(document__in=changes.values("document"))
    # Retired since the candidate was made: its words must not come back by it.
    new = changes.filter(after=OuterRef(revision), document__status=DocumentStatus.LIVE)
    return Q(Exists(kept)) | Q(Exists(new))


def list_revisions(live: LiveSet) -> dict[int, int]:
    """Document → its revision in the set."""
    periods = LivePeriod.objects.filter(covers(live))
    found = dict(periods.values_list("document_id", "revision_id"))
    if live.candidate is not None:
        changes = PublicationChange.objects.filter(publication_id=live.candidate)
        for document, after, status in changes.values_list(
            "document_id", "after_id", "document__status"
        ):
            found.pop(document, None)
            if after is not None and status == DocumentStatus.LIVE:
                found[document] = after
    return found


def get_next_moment(now: datetime) -> datetime:
    """The moment for a change of what is live: now, or just after the last, if the clock is wrong.

    Live periods would otherwise end before they begin, or overlap.
    """
    newest = Publication.objects.aggregate(last=Max("published_at"))["last"]
    ended = LivePeriod.objects.aggregate(last=Max("live_until"))["last"]
    moments: list[datetime] = [last for last in (newest, ended) if last is not None]
    return max([now, *(last + timedelta(microseconds=1) for last in moments)])
