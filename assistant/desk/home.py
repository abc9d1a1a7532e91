"""What needs me today: the desk's first page, from the evidence and from the answers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from knowledge.desk.access import desk_page


@desk_page()
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/home.html", {})
