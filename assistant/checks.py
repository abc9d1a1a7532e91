"""System checks: a language model that is half configured stops the start, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

KINDS = ("openai", "anthropic", "ollama")
# For a question that is rewritten before (5 s at most), and for the composer without a model after
# one that never answered, generously.
LEFT_FOR_THE_REST_SECONDS = 10
LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}


@register()
def check_language_model(**kwargs: Any) -> list[CheckMessage]:
    """Never show a key's value: checks are printed."""
    if not settings.ASSISTANT_LLM:
        return []
    return [*find_missing(), *find_wrong_times()]


def find_missing() -> Iterator[CheckMessage]:
    kind = settings.ASSISTANT_LLM
    if kind not in KINDS:
        yield Error(f"ASSISTANT_LLM must be {', '.join(KINDS)} or empty", id="assistant.E001")
        return
    if not settings.ASSISTANT_LLM_MODEL:
        yield Error("ASSISTANT_LLM needs ASSISTANT_LLM_MODEL", id="assistant.E002")
    address = urlsplit(settings.ASSISTANT_LLM_URL)
    if settings.ASSISTANT_LLM_URL and (
        address.scheme not in {"http", "https"} or not address.netloc
    ):
        yield Error("ASSISTANT_LLM_URL must begin with http:// or https://", id="assistant.E003")
    needs_key = kind == "anthropic" or (kind == "openai" and not settings.ASSISTANT_LLM_URL)
    if needs_key and not settings.ASSISTANT_LLM_KEY:
        yield Error(
            f"ASSISTANT_LLM={kind} needs ASSISTANT_LLM_KEY"
            + (", or ASSISTANT_LLM_URL of a server of your own" if kind == "openai" else ""),
            id="assistant.E004",
        )
    if address.scheme == "http" and address.hostname not in LOCAL_HOSTS:
        yield Warning(
            "ASSISTANT_LLM_URL is http: questions and the key travel unencrypted",
            id="assistant.W001",
        )


def find_wrong_times() -> Iterator[CheckMessage]:
    first = settings.ASSISTANT_LLM_FIRST_TOKEN_SECONDS
    following = settings.ASSISTANT_LLM_NEXT_TOKEN_SECONDS
    whole = settings.ASSISTANT_LLM_WHOLE_SECONDS
    if min(first, following, whole) <= 0 or max(first, following) > whole:
        yield Error(
            "ASSISTANT_LLM_FIRST_TOKEN_SECONDS and …_NEXT_TOKEN_SECONDS must be above 0 and not "
            "above ASSISTANT_LLM_WHOLE_SECONDS",
            id="assistant.E005",
        )
    if whole + LEFT_FOR_THE_REST_SECONDS > settings.ASSISTANT_ANSWER_TIMEOUT_SECONDS:
        yield Error(
            f"ASSISTANT_LLM_WHOLE_SECONDS ({whole:g}) must be {LEFT_FOR_THE_REST_SECONDS} s below "
            f"ASSISTANT_ANSWER_TIMEOUT_SECONDS ({settings.ASSISTANT_ANSWER_TIMEOUT_SECONDS:g}): "
            "an answer without the model must still fit in",
            id="assistant.E006",
        )
    if settings.ASSISTANT_LLM_TOKEN_LIMIT < 100:
        yield Error("ASSISTANT_LLM_TOKEN_LIMIT must be 100 or more", id="assistant.E007")
