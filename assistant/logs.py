"""Keeps readers' words out of logs and error reports, also when an error's message repeats them.

A database, a model or a library may put what it was given into its exception. So we name the kind
of an error and where it arose, and never print what it says, nor what variables held.
"""

from __future__ import annotations

import logging
import traceback
from types import TracebackType
from typing import Any

from django.http import HttpRequest, QueryDict
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

HIDDEN = "(not kept)"


def describe_error(error: BaseException) -> str:
    """The kind of an error, and of those that led to it, each with where it arose."""
    parts = []
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        frames = "".join(traceback.format_tb(following.__traceback__))
        parts.append(f"{type(following).__name__}\n{frames}".rstrip())
        suppressed = None if following.__suppress_context__ else following.__context__
        following = following.__cause__ or suppressed
    return "\nafter ".join(parts)


class WordlessFormatter(logging.Formatter):
    """Prints of an exception what it is and where it arose."""

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        return describe_error(ei[1]) if ei[1] is not None else ""


class NothingInDetail(logging.Filter):
    """Drops readers' addresses, and what servers say while debugged: whole frames, requests."""

    def filter(self, record: logging.LogRecord) -> bool:
        # uvicorn names the reader's address with each socket.
        return record.levelno >= logging.INFO and '"WebSocket' not in str(record.msg)


class WordlessReportFilter(SafeExceptionReporterFilter):
    """Hides every form, cookie and variable in a report, unless this is a developer's machine."""

    def get_post_parameters(self, request: HttpRequest | None) -> Any:
        if request is None or not self.is_active(request):
            return super().get_post_parameters(request)
        hidden = QueryDict(mutable=True)
        hidden.update(dict.fromkeys(request.POST, HIDDEN))
        return hidden

    def get_safe_cookies(self, request: HttpRequest) -> dict[str, Any]:
        cookies: dict[str, Any] = super().get_safe_cookies(request)
        return dict.fromkeys(cookies, HIDDEN) if self.is_active(request) else cookies

    def get_safe_request_meta(self, request: HttpRequest) -> dict[str, Any]:
        meta: dict[str, Any] = super().get_safe_request_meta(request)
        if not self.is_active(request):
            return meta
        private = {"QUERY_STRING", "HTTP_REFERER", "HTTP_COOKIE", "CSRF_COOKIE", "REMOTE_ADDR"}
        return {name: HIDDEN if name in private else value for name, value in meta.items()}

    def get_traceback_frame_variables(self, request: HttpRequest, tb_frame: Any) -> Any:
        if not self.is_active(request):
            return super().get_traceback_frame_variables(request, tb_frame)
        return [(name, HIDDEN) for name in tb_frame.f_locals]


class WordlessReporter(ExceptionReporter):
    """A report without what the exceptions say."""

    def get_traceback_data(self) -> dict[str, Any]:
        data: dict[str, Any] = super().get_traceback_data()
        if self.filter.is_active(self.request):
            data["exception_value"] = HIDDEN
            data["unicode_hint"] = ""
            data["request_GET_items"] = []
            for frame in data.get("frames", ()):
                frame["exc_cause"] = name_kind(frame.get("exc_cause"))
        return data


def name_kind(error: Any) -> str:
    return type(error).__name__ if error is not None else ""
