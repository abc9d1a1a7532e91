"""Everything in one terminal: Redis, web, worker and beat, started in order, stopped together."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as ProgressBar

from assistant.redis_server import RedisUnavailable, find_free_port
from assistant.serving import (
    Address,
    CannotServe,
    plan_own_redis,
    require_free_port,
    require_programs,
    serve,
)
from knowledge.publishing import describe_held
from knowledge.reconciling import reconcile
from knowledge.runs import abandon_waiting_runs
from knowledge.starter.loading import load_starter
from knowledge.types import Progress


class Command(BaseCommand):
    help = "Serve the assistant: Redis, web, worker and beat in one terminal; Ctrl-C stops them."
    # `--prepare` runs them; here they would only delay the first line.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=settings.ASSISTANT_HOST)
        parser.add_argument(
            "--port", type=int, default=settings.ASSISTANT_PORT, help="0 chooses a free one"
        )
        parser.add_argument(
            "--prepare",
            action="store_true",
            help="only migrate the database and load the starter knowledge, then end",
        )

        parser.add_argument(
            "--new-queue",
            action="store_true",
            help="with --prepare: what waited for the worker was lost with an earlier Redis",
        )

    def handle(self, *args: Any, host: str, port: int, prepare: bool, **options: Any) -> None:
        console = Console(highlight=False)
        if prepare:
            self.check()
            prepare_knowledge(console)
            if options["new_queue"]:
                abandon_waiting_runs(now=timezone.now())
            return
        address = Address(host, port or find_free_port(host))
        try:
            redis_plan = plan_own_redis()
            require_programs()
            require_free_port(address)
            ended = asyncio.run(serve(address, redis_plan, console))
        except (CannotServe, RedisUnavailable) as error:
            raise CommandError(str(error)) from error
        if ended is not None:
            raise CommandError(ended)


def prepare_knowledge(console: Console) -> None:
    call_command("migrate", verbosity=0, interactive=False)
    console.print("The database is up to date.")
    columns = (
        TextColumn("Starter knowledge: {task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with ProgressBar(*columns, console=console) as bar:
        task = bar.add_task("loading", total=None)

        def show(progress: Progress) -> None:
            bar.update(
                task,
                description=progress.step,
                completed=progress.done,
                total=progress.total or None,
            )

        publication = load_starter(on_progress=show)
    console.print("The starter knowledge is loaded.")
    if held := describe_held(publication):
        console.print(f"Not live yet: {held}")
    # The last stop may have been an unclean one; this costs a fraction of a second.
    report = reconcile(is_quick=True)
    if report.differences or report.overtaken:
        console.print(f"Index and database compared: {report}.")
