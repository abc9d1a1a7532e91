"""A service of the benchmark's own: database, Redis, index and web process, in one folder."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import psutil

from assistant.redis_server import find_free_port, running_redis
from assistant.serving import Address, manage, plan_processes
from tests.govuk_server import serve_govuk

SOURCE = "immigration-rules"
START_TIMEOUT_SECONDS = 120
# Sections of made-up rules: each paragraph becomes about one passage.
SECTIONS = 80
PARAGRAPHS_A_SECTION = 100
WORDS = (
    "applicant application arrival authority border carrier certificate child claim condition "
    "country date decision document evidence family fee form France grant guardian home interview "
    "leave letter member minister month notice parent partner passport period permission person "
    "place protection reason refusal relative removal request residence return route rule scheme "
    "school sponsor stay transfer travel United Kingdom visa week work year"
)
LINKS = (
    "must must show may may not whose with without before after within under of by from for "
    "unless where until and or"
)


def write_rules(seed: int = 6) -> dict[str, str]:
    """Sections of sentences about nothing: as long as real rules, and made of their words."""
    chance = random.Random(seed)
    words, links = WORDS.split(), LINKS.split()
    sections = {}
    for section in range(1, SECTIONS + 1):
        paragraphs = []
        for number in range(1, PARAGRAPHS_A_SECTION + 1):
            sentences = [
                " ".join(
                    chance.choice(words if place % 2 else links)
                    for place in range(chance.randint(14, 26))
                ).capitalize()
                for _ in range(4)
            ]
            paragraphs.append(f"<p>{section}.{number}. {'. '.join(sentences)}.</p>")
        heading = f"<h2 id='part-{section}'>Part {section}</h2>"
        sections[f"part-{section}"] = heading + "".join(paragraphs)
    return sections


class Scratch:
    """Where the service writes, and how its commands are run."""

    def __init__(self, folder: Path, *, redis_url: str) -> None:
        self.folder = folder
        self.environment = os.environ | {
            "VAR_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
            "REDIS_URL": redis_url,
            "PYTHONUNBUFFERED": "1",
            "LOG_LEVEL": "WARNING",
            # Made-up rules beside the real briefings may well answer a gold question worse.
            "KNOWLEDGE_GATE": "never_ask",
        }

    def manage(self, *arguments: str, **environment: str) -> str:
        ended = subprocess.run(
            manage(*arguments),
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return ended.stdout

    def fill(self, govuk_api_root: str) -> None:
        """Read the documents once: from there, or made-up ones."""
        if (self.folder / "filled").exists():
            return
        self.manage("serve", "--prepare")
        if govuk_api_root:
            self.refresh(govuk_api_root)
        else:
            with serve_govuk() as server:
                server.add_manual("/guidance/immigration-rules", write_rules())
                self.refresh(server.api_root)
        (self.folder / "filled").touch()

    def refresh(self, govuk_api_root: str) -> None:
        reports = self.manage("refresh", SOURCE, "--json", GOVUK_API_ROOT=govuk_api_root)
        report = json.loads(reports)[0]
        if report["failures"] or report["held"]:
            raise RuntimeError(f"not live: {report['failures'][:3]} {report['held']}")

    def count_passages(self) -> int:
        """How many passages the live publication holds."""
        with closing(sqlite3.connect(self.folder / "db.sqlite3")) as database:
            (count,) = database.execute(
                "SELECT passage_count FROM knowledge_publication"
                " WHERE published_at IS NOT NULL ORDER BY published_at DESC LIMIT 1"
            ).fetchone()
        return int(count)

    @contextmanager
    def serving(self) -> Iterator[tuple[str, psutil.Process]]:
        """The web process as `serve` starts it; yields its address and the process."""
        address = Address("127.0.0.1", find_free_port())
        plan = next(plan for plan in plan_processes(address, {}) if plan.name == "web")
        process = subprocess.Popen(
            plan.command, env=self.environment | plan.environment, cwd=plan.folder
        )
        try:
            wait_until_able(address.url, process)
            yield address.url, psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait()


def wait_until_able(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    with httpx.Client(base_url=url, trust_env=False) as client:
        while True:
            try:
                if client.get("health").is_success:
                    return
            except httpx.HTTPError:
                pass
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the web process did not start")
            time.sleep(0.1)


@contextmanager
def open_scratch(folder: Path) -> Iterator[Scratch]:
    folder.mkdir(parents=True, exist_ok=True)
    with running_redis(folder / "redis") as redis_url:
        yield Scratch(folder, redis_url=redis_url)
