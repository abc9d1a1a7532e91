"""Answers and rows in our own words, made without a pipeline."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from assistant.answering.types import AnswerResult, Citation, Label, Outcome, Sentence
from assistant.evaluation.asking import FinishedAnswer, GoldQuestion, make_gold_question
from knowledge.gold_questions import read_gold_entry
from knowledge.types import DocumentKind, Support

REVISION = "Bicycles. You need a bell,\nand you need a light."


def cite(quote="You need a bell,", number=1, url="/briefings/bicycles#bells", support=""):
    return Citation(
        number=number,
        kind=DocumentKind.BRIEFING,
        title="Bicycles",
        heading="Bells",
        publisher="Us",
        url=url,
        quote=quote,
        published=None,
        checked=date(2026, 1, 2),
        licence="Open",
        document_id=1,
        revision_id=1,
        passage_id=1,
        start=0,
        supports=(Support(support, "A bell is no horn."),) if support else (),
    )


BELL = ("You need a bell,", Label.BRIEFING, (cite(support="https://example.test/rules#7"),))


def answer(*sentences, outcome=Outcome.ANSWERED) -> FinishedAnswer:
    return FinishedAnswer(
        tuple(
            Sentence(position=place, text=text, label=label, citations=citations)
            for place, (text, label, citations) in enumerate(sentences, 1)
        ),
        AnswerResult(outcome=outcome),
    )


def expect(**fields: Any) -> GoldQuestion:
    entry = {"id": "bell", "question": "Do I need a bell?", "outcome": ["answered"], **fields}
    return make_gold_question(read_gold_entry(entry))


def write_questions(path: Path, *entries: dict[str, Any]) -> Path:
    path.write_text("\n".join(json.dumps(entry) for entry in entries), encoding="utf-8")
    return path


def make_row(name: str = "bell", **fields: Any) -> dict[str, Any]:
    """A row as a run reports it, of an answer that passed."""
    return {
        "id": name,
        "passed": True,
        "outcome": "answered",
        "reasons": [],
        "answer": "You need a bell. [1]",
        "citations": [{"url": "/briefings/bicycles#bells"}],
        "ms": 20.0,
        "ms_first": 10.0,
        "file": "questions.jsonl",
        "audience": "",
        "route": "",
        "held_out": False,
        "wanted": ["answered"],
        "facts": 2,
        "facts_found": 2,
        "citation_precision": 1.0,
        "statements": 1,
        "cited": 1,
        "quotes": 1,
        "verbatim": 1,
        **fields,
    }
