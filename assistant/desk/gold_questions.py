"""Gold questions: what a candidate must answer rightly, written, tried and switched off.

Those of the project's files are read here and not changed. Switching one off weakens the gate,
so that is for those who may approve.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assistant.desk.gold_forms import GoldQuestionForm, SwitchForm, TryForm
from assistant.gold import answer_gold_question
from knowledge.decisions import record_decision
from knowledge.desk.access import APPROVE, desk_page, get_name
from knowledge.gate import GoldAnswer, read_report
from knowledge.gold_questions import read_gold_entry
from knowledge.models import Act, GoldQuestion, Publication
from knowledge.publishing import find_current_publication

ROWS_LIMIT = 50
ADD = "knowledge.add_goldquestion"
CHANGE = "knowledge.change_goldquestion"


@dataclass(frozen=True)
class GoldRow:
    """A gold question with its last answer on what is live; None where it was not asked."""

    gold: GoldQuestion
    last: GoldAnswer | None


@desk_page()
@require_safe
def list_gold(request: HttpRequest) -> HttpResponse:
    current = find_current_publication()
    last = read_last_answers(current)
    show = request.GET.get("show", "")
    found = filter_gold(show, last)
    page = Paginator(found, ROWS_LIMIT).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [GoldRow(gold, last.get(gold.slug)) for gold in page],
        "current": current,
        "asked": len(last),
        "passed": sum(answer.passed for answer in last.values()),
        "show": show,
        "may_add": request.user.has_perm(ADD),
    }
    return render(request, "desk/gold_questions.html", context)


def filter_gold(show: str, last: Mapping[str, GoldAnswer]) -> QuerySet[GoldQuestion]:
    wanted = {
        "failing": Q(slug__in=[slug for slug, answer in last.items() if not answer.passed]),
        "off": Q(is_enabled=False),
        "ours": ~Q(written_by=""),
    }
    return GoldQuestion.objects.filter(wanted.get(show, Q()))


def read_last_answers(publication: Publication | None) -> dict[str, GoldAnswer]:
    """What the gate noted when the publication went live."""
    if publication is None:
        return {}
    return {row.id: row.after for row in read_report(publication.gate).rows}


@desk_page()
@require_safe
def show_gold(request: HttpRequest, slug: str) -> HttpResponse:
    return render_gold(request, get_object_or_404(GoldQuestion, slug=slug))


def render_gold(
    request: HttpRequest,
    gold: GoldQuestion,
    *,
    tried: GoldAnswer | None = None,
    try_form: TryForm | None = None,
    switch_form: SwitchForm | None = None,
    status: int = 200,
) -> HttpResponse:
    current = find_current_publication()
    context = {
        "gold": gold,
        "last": read_last_answers(current).get(gold.slug),
        "current": current,
        "tried": tried,
        "try_form": try_form or TryForm(initial={"candidate": request.GET.get("candidate")}),
        "switch_form": switch_form or SwitchForm(),
        "may_change": bool(gold.written_by) and request.user.has_perm(CHANGE),
        "may_switch": request.user.has_perm(APPROVE),
    }
    return render(request, "desk/gold_question.html", context, status=status)


@desk_page()
@require_POST
def try_gold(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask it now. The answer is shown and kept nowhere."""
    gold = get_object_or_404(GoldQuestion, slug=slug)
    form = TryForm(request.POST)
    if not form.is_valid():
        return render_gold(request, gold, try_form=form, status=400)
    candidate = form.cleaned_data["candidate"]
    entry = read_gold_entry(describe_fields(gold))
    tried = answer_gold_question(entry, candidate=candidate.pk if candidate else None)
    return render_gold(request, gold, tried=tried, try_form=form)


def describe_fields(gold: GoldQuestion) -> dict[str, object]:
    """The row as a line of a gold question file."""
    return {
        "id": gold.slug,
        "audience": gold.audience,
        "question": gold.question,
        "outcome": gold.outcomes,
        "cites_any": gold.cites_any,
        "facts": gold.facts,
        "avoid": gold.avoid,
        "history": gold.history,
    }


@desk_page(APPROVE)
@require_POST
def switch_gold(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask it of candidates no longer, or again; sent twice, it is done once."""
    gold = get_object_or_404(GoldQuestion, slug=slug)
    form = SwitchForm(request.POST)
    if not form.is_valid():
        return render_gold(request, gold, switch_form=form, status=400)
    is_on = request.POST.get("to") == "on"
    with transaction.atomic():
        changed = GoldQuestion.objects.filter(pk=gold.pk, is_enabled=not is_on)
        if changed.update(is_enabled=is_on):
            what = _("Gold question “%(slug)s” switched on: %(why)s")
            if not is_on:
                what = _("Gold question “%(slug)s” switched off: %(why)s")
            why = what % {"slug": gold.slug, "why": form.cleaned_data["why"]}
            record_decision(who=get_name(request), act=Act.CHANGED, why=why)
    is_asked = _("It is asked of every candidate.")
    messages.success(request, is_asked if is_on else _("It is no longer asked of candidates."))
    return redirect("desk_answers:gold_question", gold.slug)


@desk_page(ADD)
def add_gold(request: HttpRequest) -> HttpResponse:
    return edit(request, GoldQuestion(written_by=get_name(request)), Act.ADDED)


@desk_page(CHANGE)
def change_gold(request: HttpRequest, slug: str) -> HttpResponse:
    gold = get_object_or_404(GoldQuestion, slug=slug)
    if not gold.written_by:
        raise PermissionDenied("a gold question of the project's files")
    return edit(request, gold, Act.CHANGED)


def edit(request: HttpRequest, gold: GoldQuestion, act: Act) -> HttpResponse:
    is_sent = request.method == "POST"
    form = GoldQuestionForm(request.POST if is_sent else None, instance=gold)
    if is_sent and form.is_valid():
        with transaction.atomic():
            saved = form.save()
            why = _("Gold question “%(slug)s”: %(why)s") % {
                "slug": saved.slug,
                "why": form.cleaned_data["why"],
            }
            record_decision(who=get_name(request), act=act, why=why)
        messages.success(request, _("Saved. It is asked of the next candidate."))
        return redirect("desk_answers:gold_question", saved.slug)
    context = {"form": form, "gold": gold if gold.pk else None}
    return render(request, "desk/gold_question_form.html", context, status=400 if is_sent else 200)
