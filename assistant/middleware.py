"""Response headers that every page carries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware

# No inline script or style, no other host, no frame, no plug-in.
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}

SyncHandler = Callable[[HttpRequest], HttpResponse]
AsyncHandler = Callable[[HttpRequest], Awaitable[HttpResponse]]
# One or the other, as Django decides when it builds the chain.
Handler = Any


@sync_and_async_middleware
def content_security_policy(get_response: Handler) -> Handler:
    if iscoroutinefunction(get_response):
        get_async: AsyncHandler = get_response

        async def async_middleware(request: HttpRequest) -> HttpResponse:
            return add_headers(await get_async(request))

        return async_middleware
    get_sync: SyncHandler = get_response

    def middleware(request: HttpRequest) -> HttpResponse:
        return add_headers(get_sync(request))

    return middleware


def add_headers(response: HttpResponse) -> HttpResponse:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
