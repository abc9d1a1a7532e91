"""The alarms that are open, and settling one: a person has looked."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from knowledge.alarms import settle_alarm
from knowledge.desk.access import desk_page, get_name
from knowledge.models import Alarm

ROWS_LIMIT = 50
SETTLE = "knowledge.change_alarm"


@desk_page()
@require_safe
def list_alarms(request: HttpRequest) -> HttpResponse:
    waiting = Alarm.objects.filter(settled_at=None).select_related("source", "publication")
    context = {
        "page": Paginator(waiting, ROWS_LIMIT).get_page(request.GET.get("page")),
        "may_settle": request.user.has_perm(SETTLE),
    }
    return render(request, "desk/alarms.html", context)


@desk_page(SETTLE)
@require_POST
def settle(request: HttpRequest, alarm_id: int) -> HttpResponse:
    alarm = get_object_or_404(Alarm.objects.select_related("source", "publication"), pk=alarm_id)
    if settle_alarm(alarm, who=get_name(request)):
        messages.success(request, _("The alarm is settled."))
    else:
        messages.info(request, _("The alarm was settled already."))
    if alarm.source is not None:
        return redirect("desk:source", alarm.source.slug)
    return redirect("desk:alarms")
