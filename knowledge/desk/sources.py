"""Sources: looked at, added by their address, changed, refreshed; their alarms settled."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from knowledge.decisions import record_decision
from knowledge.desk.access import PROPOSE, desk_page, get_name
from knowledge.desk.overview import find_failing, find_silent
from knowledge.desk.queueing import ask_for_refresh
from knowledge.desk.source_forms import AddressForm, NewSourceForm, SourceForm
from knowledge.desk.source_reading import describe_source, has_ended, list_failures
from knowledge.fetching import FetchFailed
from knowledge.models import Act, Source
from knowledge.parsing import PageUnreadable
from knowledge.previewing import Preview, preview_page
from knowledge.types import SourceKind

ROWS_LIMIT = 50
DOCUMENTS_LIMIT = 50
RUNS_SHOWN = 15
REFRESHED = frozenset({SourceKind.GOVUK, SourceKind.WEB_PAGE})


@desk_page()
@require_safe
def list_sources(request: HttpRequest) -> HttpResponse:
    show = request.GET.get("show", "")
    found = find_sources(show).annotate(
        document_count=Count("documents", distinct=True),
        changed_at=Max("documents__revisions__fetched_at"),
        alarm_count=Count("alarms", filter=Q(alarms__settled_at=None), distinct=True),
    )
    page = Paginator(found.order_by("title", "pk"), ROWS_LIMIT).get_page(request.GET.get("page"))
    now = timezone.now()
    context = {
        "page": page,
        "rows": [(source, describe_source(source, now=now)) for source in page],
        "show": show,
        "may_add": request.user.has_perm(PROPOSE),
    }
    return render(request, "desk/sources.html", context)


def find_sources(show: str) -> QuerySet[Source]:
    now = timezone.now()
    match show:
        case "failing":
            return Source.objects.filter(pk__in=find_failing(now).values("pk"))
        case "silent":
            return Source.objects.filter(pk__in=[source.pk for source in find_silent(now)])
        case "unchecked":
            return Source.objects.filter(is_url_checked=False, is_enabled=True)
        case "off":
            return Source.objects.filter(is_enabled=False)
    return Source.objects.all()


@desk_page()
@require_safe
def show_source(request: HttpRequest, slug: str) -> HttpResponse:
    source = get_object_or_404(Source, slug=slug)
    return render_source(request, source, SourceForm(instance=source))


def render_source(
    request: HttpRequest, source: Source, form: SourceForm, *, status: int = 200
) -> HttpResponse:
    documents = source.documents.order_by("title", "url")
    runs = list(source.refresh_runs.select_related("publication")[:RUNS_SHOWN])
    context = {
        "source": source,
        "standing": describe_source(source, now=timezone.now()),
        "page": Paginator(documents, DOCUMENTS_LIMIT).get_page(request.GET.get("page")),
        "runs": [(run, list_failures(run)) for run in runs],
        "newest": runs[0] if runs else None,
        "is_going_on": bool(runs) and not has_ended(runs[0]),
        "alarms": source.alarms.filter(settled_at=None),
        "decisions": source.decisions.all()[:ROWS_LIMIT],
        "form": form,
        "may_change": request.user.has_perm(PROPOSE),
        "may_settle": request.user.has_perm("knowledge.change_alarm"),
        "is_refreshed": source.kind in REFRESHED,
    }
    return render(request, "desk/source.html", context, status=status)


@desk_page(PROPOSE)
@require_POST
def change_source(request: HttpRequest, slug: str) -> HttpResponse:
    source = get_object_or_404(Source, slug=slug)
    form = SourceForm(request.POST, instance=source)
    if not form.is_valid():
        return render_source(request, source, form, status=400)
    changes = form.describe_changes()
    if not changes:
        messages.info(request, _("Nothing was changed."))
        return redirect("desk:source", slug)
    with transaction.atomic():
        saved = form.save(commit=False)
        saved.save(update_fields=[*SourceForm.Meta.fields])
        why = f"{changes}. {form.cleaned_data['why']}"
        record_decision(who=get_name(request), act=Act.CHANGED, why=why, source=saved)
    messages.success(request, _("Saved."))
    return redirect("desk:source", slug)


@desk_page(PROPOSE)
@require_POST
def refresh_source(request: HttpRequest, slug: str) -> HttpResponse:
    source = get_object_or_404(Source, slug=slug, kind__in=REFRESHED)
    ask_for_refresh(request, source, who=get_name(request))
    return redirect("desk:source", slug)


# --- a new one ---------------------------------------------------------------------------------


@desk_page(PROPOSE)
def add_source(request: HttpRequest) -> HttpResponse:
    """Look at an address; what would be read is shown, and saved only when confirmed."""
    if request.method != "POST":
        return render(request, "desk/source_add.html", {"address_form": AddressForm()})
    if request.POST.get("step") == "save":
        return save_source(request)
    form = AddressForm(request.POST)
    if not form.is_valid():
        return render(request, "desk/source_add.html", {"address_form": form}, status=400)
    preview, error = look(form.cleaned_data["url"])
    context: dict[str, object] = {"address_form": form, "preview": preview, "error": error}
    if preview is not None and not preview.read_by:
        known = {"url": preview.url, "title": preview.title, "publisher": preview.publisher}
        if preview.kind == SourceKind.GOVUK:
            known["licence"] = "Open Government Licence v3.0"
        context["form"] = NewSourceForm(initial=known)
    return render(request, "desk/source_add.html", context, status=400 if error else 200)


def look(url: str) -> tuple[Preview | None, str]:
    try:
        return preview_page(url), ""
    except (FetchFailed, PageUnreadable) as error:
        return None, _("Nothing can be read there: %(reason)s.") % {
            "reason": error.reason.rstrip(".")
        }


def save_source(request: HttpRequest) -> HttpResponse:
    form = NewSourceForm(request.POST)
    if not form.is_valid():
        context = {"form": form, "address_form": AddressForm({"url": request.POST.get("url", "")})}
        return render(request, "desk/source_add.html", context, status=400)
    who = get_name(request)
    with transaction.atomic():
        source = form.save()
        record_decision(who=who, act=Act.ADDED, why=source.url, source=source)
    messages.success(request, _("The source was added."))
    if form.cleaned_data["is_read_now"]:
        ask_for_refresh(request, source, who=who)
    return redirect("desk:source", source.slug)
