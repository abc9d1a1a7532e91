"""Publications: looked at, approved, refused, gone back to. Each act needs a reason.

They are done in the request: what takes seconds, an index or the gold questions of what a refusal
leaves over, comes outside of the short transactions, so nobody but who decides waits for it.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from knowledge import publishing
from knowledge.desk import publication_reading as reading
from knowledge.desk.access import APPROVE, desk_page, get_name
from knowledge.gate import read_report
from knowledge.models import Document, Publication, PublicationState

ROWS_LIMIT = 25
CHANGES_LIMIT = 50
WHY_LIMIT_CHARACTERS = 2000


@desk_page()
@require_safe
def list_publications(request: HttpRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    found = reading.list_publications()
    if state in PublicationState.values:
        found = found.filter(state=state)
    page = Paginator(found, ROWS_LIMIT).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": reading.make_rows(page),
        "state": state,
        "states": PublicationState.choices,
    }
    return render(request, "desk/publications.html", context)


@desk_page()
def show_publication(request: HttpRequest, publication_id: int) -> HttpResponse:
    """The page of one publication; posted to it, the decision on it."""
    publication = get_object_or_404(Publication.objects.select_related("base"), pk=publication_id)
    error = ""
    if request.method == "POST":
        error = decide(request, publication)
        if not error:
            return redirect("desk:publication", publication.pk)
        publication.refresh_from_db()
    report = read_report(publication.gate)
    changes = Paginator(reading.list_changes(publication), CHANGES_LIMIT)
    page = changes.get_page(request.GET.get("page"))
    current = publishing.find_current_publication()
    context = {
        "publication": publication,
        "standing": reading.describe_standing(publication, current=current),
        "current": current,
        "ended_at": reading.find_end(publication),
        "report": report,
        "gold": reading.compare_rows(report),
        "gold_passed": sum(row.after.passed for row in report.rows),
        "page": page,
        "changes": reading.make_change_rows(page),
        "decisions": publication.decisions.select_related("document"),
        "is_held": publication.state == PublicationState.HELD,
        "is_own": get_name(request) in reading.list_proposers(publication),
        "may_decide": request.user.has_perm(APPROVE),
        "may_go_back": publication.state == PublicationState.PUBLISHED
        and (current is None or current.pk != publication.pk),
        "error": error,
        "why": request.POST.get("why", ""),
        "ticked": request.POST.getlist("documents"),
        "why_limit": WHY_LIMIT_CHARACTERS,
    }
    return render(request, "desk/publication.html", context, status=400 if error else 200)


@desk_page()
@require_safe
def show_change(request: HttpRequest, publication_id: int, document_id: int) -> HttpResponse:
    """The words of one document that a publication changes."""
    publication = get_object_or_404(Publication.objects.defer("gate"), pk=publication_id)
    change = get_object_or_404(reading.list_changes(publication), document=document_id)
    comparison = reading.compare_revisions(change.before, change.after)
    [row] = reading.make_change_rows([change])
    context = {
        "publication": publication,
        "change": row,
        "same": comparison.same,
        "page": Paginator(comparison.changed, CHANGES_LIMIT).get_page(request.GET.get("page")),
    }
    return render(request, "desk/publication_change.html", context)


@desk_page(APPROVE)
def roll_back(request: HttpRequest, publication_id: int) -> HttpResponse:
    """What going back to a publication would change; posted, it is done."""
    to = get_object_or_404(Publication, pk=publication_id, state=PublicationState.PUBLISHED)
    error = ""
    if request.method == "POST":
        why = read_why(request)

        def act() -> str:
            made = publishing.roll_back(to, who=get_name(request), why=why)
            return _(
                "Readers are answered again from what was live in publication %(old)s. "
                "It is live as publication %(new)s."
            ) % {"old": to.pk, "new": made.pk}

        error = perform(request, why, act)
        if not error:
            return redirect("desk:publications")
    current = publishing.find_current_publication()
    is_current = current is not None and current.pk == to.pk
    planned = [] if is_current else publishing.preview_roll_back(to)
    changes = [each for each in planned if not each.stays_withdrawn]
    page = Paginator(changes, CHANGES_LIMIT).get_page(request.GET.get("page"))
    context = {
        "publication": to,
        "is_current": is_current,
        "page": page,
        "changes": reading.make_change_rows(page),
        "withdrawn": [each.document for each in planned if each.stays_withdrawn],
        "error": error,
        "why": request.POST.get("why", ""),
        "why_limit": WHY_LIMIT_CHARACTERS,
    }
    return render(
        request, "desk/publication_roll_back.html", context, status=400 if error else 200
    )


# --- decisions ---------------------------------------------------------------------------------


def decide(request: HttpRequest, publication: Publication) -> str:
    """Approve or refuse, as the form says; return what is wrong, or nothing."""
    if not request.user.has_perm(APPROVE):
        raise PermissionDenied(APPROVE)
    why, who = read_why(request), get_name(request)

    def approve() -> str:
        made = publishing.approve(publication, who=who, why=why)
        if made.pk == publication.pk:
            return _("Approved. It is live, and readers are answered from it.")
        return _(
            "Approved. Others had gone live in the meantime, so its changes were put upon them: "
            "they are live as publication %(number)s."
        ) % {"number": made.pk}

    def refuse() -> str:
        publishing.refuse(publication, who=who, why=why)
        return _("Refused. What was live stays live.")

    def refuse_some() -> str:
        rest = publishing.refuse(publication, who=who, why=why, documents=documents)
        if rest is None:
            return _("Refused. Nothing else was in it, so what was live stays live.")
        if rest.state == PublicationState.HELD:
            words = _("Refused for what you ticked. The rest waits as publication %(number)s.")
        else:
            words = _("Refused for what you ticked. The rest is live as publication %(number)s.")
        return words % {"number": rest.pk}

    match request.POST.get("act"):
        case "approve":
            return perform(request, why, approve)
        case "refuse":
            return perform(request, why, refuse)
        case "refuse_some":
            ticked = [each for each in request.POST.getlist("documents") if each.isdecimal()]
            documents = list(
                Document.objects.filter(changes__publication=publication, pk__in=ticked)
            )
            if not documents:
                return _("Tick the documents that you refuse in the list of documents.")
            return perform(request, why, refuse_some)
    return _("Choose what is to be done.")


def read_why(request: HttpRequest) -> str:
    return request.POST.get("why", "").strip()[:WHY_LIMIT_CHARACTERS]


def perform(request: HttpRequest, why: str, act: Callable[[], str]) -> str:
    """Do it and tell so; what prevents it is returned in words, and nothing has changed then."""
    if not why:
        return _("Write down the reason. It is kept with the decision for ever.")
    try:
        messages.success(request, act())
    except publishing.NotAllowed as error:
        return str(error)
    except publishing.NotHeld as error:
        return _("Somebody was faster, so nothing was done. %(fact)s") % {"fact": error}
    except publishing.PublicationOvertaken:
        return _(
            "Other changes went live in the meantime, so nothing was done. "
            "Look at what is live now, and decide again."
        )
    except OperationalError:
        return _("The database is busy, so nothing was done. Try again in a minute.")
    return ""
