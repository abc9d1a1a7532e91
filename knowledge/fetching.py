"""Fetch pages politely and safely: allowed hosts only, a few requests at a time per host, bounded.

A redirect is reported, never followed: the caller decides what a moved page means. What a
publisher may say of a page is a value; what went wrong on the way is a FetchFailed.
"""

from __future__ import annotations

import email.utils
import logging
import random
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urljoin

import httpx
from django.utils.translation import gettext as _

from knowledge.addresses import is_allowed, is_private_name, leads_inside
from knowledge.robots import RobotRules

T = TypeVar("T")
logger = logging.getLogger("knowledge.fetching")

PROJECT = "one-in-one-out-assistant"
MOVED = frozenset([301, 302, 303, 307, 308])
MISSING = frozenset([404, 410])
WORTH_RETRYING = frozenset([408, 425, 429, 500, 502, 503, 504])
# An interface for programs, with a published rate limit: robots.txt is about crawling pages.
API_PATH = "/api/content/"
ROBOTS_LIMIT_BYTES = 500_000
ROBOTS_HOPS_LIMIT = 5


class FetchFailed(Exception):
    """A page that could not be fetched, and why, in words for staff."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason


class FetchRefused(FetchFailed):
    """We would not fetch it, however often we tried."""


class HostUnreachable(FetchFailed):
    """No connection to the host at all: there is no network, or the host is down."""


class _AttemptFailed(Exception):
    """One attempt failed in a way that another may not."""

    def __init__(
        self, reason: str, *, wait_seconds: float | None = None, is_unreachable: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait_seconds = wait_seconds
        self.is_unreachable = is_unreachable


@dataclass(frozen=True)
class FetchedPage:
    url: str
    body: bytes
    content_type: str
    etag: str
    last_modified: str


@dataclass(frozen=True)
class NotModified:
    url: str


@dataclass(frozen=True)
class Moved:
    url: str
    target: str


@dataclass(frozen=True)
class Missing:
    url: str
    status: int
    body: bytes


@dataclass(frozen=True, kw_only=True)
class FetchSettings:
    """`allowed_hosts`: names, or 'host:port'. One that is itself a private address is allowed."""

    allowed_hosts: frozenset[str]
    timeout_seconds: float = 20.0
    response_limit_bytes: int = 8_000_000
    contact: str = ""
    retries: int = 3
    # To an interface for programs; a site's pages are asked for one at a time.
    connections_per_host: int = 4
    # Between two requests over one connection.
    gap_seconds: float = 0.5
    backoff_seconds: float = 0.5
    # Asked to wait longer than this, we give up until the next refresh.
    wait_limit_seconds: float = 60.0

    @property
    def user_agent(self) -> str:
        return f"{PROJECT}/0.1 (+{self.contact})" if self.contact else f"{PROJECT}/0.1"


@dataclass
class _Host:
    """The turn-taking of one host: so many requests at once, begun some time apart."""

    connections: int
    turns: threading.Semaphore
    lock: threading.Lock = field(default_factory=threading.Lock)
    free_at: float = 0.0
    rules: RobotRules | None = None
    # It could not be connected to: what waits for its turn need not find that out again.
    is_unreachable: bool = False


class PageFetcher:
    """A context manager over one HTTP client. Safe to share between threads."""

    def __init__(
        self,
        settings: FetchSettings,
        *,
        sleep: Callable[[float], object] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self._stopped = threading.Event()
        self._sleep = sleep or self._stopped.wait
        self._clock = clock
        self._hosts: dict[tuple[str, bool], _Host] = {}
        self._hosts_lock = threading.Lock()
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._client = self._stack.enter_context(
            httpx.Client(
                timeout=self.settings.timeout_seconds,
                follow_redirects=False,
                headers={
                    "User-Agent": self.settings.user_agent,
                    "Accept": "text/html, application/json;q=0.9, */*;q=0.1",
                    # The codings whose output httpx yields in pieces that can be counted.
                    "Accept-Encoding": "gzip, deflate",
                },
                # A proxy of the deployment is for the outside world only.
                mounts={f"all://{host}": None for host in ("127.0.0.1", "localhost", "[::1]")},
            )
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        self._stack.close()

    def stop(self) -> None:
        """Let the threads that wait for their turn, or to try again, give up at once."""
        self._stopped.set()

    def fetch(
        self,
        url: str,
        *,
        etag: str = "",
        last_modified: str = "",
        validate: Callable[[bytes], Any] | None = None,
    ) -> FetchedPage | NotModified | Moved | Missing:
        """Raises FetchFailed. `validate` raises ValueError for a body that isn't what it should
        be, which counts as a failed attempt."""
        parsed = self._check(url)
        headers = {}
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        host = self._get_host(parsed)
        with host.turns:
            if not parsed.path.startswith(API_PATH):
                self._obey_robots(parsed, host)
            return self._try_often(
                parsed, host, lambda: self._fetch_once(parsed, url, headers, validate)
            )

    def can_reach(self, url: str) -> bool:
        """Say whether the host can be connected to, whatever it then answers."""
        try:
            self._request(self._check(url), {}, limit=self.settings.response_limit_bytes)
        except _AttemptFailed as error:
            return not error.is_unreachable
        except FetchFailed:
            return True
        return True

    # --- whom we ask -----------------------------------------------------------------------------

    def _check(self, url: str) -> httpx.URL:
        try:
            parsed = httpx.URL(url)
        except (httpx.InvalidURL, TypeError, ValueError) as error:
            raise FetchRefused(url, _("this is not an address")) from error
        if parsed.scheme not in {"http", "https"} or not parsed.host or parsed.userinfo:
            raise FetchRefused(url, _("only plain http and https addresses are read"))
        if not is_allowed(parsed, self.settings.allowed_hosts):
            reason = _("%(host)s is not one of the allowed hosts") % {"host": parsed.host}
            raise FetchRefused(url, reason)
        return parsed

    def _get_host(self, url: httpx.URL) -> _Host:
        is_interface = url.path.startswith(API_PATH)
        key = (url.netloc.decode("ascii"), is_interface)
        with self._hosts_lock:
            if key not in self._hosts:
                count = max(1, self.settings.connections_per_host) if is_interface else 1
                self._hosts[key] = _Host(count, threading.Semaphore(count))
            return self._hosts[key]

    def _obey_robots(self, url: httpx.URL, host: _Host) -> None:
        if host.rules is None:
            host.rules = self._try_often(url, host, lambda: self._fetch_rules(url))
        if not host.rules.allows(PROJECT, str(url)):
            raise FetchRefused(str(url), _("the site's robots.txt asks programs not to read it"))

    def _fetch_rules(self, url: httpx.URL) -> RobotRules:
        """What the site asks of programs. No file allows everything; a failing one, nothing."""
        address = url.copy_with(path="/robots.txt", query=None, fragment=None)
        for _hop in range(ROBOTS_HOPS_LIMIT):
            response, body = self._request(address, {}, limit=ROBOTS_LIMIT_BYTES)
            if response.status_code == 200:
                return RobotRules.read(body)
            if response.status_code in WORTH_RETRYING or response.status_code >= 500:
                raise _failed_status(response)
            if response.status_code not in MOVED:
                break
            address = address.join(response.headers.get("Location", ""))
            if not is_allowed(address, self.settings.allowed_hosts):
                break
        return RobotRules.read(b"")

    # --- how we ask ------------------------------------------------------------------------------

    def _try_often(self, url: httpx.URL, host: _Host, attempt: Callable[[], T]) -> T:
        failure = _AttemptFailed("")
        for number in range(1 + self.settings.retries):
            if number:
                self._sleep(self._choose_wait(number, failure))
            else:
                self._wait_for_turn(url, host)
            if self._stopped.is_set():
                raise FetchFailed(str(url), _("the refresh was stopped"))
            if host.is_unreachable:
                raise HostUnreachable(str(url), _("the server could not be reached just before"))
            try:
                return attempt()
            except _AttemptFailed as error:
                failure = error
                logger.debug("knowledge.fetch.attempt_failed url=%s reason=%s", url, error.reason)
                self._hold_others(host, error.wait_seconds)
            if (failure.wait_seconds or 0) > self.settings.wait_limit_seconds:
                reason = _("%(reason)s, and we are asked to wait %(seconds)d seconds")
                raise FetchFailed(
                    str(url), reason % {"reason": failure.reason, "seconds": failure.wait_seconds}
                )
        reason = _("%(reason)s (tried %(count)d times)")
        host.is_unreachable = failure.is_unreachable
        kind = HostUnreachable if failure.is_unreachable else FetchFailed
        raise kind(
            str(url), reason % {"reason": failure.reason, "count": 1 + self.settings.retries}
        )

    def _choose_wait(self, number: int, failure: _AttemptFailed) -> float:
        if failure.wait_seconds is not None:
            return failure.wait_seconds
        longest = self.settings.backoff_seconds * 2.0 ** (number - 1)
        return min(longest * random.uniform(0.5, 1.0), self.settings.wait_limit_seconds)

    def _choose_gap(self, url: httpx.URL, host: _Host) -> float:
        if is_private_name(url.host):
            return 0.0
        asked = host.rules.get_delay(PROJECT) if host.rules else 0.0
        gap = self.settings.gap_seconds / host.connections
        return min(max(asked, gap), self.settings.wait_limit_seconds)

    def _wait_for_turn(self, url: httpx.URL, host: _Host) -> None:
        with host.lock:
            now = self._clock()
            wait = host.free_at - now
            host.free_at = max(now, host.free_at) + self._choose_gap(url, host)
        if wait > 0:
            self._sleep(wait)

    def _hold_others(self, host: _Host, seconds: float | None) -> None:
        """Asked to wait, all wait; not so long that the host is as good as left out."""
        if seconds:
            with host.lock:
                wait = min(seconds, self.settings.wait_limit_seconds)
                host.free_at = max(host.free_at, self._clock() + wait)

    def _fetch_once(
        self,
        parsed: httpx.URL,
        url: str,
        headers: dict[str, str],
        validate: Callable[[bytes], Any] | None,
    ) -> FetchedPage | NotModified | Moved | Missing:
        response, body = self._request(parsed, headers, limit=self.settings.response_limit_bytes)
        status = response.status_code
        if status == 304 and headers:
            return NotModified(url)
        if status in MOVED:
            return self._read_move(response, url)
        if status in MISSING:
            return Missing(url, status, body)
        if status in WORTH_RETRYING or status >= 500:
            raise _failed_status(response)
        if status != 200:
            raise FetchFailed(url, _("the server answered %(status)d") % {"status": status})
        if validate is not None:
            try:
                validate(body)
            except ValueError as error:
                raise _AttemptFailed(
                    _("the answer is not what it should be: %(error)s") % {"error": error}
                ) from error
        return FetchedPage(
            url=url,
            body=body,
            content_type=response.headers.get("Content-Type", ""),
            etag=response.headers.get("ETag", ""),
            last_modified=response.headers.get("Last-Modified", ""),
        )

    def _read_move(self, response: httpx.Response, url: str) -> Moved:
        location = response.headers.get("Location", "")
        if not location:
            raise FetchFailed(url, _("it has moved, but the server does not say where to"))
        target = urljoin(url, location)
        try:
            self._check(target)
        except FetchRefused as error:
            reason = _("it has moved to %(target)s: %(reason)s")
            raise FetchRefused(url, reason % {"target": target, "reason": error.reason}) from error
        return Moved(url, target)

    def _request(
        self, url: httpx.URL, headers: dict[str, str], *, limit: int
    ) -> tuple[httpx.Response, bytes]:
        """One answer, its body read whole or not at all."""
        started = self._clock()
        try:
            with self._client.stream("GET", url, headers=headers) as response:
                if leads_inside(response):
                    raise FetchRefused(
                        str(url), _("the name leads to an address inside a private network")
                    )
                body = bytearray()
                for piece in response.iter_bytes():
                    body += piece
                    if len(body) > limit:
                        reason = _("the page is larger than %(limit)d bytes") % {"limit": limit}
                        raise FetchRefused(str(url), reason)
                    # A server may send a byte now and then and never time out.
                    if self._clock() - started > 3 * self.settings.timeout_seconds:
                        raise _AttemptFailed(_("the answer took too long"))
        except httpx.TimeoutException as error:
            raise _AttemptFailed(_("the server did not answer in time")) from error
        except httpx.RemoteProtocolError as error:
            raise _AttemptFailed(_("the answer broke off before its end")) from error
        except httpx.DecodingError as error:
            raise _AttemptFailed(_("the answer could not be unpacked")) from error
        except httpx.TransportError as error:
            reason = _("the server could not be reached (%(error)s)") % {"error": error}
            is_unreachable = isinstance(error, httpx.ConnectError)
            raise _AttemptFailed(reason, is_unreachable=is_unreachable) from error
        return response, bytes(body)


def _failed_status(response: httpx.Response) -> _AttemptFailed:
    reason = _("the server answered %(status)d") % {"status": response.status_code}
    return _AttemptFailed(reason, wait_seconds=_read_wait(response.headers.get("Retry-After", "")))


def _read_wait(value: str) -> float | None:
    """Seconds, or a date until which to wait."""
    if value.strip().isdecimal():
        return float(value)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)
