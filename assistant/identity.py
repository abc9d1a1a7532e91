"""Who is asking: a random conversation id in a signed cookie, and nothing else about the reader.

No session table, no account. The cookie ends when its conversation would be deleted anyway.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpResponse

COOKIE = "conversation"
SALT = "assistant.conversation"


def sign_conversation_id(conversation_id: uuid.UUID) -> str:
    return signing.get_cookie_signer(salt=SALT).sign(conversation_id.hex)


def find_conversation_id(cookies: Mapping[str, str]) -> uuid.UUID | None:
    """Read the reader's conversation from the cookies. None if it is absent, forged or old."""
    try:
        value = signing.get_cookie_signer(salt=SALT).unsign(
            cookies.get(COOKIE, ""), max_age=timedelta(days=settings.ASSISTANT_RETENTION_DAYS)
        )
        return uuid.UUID(hex=value)
    except (signing.BadSignature, ValueError):
        return None


def set_conversation_cookie(response: HttpResponse, conversation_id: uuid.UUID) -> None:
    response.set_cookie(
        COOKIE,
        sign_conversation_id(conversation_id),
        max_age=timedelta(days=settings.ASSISTANT_RETENTION_DAYS),
        secure=settings.PRODUCTION,
        httponly=True,
        samesite="Lax",
    )
