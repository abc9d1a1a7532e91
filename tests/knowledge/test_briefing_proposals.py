from __future__ import annotations

from datetime import date

import pytest

from knowledge import briefing_proposals as proposals
from knowledge.briefing_words import BriefingWords, read_revision
from knowledge.models import Act, Decision, Document, Publication

pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 2)


def make_words(text="A lamp is lent for nothing.", **given):
    defaults = {
        "id": "lamps",
        "heading": "Lamps",
        "asks": ("Do I pay for a lamp?",),
        "fact_on": DAY,
        "checked_on": DAY,
        "rests_on": ({"url": "https://www.gov.uk/lamps", "paragraph": "HH 1.1", "digest": ""},),
    }
    return BriefingWords(text=text, **(defaults | given))


def propose(text="A lamp is lent for nothing.", *, language="en", who="ada", seen=None):
    return proposals.propose(
        slug="lamps",
        language=language,
        title="Lamps",
        paragraphs=[make_words(text)],
        who=who,
        seen=seen,
    )


def test_approved_words_are_the_newest_revision_and_nothing_is_published():
    revision = proposals.approve(propose(), who="bea", why="Right.")

    assert read_revision(revision) == [make_words()]
    document = Document.objects.get(url="/briefings/lamps")
    assert (document.is_edited, document.locale, document.kind) == (True, "en", "briefing")
    assert not Publication.objects.exists()
    acts = Decision.objects.filter(proposal__isnull=False).values_list("who", "act")
    assert list(acts) == [("bea", Act.APPROVED), ("ada", Act.PROPOSED)]


def test_nobody_decides_on_their_own_words():
    proposal = propose()

    with pytest.raises(proposals.NotAllowed):
        proposals.approve(proposal, who="ada")
    with pytest.raises(proposals.NotAllowed):
        proposals.refuse(proposal, who="ada", why="x")

    assert not Document.objects.exists()


def test_nobody_takes_back_what_others_proposed():
    with pytest.raises(proposals.NotAllowed):
        proposals.take_back(propose(), who="bea")


def test_a_proposal_is_decided_on_once():
    proposal = propose()
    proposals.refuse(proposal, who="bea", why="Not so.")

    with pytest.raises(proposals.ProposalSettled):
        proposals.approve(proposal, who="bea")
    with pytest.raises(proposals.ProposalSettled):
        proposals.take_back(proposal, who="ada")


def test_of_two_proposals_from_one_revision_only_one_is_approved():
    first, second = propose("One."), propose("Two.", who="cal")
    proposals.approve(first, who="bea")

    with pytest.raises(proposals.BriefingOvertaken):
        proposals.approve(second, who="bea")


def test_words_written_before_a_newer_revision_are_not_taken():
    proposals.approve(propose("One."), who="bea")

    with pytest.raises(proposals.BriefingOvertaken):
        propose("Two.", seen=None)


def test_a_translation_is_a_document_of_its_own_and_knows_its_english():
    english = proposals.approve(propose(), who="bea")

    french = proposals.approve(propose("Une lampe est prêtée.", language="fr"), who="bea")

    assert french.document.url == "/briefings/lamps.fr"
    assert french.document.locale == "fr"
    assert proposals.find_translated(french) == english


def test_of_two_translations_only_one_is_approved():
    proposals.approve(propose(), who="bea")
    first = propose("Une lampe.", language="fr")
    second = propose("Deux lampes.", language="fr", who="cal")
    proposals.approve(first, who="bea")

    with pytest.raises(proposals.BriefingOvertaken):
        proposals.approve(second, who="bea")
