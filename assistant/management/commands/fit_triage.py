"""Fit what triage hears in an embedding, on English questions whose outcome is known."""

from __future__ import annotations

import json
import tomllib
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand

from assistant.answering import learnt_likeness, triage
from assistant.answering.types import Outcome
from knowledge import retrieval

# Calls for help are among what these answer.
NOT_ORDINARY = {"help", "trafficking"}


class Command(BaseCommand):
    help = "Fit triage's weights on files of questions and on the briefings' ways to ask."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("questions", type=Path, help="tests/gold/triage.jsonl")
        parser.add_argument("briefings", type=Path, help="knowledge/starter/briefings")

    def handle(self, *args: Any, **options: Any) -> None:
        known = [*read_questions(options["questions"]), *read_asks(options["briefings"])]
        known += [
            (example, rule.outcome if rule else Outcome.ANSWERED)
            for example, rule in triage.get_rules().examples
        ]
        known += [(text, Outcome.ANSWERED) for text in triage.get_rules().elsewhere]
        outcomes = [
            outcome if outcome in learnt_likeness.LEARNT else Outcome.ANSWERED
            for _, outcome in known
        ]
        # As a reader's question is embedded, which may differ from other texts.
        vectors = np.stack([retrieval.embed_question(text) for text, _ in known])
        learnt_likeness.write_weights(learnt_likeness.fit(vectors, outcomes))
        self.stdout.write(f"fitted on {len(known)} questions")


def read_questions(path: Path) -> Iterator[tuple[str, Outcome]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if entry["language"] == "en":
            yield entry["question"], Outcome(entry["outcome"][0])


def read_asks(folder: Path) -> Iterator[tuple[str, Outcome]]:
    for path in sorted(folder.glob("*.toml")):
        if path.stem not in NOT_ORDINARY:
            for text in find_asks(tomllib.loads(path.read_text(encoding="utf-8"))):
                yield text, Outcome.ANSWERED


def find_asks(content: Any) -> Iterator[str]:
    if isinstance(content, dict):
        for key, value in content.items():
            yield from value if key == "asks" else find_asks(value)
    elif isinstance(content, list):
        for value in content:
            yield from find_asks(value)
