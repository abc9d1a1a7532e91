"""The reader's cookie."""

from __future__ import annotations

import uuid

import pytest
from django.core import signing
from django.http import HttpResponse

from assistant.identity import (
    COOKIE,
    find_conversation_id,
    set_conversation_cookie,
    sign_conversation_id,
)


def test_a_signed_conversation_is_found_again(conversation_id):
    cookies = {COOKIE: sign_conversation_id(conversation_id)}

    assert find_conversation_id(cookies) == conversation_id


@pytest.mark.parametrize(
    "value",
    [
        "",
        uuid.uuid4().hex,
        f"{uuid.uuid4().hex}:1:forged",
        signing.get_cookie_signer(salt="another purpose").sign(uuid.uuid4().hex),
        signing.get_cookie_signer(salt="assistant.conversation").sign("no id"),
    ],
)
def test_a_cookie_that_we_did_not_make_finds_nothing(value):
    assert find_conversation_id({COOKIE: value}) is None


def test_a_cookie_older_than_what_we_keep_finds_nothing(settings, conversation_id):
    cookies = {COOKIE: sign_conversation_id(conversation_id)}

    settings.ASSISTANT_RETENTION_DAYS = -1

    assert find_conversation_id(cookies) is None


@pytest.mark.parametrize("production", [True, False])
def test_no_script_and_no_other_site_gets_the_cookie(settings, conversation_id, production):
    settings.PRODUCTION = production
    response = HttpResponse()

    set_conversation_cookie(response, conversation_id)

    cookie = response.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert bool(cookie["secure"]) is production
