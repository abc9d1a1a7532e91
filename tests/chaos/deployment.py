"""Worker, web and Redis as `serve` starts them, in one folder, to be killed one by one."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import django
import psutil
from kombu.exceptions import OperationalError

from assistant.redis_server import find_free_port, find_redis_binary, plan_redis
from assistant.serving import Address, manage, plan_processes
from tests.benchmark.scratch import wait_until_able

ROOT = Path(__file__).parents[2]
QUIET_TIMEOUT_SECONDS = 300.0


class Deployment:
    """Worker, web and Redis in one folder, each of which may be killed and started again."""

    def __init__(self, folder: Path, govuk_api_root: str) -> None:
        self.folder = folder
        self.database = folder / "db.sqlite3"
        self.redis = plan_redis(binary=find_redis_binary(), directory=folder / "redis")
        self.address = Address("127.0.0.1", find_free_port())
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "assistant.settings",
            "VAR_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{self.database}",
            "REDIS_URL": self.redis.url,
            "GOVUK_API_ROOT": govuk_api_root,
            "PYTHONUNBUFFERED": "1",
            "LOG_LEVEL": "WARNING",
        }
        # This process asks for refreshes, as staff's does: settings are read after this.
        os.environ.update(self.environment)
        django.setup()
        plans = {plan.name: plan for plan in plan_processes(self.address, {})}
        self.commands = {
            "redis": self.redis.command,
            "worker": plans["worker"].command,
            "web": plans["web"].command,
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        log = (self.folder / f"{name}.log").open("ab")
        with log:
            self.processes[name] = subprocess.Popen(
                self.commands[name],
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def start_all(self) -> None:
        for name in self.commands:
            if name not in self.processes:
                self.start(name)
        wait_until_able(self.address.url, self.processes["web"])

    def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        group = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        psutil.wait_procs(group)

    def kill_all(self) -> None:
        for name in list(self.processes):
            self.kill(name)

    def manage(self, *arguments: str) -> str:
        ended = subprocess.run(
            manage(*arguments), env=self.environment, stdout=subprocess.PIPE, text=True, check=True
        )
        return ended.stdout

    def ask_for_refresh(self, source: str) -> None:
        """As the staff's button does: a run for the worker. Without Redis it can't be sent."""
        from knowledge.models import Source
        from knowledge.runs import request_run, send_run

        run = request_run(source=Source.objects.get(slug=source), asked_by="chaos")
        with contextlib.suppress(OperationalError):
            send_run(run)

    def wait_until_quiet(self) -> float:
        """Wait until no refresh waits or runs, and say how many seconds that took."""
        begun = time.monotonic()
        while self.is_refreshing():
            if time.monotonic() - begun > QUIET_TIMEOUT_SECONDS:
                raise RuntimeError("a refresh did not end")
            time.sleep(0.05)
        return time.monotonic() - begun

    def is_refreshing(self) -> bool:
        answer = self.query(
            "SELECT COUNT(*) FROM knowledge_refreshrun WHERE state IN ('waiting', 'running')"
        )
        return bool(answer)

    def get_step(self) -> str:
        """What the refresh is doing now, by its row."""
        step = self.query(
            "SELECT COALESCE((SELECT state || ' ' || step FROM knowledge_refreshrun"
            " WHERE state IN ('waiting', 'running') ORDER BY id DESC LIMIT 1), 'ended')"
        )
        return str(step).strip()

    def is_live(self, words: str) -> bool:
        found = self.query(
            "SELECT COUNT(*) FROM knowledge_passage AS passage"
            " JOIN knowledge_liveperiod AS period ON period.revision_id = passage.revision_id"
            " WHERE period.live_until IS NULL AND INSTR(passage.text, ?) > 0",
            words,
        )
        return bool(found)

    def query(self, sql: str, *values: object) -> Any:
        with closing(sqlite3.connect(self.database, timeout=60)) as connection:
            return connection.execute(sql, values).fetchone()[0]


@contextmanager
def deployed(folder: Path, govuk_api_root: str) -> Iterator[Deployment]:
    deployment = Deployment(folder, govuk_api_root)
    try:
        yield deployment
    finally:
        deployment.kill_all()
