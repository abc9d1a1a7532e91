"""Lies and honest sentences of a scripted model, over HTTP and through all that releases them."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest
from django.conf import settings as project

from assistant.answering.generating import Report, generate
from assistant.language_models import get_language_model
from knowledge.types import RankedPassage
from tests.assistant.answering.samples import make_passage
from tests.llm_server import say_sentences

pytestmark = pytest.mark.model

GOLD = Path(project.BASE_DIR) / "tests/gold"
KINDS_AT_LEAST = 12


def read_lines(name: str) -> list[dict]:
    return [json.loads(line) for line in (GOLD / name).read_text("utf-8").splitlines()]


def read_passages() -> dict[str, RankedPassage]:
    return {
        entry["passage"]: make_passage(
            entry["text"], passage_id=number, heading=entry["heading"], title=entry["heading"]
        )
        for number, entry in enumerate(read_lines("model_passages.jsonl"), 1)
    }


async def list_shown(llm, entries: list[dict]) -> set[str]:
    """Let the model write the sentences, and return the ids of those that were released."""
    passages, shown = read_passages(), set()
    groups = defaultdict(list)
    for entry in entries:
        groups[entry["passage"]].append(entry)
    for name, group in groups.items():
        replies = [
            {
                "text": entry["text"],
                "relies_on": [
                    {"passage": entry.get("cites", 1), "quote": quote} for quote in entry["quotes"]
                ],
            }
            for entry in group
        ]
        for reply, entry in zip(replies, group, strict=True):
            entry["reply"] = reply
        llm.script(say_sentences(*replies))
        released = [
            draft.text
            async for draft in generate(
                "What are the rules?",
                [passages[name]],
                model=get_language_model(),
                limit=1000,
                report=Report(),
            )
        ]
        links = {
            "⟦phone-1⟧": "0800 555 0101",
            "⟦email-1⟧": "help@advice.example",
            "⟦link-1⟧": "https://advice.example/find",
        }
        for entry in group:
            text = entry["text"]
            for token, link in links.items():
                text = text.replace(token, link)
            if text in released:
                shown.add(entry["id"])
    return shown


async def test_no_lie_of_a_model_reaches_the_reader(llm):
    lies = [entry for entry in read_lines("model_sentences.jsonl") if entry["kind"] != "good"]
    # A lie in the words of another entry's truth is told by what it cites.
    lies.sort(key=lambda entry: entry["id"])

    shown = await list_shown(llm, lies)

    assert len(lies) >= 200
    assert len({entry["kind"] for entry in lies}) >= KINDS_AT_LEAST
    assert [entry["text"] for entry in lies if entry["id"] in shown] == []


async def test_nearly_every_honest_sentence_reaches_the_reader(llm):
    honest = [entry for entry in read_lines("model_sentences.jsonl") if entry["kind"] == "good"]

    shown = await list_shown(llm, honest)

    assert len(honest) >= 200
    assert len(shown) >= 0.95 * len(honest), [
        entry["text"] for entry in honest if entry["id"] not in shown
    ]
