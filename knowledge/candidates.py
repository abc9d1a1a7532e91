"""Candidates: what should be live, how that differs from what is, and the swap in one transaction.

The wanted set is always derived from the tables: of every document that its publisher still
shows, the newest revision that nobody holds back. A publication that a crash prevented is
therefore made by the next one, whoever runs it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from knowledge.embedding import get_recipe
from knowledge.indexing import build_index, count_passages
from knowledge.live_sets import NOW, LiveSet, get_next_moment, list_revisions
from knowledge.models import (
    Document,
    LivePeriod,
    Publication,
    PublicationChange,
    PublicationState,
    Revision,
)
from knowledge.types import DocumentStatus, Progress, ProgressCallback

logger = logging.getLogger("knowledge.publishing")

ROWS_AT_ONCE = 500
WAITING_STATES = (PublicationState.BUILDING, PublicationState.HELD)


class PublicationOvertaken(Exception):
    """Other publications went live while this one was built, time after time."""


class NotAllowed(Exception):
    """This person may not decide this, or nobody may; the message is for them to read."""


class NotHeld(Exception):
    """The publication doesn't wait for a person; the message says what became of it."""


@dataclass(frozen=True)
class Change:
    """A document's revision in the base and in a candidate; None where it has none."""

    document_id: int
    before: int | None
    after: int | None


def find_current_publication() -> Publication | None:
    return Publication.objects.filter(published_at__isnull=False).order_by("-published_at").first()


def get_wanted_revisions() -> dict[int, int]:
    """Document → the newest revision that nobody holds back, if its publisher still shows it."""
    newest = (
        Revision.objects.filter(document__status=DocumentStatus.LIVE, hold__isnull=True)
        .order_by()
        .values("document_id")
        .annotate(newest=Max("pk"))
    )
    return dict(newest.values_list("document_id", "newest"))


def get_live_revisions() -> dict[int, int]:
    return list_revisions(NOW)


def get_revisions_in(publication: Publication) -> dict[int, int]:
    """Document → revision, as the publication went live."""
    return list_revisions(LiveSet(at=publication.published_at))


def find_changes(base: Publication | None, wanted: Mapping[int, int]) -> list[Change]:
    """How the wanted set differs from the base, whose words may have ended since."""
    in_base = get_revisions_in(base) if base else {}
    live = get_live_revisions()
    return [
        Change(document, in_base.get(document), wanted.get(document))
        for document in sorted(in_base.keys() | wanted.keys())
        if not in_base.get(document) == wanted.get(document) == live.get(document)
    ]


def list_changes(publication: Publication) -> list[Change]:
    rows = publication.changes.order_by("document_id")
    return [Change(*row) for row in rows.values_list("document_id", "before_id", "after_id")]


@transaction.atomic
def make_candidate(
    base: Publication | None,
    changes: list[Change],
    *,
    note: str,
    proposed_by: str,
    restores: Publication | None = None,
) -> Publication:
    candidate = Publication.objects.create(
        base=base,
        note=note[:300],
        recipe=get_recipe().fingerprint,
        proposed_by=proposed_by,
        restores=restores,
    )
    PublicationChange.objects.bulk_create(
        (
            PublicationChange(
                publication=candidate,
                document_id=change.document_id,
                before_id=change.before,
                after_id=change.after,
            )
            for change in changes
        ),
        batch_size=ROWS_AT_ONCE,
    )
    return candidate


def build_candidate(
    candidate: Publication, wanted: Mapping[int, int], on_progress: ProgressCallback | None
) -> None:
    """Embed what is new and write the index. Unchanged documents are not looked at."""
    directory = build_index(candidate, list(wanted.values()), on_progress)
    candidate.index_directory = directory.name
    candidate.passage_count = count_passages(directory)
    candidate.save(update_fields=["index_directory", "passage_count"])
    if on_progress:
        on_progress(Progress("publishing", 1, 1))


def renew_index(candidate: Publication) -> None:
    """Write the index of a candidate again if it waited so long that it was cleared away."""
    revisions = list_revisions(LiveSet(candidate=candidate.pk)).values()
    candidate.index_directory = build_index(candidate, list(revisions)).name
    candidate.save(update_fields=["index_directory"])


def after_of(candidate: Publication) -> QuerySet[PublicationChange, Any]:
    """The revisions that a candidate brings; None among them would make `exclude` find nothing."""
    return candidate.changes.filter(after__isnull=False).values("after")


@transaction.atomic
def go_live(
    candidate: Publication,
    *,
    base: Publication | None,
    now: datetime | None = None,
    beside: Callable[[], object] | None = None,
) -> bool:
    """Swap the live set. False when the candidate no longer fits what is live or held back.

    `beside` is done in the same transaction: the decision, and what must hold with it.
    """
    if not lock_and_compare(base):
        return False
    if beside:
        beside()
    if candidate.changes.filter(after__hold__isnull=False).exists():
        transaction.set_rollback(True)
        return False
    now = now or timezone.now()
    moment = get_next_moment(now)
    if moment > now:
        logger.warning(
            "The clock says %s, which is not after the last change of what is live. Publication "
            "%s is dated %s; please look at the clock.",
            now.isoformat(),
            candidate.pk,
            moment.isoformat(),
        )
    swap(candidate, moment)
    # Written last: until this row changes, readers get the previous publication.
    candidate.published_at = moment
    candidate.state = PublicationState.PUBLISHED
    candidate.save(update_fields=["published_at", "state", "gate"])
    overtake(candidate)
    return True


def lock_and_compare(base: Publication | None) -> bool:
    """Say whether the base is still what readers get. Others wait until the transaction ends."""
    if base is not None:
        Publication.objects.select_for_update().only("pk").get(pk=base.pk)
    return is_current(base)


def is_current(base: Publication | None) -> bool:
    published = Publication.objects.filter(published_at__isnull=False).order_by("-published_at")
    current = published.values_list("pk", flat=True).first()
    return current == (base and base.pk)


def swap(candidate: Publication, moment: datetime) -> None:
    """End the live periods of what is replaced or gone, and begin those of what is new."""
    changed = candidate.changes.values("document")
    # A document that was retired while the candidate waited must not come back by it.
    showing = set(
        Document.objects.select_for_update()
        .filter(pk__in=changed, status=DocumentStatus.LIVE)
        .values_list("pk", flat=True)
    )
    periods = LivePeriod.objects.filter(live_until__isnull=True, document__in=changed)
    periods.exclude(revision__in=after_of(candidate)).update(live_until=moment)
    live = dict(periods.values_list("document_id", "revision_id"))
    LivePeriod.objects.bulk_create(
        (
            LivePeriod(
                document_id=change.document_id,
                revision_id=change.after,
                publication=candidate,
                live_from=moment,
            )
            for change in list_changes(candidate)
            if change.after and change.document_id in showing and change.document_id not in live
        ),
        batch_size=ROWS_AT_ONCE,
    )


def overtake(candidate: Publication) -> None:
    """Set aside what waited before: the candidate has it all, or it no longer fits."""
    earlier = Publication.objects.filter(state__in=WAITING_STATES, pk__lt=candidate.pk)
    earlier.update(state=PublicationState.OVERTAKEN)
