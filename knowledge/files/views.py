"""A file that staff added: its live text as a page of ours, and its bytes to download.

The bytes are a stranger's: they are never shown by the browser under our address, only saved.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urldefrag

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from knowledge.files.storing import find_shown_file, get_file_path, get_file_url
from knowledge.models import LivePeriod, StoredFile


@dataclass(frozen=True)
class ShownPassage:
    anchor: str
    heading: str
    text: str


@require_safe
def show_file(request: HttpRequest, digest: str) -> HttpResponse:
    file = find_shown_file(digest)
    if file is None or file.document is None:
        raise Http404("no such file")
    if file.document.url != get_file_url(digest):
        return HttpResponseRedirect(file.document.url)
    period = (
        LivePeriod.objects.filter(document=file.document, live_until__isnull=True)
        .select_related("revision")
        .first()
    )
    if period is None:
        raise Http404("not published")
    context = {"file": file, "title": period.revision.title, "passages": list_passages(period)}
    return render(request, "knowledge/file.html", context)


def list_passages(period: LivePeriod) -> list[ShownPassage]:
    """Each heading and each anchor once, where it is first needed."""
    shown: list[ShownPassage] = []
    anchors: set[str] = set()
    above = ""
    for passage in period.revision.passages.order_by("position"):
        anchor = urldefrag(passage.url).fragment
        heading = " › ".join(passage.heading_path)
        shown.append(
            ShownPassage(
                anchor=anchor if anchor not in anchors else "",
                heading=heading if heading != above else "",
                text=passage.text,
            )
        )
        anchors.add(anchor)
        above = heading
    return shown


@require_safe
def download_file(request: HttpRequest, digest: str) -> HttpResponse:
    file = find_shown_file(digest)
    if file is None or not (may_see_all(request) or is_live(file)):
        raise Http404("no such file")
    path = get_file_path(file.digest)
    if not path.is_file():
        raise Http404("the file is no longer kept")
    # Bounded by the limit on what is stored, and read whole: no open file outlives the answer.
    response = HttpResponse(path.read_bytes(), content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(True, file.name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def may_see_all(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.has_perm("knowledge.view_storedfile")


def is_live(file: StoredFile) -> bool:
    return LivePeriod.objects.filter(document=file.document, live_until__isnull=True).exists()
