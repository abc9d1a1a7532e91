"""Add a file: it is stored, read and, if it can be, published; why it can't be is said."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from knowledge.desk.access import PROPOSE, desk_page, get_name
from knowledge.desk.queueing import ask_for_publication
from knowledge.desk.source_forms import FileForm
from knowledge.files.storing import store_file
from knowledge.models import StoredFile

FILES_SHOWN = 25


@desk_page(PROPOSE)
def add_file(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render_page(request, FileForm())
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return render_page(request, form, status=400)
    sent, given = form.cleaned_data["file"], form.cleaned_data
    who = get_name(request)
    stored = store_file(
        data=sent.read(),
        name=sent.name,
        media_type=sent.content_type or "",
        who=who,
        url=given["url"],
        title=given["title"],
        publisher=given["publisher"],
        licence=given["licence"],
        published_at=form.get_published_at(),
    )
    if stored.document_id is None:
        form.add_error("file", stored.refusal)
        return render_page(request, form, status=400)
    messages.success(request, _("The file was read: %(name)s") % {"name": stored.name})
    ask_for_publication(request, note=_("a file was added"), proposed_by=who)
    return redirect("desk:document", stored.document_id)


def render_page(request: HttpRequest, form: FileForm, *, status: int = 200) -> HttpResponse:
    files = StoredFile.objects.select_related("document")[:FILES_SHOWN]
    return render(request, "desk/file_add.html", {"form": form, "files": files}, status=status)
