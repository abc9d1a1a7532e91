"""Measure: how well retrieval finds, and how well the gold questions are answered."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as ProgressBar

from knowledge.embedding import ModelFilesUnusable
from knowledge.evaluation import FolderUnusable, evaluate_retrieval
from knowledge.types import Progress, ProgressCallback


class Command(BaseCommand):
    help = "Measure retrieval over a BEIR folder, the answers to the gold questions, or triage."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parts = parser.add_subparsers(dest="part", required=True)
        retrieval = parts.add_parser("retrieval", help="a folder in BEIR's layout")
        retrieval.add_argument("folder", type=Path)
        answers = parts.add_parser("answers", help="a file of gold questions, one JSON a line")
        answers.add_argument("file", type=Path)
        triage = parts.add_parser("triage", help="a file of questions for triage, one JSON a line")
        triage.add_argument("file", type=Path)
        for part in (retrieval, answers, triage):
            part.add_argument("--json", action="store_true", help="one JSON object, nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["part"] == "retrieval":
            self.evaluate_retrieval(options["folder"], as_json=options["json"])
        elif options["part"] == "triage":
            self.evaluate_triage(options["file"], as_json=options["json"])
        else:
            self.evaluate_answers(options["file"], as_json=options["json"])

    def evaluate_retrieval(self, folder: Path, *, as_json: bool) -> None:
        try:
            with shown_progress() as on_progress:
                report = evaluate_retrieval(folder, on_progress=on_progress)
        except (FolderUnusable, ModelFilesUnusable) as error:
            raise CommandError(str(error)) from error
        self.write_report(report, as_json=as_json)

    def evaluate_answers(self, file: Path, *, as_json: bool) -> None:
        # Imported here: measuring retrieval needs none of the answering.
        from assistant.evaluation import GoldQuestionsUnusable, evaluate_answers

        try:
            with shown_progress() as on_progress:
                report = evaluate_answers(file, on_progress=on_progress)
        except OSError as error:
            raise CommandError(f"{file} can't be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{file} can't be read: it is not UTF-8") from error
        except (GoldQuestionsUnusable, ModelFilesUnusable) as error:
            raise CommandError(str(error)) from error
        rows = [] if as_json else report.pop("rows")
        for row in rows:
            if not row["passed"]:
                self.stdout.write(f"{row['id']} ({row['outcome']}): {'; '.join(row['reasons'])}")
        self.write_report(report, as_json=as_json)

    def evaluate_triage(self, file: Path, *, as_json: bool) -> None:
        # Imported here, as above.
        from assistant.triage_evaluation import (
            TriageQuestionsUnusable,
            evaluate_triage,
            write_tables,
        )

        try:
            with shown_progress() as on_progress:
                report = evaluate_triage(file, on_progress=on_progress)
        except OSError as error:
            raise CommandError(f"{file} can't be read: {error.strerror}") from error
        except (UnicodeDecodeError, TriageQuestionsUnusable, ModelFilesUnusable) as error:
            raise CommandError(f"{file} can't be used: {error}") from error
        if as_json:
            self.write_report(report, as_json=True)
            return
        for wrong in report["wrong"]:
            meant = " or ".join(wrong["meant"])
            self.stdout.write(
                f"{wrong['id']}: {wrong['decided']}, not {meant}: {wrong['question']}"
            )
        for line in write_tables(report):
            self.stdout.write(line)

    def write_report(self, report: Mapping[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
            return
        width = max(map(len, report))
        for name, value in report.items():
            self.stdout.write(f"{name:<{width}}  {value}")


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
