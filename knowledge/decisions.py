"""Who did what, and why: written beside what was done, in the same transaction."""

from __future__ import annotations

from knowledge.models import Act, BriefingProposal, Decision, Document, Publication, Source

# Who decides where no person does.
GATE = "gate"


def record_decision(
    *,
    who: str,
    act: Act,
    why: str = "",
    publication: Publication | None = None,
    document: Document | None = None,
    source: Source | None = None,
    proposal: BriefingProposal | None = None,
) -> Decision:
    """Keep for ever what was decided."""
    return Decision.objects.create(
        who=who[:150],
        act=act,
        why=why,
        publication=publication,
        document=document,
        source=source,
        proposal=proposal,
    )
