"""Everything that was ever decided: who, what, why and when; to read, to filter, to take away."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from knowledge.desk.access import desk_page
from knowledge.models import Act, Decision

ROWS_LIMIT = 50
ROWS_AT_ONCE = 500
KINDS = {
    "publication": gettext_lazy("publications"),
    "document": gettext_lazy("documents"),
    "source": gettext_lazy("sources"),
    "proposal": gettext_lazy("briefings"),
    "other": gettext_lazy("anything else"),
}
COLUMNS = ("at", "who", "act", "why", "publication", "document", "source", "briefing")
# What makes a spreadsheet take a cell for a formula, in half and full width.
FORMULA_BEGINNINGS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


class Line:
    """A file that gives back each line instead of keeping it."""

    def write(self, line: str) -> str:
        return line


@desk_page()
@require_safe
def list_decisions(request: HttpRequest) -> HttpResponse:
    page = Paginator(find_decisions(request.GET), ROWS_LIMIT).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "page": page,
        "who": request.GET.get("who", ""),
        "act": request.GET.get("act", ""),
        "kind": request.GET.get("kind", ""),
        "acts": Act.choices,
        "kinds": KINDS.items(),
        "query": query.urlencode(),
    }
    return render(request, "desk/decisions.html", context)


@desk_page()
@require_safe
def download_decisions(request: HttpRequest) -> HttpResponse:
    """Send the filtered decisions as CSV."""
    found = find_decisions(request.GET).iterator(ROWS_AT_ONCE)
    response = HttpResponse("".join(write_csv(found)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="decisions.csv"'
    return response


def find_decisions(wanted: QueryDict) -> QuerySet[Decision]:
    # A NUL byte is no text for PostgreSQL.
    who, act, kind = (wanted.get(name, "").replace("\0", "") for name in ("who", "act", "kind"))
    found = Decision.objects.select_related("document", "source", "proposal")
    if who:
        found = found.filter(who__icontains=who)
    if act in Act.values:
        found = found.filter(act=act)
    if kind == "other":
        found = found.filter(publication=None, document=None, source=None, proposal=None)
    elif kind in KINDS:
        found = found.filter(**{f"{kind}__isnull": False})
    return found


def write_csv(decisions: Iterable[Decision]) -> Iterator[str]:
    writer = csv.writer(Line())
    # The mark by which spreadsheets know UTF-8.
    yield "\ufeff"
    yield writer.writerow(COLUMNS)
    for each in decisions:
        cells = (
            each.at.isoformat(timespec="seconds"),
            each.who,
            each.act,
            each.why,
            str(each.publication_id or ""),
            each.document.url if each.document else "",
            each.source.slug if each.source else "",
            f"{each.proposal.slug} ({each.proposal.language})" if each.proposal else "",
        )
        yield writer.writerow([escape_cell(cell) for cell in cells])


def escape_cell(text: str) -> str:
    """Keep a spreadsheet from computing what somebody wrote."""
    is_formula = text.startswith(FORMULA_BEGINNINGS) or text.lstrip().startswith(
        FORMULA_BEGINNINGS
    )
    return f"'{text}" if is_formula else text
