"""Who may do what at the desk: editors propose, publishers approve, auditors read.

The groups are made after every migration, so that a new installation has them; what staff add to
a group stays.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.views.decorators.cache import never_cache

P = ParamSpec("P")
Response = HttpResponseBase
Page = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

PROPOSE = "knowledge.propose_publication"
APPROVE = "knowledge.approve_publication"
READ = "knowledge.view_publication"

EDITORS, PUBLISHERS, AUDITORS = "editors", "publishers", "auditors"
VIEWED = [
    "source",
    "document",
    "revision",
    "passage",
    "publication",
    "publicationchange",
    "refreshrun",
    "goldquestion",
    "briefingproposal",
    "alarm",
    "storedfile",
    "decision",
    "heldrevision",
]
READING = [f"knowledge.view_{name}" for name in VIEWED] + [
    "assistant.view_conversation",
    "assistant.view_question",
    "assistant.view_answer",
    "assistant.view_feedback",
]
GRANTS: dict[str, list[str]] = {
    AUDITORS: READING,
    EDITORS: [
        *READING,
        PROPOSE,
        "knowledge.add_source",
        "knowledge.change_source",
        "knowledge.add_briefingproposal",
        "knowledge.change_briefingproposal",
        "knowledge.add_storedfile",
        "knowledge.add_goldquestion",
        "knowledge.change_goldquestion",
        "knowledge.change_alarm",
        "assistant.change_feedback",
    ],
    PUBLISHERS: [
        *READING,
        APPROVE,
        "knowledge.approve_briefingproposal",
        "knowledge.change_document",
        "knowledge.change_alarm",
        "assistant.change_feedback",
    ],
}


def ensure_groups(**kwargs: Any) -> None:
    """Make the three groups with their permissions, once every app has its own."""
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.filter(
            content_type__app_label__in=("assistant", "knowledge")
        ).select_related("content_type")
    }
    for name, grants in GRANTS.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*(known[grant] for grant in grants if grant in known))


def desk_page(permission: str = READ) -> Callable[[Page[P]], Page[P]]:
    """Show a page of the desk to staff who hold the permission; others log in, or are told no."""

    def wrap(page: Page[P]) -> Page[P]:
        @never_cache
        @wraps(page)
        def checked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> Response:
            user = request.user
            if not (user.is_authenticated and user.is_active and getattr(user, "is_staff", False)):
                return redirect_to_login(request.get_full_path(), reverse("admin:login"))
            if not user.has_perm(permission):
                raise PermissionDenied(permission)
            return page(request, *args, **kwargs)

        return checked

    return wrap


def get_name(request: HttpRequest) -> str:
    """The name under which the request's act is recorded."""
    user = request.user
    assert isinstance(user, get_user_model())
    return user.get_username()
