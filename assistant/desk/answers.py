"""Answers that need a person: called wrong by readers, or whose source has changed since."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assistant.desk import lists
from assistant.services import settle_feedback
from knowledge.desk.access import desk_page, get_name

READ = "assistant.view_answer"
SETTLE = "assistant.change_feedback"


@desk_page(READ)
def show_wrong(request: HttpRequest) -> HttpResponse:
    context = {"answers": lists.list_wrong(), "can_settle": request.user.has_perm(SETTLE)}
    return render(request, "desk/answers_wrong.html", context)


@require_POST
@desk_page(SETTLE)
def settle(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Take an answer off the list, when somebody has looked at it."""
    if settle_feedback(answer_id=answer_id, who=get_name(request), now=timezone.now()):
        messages.success(request, _("Settled. It is off the list unless the reader says more."))
    else:
        messages.info(request, _("Somebody else has settled it already."))
    return redirect("desk_answers:wrong")


@desk_page(READ)
def show_changed(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/answers_changed.html", {"answers": lists.list_changed()})


@desk_page(READ)
def show_quoting(request: HttpRequest, document_id: int) -> HttpResponse:
    """The answers that quoted a document."""
    answers = lists.list_quoting(document_id)
    title = answers[0].citations[0][0].title if answers else ""
    context = {"answers": answers, "title": title, "document_id": document_id}
    return render(request, "desk/answers_quoting.html", context)
