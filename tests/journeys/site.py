"""A site of the journeys' own: database, Redis, starter knowledge and web process, as deployed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

PYTHON = (sys.executable, "-W", "ignore")


class SiteDidNotStart(Exception):
    """A process of the site ended before its time; the message holds what it said."""


@dataclass
class Site:
    """The web process under test, which a journey may hold, end and start again."""

    environment: dict[str, str]
    hold_file: Path
    port: int = 0
    process: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                *(*PYTHON, "-m", "uvicorn", "tests.journeys.paced_site:application"),
                *("--host", "127.0.0.1", "--port", str(self.port)),
                *("--ws", "websockets-sansio", "--no-access-log"),
                *("--timeout-graceful-shutdown", "1"),
            ],
            env=self.environment,
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        said = []
        for line in self.process.stdout:
            said.append(line)
            if found := re.search(r"running on http://127\.0\.0\.1:(\d+)", line):
                self.port = int(found[1])
                return
        raise SiteDidNotStart("".join(said))

    def end(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Let no answer go past its next sentence while the block runs."""
        self.hold_file.touch()
        try:
            yield
        finally:
            self.hold_file.unlink()

    def manage(self, *arguments: str, **environment: str) -> None:
        """Run a management command on this site."""
        ended = subprocess.run(
            [*PYTHON, "manage.py", *arguments],
            env=self.environment | environment,
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if ended.returncode:
            raise SiteDidNotStart(ended.stdout)

    def read(self, *arguments: str) -> str:
        """Run a management command on this site, and return its last line."""
        ended = subprocess.run(
            [*PYTHON, "manage.py", *arguments],
            env=self.environment,
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return ended.stdout.strip().splitlines()[-1]


def prepare_site(folder: Path, *, redis_url: str) -> Site:
    """Make the database and load the starter knowledge, as a first start does."""
    hold_file = folder / "hold"
    environment = os.environ | {
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "REDIS_URL": redis_url,
        "JOURNEY_HOLD": str(hold_file),
        "PYTHONUNBUFFERED": "1",
        # Nothing may leave this machine.
        "GOVUK_API_ROOT": "http://127.0.0.1:9/api/content",
    }
    site = Site(environment, hold_file)
    site.manage("serve", "--prepare")
    return site
