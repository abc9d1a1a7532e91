"""Candidate → live, in one transaction.

The wanted set is always derived from the tables: the newest revision of every live document.
A publication that a crash prevented is therefore made by the next one, whoever runs it.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from knowledge.embedding import get_recipe
from knowledge.indexing import build_index, count_passages, ensure_index, prune_indexes
from knowledge.models import Document, LivePeriod, Publication, PublicationState, Revision
from knowledge.types import DocumentStatus, Progress, ProgressCallback

logger = logging.getLogger("knowledge.publishing")

# Another refresh may publish while we build; after that many tries something else is wrong.
TRIES = 5


class PublicationOvertaken(Exception):
    """Other publications went live while this one was built, time after time."""


def find_current_publication() -> Publication | None:
    return Publication.objects.filter(published_at__isnull=False).order_by("-published_at").first()


def get_wanted_revisions() -> dict[int, int]:
    """Document → its newest revision, for every document that its publisher still shows."""
    newest = (
        Revision.objects.filter(document__status=DocumentStatus.LIVE)
        .values("document_id")
        .annotate(newest=Max("pk"))
    )
    return {row["document_id"]: row["newest"] for row in newest}


def get_live_revisions() -> dict[int, int]:
    live = LivePeriod.objects.filter(live_until__isnull=True)
    return dict(live.values_list("document_id", "revision_id"))


def publish(*, note: str = "", on_progress: ProgressCallback | None = None) -> Publication | None:
    """Make the newest revisions live. None when they are so already."""
    for _ in range(TRIES):
        base = find_current_publication()
        wanted, live = get_wanted_revisions(), get_live_revisions()
        recipe = get_recipe().fingerprint
        if base is not None and wanted == live and base.recipe == recipe:
            ensure_index(base)
            return None
        candidate = Publication.objects.create(note=note[:300], recipe=recipe)
        build_candidate(candidate, list(wanted.values()), on_progress)
        if go_live(candidate, base=base, wanted=wanted, now=timezone.now()):
            prune_indexes()
            logger.info(
                "knowledge.publication.published publication=%s passages=%s",
                candidate.pk,
                candidate.passage_count,
            )
            return candidate
    raise PublicationOvertaken(f"gave up after {TRIES} tries")


def build_candidate(
    candidate: Publication, revision_ids: list[int], on_progress: ProgressCallback | None
) -> None:
    directory = build_index(candidate, revision_ids, on_progress)
    candidate.index_directory = directory.name
    candidate.passage_count = count_passages(directory)
    candidate.save(update_fields=["index_directory", "passage_count"])
    if on_progress:
        on_progress(Progress("publishing", 1, 1))


@transaction.atomic
def go_live(
    candidate: Publication, *, base: Publication | None, wanted: dict[int, int], now: datetime
) -> bool:
    """Swap the live set. False when another publication went live since the candidate began."""
    current = find_current_publication()
    if (current and current.pk) != (base and base.pk):
        return False
    live = get_live_revisions()
    ended = [document for document, revision in live.items() if wanted.get(document) != revision]
    LivePeriod.objects.filter(document_id__in=ended, live_until__isnull=True).update(
        live_until=now
    )
    # A document that was retired while the candidate was built must not come back by it.
    still_live = set(
        Document.objects.filter(pk__in=wanted, status=DocumentStatus.LIVE).values_list(
            "pk", flat=True
        )
    )
    LivePeriod.objects.bulk_create(
        LivePeriod(
            document_id=document, revision_id=revision, publication=candidate, live_from=now
        )
        for document, revision in wanted.items()
        if live.get(document) != revision and document in still_live
    )
    # Written last: until this row changes, readers get the previous publication.
    candidate.published_at = now
    candidate.state = PublicationState.PUBLISHED
    candidate.save(update_fields=["published_at", "state"])
    return True
