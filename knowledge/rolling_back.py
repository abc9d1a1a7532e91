"""Going back to an earlier publication: its set is live again, and what came later is held back.

What a publisher has withdrawn since stays withdrawn: its words may no longer be true.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from knowledge.candidates import (
    NotAllowed,
    PublicationOvertaken,
    build_candidate,
    find_changes,
    find_current_publication,
    get_revisions_in,
    go_live,
    make_candidate,
)
from knowledge.decisions import record_decision
from knowledge.gate import GateReport, read_report
from knowledge.indexing import prune_indexes
from knowledge.models import (
    Act,
    Document,
    HeldRevision,
    Publication,
    PublicationState,
    Revision,
)
from knowledge.types import DocumentStatus

TRIES = 5
ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class PlannedChange:
    """What going back would do to a document. One that stays withdrawn is not brought back."""

    document: Document
    before: Revision | None
    after: Revision | None
    stays_withdrawn: bool = False


def preview_roll_back(to: Publication) -> list[PlannedChange]:
    """Say what going back would change, and what it could not bring back."""
    target, withdrawn = plan_set(to)
    changes = find_changes(find_current_publication(), target)
    # A page that was withdrawn after the last publication is gone already.
    changes = [change for change in changes if change.document_id not in withdrawn]
    documents = read_documents({*withdrawn, *(change.document_id for change in changes)})
    revisions = read_revisions({each for c in changes for each in (c.before, c.after) if each})
    planned = [
        PlannedChange(
            documents[change.document_id],
            revisions[change.before] if change.before else None,
            revisions[change.after] if change.after else None,
        )
        for change in changes
    ]
    planned += [
        PlannedChange(documents[pk], None, None, stays_withdrawn=True) for pk in sorted(withdrawn)
    ]
    return planned


def plan_set(to: Publication) -> tuple[dict[int, int], set[int]]:
    """The revisions to be live again, and the documents of that time that stay withdrawn."""
    if to.published_at is None:
        raise NotAllowed(_("Publication %(number)s was never live.") % {"number": to.pk})
    then = get_revisions_in(to)
    showing = set(Document.objects.filter(status=DocumentStatus.LIVE).values_list("pk", flat=True))
    target = {document: revision for document, revision in then.items() if document in showing}
    return target, then.keys() - showing


def read_documents(ids: Collection[int]) -> dict[int, Document]:
    return Document.objects.in_bulk(list(ids))


def read_revisions(ids: Collection[int]) -> dict[int, Revision]:
    return Revision.objects.defer("text").in_bulk(list(ids))


def roll_back(to: Publication, *, who: str, why: str) -> Publication:
    """Make the set of an earlier publication live again, at once: a person has decided.

    Later revisions are held back, so that the next refresh doesn't bring them again; newer ones
    of their publishers come as always.
    """
    for _try in range(TRIES):
        base = find_current_publication()
        target, withdrawn = plan_set(to)
        changes = find_changes(base, target)
        if all(change.document_id in withdrawn for change in changes):
            raise NotAllowed(
                _("What publication %(number)s held is live already.") % {"number": to.pk}
            )
        note = _("back to publication %(number)s") % {"number": to.pk}
        candidate = make_candidate(base, changes, note=note, proposed_by=who, restores=to)
        build_candidate(candidate, target, None)
        candidate.gate = make_report(to, candidate, is_whole=not withdrawn).as_data()

        def decide(candidate: Publication = candidate, target: dict[int, int] = target) -> None:
            hold_later(target, who=who, why=f"{candidate.note}: {why}")
            record_decision(who=who, act=Act.ROLLED_BACK, why=why, publication=candidate)

        if go_live(candidate, base=base, beside=decide):
            prune_indexes()
            return candidate
        Publication.objects.filter(pk=candidate.pk).update(state=PublicationState.OVERTAKEN)
    raise PublicationOvertaken(f"gave up after {TRIES} tries")


def hold_later(target: dict[int, int], *, who: str, why: str) -> None:
    """Make the target the newest that nobody holds back, of every document that shows."""
    wanted = set(target.values())
    for held in HeldRevision.objects.all():
        if held.revision_id in wanted:
            held.delete()
    free = Revision.objects.filter(document__status=DocumentStatus.LIVE, hold__isnull=True)
    HeldRevision.objects.bulk_create(
        (
            HeldRevision(revision_id=revision, held_by=who[:150], why=why)
            for revision, document in free.order_by("pk").values_list("pk", "document_id")
            if revision > target.get(document, 0)
        ),
        batch_size=ROWS_AT_ONCE,
    )


def make_report(to: Publication, candidate: Publication, *, is_whole: bool) -> GateReport:
    """The answers of that time count again when nothing is missing; nobody is asked."""
    earlier = read_report(to.gate)
    if not is_whole or to.recipe != candidate.recipe:
        return GateReport(live_passages=candidate.passage_count)
    return replace(
        earlier,
        reasons=(),
        rows=tuple(replace(row, before=None) for row in earlier.rows),
        seconds=0.0,
        changed_passages=0,
        live_passages=candidate.passage_count,
    )
