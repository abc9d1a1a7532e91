"""What needs me today: the desk's first page, from the evidence and from the answers."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assistant.desk import lists
from knowledge.desk.access import desk_page

LINES_SHOWN = 5
WORDS_SHOWN = 120


@dataclass(frozen=True)
class AnswerLine:
    """One thing to look at, as knowledge.desk.overview.DeskLine."""

    text: str
    url: str
    detail: str = ""


@dataclass(frozen=True)
class AnswerTask:
    """One kind of work, as knowledge.desk.overview.DeskTask."""

    title: str
    count: int
    url: str
    lines: tuple[AnswerLine, ...] = ()


@desk_page()
def home(request: HttpRequest) -> HttpResponse:
    tasks = [*list_evidence_tasks(request.user), *list_answer_tasks(request.user)]
    return render(request, "desk/home.html", {"tasks": [task for task in tasks if task.count]})


def list_evidence_tasks(user: AbstractBaseUser | AnonymousUser) -> list[Any]:
    try:
        overview = importlib.import_module("knowledge.desk.overview")
    except ModuleNotFoundError:
        return []
    return list(overview.list_tasks(user))


def list_answer_tasks(user: Any) -> list[AnswerTask]:
    """What readers told us, by what they asked or said."""
    if not user.has_perm("assistant.view_answer"):
        return []
    return [make_wrong_task(), make_changed_task(), make_unanswered_task()]


def make_wrong_task() -> AnswerTask:
    url = reverse("desk_answers:wrong")
    shown = lists.list_wrong()
    return AnswerTask(
        _("Answers that readers called wrong or out of date"),
        lists.find_wrong().count(),
        url,
        tuple(
            AnswerLine(
                shorten(each.words),
                f"{url}#answer-{each.answer.pk}",
                str(each.feedback.get_reason_display()) if each.feedback else "",
            )
            for each in shown[:LINES_SHOWN]
        ),
    )


def make_changed_task() -> AnswerTask:
    url = reverse("desk_answers:changed")
    shown = lists.list_changed()
    return AnswerTask(
        _("Answers whose source has changed since"),
        len(shown),
        url,
        tuple(
            AnswerLine(shorten(each.words), f"{url}#answer-{each.answer.pk}")
            for each in shown[:LINES_SHOWN]
        ),
    )


def make_unanswered_task() -> AnswerTask:
    url = reverse("desk_answers:questions")
    groups, _waiting = lists.list_unanswered()
    return AnswerTask(
        _("Questions that found no evidence"),
        lists.count_unanswered(),
        url,
        tuple(
            AnswerLine(shorten(group.words), url, count_askings(group.count))
            for group in groups[:LINES_SHOWN]
        ),
    )


def count_askings(count: int) -> str:
    return ngettext("asked once", "asked %(count)s times", count) % {"count": count}


def shorten(words: str) -> str:
    if len(words) <= WORDS_SHOWN:
        return words
    return words[:WORDS_SHOWN].rsplit(" ", 1)[0] + " …"
