"""Measure: how well retrieval finds, how well the gold questions are answered, and more."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as ProgressBar

from assistant.evaluation.comparing import EarlierRunUnusable
from assistant.evaluation.parts import ANSWERS, EVIDENCE, RETRIEVAL, TRIAGE, Part
from assistant.evaluation.triage import TriageQuestionsUnusable
from knowledge.embedding import ModelFilesUnusable
from knowledge.evaluation import FolderUnusable
from knowledge.gold_questions import GoldQuestionsUnusable
from knowledge.types import Progress, ProgressCallback

PARTS: tuple[Part, ...] = (
    RETRIEVAL,
    ANSWERS,
    EVIDENCE,
    TRIAGE,
)
WIDTH_OF_FILES = 120
UNUSABLE = (
    FolderUnusable,
    GoldQuestionsUnusable,
    ModelFilesUnusable,
    EarlierRunUnusable,
    TriageQuestionsUnusable,
)


class Command(BaseCommand):
    help = "Measure one part of the assistant over a file or folder of questions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        subparsers = parser.add_subparsers(dest="part", required=True)
        for part in PARTS:
            subparser = subparsers.add_parser(part.name, help=part.help)
            part.add_arguments(subparser)
            subparser.add_argument(
                "--json", action="store_true", help="one JSON object, nothing else"
            )

    def handle(self, *args: Any, **options: Any) -> None:
        part = next(part for part in PARTS if part.name == options["part"])
        try:
            with shown_progress() as on_progress:
                report = part.measure(options, on_progress)
        except OSError as error:
            raise CommandError(f"{error.filename} can't be read: {error.strerror}") from error
        except UNUSABLE as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            is_terminal = self.stdout.isatty()
            console = Console(
                force_terminal=is_terminal,
                highlight=False,
                width=None if is_terminal else WIDTH_OF_FILES,
            )
            with console.capture() as captured:
                part.show(report, console)
            self.stdout.write(captured.get(), ending="")
        if fault := part.find_fault(options, report):
            raise CommandError(fault)


@contextmanager
def shown_progress() -> Iterator[ProgressCallback]:
    """A bar for each step, on stderr, so that stdout is the report alone."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with ProgressBar(*columns, console=Console(stderr=True)) as bar:
        tasks: dict[str, Any] = {}

        def show(progress: Progress) -> None:
            if progress.step not in tasks:
                tasks[progress.step] = bar.add_task(progress.step, total=progress.total)
            bar.update(tasks[progress.step], completed=progress.done, total=progress.total)

        yield show
