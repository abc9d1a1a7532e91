"""Readers who ask through the websocket, and how long each waited for its first sentence."""

from __future__ import annotations

import asyncio
import itertools
import json
import math
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import httpx
from websockets.asyncio.client import connect

OPENINGS = (
    "Please tell me",
    "Can you explain",
    "I would like to know",
    "My brother asks",
    "For a client:",
    "In short,",
    "A friend wants to know",
    "I need to understand",
    "Somebody told me to ask",
    "We are in Calais and ask",
)
SUBJECTS = (
    "who can be returned to France",
    "who can apply from France to come to the UK",
    "how long the whole return may take",
    "what happens to people after they are returned",
    "which papers an applicant needs to show",
    "whether a child on their own can be returned",
    "how many people were returned so far",
    "which law the returns rest on",
    "whether a family can come together",
    "when the pilot was due to end",
    "what a refused applicant can do",
    "where to find a free legal adviser",
    "how family reunion for refugees works",
    "what happens to somebody who crosses a second time",
    "which other legal routes there are",
)
# The service allows one conversation, and one address, only so many questions a minute. A new
# reader, at a loopback address of their own, comes before that is reached.
QUESTIONS_A_READER = 15
LOOPBACK_ADDRESSES = 200


@dataclass
class Waits:
    """Milliseconds from the sending of each question, and how each turn ended."""

    first_sentence_ms: list[float] = field(default_factory=list)
    finished_ms: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    # What the service itself says of each step.
    steps_ms: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def describe(self) -> dict[str, object]:
        return {
            "questions": len(self.finished_ms),
            "first_sentence_ms_p50": get_percentile(self.first_sentence_ms, 50),
            "first_sentence_ms_p95": get_percentile(self.first_sentence_ms, 95),
            "finished_ms_p50": get_percentile(self.finished_ms, 50),
            "finished_ms_p95": get_percentile(self.finished_ms, 95),
            "outcomes": dict(self.outcomes.most_common()),
            "steps_ms_p50": {
                step: get_percentile(values, 50) for step, values in self.steps_ms.items()
            },
        }


def get_percentile(values: Sequence[float], percent: int) -> float:
    """The smallest value that so many per cent of the values don't exceed."""
    place = math.ceil(len(values) * percent / 100)
    return round(sorted(values)[max(0, place - 1)], 1)


def list_questions() -> list[str]:
    """Different questions, since an embedding that is remembered would measure nothing."""
    return [f"{opening} {subject}?" for subject, opening in itertools.product(SUBJECTS, OPENINGS)]


def list_addresses() -> Iterator[str]:
    """Loopback addresses, one after another, round and round."""
    return itertools.cycle(f"127.0.0.{2 + number}" for number in range(LOOPBACK_ADDRESSES))


async def measure(
    url: str, questions: Sequence[str], *, readers: int, addresses: Iterator[str]
) -> Waits:
    """Share the questions out among so many readers, who all ask at once, each in turn."""
    waits = Waits()
    await asyncio.gather(
        *(
            ask_in_turn(url, questions[place::readers], addresses=addresses, waits=waits)
            for place in range(readers)
        )
    )
    return waits


async def ask_in_turn(
    url: str, questions: Sequence[str], *, addresses: Iterator[str], waits: Waits
) -> None:
    for begin in range(0, len(questions), QUESTIONS_A_READER):
        batch = questions[begin : begin + QUESTIONS_A_READER]
        await ask_as_new_reader(url, batch, address=next(addresses), waits=waits)


async def ask_as_new_reader(
    url: str, questions: Sequence[str], *, address: str, waits: Waits
) -> None:
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as browser:
        (await browser.get("/")).raise_for_status()
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    async with connect(
        url.replace("http", "ws", 1).rstrip("/") + "/ws/chat/",
        additional_headers={"Cookie": cookie},
        origin=url.rstrip("/"),
        local_addr=(address, 0),
        compression=None,
        proxy=None,
    ) as socket:
        for number, question in enumerate(questions):
            frame = {"type": "question.ask", "text": question, "key": f"k{number}"}
            sent_at = time.perf_counter()
            await socket.send(json.dumps(frame))
            first = None
            while True:
                answer = json.loads(await socket.recv())
                waited = (time.perf_counter() - sent_at) * 1000
                if answer["type"] == "answer.sentence" and first is None:
                    first = waited
                elif answer["type"] == "answer.finished":
                    break
                elif answer["type"] == "error":
                    raise RuntimeError(f"{question!r} was refused: {answer['message']}")
            waits.outcomes[answer["outcome"]] += 1
            waits.finished_ms.append(waited)
            for step, milliseconds in answer["timings_ms"].items():
                waits.steps_ms[step].append(milliseconds)
            if first is not None:
                waits.first_sentence_ms.append(first)
