"""Compares two runs of gold questions and names what changed.

Figures are counted again over the questions that both runs asked, so that a run of a few
questions can be held against one of all.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.evaluation.figures import Row, summarise

# A fall of one of these is a fall; times are noise, and lists of ids stand in the rows.
FIGURES = (
    "passed",
    "groundedness",
    "quote_fidelity",
    "outcome_accuracy",
    "fact_recall",
    "citation_precision",
)
CHANGES_SHOWN = 6
WORDS_AROUND = 3


class EarlierRunUnusable(Exception):
    """The file to compare with is not a report of this command."""


def read_earlier_rows(path: Path) -> list[dict[str, Any]]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
        if any(
            not {"id", "passed", "outcome", "answer", "citations"} <= row.keys() for row in rows
        ):
            raise ValueError("a row lacks what a comparison needs")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EarlierRunUnusable(f"{path} is no report of this command: {error!r}") from error
    return list(rows)


def compare(earlier: Sequence[Row], rows: Sequence[Row]) -> dict[str, Any]:
    """Say what became of each question since the earlier run."""
    before = {get_key(row, earlier): row for row in earlier}
    now = {get_key(row, earlier): row for row in rows}
    shared = [(before[key], row) for key, row in now.items() if key in before]
    newly_failing = [row["id"] for old, row in shared if old["passed"] and not row["passed"]]
    figures = compare_figures([old for old, _ in shared], [row for _, row in shared])
    return {
        "compared": len(shared),
        "only_now": [row["id"] for key, row in now.items() if key not in before],
        "only_earlier": [row["id"] for key, row in before.items() if key not in now],
        "newly_failing": newly_failing,
        "newly_passing": [row["id"] for old, row in shared if row["passed"] and not old["passed"]],
        "changed": [change for old, row in shared if (change := describe_change(old, row))],
        "figures": figures,
        "fell": bool(newly_failing) or any(now < old for old, now in figures.values()),
    }


def get_key(row: Row, earlier: Sequence[Row]) -> tuple[str, str]:
    """Two files may use one id, but early reports don't say which file a row is of."""
    has_files = all("file" in each for each in earlier)
    return (row["file"] if has_files else "", row["id"])


def compare_figures(earlier: Sequence[Row], rows: Sequence[Row]) -> dict[str, tuple[Any, Any]]:
    """Each figure before and now; those that the earlier report's rows can't tell are left out."""
    now = summarise(rows)
    try:
        before = summarise(earlier)
    except KeyError:
        before = {"passed": sum(row["passed"] for row in earlier)}
    return {name: (before[name], now[name]) for name in FIGURES if name in before}


def describe_change(old: Row, row: Row) -> dict[str, Any] | None:
    """What differs between two answers to a question; None if nothing does."""
    change: dict[str, Any] = {"id": row["id"]}
    if old["outcome"] != row["outcome"]:
        change["outcome"] = [old["outcome"], row["outcome"]]
    before, now = list_cited(old), list_cited(row)
    if before != now:
        change["citations_lost"] = [url for url in before if url not in now]
        change["citations_gained"] = [url for url in now if url not in before]
    if old["answer"] != row["answer"]:
        change["words"] = describe_words(old["answer"], row["answer"])
    return change if len(change) > 1 else None


def list_cited(row: Row) -> list[str]:
    citations: Sequence[Mapping[str, Any]] = row["citations"]
    return [citation["url"] for citation in citations]


def describe_words(before: str, now: str) -> list[str]:
    """The first changes of an answer's words, each with a few words before it."""
    old_words, new_words = before.split(), now.split()
    matcher = difflib.SequenceMatcher(a=old_words, b=new_words, autojunk=False)
    changes = [
        " ".join(
            [
                *old_words[max(0, old_begin - WORDS_AROUND) : old_begin],
                *mark("-", old_words[old_begin:old_end]),
                *mark("+", new_words[new_begin:new_end]),
            ]
        )
        for kind, old_begin, old_end, new_begin, new_end in matcher.get_opcodes()
        if kind != "equal"
    ]
    left = len(changes) - CHANGES_SHOWN
    return changes[:CHANGES_SHOWN] + ([f"and {left} more"] if left > 0 else [])


def mark(sign: str, words: Sequence[str]) -> list[str]:
    """'[-taken away-]', '[+put in+]', shortened in the middle when it is long."""
    if not words:
        return []
    shown = words if len(words) <= 12 else [*words[:6], "…", *words[-5:]]
    return [f"[{sign}{' '.join(shown)}{sign}]"]
