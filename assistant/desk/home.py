"""What needs me today: the desk's first page, from the evidence and from the answers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assistant.desk import lists
from knowledge.desk.access import desk_page
from knowledge.desk.overview import DeskLine, DeskTask, list_tasks
from knowledge.quoted_words import shorten

LINES_SHOWN = 5
WORDS_SHOWN = 120


@desk_page()
def home(request: HttpRequest) -> HttpResponse:
    tasks = [*list_tasks(request.user), *list_answer_tasks(request.user)]
    return render(request, "desk/home.html", {"tasks": [task for task in tasks if task.count]})


def list_answer_tasks(user: Any) -> list[DeskTask]:
    """What readers told us, by what they asked or said."""
    if not user.has_perm("assistant.view_answer"):
        return []
    return [make_wrong_task(), make_changed_task(), make_unanswered_task()]


def make_wrong_task() -> DeskTask:
    url = reverse("desk_answers:wrong")
    shown = lists.list_wrong()
    return DeskTask(
        _("Answers that readers called wrong or out of date"),
        lists.find_wrong().count(),
        url,
        tuple(
            DeskLine(
                shorten(each.words, WORDS_SHOWN),
                f"{url}#answer-{each.answer.pk}",
                str(each.feedback.get_reason_display()) if each.feedback else "",
            )
            for each in shown[:LINES_SHOWN]
        ),
    )


def make_changed_task() -> DeskTask:
    url = reverse("desk_answers:changed")
    shown = lists.list_changed()
    return DeskTask(
        _("Answers whose source has changed since"),
        # The list has a limit; it leaves out a few that counting can't tell from the others.
        len(shown) if len(shown) < lists.ANSWERS_LIMIT else lists.count_changed(),
        url,
        tuple(
            DeskLine(shorten(each.words, WORDS_SHOWN), f"{url}#answer-{each.answer.pk}")
            for each in shown[:LINES_SHOWN]
        ),
    )


def make_unanswered_task() -> DeskTask:
    url = reverse("desk_answers:questions")
    groups, _waiting = lists.list_unanswered()
    return DeskTask(
        _("Questions that found no evidence"),
        lists.count_unanswered(),
        url,
        tuple(
            DeskLine(shorten(group.words, WORDS_SHOWN), url, count_askings(group.count))
            for group in groups[:LINES_SHOWN]
        ),
    )


def count_askings(count: int) -> str:
    return ngettext("asked once", "asked %(count)s times", count) % {"count": count}
