"""What readers asked for and did not get, grouped by likeness, without who they are."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assistant.desk.lists import QUESTIONS_LIMIT, list_unanswered
from knowledge.desk.access import desk_page


@desk_page("assistant.view_answer")
def show_unanswered(request: HttpRequest) -> HttpResponse:
    groups, waiting = list_unanswered()
    context = {"groups": groups, "waiting": waiting, "limit": QUESTIONS_LIMIT}
    return render(request, "desk/questions.html", context)
