"""Briefings: listed, stale ones with their change; edited, previewed, proposed, decided on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from knowledge import briefing_proposals as proposals
from knowledge.briefing_words import (
    ENGLISH,
    BriefingWords,
    get_briefing_url,
    read_revision,
    read_words,
)
from knowledge.comparing import compare_words
from knowledge.desk import briefing_forms as forms
from knowledge.desk import briefing_reading as reading
from knowledge.desk.access import PROPOSE, desk_page, get_name
from knowledge.desk.queueing import ask_for_publication
from knowledge.models import BriefingProposal, Document, ProposalState
from knowledge.types import DocumentKind

ADD = "knowledge.add_briefingproposal"
DECIDE = "knowledge.approve_briefingproposal"
SETTLED_SHOWN = 20


@desk_page()
def list_briefings(request: HttpRequest) -> HttpResponse:
    """All of them; posted to it, the short name of a new one."""
    error = ""
    slug = request.POST.get("slug", "").strip()
    if request.method == "POST":
        if not forms.ANCHOR.fullmatch(slug) or len(slug) > 80:
            error = _("Use lower-case words joined by hyphens.")
        elif proposals.find_newest(slug, ENGLISH) is not None:
            error = _("There is a briefing with this short name.")
        else:
            return redirect("desk:briefing", slug, ENGLISH)
    context = {
        "rows": reading.list_rows(),
        "languages": reading.get_languages(),
        "open": BriefingProposal.objects.filter(state=ProposalState.OPEN),
        "settled": BriefingProposal.objects.exclude(state=ProposalState.OPEN)[:SETTLED_SHOWN],
        "may_add": request.user.has_perm(ADD),
        "error": error,
        "slug": slug,
    }
    return render(request, "desk/briefings.html", context, status=400 if error else 200)


@desk_page()
@require_safe
def list_stale(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/briefings_stale.html", {"stale": reading.list_stale()})


# --- the editor ----------------------------------------------------------------------------------


@desk_page()
def edit_briefing(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """The editor. Only 'propose' saves; every other button comes back with what was typed."""
    if language not in reading.get_languages() or not forms.ANCHOR.fullmatch(slug):
        raise Http404("no such briefing")
    if language != ENGLISH and proposals.find_newest(slug, ENGLISH) is None:
        raise Http404("no such briefing in English")
    newest = proposals.find_newest(slug, language)
    title, paragraphs = reading.get_initial(slug, language)
    seen = str(newest.pk) if newest else ""
    choosing, found, preview = None, {}, None
    form = forms.BriefingForm(initial={"title": title})
    formset = forms.make_paragraphs(prefix=forms.PREFIX, initial=forms.make_initial(paragraphs))
    if request.method == "POST":
        if not request.user.has_perm(ADD):
            raise PermissionDenied(ADD)
        seen = request.POST.get("seen", "")
        data = request.POST.copy()
        choosing = change(data)
        found = find_quotes(choosing)
        form = forms.BriefingForm(data)
        formset = forms.make_paragraphs(data, prefix=forms.PREFIX)
        act = data.get("act", "")
        if act in {"preview", "propose"} and form.is_valid() and formset.is_valid():
            if act == "preview":
                preview = make_preview(formset.get_words())
            elif proposal := propose(request, slug, language, form, formset, seen):
                return redirect("desk:briefing_proposal", proposal.pk)
        if act not in {"preview", "propose"}:
            # Nothing was claimed to be ready, so nothing is called wrong.
            form, formset = as_typed(data)
    context = {
        "slug": slug,
        "language": language,
        "language_name": reading.describe_language(language),
        "languages": reading.get_languages().items(),
        "title": title or slug,
        "is_english": language == ENGLISH,
        "is_new": newest is None,
        "seen": seen,
        "form": form,
        "formset": formset,
        "rows": make_rows(formset, slug, language),
        "choosing": choosing,
        **found,
        "preview": preview,
        "preview_title": form["title"].value(),
        "document": Document.objects.filter(url=get_briefing_url(slug, language)).first(),
        "open": BriefingProposal.objects.filter(
            slug=slug, language=language, state=ProposalState.OPEN
        ),
        "may_edit": request.user.has_perm(ADD) and request.user.has_perm(PROPOSE),
        "has_errors": form.is_bound and bool(form.errors or formset.total_error_count()),
    }
    status = 400 if context["has_errors"] else 200
    return render(request, "desk/briefing_edit.html", context, status=status)


def change(data: QueryDict) -> forms.Choosing | None:
    """Do what a button inside the editor asks of the typed words; say what is being chosen."""
    number = forms.read_number
    if "add_paragraph" in data:
        forms.add_paragraph(data)
    elif "remove_rest" in data:
        place, _colon, index = str(data["remove_rest"]).partition(":")
        forms.remove_rest(data, number(place), number(index))
    elif "pick" in data:
        place, document_id, digest = [*str(data["pick"]).split(":", 2), "", ""][:3]
        pick(data, number(place), number(document_id), digest)
    elif "choose" in data:
        return forms.Choosing(number(str(data["choose"])))
    elif "find" in data:
        return forms.Choosing(number(str(data["find"])), str(data.get("quote_words", "")))
    elif "open" in data:
        place, _colon, document_id = str(data["open"]).partition(":")
        return forms.Choosing(number(place), str(data.get("quote_words", "")), number(document_id))
    return None


def pick(data: QueryDict, place: int, document_id: int, digest: str) -> None:
    """Pin what was chosen, as it is live now."""
    document = Document.objects.filter(pk=document_id, kind=DocumentKind.OFFICIAL).first()
    if document is None:
        return
    if digest == "whole":
        forms.add_rest(data, place, {"url": document.url, "paragraph": "", "digest": ""})
    for each in reading.list_quotable(document):
        if each.digest == digest:
            rest = {"url": document.url, "paragraph": each.number, "digest": digest}
            forms.add_rest(data, place, rest)
            return


def find_quotes(choosing: forms.Choosing | None) -> dict[str, Any]:
    if choosing is None:
        return {}
    if choosing.document is not None:
        document = Document.objects.filter(pk=choosing.document).first()
        quotable = reading.list_quotable(document, choosing.words) if document else []
        return {"chosen": document, "quotable": quotable}
    return {"found": reading.search_official(choosing.words) if choosing.words.strip() else None}


def as_typed(data: QueryDict) -> tuple[forms.BriefingForm, forms.ParagraphFormSet]:
    """Forms that show what was typed without having judged it."""
    total = forms.read_number(data.get(f"{forms.PREFIX}-TOTAL_FORMS"))
    fields = forms.ParagraphForm.base_fields
    initial = [
        {name: data.get(f"{forms.PREFIX}-{place}-{name}", "") for name in fields}
        for place in range(min(total, forms.PARAGRAPHS_LIMIT))
    ]
    form = forms.BriefingForm(initial={name: data.get(name, "") for name in ("title", "why")})
    return form, forms.make_paragraphs(prefix=forms.PREFIX, initial=initial)


def make_preview(words: Sequence[BriefingWords]) -> list[dict[str, Any]]:
    return [{"words": each, "supports": reading.resolve_rests(each.rests_on)} for each in words]


def make_rows(formset: forms.ParagraphFormSet, slug: str, language: str) -> list[dict[str, Any]]:
    """Each paragraph's form with the words it rests on and, for a translation, the English."""
    english = (
        {}
        if language == ENGLISH
        else {each.id: each for each in reading.compare_english(slug, language)}
    )
    rows = []
    for form in formset:
        rests = form.get_rests()
        rows.append(
            {
                "form": form,
                "pins": list(zip(rests, reading.resolve_rests(rests), strict=True)),
                "english": english.pop(str(form["anchor"].value() or ""), None),
            }
        )
    # What English has and the translation lacks is shown too.
    rows.extend({"form": None, "english": each} for each in english.values())
    return rows


def propose(
    request: HttpRequest,
    slug: str,
    language: str,
    form: forms.BriefingForm,
    formset: forms.ParagraphFormSet,
    seen: str,
) -> BriefingProposal | None:
    try:
        proposal = proposals.propose(
            slug=slug,
            language=language,
            title=form.cleaned_data["title"],
            paragraphs=formset.get_words(),
            who=get_name(request),
            why=form.cleaned_data["why"],
            seen=forms.read_number(seen) or None,
        )
    except proposals.BriefingOvertaken:
        words = _(
            "A newer revision came in while you wrote. Open the briefing in another window, bring "
            "your changes together with it, and propose them from there."
        )
        form.add_error(None, words)
        return None
    messages.success(request, _("It was proposed. Somebody else approves it."))
    return proposal


# --- a proposal ----------------------------------------------------------------------------------


@desk_page()
def show_proposal(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """What it changes, paragraph by paragraph; posted to it, the decision."""
    proposal = get_object_or_404(BriefingProposal, pk=proposal_id)
    error = ""
    if request.method == "POST":
        error = decide(request, proposal)
        if not error:
            return redirect("desk:briefing_proposal", proposal.pk)
        proposal.refresh_from_db()
    words = [read_words(data) for data in proposal.paragraphs]
    is_open = proposal.state == ProposalState.OPEN
    context = {
        "proposal": proposal,
        "language_name": reading.describe_language(proposal.language),
        "rows": compare_proposal(proposal, words),
        "is_open": is_open,
        "is_own": proposal.proposed_by == get_name(request),
        "is_overtaken": is_open and proposals.is_overtaken(proposal),
        "may_decide": request.user.has_perm(DECIDE),
        "decisions": proposal.decisions.select_related("document"),
        "error": error,
        "why": request.POST.get("why", ""),
    }
    return render(request, "desk/proposal.html", context, status=400 if error else 200)


def compare_proposal(
    proposal: BriefingProposal, words: Sequence[BriefingWords]
) -> list[dict[str, Any]]:
    """Against what it would take the place of; once it is decided, against what stood before."""
    before = proposals.find_newest(proposal.slug, proposal.language)
    if proposal.revision is not None:
        number = proposal.revision.number
        before = proposal.revision.document.revisions.filter(number__lt=number).last()
    old = {each.id: each for each in read_revision(before)} if before else {}
    rows: list[dict[str, Any]] = []
    for each in words:
        earlier = old.pop(each.id, None)
        is_same = earlier is not None and earlier == each
        rows.append(
            {
                "words": each,
                "heading": each.heading,
                "state": "same" if is_same else "changed" if earlier else "new",
                "parts": compare_words(earlier.text, each.text) if earlier else (),
                "heading_parts": compare_words(earlier.heading, each.heading) if earlier else (),
                "supports": reading.resolve_rests(each.rests_on),
                "pins_changed": earlier is not None and earlier.rests_on != each.rests_on,
            }
        )
    for gone in old.values():
        parts = compare_words(gone.text, "")
        rows.append({"words": gone, "heading": gone.heading, "state": "gone", "parts": parts})
    return rows


def decide(request: HttpRequest, proposal: BriefingProposal) -> str:
    """Do what was posted; a text is why it was not done."""
    who, act = get_name(request), request.POST.get("act", "")
    why = request.POST.get("why", "").strip()[:2000]
    try:
        if act == "take_back":
            proposals.take_back(proposal, who=who, why=why)
            messages.success(request, _("It was taken back."))
            return ""
        if not request.user.has_perm(DECIDE):
            raise PermissionDenied(DECIDE)
        if act == "refuse":
            if not why:
                return _("Say why, so that the one who proposed it can mend it.")
            proposals.refuse(proposal, who=who, why=why)
            messages.success(request, _("It was refused."))
            return ""
        if act != "approve":
            return _("Choose what to do.")
        proposals.approve(proposal, who=who, why=why)
    except proposals.NotAllowed:
        return _("You proposed it, so somebody else has to decide on it.")
    except proposals.BriefingOvertaken:
        return _("A newer revision came in since. Approving it would undo that one unseen.")
    except proposals.ProposalSettled:
        return _("Somebody has decided on it already.")
    note = _("briefing: %(title)s") % {"title": proposal}
    # Its words were approved by somebody else; the gate may still hold the publication.
    ask_for_publication(request, note=note[:300], proposed_by=proposal.proposed_by)
    return ""
