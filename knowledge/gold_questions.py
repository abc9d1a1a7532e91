"""Reads files of gold questions, one JSON object a line; what can't be read is named."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

Made = TypeVar("Made")

# These fields say in which figures a question is counted, not how it is judged.
ONLY_COUNTED = ("route", "held_out")


class GoldQuestionsUnusable(Exception):
    """The file of gold questions can't be read; the message says where and why."""


@dataclass(frozen=True)
class EarlierTurn:
    """A question that came before, with its answer."""

    question: str
    answer: str = ""


@dataclass(frozen=True, kw_only=True)
class GoldEntry:
    """A question with what a right answer must have. The fields are the file's."""

    id: str
    question: str
    outcome: tuple[str, ...]
    audience: str = ""
    route: str = ""
    held_out: bool = False
    cites_any: tuple[str, ...] = ()
    facts: tuple[tuple[str, ...], ...] = ()
    avoid: tuple[str, ...] = ()
    history: tuple[EarlierTurn, ...] = ()


def read_gold_entry(entry: Mapping[str, Any]) -> GoldEntry:
    return GoldEntry(
        id=entry["id"],
        question=entry["question"],
        outcome=tuple(entry["outcome"]),
        audience=entry.get("audience") or "",
        route=str(entry.get("route") or ""),
        held_out=bool(entry.get("held_out")),
        cites_any=tuple(entry.get("cites_any") or ()),
        facts=tuple(tuple(alternatives) for alternatives in entry.get("facts") or ()),
        avoid=tuple(entry.get("avoid") or ()),
        history=tuple(
            EarlierTurn(turn["question"], turn.get("answer", ""))
            for turn in entry.get("history") or ()
        ),
    )


def read_gold_file(path: Path, make: Callable[[GoldEntry], Made]) -> list[Made]:
    """Read every line; what `make` refuses is an error of that line too."""
    made = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            made.append(make(read_gold_entry(json.loads(line))))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise GoldQuestionsUnusable(f"{path}, line {number}: {error!r}") from error
    return made


def digest_gold(entries: Iterable[GoldEntry]) -> str:
    """Digest all that decides how the questions are asked and judged."""
    asked = [asdict(entry) for entry in sorted(entries, key=lambda each: each.id)]
    for entry in asked:
        for name in ONLY_COUNTED:
            del entry[name]
    whole = json.dumps(asked)
    return hashlib.sha256(whole.encode()).hexdigest()
