"""Shows a report to people: what fails first, with its reasons, then the figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assistant.evaluation.triage import write_tables

Report = Mapping[str, Any]


def show_figures(report: Report, console: Console) -> None:
    """Name and value, one a line; what isn't a figure is left to the JSON."""
    figures = {
        name: value for name, value in report.items() if not isinstance(value, (list, dict))
    }
    width = max(map(len, figures), default=0)
    for name, value in figures.items():
        console.print(f"{name:<{width}}  {value}", soft_wrap=True)


def show_answers(report: Report, console: Console) -> None:
    for row in report["rows"]:
        if not row["passed"]:
            reasons = "; ".join(row["reasons"])
            line = f"[red]{escape(row['id'])}[/red] ({row['outcome']}): {escape(reasons)}"
            console.print(line, soft_wrap=True)
    if report["passed"] < report["total"]:
        console.print()
    show_figures(report, console)
    for name in ("refused_though_answerable", "answered_though_not"):
        ids = report[name]
        console.print(f"{name} {len(ids)}: {', '.join(ids)}" if ids else f"{name} 0")
    if report["jobs"] > 1:
        console.print("Times are of questions that waited for one another: use --jobs 1 for them.")
    show_outcomes(report["outcomes"], console)
    for name, groups in report["groups"].items():
        show_group(name, groups, console)
    if "comparison" in report:
        show_comparison(report["comparison"], console)


def show_evidence(report: Report, console: Console) -> None:
    """What the floor gets wrong, then the figures of each file, then of each floor."""
    for row in report["rows"]:
        if not row["passed"]:
            weight = "" if row["weight"] is None else f", {row['weight']:.3f}"
            line = f"{row['file']} {row['id']} ({row['outcome']}{weight})"
            console.print(line, markup=False, soft_wrap=True)
    show_group("file", report["files"], console)
    table = Table("floor", "kept", "refused", box=SIMPLE, pad_edge=False)
    for point in report["curve"]:
        is_set = point["floor"] == report["floor"]
        table.add_row(
            *(str(point[name]) for name in ("floor", "kept", "refused")),
            style="bold" if is_set else "",
        )
    console.print(table)
    show_figures(report, console)


def show_outcomes(outcomes: Mapping[str, Mapping[str, int]], console: Console) -> None:
    """The confusion matrix: a row for what was wanted, a column for what came."""
    came = sorted({name for counts in outcomes.values() for name in counts})
    columns = (name.replace("_", "_\n") for name in came)
    table = Table("wanted \\ came", *columns, box=SIMPLE, pad_edge=False)
    for wanted, counts in outcomes.items():
        table.add_row(wanted, *(str(counts.get(name, "")) for name in came))
    console.print(table)


def show_group(name: str, groups: Mapping[str, Report], console: Console) -> None:
    columns = list(next(iter(groups.values())))
    table = Table(name, *columns, box=SIMPLE, pad_edge=False)
    for value, figures in groups.items():
        table.add_row(value or "-", *(str(figures[column]) for column in columns))
    console.print(table)


def show_comparison(comparison: Report, console: Console) -> None:
    console.print(f"\nCompared over {comparison['compared']} questions", style="bold")
    for name in ("newly_failing", "newly_passing", "only_now", "only_earlier"):
        show_ids(name, comparison[name], console)
    for name, (before, now) in comparison["figures"].items():
        if before != now:
            console.print(f"{name}: {before} → {now} ({now - before:+.4g})")
    for change in comparison["changed"]:
        parts = [f"{change['id']}:"]
        if "outcome" in change:
            parts.append(" → ".join(change["outcome"]))
        parts += [f"no longer cites {url}" for url in change.get("citations_lost", ())]
        parts += [f"now cites {url}" for url in change.get("citations_gained", ())]
        parts += change.get("words", ())
        console.print("\n    ".join(parts), markup=False, soft_wrap=True)


def show_ids(name: str, ids: Sequence[str], console: Console) -> None:
    if ids:
        console.print(f"{name} ({len(ids)}): {', '.join(ids)}", markup=False, soft_wrap=True)


def show_triage(report: Report, console: Console) -> None:
    for wrong in report["wrong"]:
        meant = " or ".join(wrong["meant"])
        console.print(f"{wrong['id']}: {wrong['decided']}, not {meant}: {wrong['question']}")
    for line in write_tables(report):
        console.print(line, soft_wrap=True)
