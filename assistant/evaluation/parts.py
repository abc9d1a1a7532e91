"""What can be measured: each part has a name, options, a measurement and a way to be shown.

To measure one thing more, write a Part beside what it measures and name it in the command.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from assistant.answering.pipeline import warm_up
from assistant.evaluation.comparing import compare, read_earlier_rows
from assistant.evaluation.evidence import measure_evidence
from assistant.evaluation.plotting import draw_curves
from assistant.evaluation.running import Selection, evaluate_answers
from assistant.evaluation.terminal import show_answers, show_evidence, show_figures, show_triage
from assistant.evaluation.triage import evaluate_triage
from knowledge.evaluation import evaluate_retrieval
from knowledge.types import ProgressCallback

Options = Mapping[str, Any]
Report = dict[str, Any]


def find_no_fault(options: Options, report: Report) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class Part:
    """`measure` returns what --json prints; `find_fault` says why the command fails, or ''."""

    name: str
    help: str
    add_arguments: Callable[[ArgumentParser], None]
    measure: Callable[[Options, ProgressCallback], Report]
    show: Callable[[Report, Console], None] = show_figures
    find_fault: Callable[[Options, Report], str] = find_no_fault


def add_folder(parser: ArgumentParser) -> None:
    parser.add_argument("folder", type=Path)


def add_file(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path)


def add_files(parser: ArgumentParser) -> None:
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")


def add_answers_arguments(parser: ArgumentParser) -> None:
    add_files(parser)
    parser.add_argument("--only", nargs="+", default=(), metavar="ID", help="these questions")
    parser.add_argument(
        "--held-out", action="store_true", default=None, help="the questions marked held_out"
    )
    parser.add_argument(
        "--not-held-out", action="store_false", dest="held_out", help="the other questions"
    )
    parser.add_argument(
        "--jobs", type=int, default=1, metavar="N", help="so many at a time; times are noisy then"
    )
    parser.add_argument(
        "--compare", type=Path, metavar="EARLIER.json", help="name what changed since a --json"
    )
    parser.add_argument(
        "--fail-on-fall", action="store_true", help="exit with 1 if anything is worse than it was"
    )


def measure_answers(options: Options, on_progress: ProgressCallback) -> Report:
    # Read before anything is asked, which takes minutes.
    earlier = read_earlier_rows(options["compare"]) if options["compare"] else None
    report = evaluate_answers(
        options["files"],
        selection=Selection(ids=options["only"], held_out=options["held_out"]),
        jobs=max(1, options["jobs"]),
        on_progress=on_progress,
        # Or the first questions' times would be those of loading the model.
        warm_up=warm_up,
    )
    if earlier is not None:
        report["comparison"] = compare(earlier, report["rows"])
    return report


def find_fall(options: Options, report: Report) -> str:
    comparison = report.get("comparison")
    if not (options["fail_on_fall"] and comparison and comparison["fell"]):
        return ""
    failing = ", ".join(comparison["newly_failing"]) or "none newly fails, but a figure fell"
    return f"worse than {options['compare']}: {failing}"


def add_evidence_arguments(parser: ArgumentParser) -> None:
    add_files(parser)
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw the curves there")


def measure_curves(options: Options, on_progress: ProgressCallback) -> Report:
    report = measure_evidence(options["files"], on_progress=on_progress)
    if options["plot"]:
        drawing = draw_curves(report["curve"], floor=report["floor"])
        options["plot"].write_text(drawing, encoding="utf-8")
    return report


RETRIEVAL = Part(
    name="retrieval",
    help="a folder in BEIR's layout",
    add_arguments=add_folder,
    measure=lambda options, on_progress: dict(
        evaluate_retrieval(options["folder"], on_progress=on_progress)
    ),
)
ANSWERS = Part(
    name="answers",
    help="files of gold questions, one JSON a line",
    add_arguments=add_answers_arguments,
    measure=measure_answers,
    show=show_answers,
    find_fault=find_fall,
)
EVIDENCE = Part(
    name="evidence",
    help="files of questions that have an answer and of those that have none",
    add_arguments=add_evidence_arguments,
    measure=measure_curves,
    show=show_evidence,
)
TRIAGE = Part(
    name="triage",
    help="a file of questions for triage, one JSON a line",
    add_arguments=add_file,
    measure=lambda options, on_progress: evaluate_triage(options["file"], on_progress=on_progress),
    show=show_triage,
)
