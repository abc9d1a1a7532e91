"""`serve` as a person uses it: started from nothing, asked for the page, stopped, broken."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]


class Served:
    """A running `manage.py serve` and what it has printed so far."""

    def __init__(self, var_dir: Path) -> None:
        # Nothing may leave this machine, and a Redis of its own is started.
        environment = os.environ | {
            "VAR_DIR": str(var_dir),
            "DATABASE_URL": f"sqlite:///{var_dir / 'db.sqlite3'}",
            "REDIS_URL": "",
            "GOVUK_API_ROOT": "http://127.0.0.1:9/api/content",
            "KNOWLEDGE_ALLOWED_HOSTS": "127.0.0.1",
        }
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", "0"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []

    def line_with(self, words: str) -> str:
        for line in self.process.stdout:
            self.lines.append(line)
            if words in line:
                return line
        pytest.fail(f"{words!r} was never printed:\n{''.join(self.lines)}")

    def wait(self) -> str:
        """Wait for the end; everything that was printed."""
        if not self.process.stdout.closed:
            self.lines += self.process.stdout
        self.process.wait()
        self.process.stdout.close()
        return "".join(self.lines)

    def list_children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def find_worker(self) -> psutil.Process:
        return next(
            child
            for child in psutil.Process(self.process.pid).children()
            if "worker" in child.cmdline()
        )


@contextmanager
def serving(var_dir: Path) -> Iterator[Served]:
    served = Served(var_dir)
    try:
        yield served
    finally:
        served.process.terminate()
        served.wait()


@pytest.fixture(scope="module")
def var_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served")


@pytest.mark.redis
@pytest.mark.model
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_from_nothing_to_a_page_and_back_to_nothing(var_dir, number):
    with serving(var_dir) as served:
        url = served.line_with("Ready:").split()[1]
        with urllib.request.urlopen(url) as page:
            body = page.read().decode()
        children = served.list_children()
        served.line_with("knowledge.source.refreshed")

        served.process.send_signal(number)
        printed = served.wait()

    assert "<form" in body
    assert printed.endswith("Stopped.\n")
    assert served.process.returncode == 0
    assert len(children) >= 4
    assert [child for child in children if works(child)] == []


@pytest.mark.redis
@pytest.mark.model
def works(child: psutil.Process) -> bool:
    """One that has ended counts no more, though the system may still keep its number."""
    try:
        return child.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_when_a_process_dies_all_are_stopped_and_it_is_named(var_dir):
    with serving(var_dir) as served:
        served.line_with("Ready:")
        children = served.list_children()

        served.find_worker().kill()
        printed = served.wait()

    assert "worker was killed by SIGKILL; everything else was stopped." in printed
    assert served.process.returncode == 1
    assert [child for child in children if works(child)] == []


def test_a_taken_port_is_the_only_line(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        ended = subprocess.run(
            [sys.executable, "manage.py", "serve", "--port", str(port)],
            cwd=ROOT,
            env=os.environ | {"VAR_DIR": str(tmp_path), "REDIS_URL": ""},
            capture_output=True,
            text=True,
            check=False,
        )

    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1
    assert f"port {port} (Address already in use)" in ended.stderr
