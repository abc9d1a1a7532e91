"""Refresh sources now, in this process, with a progress bar."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict, replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from knowledge.ingestion import refresh_source
from knowledge.models import Source
from knowledge.runs import SourceIsBusy, request_run
from knowledge.types import Progress, RefreshReport


class Command(BaseCommand):
    help = "Read the official sources again and make what changed live."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "sources", nargs="*", metavar="SOURCE", help="short names; all if none"
        )
        parser.add_argument("--json", action="store_true", help="print the reports as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        reports: list[RefreshReport] = []
        busy: list[str] = []
        for source in find_sources(options["sources"]):
            try:
                reports.append(refresh_with_bar(source))
            except SourceIsBusy as error:
                busy.append(str(error))
        if options["json"]:
            self.stdout.write(json.dumps([asdict(report) for report in reports], indent=2))
        else:
            for report in reports:
                self.stdout.write(str(replace(report, held="")))
                for failure in report.failures:
                    self.stdout.write(f"  {failure.url}: {failure.reason}")
            # Once and last: what waits holds the changes of every source.
            held = [report.held for report in reports if report.held]
            for line in held[-1:]:
                self.stdout.write(f"Not live yet: {line}")
        if busy:
            raise CommandError("; ".join(busy))


def find_sources(slugs: list[str]) -> list[Source]:
    official = Source.objects.official()
    if not slugs:
        return list(official.filter(is_enabled=True))
    found = {source.slug: source for source in official.filter(slug__in=slugs)}
    unknown = [slug for slug in slugs if slug not in found]
    if unknown:
        known = ", ".join(official.values_list("slug", flat=True)) or "none; run `serve` once"
        raise CommandError(f"no source is called {', '.join(unknown)}. There are: {known}")
    return [found[slug] for slug in slugs]


def refresh_with_bar(source: Source) -> RefreshReport:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    # On standard error, so that --json can be piped.
    with Bar(*columns, console=Console(stderr=True)) as bar:
        tasks: dict[str, Any] = {}

        def show(progress: Progress) -> None:
            if progress.step not in tasks:
                tasks[progress.step] = bar.add_task(f"{source.slug}: {progress.step}")
            bar.update(tasks[progress.step], completed=progress.done, total=progress.total)

        return refresh_source(
            run=request_run(source=source, asked_by="command line"), watcher=show
        )
