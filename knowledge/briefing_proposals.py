"""A briefing's way from an editor's words to a revision: proposed by one, approved by another.

Nothing here publishes: what is approved goes live with the next publication, through the gate.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from knowledge.briefing_words import (
    ENGLISH,
    BriefingWords,
    get_briefing_url,
    get_briefings_source,
    make_briefing_reading,
    read_words,
)
from knowledge.decisions import record_decision
from knowledge.models import Act, BriefingProposal, Document, ProposalState, Revision
from knowledge.services import save_revision


class NotAllowed(Exception):
    """Nobody approves their own words; nobody takes back those of others."""


class BriefingOvertaken(Exception):
    """A newer revision came in between: approving would undo it without anybody's having seen."""


class ProposalSettled(Exception):
    """Somebody has decided on it already."""


def find_newest(slug: str, language: str) -> Revision | None:
    url = get_briefing_url(slug, language)
    return Revision.objects.filter(document__url=url).order_by("-number").first()


def find_translated(revision: Revision | None) -> Revision | None:
    """The English revision that a translation was written from, if we know."""
    if revision is None:
        return None
    proposal = revision.proposals.filter(state=ProposalState.APPROVED).first()
    return proposal.based_on if proposal else None


@transaction.atomic
def propose(
    *,
    slug: str,
    language: str,
    title: str,
    paragraphs: Sequence[BriefingWords],
    who: str,
    why: str = "",
    seen: int | None = None,
) -> BriefingProposal:
    """`seen`: the newest revision's id when the writing began. Raises BriefingOvertaken.

    A translation is based on the English revision, whose change since is shown; English words on
    the revision before them.
    """
    newest = find_newest(slug, language)
    if (newest.pk if newest else None) != seen:
        raise BriefingOvertaken
    based_on = newest if language == ENGLISH else find_newest(slug, ENGLISH)
    proposal = BriefingProposal.objects.create(
        slug=slug,
        language=language,
        title=title[:500],
        paragraphs=[paragraph.as_data() for paragraph in paragraphs],
        based_on=based_on,
        proposed_by=who[:150],
        why=why,
    )
    record_decision(
        who=who, act=Act.PROPOSED, why=why, proposal=proposal, document=find_document(proposal)
    )
    return proposal


def find_document(proposal: BriefingProposal) -> Document | None:
    url = get_briefing_url(proposal.slug, proposal.language)
    return Document.objects.filter(url=url).first()


def is_overtaken(proposal: BriefingProposal) -> bool:
    newest = find_newest(proposal.slug, proposal.language)
    if proposal.language == ENGLISH:
        return (newest and newest.pk) != proposal.based_on_id
    return newest is not None and newest.fetched_at > proposal.proposed_at


@transaction.atomic
def approve(proposal: BriefingProposal, *, who: str, why: str = "") -> Revision | None:
    """Save it as the briefing's newest revision. None when that is what stands there already.

    Raises NotAllowed, BriefingOvertaken, ProposalSettled.
    """
    locked = lock_open(proposal)
    if locked.proposed_by == who:
        raise NotAllowed
    if is_overtaken(locked):
        raise BriefingOvertaken
    reading = make_briefing_reading(
        get_briefing_url(locked.slug, locked.language),
        title=locked.title,
        paragraphs=[read_words(data) for data in locked.paragraphs],
        read_at=timezone.now(),
        locale=locked.language,
    )
    document, revision = save_revision(source=get_briefings_source(), reading=reading)
    # From now on the file that it began as no longer counts.
    Document.objects.filter(pk=document.pk).update(is_edited=True)
    locked.revision = revision
    settle(locked, ProposalState.APPROVED, who=who, why=why, act=Act.APPROVED)
    return revision


@transaction.atomic
def refuse(proposal: BriefingProposal, *, who: str, why: str) -> None:
    """Raises NotAllowed, ProposalSettled."""
    locked = lock_open(proposal)
    if locked.proposed_by == who:
        raise NotAllowed
    settle(locked, ProposalState.REFUSED, who=who, why=why, act=Act.REFUSED)


@transaction.atomic
def take_back(proposal: BriefingProposal, *, who: str, why: str = "") -> None:
    """By the one who proposed it. Raises NotAllowed, ProposalSettled."""
    locked = lock_open(proposal)
    if locked.proposed_by != who:
        raise NotAllowed
    settle(locked, ProposalState.WITHDRAWN, who=who, why=why, act=Act.WITHDRAWN)


def lock_open(proposal: BriefingProposal) -> BriefingProposal:
    locked = BriefingProposal.objects.select_for_update().get(pk=proposal.pk)
    if locked.state != ProposalState.OPEN:
        raise ProposalSettled
    return locked


def settle(
    proposal: BriefingProposal, state: ProposalState, *, who: str, why: str, act: Act
) -> None:
    proposal.state = state
    proposal.save(update_fields=["state", "revision"])
    record_decision(who=who, act=act, why=why, proposal=proposal, document=find_document(proposal))
