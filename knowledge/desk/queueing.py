"""Hand work to the worker from a page of the desk, and say so when nobody takes it."""

from __future__ import annotations

from celery import current_app
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from knowledge.models import Source
from knowledge.runs import request_run, send_run


def send(name: str, *arguments: object) -> bool:
    """False when the queue can't be reached; then nothing was sent."""
    try:
        current_app.send_task(name, args=list(arguments), retry=False)
    except OperationalError:
        return False
    return True


def ask_for_publication(request: HttpRequest, *, note: str, proposed_by: str = "") -> None:
    """Let the worker publish what was changed; without it, the next refresh does."""
    if send("knowledge.publication.publish", note, proposed_by):
        messages.success(request, _("It is being published. The gate looks at it first."))
    else:
        messages.warning(
            request,
            _("The worker can’t be reached, so it is published with the next refresh."),
        )


def ask_for_refresh(request: HttpRequest, source: Source, *, who: str) -> None:
    run = request_run(source=source, asked_by=who)
    try:
        send_run(run)
    except OperationalError:
        messages.error(
            request,
            _("The worker can’t be reached. The refresh waits, and can be asked for again."),
        )
    else:
        messages.success(request, _("The refresh is on its way."))
