"""A real Celery worker for the tests that need one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psutil
from django.conf import settings


@contextmanager
def running_worker(environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A worker in a process group of its own. What is sent before it is ready waits for it."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "celery", "-A", "assistant", "worker"),
            *("--concurrency", "1", "--loglevel", "INFO", "--without-mingle"),
        ],
        env=os.environ | dict(environment) | {"PYTHONUNBUFFERED": "1"},
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        # Killed, not asked: a worker that is asked to stop first finishes what a test holds up.
        if process.poll() is None:
            kill_worker(process)
        process.communicate()


def kill_worker(process: subprocess.Popen[str]) -> None:
    """Kill the worker and its pool, and wait until all of them are dead."""
    group = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    psutil.wait_procs(group)
