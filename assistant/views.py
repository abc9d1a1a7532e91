"""The pages: the chat, the same chat without JavaScript, a quote in its place, and health."""

from __future__ import annotations

import logging
import time
import uuid
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    JsonResponse,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.defaults import server_error

from assistant import health, protocol, selectors, services
from assistant.database import read, write
from assistant.identity import find_conversation_id, set_conversation_cookie
from assistant.logs import describe_error
from assistant.models import FeedbackReason
from assistant.protocol import ErrorCode
from assistant.quoting import mark_quote
from assistant.rate_limiting import feedback_limits
from assistant.runner import runner
from assistant.services import QuestionRefused
from knowledge.retrieval import find_briefing, find_first_day, find_passage_in_context

logger = logging.getLogger(__name__)

SOCKET_PATH = "/ws/chat/"


@require_safe
@never_cache
def chat(request: HttpRequest) -> HttpResponse:
    known = find_conversation_id(request.COOKIES)
    conversation_id = known or uuid.uuid4()
    response = render(request, "assistant/chat.html", build_chat_context(conversation_id))
    if known is None:
        set_conversation_cookie(response, conversation_id)
    return response


@require_POST
@never_cache
async def ask(request: HttpRequest) -> HttpResponse:
    """Answer a question for a browser that runs no script: by form, redirect and reload."""
    known = find_conversation_id(request.COOKIES)
    conversation_id = known or uuid.uuid4()
    draft = request.POST.get("text", "")
    try:
        question_id = await runner.ask(
            protocol.AskQuestion(
                draft,
                protocol.parse_key(request.POST.get("key", "")),
                protocol.parse_as_of(request.POST.get("as_of")),
            ),
            conversation_id=conversation_id,
            language=get_language() or settings.LANGUAGE_CODE,
            address=request.META.get("REMOTE_ADDR", ""),
        )
    except (QuestionRefused, protocol.InvalidFrame) as refused:
        if known is not None:
            # What is pending may have lost its process; nobody else would look after it here.
            await runner.resume(conversation_id)
        code = ErrorCode(refused.code)
        response = await read(
            show_refusal,
            request,
            conversation_id,
            code=code,
            draft=draft,
            draft_day=request.POST.get("as_of", ""),
        )
    except Exception as error:  # noqa: BLE001 - the edge: Django would log what it says
        logger.error("assistant.ask.failed error=%s", describe_error(error))
        response = server_error(request)
    else:
        await runner.wait(question_id, seconds=settings.ASSISTANT_ANSWER_TIMEOUT_SECONDS)
        response = redirect(f"{reverse('chat')}#turn-{question_id}")
    if known is None:
        set_conversation_cookie(response, conversation_id)
    return response


def show_refusal(
    request: HttpRequest,
    conversation_id: uuid.UUID,
    *,
    code: ErrorCode,
    draft: str,
    draft_day: str,
) -> HttpResponse:
    message = protocol.describe_error(code, limit=settings.ASSISTANT_QUESTION_LIMIT_CHARACTERS)
    context = build_chat_context(conversation_id, error=message, draft=draft)
    is_day_wrong = code in {ErrorCode.DAY_INVALID, ErrorCode.DAY_IN_FUTURE}
    context |= {"draft_day": draft_day, "is_day_wrong": is_day_wrong}
    return render(request, "assistant/chat.html", context, status=400)


def show_chat(
    request: HttpRequest, conversation_id: uuid.UUID, *, error: str, status: int
) -> HttpResponse:
    context = build_chat_context(conversation_id, error=error)
    return render(request, "assistant/chat.html", context, status=status)


def build_chat_context(
    conversation_id: uuid.UUID, *, error: str = "", draft: str = ""
) -> dict[str, Any]:
    # Read before the turns: a frame that comes between the two is then sent again, never missed.
    last_seq = selectors.get_position(conversation_id).last_seq
    return {
        "turns": selectors.conversation_transcript(conversation_id),
        "last_seq": last_seq,
        "question_limit": settings.ASSISTANT_QUESTION_LIMIT_CHARACTERS,
        "retention_days": settings.ASSISTANT_RETENTION_DAYS,
        "error": error,
        "draft": draft,
        "first_day": find_first_day(),
        "today": timezone.now().date(),
        "feedback_reasons": FeedbackReason.choices,
        "socket_path": SOCKET_PATH,
    }


@require_POST
@never_cache
async def give_feedback(request: HttpRequest) -> HttpResponse:
    """Take a reader's word on an answer of their own: by form and reload, or from the script."""
    conversation_id = find_conversation_id(request.COOKIES)
    try:
        feedback = protocol.parse_feedback(request.POST)
    except protocol.InvalidFrame:
        return HttpResponseBadRequest()
    if conversation_id is None:
        raise Http404("no such answer")
    address = request.META.get("REMOTE_ADDR", "")
    if not feedback_limits.allow(conversation_id, address, now=time.monotonic()):
        message = _("You have sent a lot in a short time. Please wait one minute.")
        return await read(show_chat, request, conversation_id, error=message, status=429)
    is_known = await write(
        services.give_feedback, conversation_id=conversation_id, **asdict(feedback)
    )
    if not is_known:
        raise Http404("no such answer")
    if request.accepts("text/html"):
        return redirect(f"{reverse('chat')}#turn-{feedback.question_id}")
    return JsonResponse({"is_helpful": feedback.is_helpful, "reason": feedback.reason})


@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """Begin an empty conversation. The old one can no longer be reached from this browser."""
    response = redirect("chat")
    set_conversation_cookie(response, uuid.uuid4())
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
async def delete(request: HttpRequest) -> HttpResponse:
    """Ask whether the reader means it; then delete the conversation and begin an empty one."""
    conversation_id = find_conversation_id(request.COOKIES)
    if request.method != "POST":
        count = 0
        if conversation_id is not None:
            count = await read(selectors.count_questions, conversation_id)
        context = {"count": count, "retention_days": settings.ASSISTANT_RETENTION_DAYS}
        return await read(render, request, "assistant/delete.html", context)
    if conversation_id is not None:
        await runner.delete(conversation_id)
    response = redirect("deleted")
    set_conversation_cookie(response, uuid.uuid4())
    return response


@require_safe
@never_cache
def deleted(request: HttpRequest) -> HttpResponse:
    context = {"retention_days": settings.ASSISTANT_RETENTION_DAYS}
    return render(request, "assistant/deleted.html", context)


@require_safe
def passage(request: HttpRequest, revision_id: int, passage_id: int) -> HttpResponse:
    """Show a quote among the words around it, with its dates and what became of it since."""
    found = find_passage_in_context(passage_id, revision_id)
    if found is None:
        raise Http404("no such passage")
    marked = mark_quote(
        found, start=request.GET.get("start", ""), length=request.GET.get("length", "")
    )
    context = {
        "passage": {**vars(found), **vars(marked)},
        "retention_days": settings.ASSISTANT_RETENTION_DAYS,
    }
    return render(request, "assistant/passage.html", context)


@require_safe
def briefing(request: HttpRequest, slug: str, language: str = "") -> HttpResponse:
    """Show one of our briefings whole; its address is what answers cite."""
    found = find_briefing(request.path)
    if found is None:
        raise Http404("no such briefing")
    context = {"briefing": found, "retention_days": settings.ASSISTANT_RETENTION_DAYS}
    return render(request, "assistant/briefing.html", context)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    context = {
        "retention_days": settings.ASSISTANT_RETENTION_DAYS,
        "language_model": settings.ASSISTANT_LLM and settings.ASSISTANT_LLM_MODEL,
    }
    return render(request, "assistant/about.html", context)


@require_safe
@never_cache
def show_health(request: HttpRequest) -> JsonResponse:
    """Say whether readers can get answers here. For monitors and for the page's script."""
    state = health.look()
    return JsonResponse(state.describe(), status=200 if state.can_answer else 503)
