"""Who holds a piece of work, and is that process still alive?

A holder is 'host:pid:start'. On the same machine a dead process is known at once; on another
machine only its heartbeat tells.
"""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path


def get_holder(pid: int | None = None) -> str:
    """Name this process, or another one on this machine."""
    pid = pid or os.getpid()
    return f"{socket.gethostname()}:{pid}:{get_start(pid)}"


@cache
def get_start(pid: int) -> str:
    """Tell two processes with one pid apart. Empty where the system has no /proc."""
    return (read_state(pid) or ("", ""))[1]


def read_state(pid: int) -> tuple[str, str] | None:
    """The process's state letter and its start time, or None where the system doesn't tell."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The name in brackets may hold spaces; the start time is the 20th field after it.
    fields = stat.rpartition(")")[2].split()
    return fields[0], fields[19]


def is_alive(
    holder: str, *, heartbeat_at: datetime | None, now: datetime, patience: timedelta
) -> bool:
    """Say whether the holder still works. A heartbeat older than `patience` means that it died."""
    host, _, rest = holder.partition(":")
    pid, _, start = rest.partition(":")
    if host == socket.gethostname() and pid.isdigit() and not is_process(int(pid), start):
        return False
    # A heartbeat from the future is a clock's that was wrong, and no sign of life.
    return heartbeat_at is not None and abs(now - heartbeat_at) <= patience


def is_process(pid: int, start: str) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    state = read_state(pid)
    if state is None:
        return True
    # A killed process whose parent hasn't noticed yet still has its number.
    return state[0] not in {"Z", "X"} and start in {"", state[1]}
