"""Candidate → gate → live, or held for a person; and what a person may then decide.

Read `publish` first. Every act leaves a Decision, the gate's own ones too.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from knowledge.candidates import (
    Change,
    build_candidate,
    find_changes,
    get_revisions_in,
    get_wanted_revisions,
    go_live,
    is_current,
    list_changes,
    lock_and_compare,
    make_candidate,
    overtake,
    renew_index,
)
from knowledge.candidates import NotAllowed as NotAllowed
from knowledge.candidates import NotHeld as NotHeld
from knowledge.candidates import PublicationOvertaken as PublicationOvertaken
from knowledge.candidates import find_current_publication as find_current_publication
from knowledge.candidates import get_live_revisions as get_live_revisions
from knowledge.decisions import GATE, record_decision
from knowledge.embedding import get_recipe
from knowledge.gate import GateReport, Reason, ReasonCode, leave_out_covered, read_report
from knowledge.indexing import ensure_index, prune_indexes
from knowledge.judging import digest_present_gold, get_rules, judge
from knowledge.models import (
    Act,
    Document,
    HeldRevision,
    Publication,
    PublicationState,
    Revision,
)
from knowledge.rolling_back import PlannedChange as PlannedChange
from knowledge.rolling_back import preview_roll_back as preview_roll_back
from knowledge.rolling_back import roll_back as roll_back
from knowledge.taking_turns import only_publisher
from knowledge.types import ProgressCallback

logger = logging.getLogger("knowledge.publishing")

# Another refresh may publish while we build; after that many tries something else is wrong.
TRIES = 5
# A publisher's refresh may embed for minutes; a person who decided doesn't wait for that.
PATIENCE_SECONDS = 300.0
PATIENCE_OF_A_PERSON_SECONDS = 5.0
# Between the names of several who proposed; no user name has a comma.
AND = ", "


def find_held_publication() -> Publication | None:
    """The candidate that waits for a person; there is one at most."""
    return Publication.objects.filter(state=PublicationState.HELD).order_by("-pk").first()


def publish(
    *,
    note: str = "",
    proposed_by: str = "",
    on_progress: ProgressCallback | None = None,
    covered: Collection[Reason] = (),
    patience_seconds: float = PATIENCE_SECONDS,
) -> Publication | None:
    """Make what changed live, or hold it for a person, and return that publication.

    None when nothing changed. What waits already is not judged again while it is the same;
    `covered` are reasons that a person has decided on.
    """
    with only_publisher(on_progress, patience_seconds=patience_seconds):
        for _try in range(TRIES):
            settled, publication = try_to_publish(note, proposed_by, on_progress, covered)
            if settled:
                return publication
    raise PublicationOvertaken(f"gave up after {TRIES} tries")


def try_to_publish(
    note: str,
    proposed_by: str,
    on_progress: ProgressCallback | None,
    covered: Collection[Reason],
) -> tuple[bool, Publication | None]:
    """One try, and whether it settled the matter or another publication came first."""
    base, held = find_current_publication(), find_held_publication()
    wanted = get_wanted_revisions()
    changes = find_changes(base, wanted)
    recipe = get_recipe().fingerprint
    if base is not None and not changes and base.recipe == recipe:
        if held is not None:
            Publication.objects.filter(pk=held.pk).update(state=PublicationState.OVERTAKEN)
        ensure_index(base)
        return True, None
    if held is not None and not covered and is_same(held, base, changes, recipe):
        return True, held
    proposers = join_names(proposed_by, held.proposed_by if held else "")
    candidate = make_candidate(base, changes, note=note, proposed_by=proposers)
    build_candidate(candidate, wanted, on_progress)
    report = GateReport()
    if base is not None:
        report = judge(candidate, base, on_progress=on_progress)
    if settle(candidate, base, report, covered=covered):
        prune_indexes()
        return True, candidate
    set_aside(candidate)
    return False, None


def is_same(
    held: Publication, base: Publication | None, changes: list[Change], recipe: str
) -> bool:
    """Would judging again say the same? Not with other gold questions, nor after a trouble."""
    report = read_report(held.gate)
    return (
        held.base_id == (base and base.pk)
        and held.recipe == recipe
        and report.mode == get_rules().mode
        and report.gold_digest == digest_present_gold(recipe)
        and not any(reason.code == ReasonCode.NOT_JUDGED for reason in report.reasons)
        and list_changes(held) == changes
    )


def join_names(*names: str) -> str:
    """Everybody who proposed something in it, so that none of them approves it."""
    parts = [name for each in names for name in each.split(AND) if name]
    return AND.join(dict.fromkeys(parts))


def settle(
    candidate: Publication,
    base: Publication | None,
    report: GateReport,
    *,
    covered: Collection[Reason] = (),
) -> bool:
    """Let the candidate go live, or hold it. False when another publication came first."""
    candidate.gate = report.as_data()
    open_reasons = leave_out_covered(report.reasons, covered)
    if open_reasons:
        return hold(candidate, base, open_reasons)
    why = _("A person has decided on every reason to ask.") if report.reasons else candidate.note
    record = partial(record_decision, who=GATE, act=Act.PUBLISHED, why=why, publication=candidate)
    if not go_live(candidate, base=base, beside=record):
        return False
    logger.info(
        "knowledge.publication.published publication=%s passages=%s",
        candidate.pk,
        candidate.passage_count,
    )
    return True


@transaction.atomic
def hold(candidate: Publication, base: Publication | None, reasons: Iterable[Reason]) -> bool:
    if not lock_and_compare(base):
        return False
    if Publication.objects.filter(state=PublicationState.HELD, pk__gt=candidate.pk).exists():
        return False
    candidate.state = PublicationState.HELD
    candidate.save(update_fields=["state", "gate"])
    overtake(candidate)
    texts = [reason.text for reason in reasons]
    record_decision(who=GATE, act=Act.HELD, why="\n".join(texts), publication=candidate)
    logger.warning(
        "knowledge.publication.held publication=%s reasons=%s", candidate.pk, len(texts)
    )
    return True


def set_aside(candidate: Publication) -> None:
    candidate.state = PublicationState.OVERTAKEN
    candidate.save(update_fields=["state"])


def approve(publication: Publication, *, who: str, why: str) -> Publication:
    """Let a held publication go live; not by somebody who proposed what is in it.

    Returns the one that went live: made anew, of what was approved and nothing else, when
    another went live meanwhile.
    """

    def decide() -> None:
        require_held(publication)
        record_decision(who=who, act=Act.APPROVED, why=why, publication=publication)

    require_held(publication)
    if who in publication.proposed_by.split(AND):
        raise NotAllowed(
            _("%(who)s proposed what is in it, so somebody else must approve it.") % {"who": who}
        )
    if publication.recipe == get_recipe().fingerprint and is_current(publication.base):
        renew_index(publication)
        if go_live(publication, base=publication.base, beside=decide):
            prune_indexes()
            return publication
    return approve_anew(publication, who=who, why=why)


def require_held(publication: Publication) -> None:
    """Look at the row as it is now. Raises NotHeld."""
    publication.state = Publication.objects.values_list("state", flat=True).get(pk=publication.pk)
    if publication.state != PublicationState.HELD:
        raise NotHeld(
            _("Publication %(number)s does not wait for a decision: %(state)s.")
            % {"number": publication.pk, "state": publication.get_state_display()}
        )


def approve_anew(publication: Publication, *, who: str, why: str) -> Publication:
    """Put what was approved upon what has gone live meanwhile."""
    for _try in range(TRIES):
        require_held(publication)
        base = find_current_publication()
        wanted = get_revisions_in(base) if base else {}
        changes = rebase(list_changes(publication), wanted)
        if not changes and base is not None and base.recipe == get_recipe().fingerprint:
            set_aside(publication)
            raise PublicationOvertaken(
                _("Nothing is left to approve: what it would bring is live, or newer words are.")
            )
        for change in changes:
            wanted.pop(change.document_id, None)
            if change.after is not None:
                wanted[change.document_id] = change.after
        candidate = make_candidate(
            base, changes, note=publication.note, proposed_by=publication.proposed_by
        )
        build_candidate(candidate, wanted, None)
        candidate.gate = publication.gate

        def decide(candidate: Publication = candidate) -> None:
            require_held(publication)
            for each in (publication, candidate):
                record_decision(who=who, act=Act.APPROVED, why=why, publication=each)

        if go_live(candidate, base=base, beside=decide):
            prune_indexes()
            return candidate
        set_aside(candidate)
    raise PublicationOvertaken(f"gave up after {TRIES} tries")


def rebase(approved: Iterable[Change], in_base: dict[int, int]) -> list[Change]:
    """The approved changes that are still to be made; nothing newer or held back is undone."""
    held_back = set(HeldRevision.objects.values_list("revision_id", flat=True))
    changes = []
    for change in approved:
        present = in_base.get(change.document_id)
        is_newer = change.after is not None and change.after > (present or 0)
        is_gone = change.after is None and present is not None and present == change.before
        if is_gone or (is_newer and change.after not in held_back):
            changes.append(Change(change.document_id, present, change.after))
    return changes


def refuse(
    publication: Publication,
    *,
    who: str,
    why: str,
    documents: Collection[Document] | None = None,
) -> Publication | None:
    """Hold back what a publication would bring, or only these documents, and go on with the rest.

    What is refused stays away until its publisher changes the page. Returns what came of the
    rest, live or waiting.
    """
    with transaction.atomic():
        require_held(publication)
        brought = publication.changes.filter(after__isnull=False).select_related("document")
        if documents is not None:
            brought = brought.filter(document__in=[document.pk for document in documents])
        refused = list(brought)
        if not refused or (documents is not None and len(refused) < len(documents)):
            raise NotAllowed(
                _("Only new words can be refused; what a publisher has taken back is gone.")
            )
        HeldRevision.objects.bulk_create(
            (
                HeldRevision(revision_id=change.after_id, held_by=who[:150], why=why)
                for change in refused
                if change.after_id is not None
            ),
            ignore_conflicts=True,
            batch_size=500,
        )
        publication.state = PublicationState.REFUSED
        publication.save(update_fields=["state"])
        record_decision(who=who, act=Act.REFUSED, why=why, publication=publication)
        if documents is not None:
            for document in documents:
                record_decision(
                    who=who, act=Act.REFUSED, why=why, publication=publication, document=document
                )
    return publish_rest(publication)


def publish_rest(refused: Publication) -> Publication | None:
    """Go on without what was refused. Pages that are gone anyway wait for nobody any longer."""
    changes = find_changes(find_current_publication(), get_wanted_revisions())
    has_new = any(change.after is not None for change in changes)
    covered = () if has_new else read_report(refused.gate).reasons
    return publish(
        note=refused.note,
        proposed_by=refused.proposed_by,
        covered=covered,
        patience_seconds=PATIENCE_OF_A_PERSON_SECONDS,
    )


def hold_back(revision: Revision, *, who: str, why: str) -> Publication | None:
    """Keep a revision from readers; the one before it is wanted again, if there is one."""
    with transaction.atomic():
        HeldRevision.objects.get_or_create(
            revision=revision, defaults={"held_by": who[:150], "why": why}
        )
        record_decision(who=who, act=Act.HELD_BACK, why=why, document=revision.document)
    return publish(
        note=_("a revision was held back"), patience_seconds=PATIENCE_OF_A_PERSON_SECONDS
    )


def release(revision: Revision, *, who: str, why: str) -> Publication | None:
    """Let a held revision be wanted again; the gate looks at it as at any other."""
    with transaction.atomic():
        HeldRevision.objects.filter(revision=revision).delete()
        record_decision(who=who, act=Act.RELEASED, why=why, document=revision.document)
    return publish(
        note=_("a held revision was released"),
        proposed_by=who,
        patience_seconds=PATIENCE_OF_A_PERSON_SECONDS,
    )


def describe_held(publication: Publication | None) -> str:
    """Why it waits and how to go on, in one line; empty when it doesn't wait."""
    if publication is None or publication.state != PublicationState.HELD:
        return ""
    reasons = [reason.text for reason in read_report(publication.gate).reasons]
    more = _(" (and %(count)s more)") % {"count": len(reasons) - 1} if len(reasons) > 1 else ""
    return _(
        "publication %(number)s waits for a person: %(reason)s%(more)s Readers get what was live "
        "before. Look at it at /desk/ or with `manage.py publications show %(number)s`."
    ) % {"number": publication.pk, "reason": "".join(reasons[:1]), "more": more}
