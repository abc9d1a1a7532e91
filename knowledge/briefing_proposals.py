"""Editors propose briefings; a publisher, who is somebody else, approves or refuses.

An approval saves a revision. Whether that goes live is the gate's to decide, as for every change.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from knowledge.briefing_text import Paragraph, get_briefing_url, make_reading, read_paragraph
from knowledge.candidates import NotAllowed
from knowledge.decisions import record_decision
from knowledge.models import Act, BriefingProposal, Document, ProposalState, Revision, Source
from knowledge.services import save_revision
from knowledge.types import ENGLISH, SourceKind


class NotOpen(Exception):
    """Somebody has decided on the proposal already."""


class Overtaken(Exception):
    """The briefing has a newer revision than the one that the proposal was written from."""


def find_newest(slug: str, language: str = ENGLISH) -> Revision | None:
    """What the next proposal is written from."""
    url = get_briefing_url(slug, language)
    return Revision.objects.filter(document__url=url).order_by("-number").first()


@transaction.atomic
def propose_briefing(
    *, slug: str, language: str, title: str, paragraphs: Sequence[Paragraph], who: str, why: str
) -> BriefingProposal:
    """Put an editor's text before the publishers. Their earlier open one is taken back by it."""
    earlier = BriefingProposal.objects.filter(
        slug=slug, language=language, proposed_by=who, state=ProposalState.OPEN
    )
    earlier.update(state=ProposalState.WITHDRAWN)
    proposal = BriefingProposal.objects.create(
        slug=slug,
        language=language,
        title=title,
        paragraphs=[paragraph.as_data() for paragraph in paragraphs],
        based_on=find_newest(slug, language),
        proposed_by=who,
        why=why,
    )
    record_decision(who=who, act=Act.PROPOSED, why=why, proposal=proposal)
    return proposal


@transaction.atomic
def approve_proposal(proposal: BriefingProposal, *, who: str, why: str) -> Revision | None:
    """Save the proposed text as the briefing's newest revision; None if it changes nothing.

    The caller publishes. Raises NotAllowed, NotOpen, Overtaken.
    """
    if proposal.proposed_by == who:
        raise NotAllowed("nobody approves their own proposal")
    newest = find_newest(proposal.slug, proposal.language)
    if (newest and newest.pk) != proposal.based_on_id:
        raise Overtaken(f"{proposal.slug} was changed since")
    settle(proposal, ProposalState.APPROVED)
    url = get_briefing_url(proposal.slug, proposal.language)
    document, revision = save_revision(
        source=get_source(),
        reading=make_reading(
            url=url,
            language=proposal.language,
            title=proposal.title,
            paragraphs=[read_paragraph(data) for data in proposal.paragraphs],
            read_at=timezone.now(),
        ),
    )
    Document.objects.filter(pk=document.pk).update(is_edited=True)
    BriefingProposal.objects.filter(pk=proposal.pk).update(revision=revision)
    record_decision(who=who, act=Act.APPROVED, why=why, proposal=proposal, document=document)
    return revision


@transaction.atomic
def refuse_proposal(proposal: BriefingProposal, *, who: str, why: str) -> None:
    """Refuse it with a reason; its own author may take it back."""
    is_own = proposal.proposed_by == who
    settle(proposal, ProposalState.WITHDRAWN if is_own else ProposalState.REFUSED)
    act = Act.WITHDRAWN if is_own else Act.REFUSED
    record_decision(who=who, act=act, why=why, proposal=proposal)


def settle(proposal: BriefingProposal, state: ProposalState) -> None:
    """Two who decide at once: the first has it."""
    opened = BriefingProposal.objects.filter(pk=proposal.pk, state=ProposalState.OPEN)
    if not opened.update(state=state):
        raise NotOpen(f"proposal {proposal.pk} is decided")
    proposal.state = state


def get_source() -> Source:
    return Source.objects.filter(kind=SourceKind.BRIEFINGS).order_by("pk")[0]
