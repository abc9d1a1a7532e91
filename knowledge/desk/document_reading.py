"""What the pages about documents show: the timeline of a document, and finding one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from knowledge.desk.publication_reading import Standing
from knowledge.models import Document, HeldRevision, LivePeriod, Revision
from knowledge.types import DocumentStatus

WORDS_LIMIT = 8


@dataclass(frozen=True)
class TimelineRow:
    """A revision, when it was live, and whether a person keeps it back."""

    revision: Revision
    periods: tuple[LivePeriod, ...]
    is_live: bool
    hold: HeldRevision | None


def find_documents(wanted: QueryDict) -> QuerySet[Document]:
    """By words of the title or the address, or as they stand in the live text."""
    # A NUL byte is no text for PostgreSQL.
    q, status, source = (
        wanted.get(name, "").replace("\0", "") for name in ("q", "status", "source")
    )
    found = Document.objects.select_related("source").order_by("title", "url")
    if q.strip():
        named = Q()
        for word in q.split()[:WORDS_LIMIT]:
            named &= Q(title__icontains=word) | Q(url__icontains=word)
        says = LivePeriod.objects.filter(
            document=OuterRef("pk"), live_until=None, revision__text__icontains=q.strip()
        )
        found = found.filter(named | Exists(says))
    if status in list(DocumentStatus):
        found = found.filter(status=status)
    if source:
        found = found.filter(source__slug=source)
    return found


def list_timeline(document: Document) -> list[TimelineRow]:
    """Newest first. Three queries, whatever their number."""
    periods: defaultdict[int, list[LivePeriod]] = defaultdict(list)
    for period in document.live_periods.order_by("-live_from"):
        periods[period.revision_id].append(period)
    holds = {
        hold.revision_id: hold for hold in HeldRevision.objects.filter(revision__document=document)
    }
    return [
        TimelineRow(
            revision=revision,
            periods=tuple(periods[revision.pk]),
            is_live=any(period.live_until is None for period in periods[revision.pk]),
            hold=holds.get(revision.pk),
        )
        for revision in document.revisions.defer("text").order_by("-number")
    ]


def describe_document(document: Document, *, is_live: bool) -> Standing:
    match document.status:
        case DocumentStatus.WITHDRAWN if document.withdrawn_by:
            words = _("%(who)s took it out of use. No refresh brings it back.")
            return Standing(
                "refused", _("Taken out of use"), words % {"who": document.withdrawn_by}
            )
        case DocumentStatus.WITHDRAWN:
            words = _("Its publisher has withdrawn it.")
            return Standing("refused", _("Withdrawn"), words)
        case DocumentStatus.GONE:
            return Standing("refused", _("Gone"), _("Its publisher says that it is gone."))
        case DocumentStatus.REDIRECTED:
            words = _("Its address leads to another page now.")
            return Standing("past", _("Moved"), words)
        case DocumentStatus.NOT_FOUND:
            words = _("It was not found at its address, again and again.")
            return Standing("refused", _("Not found"), words)
    if is_live:
        return Standing("live", _("Live now"), _("Readers are answered from it."))
    words = _("It was read, but it is not live: it has not been published, or it is held back.")
    return Standing("waits", _("Not live"), words)
