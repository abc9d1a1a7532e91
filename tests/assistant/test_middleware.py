"""Headers on every page, in both worlds."""

from __future__ import annotations

import pytest
from django.http import HttpResponse

from assistant.middleware import HEADERS, content_security_policy


def test_a_page_carries_the_policy():
    response = content_security_policy(lambda request: HttpResponse())(None)

    assert {name: response.headers[name] for name in HEADERS} == HEADERS


async def test_an_async_page_carries_the_policy():
    async def get_response(request):
        return HttpResponse()

    response = await content_security_policy(get_response)(None)

    assert {name: response.headers[name] for name in HEADERS} == HEADERS


def test_a_page_may_set_its_own():
    own = HttpResponse(headers={"Content-Security-Policy": "default-src 'none'"})

    response = content_security_policy(lambda request: own)(None)

    assert response.headers["Content-Security-Policy"] == "default-src 'none'"


@pytest.mark.parametrize("word", ["unsafe-inline", "unsafe-eval", "http", "*"])
def test_the_policy_allows_nothing_inline_and_nobody_else(word):
    assert word not in HEADERS["Content-Security-Policy"]
