"""Documents: found, looked at through time, compared, taken out of use, held back.

Taking one out of use is at once. Everything else changes what a publication would hold, which the
gate judges: that is sent to the worker.
"""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from knowledge.desk import document_reading as reading
from knowledge.desk.access import APPROVE, desk_page, get_name
from knowledge.desk.publication_reading import compare_revisions
from knowledge.desk.queueing import ask_for_publication, send
from knowledge.models import Document, LivePeriod, Revision, Source
from knowledge.services import restore_document, withdraw_document
from knowledge.types import DocumentStatus

ROWS_LIMIT = 50
PASSAGES_LIMIT = 50


class ReasonForm(forms.Form):
    why = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy(
            "It is kept with your name for ever, and everybody at the desk can read it."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={
            "required": gettext_lazy(
                "Write down the reason. It is kept with the decision for ever."
            )
        },
    )


class CompareForm(forms.Form):
    before = forms.IntegerField(min_value=1)
    after = forms.IntegerField(min_value=1)


@desk_page()
@require_safe
def list_documents(request: HttpRequest) -> HttpResponse:
    query = request.GET.copy()
    query.pop("page", None)
    page = Paginator(reading.find_documents(request.GET), ROWS_LIMIT).get_page(
        request.GET.get("page")
    )
    live = set(
        LivePeriod.objects.filter(
            document__in=[document.pk for document in page], live_until=None
        ).values_list("document_id", flat=True)
    )
    context = {
        "page": page,
        "rows": [
            (each, reading.describe_document(each, is_live=each.pk in live)) for each in page
        ],
        "q": request.GET.get("q", ""),
        "status": request.GET.get("status", ""),
        "source": request.GET.get("source", ""),
        "statuses": [(each.value, each.value.replace("_", " ")) for each in DocumentStatus],
        "sources": Source.objects.order_by("title").only("slug", "title"),
        "query": query.urlencode(),
    }
    return render(request, "desk/documents.html", context)


@desk_page()
@require_safe
def show_document(request: HttpRequest, document_id: int) -> HttpResponse:
    document = get_object_or_404(Document.objects.select_related("source"), pk=document_id)
    return render_document(request, document, ReasonForm())


def render_document(
    request: HttpRequest, document: Document, form: ReasonForm, *, status: int = 200
) -> HttpResponse:
    timeline = reading.list_timeline(document)
    context = {
        "document": document,
        "standing": reading.describe_document(
            document, is_live=any(row.is_live for row in timeline)
        ),
        "timeline": timeline,
        "compared": timeline[:2][::-1] if len(timeline) > 1 else [],
        "replacement": find_replacement(document),
        "decisions": document.decisions.all()[:ROWS_LIMIT],
        "files": document.files.all(),
        "quoting_url": get_quoting_url(document),
        "form": form,
        "may_decide": request.user.has_perm(APPROVE),
        "may_withdraw": document.status == DocumentStatus.LIVE,
        "may_restore": bool(document.withdrawn_by),
    }
    return render(request, "desk/document.html", context, status=status)


def find_replacement(document: Document) -> Document | None:
    url = document.replacement_url
    return Document.objects.filter(url=url).first() if url else None


def get_quoting_url(document: Document) -> str:
    """The answers that quoted it; empty where an installation has no such page."""
    try:
        return reverse("desk_answers:quoting", args=[document.pk])
    except NoReverseMatch:
        return ""


@desk_page()
@require_safe
def compare(request: HttpRequest, document_id: int) -> HttpResponse:
    """Two revisions, by their numbers, the older one first however they were chosen."""
    document = get_object_or_404(Document.objects.select_related("source"), pk=document_id)
    form = CompareForm(request.GET)
    if not form.is_valid() or form.cleaned_data["before"] == form.cleaned_data["after"]:
        messages.error(request, _("Choose two different revisions to compare."))
        return redirect("desk:document", document.pk)
    numbers = sorted(form.cleaned_data.values())
    before, after = (
        get_object_or_404(document.revisions.all(), number=number) for number in numbers
    )
    comparison = compare_revisions(before, after)
    context = {
        "document": document,
        "before": before,
        "after": after,
        "same": comparison.same,
        "page": Paginator(comparison.changed, PASSAGES_LIMIT).get_page(request.GET.get("page")),
        "query": f"before={before.number}&after={after.number}",
    }
    return render(request, "desk/document_compare.html", context)


# --- decisions ---------------------------------------------------------------------------------


@desk_page(APPROVE)
@require_POST
def withdraw(request: HttpRequest, document_id: int) -> HttpResponse:
    document = get_object_or_404(Document, pk=document_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return render_document(request, document, form, status=400)
    if document.status != DocumentStatus.LIVE:
        messages.error(request, _("It is out of use already."))
        return redirect("desk:document", document.pk)
    withdraw_document(document=document, who=get_name(request), why=form.cleaned_data["why"])
    messages.success(request, _("It is out of use. No answer quotes it from now on."))
    return redirect("desk:document", document.pk)


@desk_page(APPROVE)
@require_POST
def restore(request: HttpRequest, document_id: int) -> HttpResponse:
    document = get_object_or_404(Document, pk=document_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return render_document(request, document, form, status=400)
    if not document.withdrawn_by:
        messages.error(request, _("No person took it out of use, so no person can bring it back."))
        return redirect("desk:document", document.pk)
    who = get_name(request)
    restore_document(document=document, who=who, why=form.cleaned_data["why"])
    messages.success(request, _("It may be used again."))
    ask_for_publication(request, note=_("a document was restored"), proposed_by=who)
    return redirect("desk:document", document.pk)


@desk_page(APPROVE)
@require_POST
def hold(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Keep a revision back, or let a held one go, as the form says."""
    revision = get_object_or_404(Revision.objects.select_related("document"), pk=revision_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write down the reason. It is kept with the decision for ever."))
        return redirect("desk:document", revision.document_id)
    is_release = request.POST.get("act") == "release"
    task = "knowledge.revision.release" if is_release else "knowledge.revision.hold_back"
    if not send(task, revision.pk, get_name(request), form.cleaned_data["why"]):
        messages.error(
            request, _("The worker can’t be reached, so nothing was done. Try again in a minute.")
        )
    elif is_release:
        messages.success(request, _("It is being released. The gate looks at it first."))
    else:
        messages.success(
            request, _("It is being held back. Reload this page in a minute to see it done.")
        )
    return redirect("desk:document", revision.document_id)
