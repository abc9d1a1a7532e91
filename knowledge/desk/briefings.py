"""Briefings: edited in the page with a preview, proposed, and decided on by somebody else.

Nothing is saved by looking: the whole text travels with the form until it is proposed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from celery import current_app
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from kombu.exceptions import OperationalError as QueueUnreachable

from knowledge.briefing_proposals import (
    NotOpen,
    Overtaken,
    approve_proposal,
    find_newest,
    propose_briefing,
    refuse_proposal,
)
from knowledge.briefing_text import list_paragraphs, read_paragraph
from knowledge.comparing import compare_words
from knowledge.desk import briefing_reading as reading
from knowledge.desk.access import desk_page, get_name
from knowledge.desk.briefing_forms import BriefingForm, ParagraphForm, ParagraphForms, get_initial
from knowledge.models import BriefingProposal, ProposalState
from knowledge.publishing import NotAllowed
from knowledge.types import ENGLISH

PROPOSE_BRIEFING = "knowledge.add_briefingproposal"
APPROVE_BRIEFING = "knowledge.approve_briefingproposal"
WHY_LIMIT_CHARACTERS = 2000


@desk_page()
@require_safe
def list_briefings(request: HttpRequest) -> HttpResponse:
    context = {
        "rows": reading.list_briefings(),
        "stale": reading.list_stale(),
        "proposals": BriefingProposal.objects.filter(state=ProposalState.OPEN),
        "languages": list_languages(),
    }
    return render(request, "desk/briefings.html", context)


def list_languages() -> list[tuple[str, str]]:
    """The languages that a briefing may be written in."""
    return [(code, name_language(code)) for code in settings.KNOWLEDGE_BRIEFING_LANGUAGES]


def name_language(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


@desk_page()
def edit_briefing(request: HttpRequest, slug: str, language: str = ENGLISH) -> HttpResponse:
    """The form with all paragraphs. Posted to it: look, preview, another paragraph, propose."""
    if language not in settings.KNOWLEDGE_BRIEFING_LANGUAGES:
        raise Http404("no such language")
    revision = find_newest(slug, language)
    source = revision or find_newest(slug)
    if source is None and not request.user.has_perm(PROPOSE_BRIEFING):
        raise Http404("no such briefing")
    form, paragraphs = make_forms(request, source, is_translation=revision is None)
    act = request.POST.get("act", "")
    if request.method == "POST":
        if not request.user.has_perm(PROPOSE_BRIEFING):
            raise PermissionDenied(PROPOSE_BRIEFING)
        is_whole = form.is_valid() and paragraphs.is_valid()
        if act == "propose" and is_whole:
            propose(request, slug, language, form, paragraphs)
            return redirect("desk:briefings")
    rows = make_rows(paragraphs, reading.list_originals(slug, revision), language)
    context = {
        "slug": slug,
        "language": language,
        "language_name": name_language(language),
        "languages": list_languages(),
        "is_translation": language != ENGLISH,
        "is_new": source is None,
        "form": form,
        "paragraphs": paragraphs,
        "rows": rows,
        "is_preview": act == "preview" and form.is_valid() and paragraphs.is_valid(),
        "may_propose": request.user.has_perm(PROPOSE_BRIEFING),
    }
    return render(request, "desk/briefing.html", context)


def make_forms(
    request: HttpRequest, source: Any, *, is_translation: bool
) -> tuple[BriefingForm, Any]:
    if request.method != "POST":
        initial = [get_initial(each) for each in list_paragraphs(source)] if source else [{}]
        if source is not None and is_translation:
            # The words are to be written; what they rest on is the same.
            initial = [{**each, "heading": "", "text": "", "asks": ""} for each in initial]
        title = source.title if source and not is_translation else ""
        return BriefingForm(initial={"title": title}), ParagraphForms(initial=initial, prefix="p")
    data = request.POST.copy()
    if data.get("act") == "add":
        count = data.get("p-TOTAL_FORMS", "0")
        data["p-TOTAL_FORMS"] = str(int(count) + 1 if count.isdecimal() else 1)
    return BriefingForm(data), ParagraphForms(data, prefix="p")


def make_rows(
    paragraphs: Any, originals: Mapping[str, reading.Original], language: str
) -> list[dict[str, Any]]:
    """Each paragraph's form with its English original, what it rests on, and what was found."""
    rows = []
    for form in paragraphs.forms:
        rests = get_rests(form)
        words = str(form.data.get(form.add_prefix("find"), "")) if form.is_bound else ""
        name = form["id"].value() or ""
        rows.append(
            {
                "form": form,
                "original": originals.get(name) if language != ENGLISH else None,
                "rests": reading.show_rests(rests),
                "rests_data": json.dumps(rests),
                "found": reading.find_official_words(words),
                "looked_for": words,
                "is_open": is_open(form, words, count=len(paragraphs.forms)),
            }
        )
    return rows


def is_open(form: ParagraphForm, words: str, *, count: int) -> bool:
    """Only what somebody works on is unfolded: a briefing may have twenty paragraphs."""
    return (
        count == 1 or bool(words) or not form["id"].value() or bool(form.is_bound and form.errors)
    )


def get_rests(form: ParagraphForm) -> list[dict[str, str]]:
    """With what was picked and without what was dropped, even where another field is wrong."""
    return form.clean_rests() if form.is_bound else form.read_rests()


def propose(
    request: HttpRequest, slug: str, language: str, form: BriefingForm, paragraphs: Any
) -> None:
    propose_briefing(
        slug=slug,
        language=language,
        title=form.cleaned_data["title"],
        paragraphs=[each.make_paragraph() for each in paragraphs.get_kept()],
        who=get_name(request),
        why=form.cleaned_data["why"],
    )
    messages.success(request, _("Proposed. A publisher, who is somebody else, decides."))


@desk_page()
@require_safe
def show_proposal(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """A proposal beside what it would replace, word by word."""
    proposal = get_object_or_404(
        BriefingProposal.objects.select_related("based_on"), pk=proposal_id
    )
    before = {}
    if proposal.based_on is not None:
        before = {each.id: each for each in list_paragraphs(proposal.based_on)}
    proposed = [read_paragraph(data) for data in proposal.paragraphs]
    kept = {paragraph.id for paragraph in proposed}
    rows = [
        {
            "paragraph": paragraph,
            "is_new": paragraph.id not in before,
            "is_same": before.get(paragraph.id) == paragraph,
            "parts": compare_words(before[paragraph.id].text, paragraph.text)
            if paragraph.id in before
            else (),
            "rests": reading.show_rests(paragraph.rests_on),
        }
        for paragraph in proposed
    ]
    newest = find_newest(proposal.slug, proposal.language)
    context = {
        "proposal": proposal,
        "language_name": name_language(proposal.language),
        "rows": rows,
        "removed": [each for name, each in before.items() if name not in kept],
        "is_open": proposal.state == ProposalState.OPEN,
        "is_own": proposal.proposed_by == get_name(request),
        "is_overtaken": (newest and newest.pk) != proposal.based_on_id,
        "may_decide": request.user.has_perm(APPROVE_BRIEFING),
        "decisions": proposal.decisions.all(),
    }
    return render(request, "desk/briefing_proposal.html", context)


@desk_page()
@require_POST
def decide_proposal(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Approve, refuse, or take back one's own."""
    proposal = get_object_or_404(BriefingProposal, pk=proposal_id)
    who, why = get_name(request), request.POST.get("why", "").strip()[:WHY_LIMIT_CHARACTERS]
    is_own = proposal.proposed_by == who
    if not (is_own or request.user.has_perm(APPROVE_BRIEFING)):
        raise PermissionDenied(APPROVE_BRIEFING)
    if not why:
        messages.error(request, _("Give a reason. It is kept."))
        return redirect("desk:briefing_proposal", proposal.pk)
    try:
        if request.POST.get("act") == "approve":
            approve_proposal(proposal, who=who, why=why)
            publish_soon(request, proposal)
        else:
            refuse_proposal(proposal, who=who, why=why)
            messages.success(request, _("It is closed. Nothing changes for readers."))
    except NotAllowed:
        messages.error(request, _("Nobody approves their own proposal. Ask another publisher."))
    except NotOpen:
        messages.error(request, _("Somebody has decided on it already."))
    except Overtaken:
        messages.error(
            request,
            _("The briefing was changed after this was written. Refuse it, and propose it anew."),
        )
    return redirect("desk:briefing_proposal", proposal.pk)


def publish_soon(request: HttpRequest, proposal: BriefingProposal) -> None:
    """The worker publishes: the gold questions take too long for a page."""
    note = f"briefing {proposal.slug} ({proposal.language})"
    try:
        current_app.send_task(
            "knowledge.publication.publish", args=[note, proposal.proposed_by], retry=False
        )
    except QueueUnreachable:
        messages.warning(
            request,
            _("Approved. The worker can’t be reached now: it goes live with the next refresh."),
        )
    else:
        messages.success(
            request, _("Approved. It goes live when the gold questions have been asked.")
        )
