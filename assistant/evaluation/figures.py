"""Counts the figures of a run from its rows, so that any part of a run can be counted again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from assistant.answering.types import Outcome

Row = Mapping[str, Any]

# Outcomes that leave a reader without the information.
REFUSALS = frozenset(
    outcome.value
    for outcome in (
        Outcome.NO_EVIDENCE,
        Outcome.OUT_OF_SCOPE,
        Outcome.CLARIFICATION_NEEDED,
        Outcome.UNSAFE,
    )
)
GROUPS = ("audience", "route", "held_out")


def summarise(rows: Sequence[Row]) -> dict[str, Any]:
    """All figures of the rows; a share of nothing is 1."""
    wanted = [row for row in rows if Outcome.ANSWERED in row["wanted"]]
    precisions = [
        row["citation_precision"] for row in rows if row["citation_precision"] is not None
    ]
    return {
        "total": len(rows),
        "passed": sum(row["passed"] for row in rows),
        "groundedness": share(rows, "cited", "statements"),
        "quote_fidelity": share(rows, "verbatim", "quotes"),
        "outcome_accuracy": round_share(
            sum(row["outcome"] in row["wanted"] for row in rows), len(rows)
        ),
        "fact_recall": share(wanted, "facts_found", "facts"),
        "citation_precision": round_share(sum(precisions), len(precisions)),
        "refused_though_answerable": [
            row["id"]
            for row in wanted
            if row["outcome"] in REFUSALS and row["outcome"] not in row["wanted"]
        ],
        "answered_though_not": [
            row["id"]
            for row in rows
            if row["outcome"] == Outcome.ANSWERED and Outcome.ANSWERED not in row["wanted"]
        ],
        "ms_p50": percentile(rows, "ms", 50),
        "ms_p95": percentile(rows, "ms", 95),
        "ms_first_p50": percentile(rows, "ms_first", 50),
        "ms_first_p95": percentile(rows, "ms_first", 95),
    }


def count_outcomes(rows: Sequence[Row]) -> dict[str, dict[str, int]]:
    """The confusion matrix: wanted outcome → outcome → how many.

    A right outcome counts as the wanted one; else it is the first that would have been right.
    """
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        is_right = row["outcome"] in row["wanted"]
        wanted = row["outcome"] if is_right else row["wanted"][0]
        counts.setdefault(wanted, Counter())[row["outcome"]] += 1
    names = [outcome.value for outcome in Outcome]
    return {
        wanted: {name: counts[wanted][name] for name in names if counts[wanted][name]}
        for wanted in names
        if wanted in counts
    }


def summarise_groups(rows: Sequence[Row]) -> dict[str, dict[str, dict[str, Any]]]:
    """Some figures for each audience, each route and what was held out, where the rows say so."""
    return {
        name: {
            str(value).lower(): pick(summarise([row for row in rows if row[name] == value]))
            for value in sorted({row[name] for row in rows})
        }
        for name in GROUPS
        if any(row[name] for row in rows)
    }


def pick(figures: Mapping[str, Any]) -> dict[str, Any]:
    names = ("total", "passed", "outcome_accuracy", "fact_recall", "citation_precision")
    return {name: figures[name] for name in names}


def share(rows: Sequence[Row], part: str, whole: str) -> float:
    return round_share(sum(row[part] for row in rows), sum(row[whole] for row in rows))


def round_share(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 1.0


def percentile(rows: Sequence[Row], name: str, place: int) -> float | None:
    known = [row[name] for row in rows if row[name] is not None]
    return round(float(np.percentile(known, place)), 1) if known else None
