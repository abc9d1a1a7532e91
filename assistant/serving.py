"""Everything that runs beside each other: Redis, web, worker and beat.

What can be known to go wrong is looked at before anything is started. Then they are started in
order, the page is waited for, and all are stopped together.
"""

from __future__ import annotations

import asyncio
import importlib.util
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx
from asgiref.sync import sync_to_async
from django.conf import settings
from rich.console import Console
from rich.text import Text

from assistant.celery import app
from assistant.processes import ProcessPlan, Supervisor
from assistant.redis_server import (
    RedisPlan,
    find_redis_binary,
    is_answering,
    plan_redis,
    require_redis,
)

STYLES = {"redis": "magenta", "web": "cyan", "worker": "green", "beat": "yellow"}
PAUSE_SECONDS = 0.1
REFRESH_TASK = "knowledge.sources.refresh_due"


class CannotServe(Exception):
    """Something that serving needs is missing; the message is one line for the terminal."""


@dataclass(frozen=True)
class Address:
    """Where the web process listens."""

    host: str
    port: int

    @property
    def url(self) -> str:
        # What a browser on this machine types: it can't open "every address".
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://[{host}]:{self.port}/" if ":" in host else f"http://{host}:{self.port}/"


def plan_own_redis() -> RedisPlan | None:
    """A plan for a Redis of our own; None when REDIS_URL names one, which must answer."""
    if settings.REDIS_IS_GIVEN:
        require_redis(settings.REDIS_URL)
        return None
    return plan_redis(binary=find_redis_binary(), directory=settings.VAR_DIR / "redis")


def require_programs() -> None:
    for module in ("uvicorn", "websockets", "celery"):
        if importlib.util.find_spec(module) is None:
            raise CannotServe(
                f"The package {module} is missing; pip install -r requirements.txt brings it."
            )


def require_free_port(address: Address) -> None:
    try:
        family, *_ = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as probe:
            # As the web process will: a port that was closed a moment ago is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address.host, address.port))
    except (OSError, OverflowError) as error:
        raise CannotServe(
            f"Can't listen on {address.host} port {address.port} "
            f"({getattr(error, 'strerror', None) or error}). Stop what uses it, or choose "
            f"another: manage.py serve --port {address.port + 1}"
        ) from error


async def serve(address: Address, redis_plan: RedisPlan | None, console: Console) -> str | None:
    """Run until told to stop (None) or until a process ends by itself (what ended, and how)."""
    width = max(map(len, STYLES))

    def show_line(name: str, line: str) -> None:
        prefix = Text(f"{name:>{width}} │ ", style=STYLES[name])
        console.print(prefix + Text.from_ansi(line), soft_wrap=True)

    redis_url = redis_plan.url if redis_plan else settings.REDIS_URL
    environment = {
        "REDIS_URL": redis_url,
        "VAR_DIR": str(settings.VAR_DIR),
        "PYTHONUNBUFFERED": "1",
    }
    supervisor = Supervisor(show_line)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, supervisor.ask_to_stop)

    new_queue = ("--new-queue",) if redis_plan else ()

    async def bring_up() -> None:
        if redis_plan is not None:
            await start_redis(supervisor, redis_plan)
        exit_code = await supervisor.run_to_end(
            ProcessPlan(
                name="prepare",
                command=manage("serve", "--prepare", *new_queue),
                # Lines of the log would tear the progress bar.
                environment={**environment, "LOG_LEVEL": "WARNING"},
                folder=settings.BASE_DIR,
            )
        )
        if exit_code:
            raise CannotServe("The database or the starter knowledge could not be prepared.")
        for plan in plan_processes(address, environment):
            await supervisor.start(plan)
        await wait_for_page(address)
        console.print(Text(f"Ready: {address.url}  (Ctrl-C stops everything)", style="bold"))
        await sync_to_async(queue_first_refresh)(redis_url)

    ended = await supervisor.supervise(bring_up)
    if ended is None:
        console.print("Stopped.")
        return None
    hint = f" {redis_plan.log} may say why." if redis_plan and ended.name == "redis" else ""
    return f"{ended}; everything else was stopped.{hint}"


async def start_redis(supervisor: Supervisor, plan: RedisPlan) -> None:
    await supervisor.start(
        ProcessPlan(
            name="redis",
            command=plan.command,
            outlives_others=True,
        )
    )
    await wait_until(lambda: sync_to_async(is_answering)(plan.url))


# Many questions at once wait less for each other if none of them takes more than one processor.
ONE_QUESTION_A_THREAD = {"KNOWLEDGE_EMBEDDING_THREADS": "1"}


def plan_processes(address: Address, environment: dict[str, str]) -> list[ProcessPlan]:
    celery = (
        # Root is what a container has; tasks are JSON, which is not run.
        *(sys.executable, "-W", "ignore:You're running the worker with superuser privileges"),
        *("-m", "celery", "--quiet", "-A", "assistant"),
    )
    commands = {
        "web": (
            # Small files of ours, which are streamed in one piece.
            *(sys.executable, "-W", "ignore:StreamingHttpResponse must consume synchronous"),
            *("-m", "uvicorn", "assistant.asgi:application"),
            *("--host", address.host, "--port", str(address.port)),
            # Compression would cost memory for every open socket and gain little on short frames.
            *("--ws", "websockets-sansio", "--ws-per-message-deflate", "false"),
            *("--ws-max-size", "65536"),
            *("--no-access-log", "--no-server-header", "--log-level", "warning"),
            *("--timeout-graceful-shutdown", "5"),
        ),
        # One at a time: a refresh uses every core while it embeds.
        "worker": (
            *(*celery, "worker", "--concurrency", "1", "--loglevel", "INFO"),
            *("--without-gossip", "--without-mingle"),
        ),
        "beat": (
            *(*celery, "beat", "--loglevel", "INFO", "--pidfile="),
            *("--schedule", str(settings.VAR_DIR / "celerybeat-schedule")),
        ),
    }
    return [
        ProcessPlan(
            name=name,
            command=command,
            environment=environment | (ONE_QUESTION_A_THREAD if name == "web" else {}),
            folder=settings.BASE_DIR,
        )
        for name, command in commands.items()
    ]


def manage(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments)


async def wait_until(is_so: Callable[[], Awaitable[bool]]) -> None:
    while not await is_so():  # noqa: ASYNC110  # another process sets no event of ours
        await asyncio.sleep(PAUSE_SECONDS)


async def wait_for_page(address: Address) -> None:
    async with httpx.AsyncClient(base_url=address.url, timeout=5, trust_env=False) as client:
        await wait_until(lambda: is_page_answering(client))


async def is_page_answering(client: httpx.AsyncClient) -> bool:
    try:
        answer = await client.get("health")
    except httpx.HTTPError:
        return False
    # A deployment may answer loopback with a redirect to https, or refuse its name: it is up.
    return not answer.is_server_error


def queue_first_refresh(redis_url: str) -> None:
    """Through a connection of its own: this process's settings don't know our Redis."""
    with app.connection_for_write(redis_url) as connection:
        app.send_task(REFRESH_TASK, connection=connection)
