"""Child processes that live and die together.

Each child leads a process group of its own, so that Ctrl-C in the terminal reaches only this
process, which then stops the others in order; and what a child leaves behind is ended with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, STDOUT
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

READ_BYTES = 65_536
# A line that never ends is shown in pieces rather than kept.
LINE_LIMIT_BYTES = 1_000_000
STOP_PATIENCE_SECONDS = 10.0
OUTPUT_PATIENCE_SECONDS = 1.0
PR_SET_PDEATHSIG = 1

ShowLine = Callable[[str, str], None]


@dataclass(frozen=True, kw_only=True)
class ProcessPlan:
    """A process to start. `outlives_others`: stopped only when the others have ended."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    outlives_others: bool = False


@dataclass(frozen=True)
class Ended:
    """A child that ended by itself; a negative exit code is the signal that killed it."""

    name: str
    exit_code: int

    def __str__(self) -> str:
        if self.exit_code >= 0:
            return f"{self.name} ended with exit status {self.exit_code}"
        try:
            killer = signal.Signals(-self.exit_code).name
        except ValueError:
            killer = f"signal {-self.exit_code}"
        return f"{self.name} was killed by {killer}"


@dataclass
class Child:
    plan: ProcessPlan
    process: asyncio.subprocess.Process
    output: asyncio.StreamReader
    tasks: list[asyncio.Task[None]] = field(default_factory=list)


class Supervisor:
    """Starts children, shows what they print, notices the first that ends, stops them all."""

    def __init__(
        self, show_line: ShowLine, *, stop_patience_seconds: float = STOP_PATIENCE_SECONDS
    ) -> None:
        self.show_line = show_line
        self.stop_patience_seconds = stop_patience_seconds
        self.children: list[Child] = []
        self.stop_asked = asyncio.Event()
        self.first_end: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()

    async def start(self, plan: ProcessPlan) -> None:
        # A pipe of our own: with asyncio's, a child has not "ended" while a process that it left
        # behind still holds the pipe.
        read_end, write_end = os.pipe()
        output = await open_stream(read_end)
        try:
            process = await asyncio.create_subprocess_exec(
                *plan.command,
                stdin=DEVNULL,
                stdout=write_end,
                stderr=STDOUT,
                env={**os.environ, **plan.environment},
                cwd=plan.folder,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )
        finally:
            os.close(write_end)
        child = Child(plan, process, output)
        self.children.append(child)
        child.tasks = [
            asyncio.create_task(self._relay_lines(child)),
            asyncio.create_task(self._notice_end(child)),
        ]

    async def run_to_end(self, plan: ProcessPlan) -> int:
        """Run a child that is meant to end, with our own terminal as its output."""
        process = await asyncio.create_subprocess_exec(
            *plan.command,
            stdin=DEVNULL,
            env={**os.environ, **plan.environment},
            cwd=plan.folder,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )
        try:
            return await process.wait()
        finally:
            if process.returncode is None:
                # As Ctrl-C would: a progress bar then gives the cursor back.
                process.send_signal(signal.SIGINT)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(process.wait(), self.stop_patience_seconds)
            send_to_group(process.pid, signal.SIGKILL)
            await process.wait()

    async def supervise(self, bring_up: Callable[[], Awaitable[None]]) -> Ended | None:
        """Bring the children up and keep them until one ends or a stop is asked for (None)."""
        bringing_up = asyncio.ensure_future(bring_up())
        stopping = asyncio.create_task(self.stop_asked.wait())
        try:
            reasons: set[asyncio.Future[Any]] = {stopping, self.first_end}
            await asyncio.wait({*reasons, bringing_up}, return_when=asyncio.FIRST_COMPLETED)
            if bringing_up.done() and not self.first_end.done() and not self.stop_asked.is_set():
                bringing_up.result()
                await asyncio.wait(reasons, return_when=asyncio.FIRST_COMPLETED)
            # Asked first: a child may well end because the reader of this line pressed Ctrl-C.
            return None if self.stop_asked.is_set() else self.first_end.result()
        finally:
            for task in (bringing_up, stopping):
                task.cancel()
            await asyncio.gather(bringing_up, stopping, return_exceptions=True)
            await self.stop()

    def ask_to_stop(self) -> None:
        """Stop in order; asked again, stop at once."""
        if self.stop_asked.is_set():
            self.kill()
        self.stop_asked.set()

    def kill(self) -> None:
        for child in self.children:
            send_to_group(child.process.pid, signal.SIGKILL)

    async def stop(self) -> None:
        last = [child for child in self.children if child.plan.outlives_others]
        first = [child for child in self.children if not child.plan.outlives_others]
        for children in (first, last):
            await asyncio.gather(*(self._stop(child) for child in children))

    async def _stop(self, child: Child) -> None:
        process = child.process
        # To the leader alone: a worker's pool must be allowed to finish under it.
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), self.stop_patience_seconds)
        send_to_group(process.pid, signal.SIGKILL)
        await process.wait()
        _, unfinished = await asyncio.wait(child.tasks, timeout=OUTPUT_PATIENCE_SECONDS)
        for task in unfinished:
            task.cancel()

    async def _notice_end(self, child: Child) -> None:
        exit_code = await child.process.wait()
        if not self.first_end.done():
            self.first_end.set_result(Ended(child.plan.name, exit_code))

    async def _relay_lines(self, child: Child) -> None:
        rest = b""
        while data := await child.output.read(READ_BYTES):
            *lines, rest = (rest + data).split(b"\n")
            if len(rest) > LINE_LIMIT_BYTES:
                lines, rest = [*lines, rest], b""
            for line in lines:
                self._show(child, line)
        if rest:
            self._show(child, rest)

    def _show(self, child: Child, line: bytes) -> None:
        self.show_line(child.plan.name, line.decode(errors="replace").rstrip("\r"))


async def open_stream(descriptor: int) -> asyncio.StreamReader:
    stream = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(descriptor, "rb")
    )
    return stream


def send_to_group(leader: int, number: signal.Signals) -> None:
    # PermissionError is macOS's answer for a group of which only an unreaped process is left.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)


if sys.platform == "linux":
    # Loaded before any fork: a child may not load libraries before it has become its program.
    libc = ctypes.CDLL(None)

    def end_with_parent() -> None:
        """In the child: be stopped by the kernel if the supervisor itself is killed."""
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

else:
    end_with_parent = None
