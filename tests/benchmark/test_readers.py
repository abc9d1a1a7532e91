"""What the benchmark counts is what a reader waits for."""

from __future__ import annotations

import json

import httpx
from websockets.asyncio.server import serve

from tests.benchmark.readers import (
    QUESTIONS_A_READER,
    Waits,
    ask_as_new_reader,
    get_percentile,
    list_addresses,
    list_questions,
)


def test_a_percentile_is_a_value_that_was_measured():
    values = [5.0, 1.0, 4.0, 2.0, 3.0]

    assert get_percentile(values, 50) == 3.0
    assert get_percentile(values, 95) == 5.0
    assert get_percentile(values, 1) == 1.0


def test_no_question_is_asked_twice():
    questions = list_questions()

    assert len(questions) == len(set(questions)) == 150


def test_no_address_asks_more_than_the_service_allows_before_the_others_have():
    addresses = list_addresses()

    first = [next(addresses) for _ in range(len(list_questions()) // QUESTIONS_A_READER)]

    assert len(set(first)) == len(first)


async def test_a_turn_ends_with_its_last_frame_and_is_counted_once(monkeypatch):
    async def answer(socket) -> None:
        await socket.send(json.dumps({"type": "conversation.opened"}))
        async for data in socket:
            asked.append(json.loads(data)["text"])
            for kind in ("progress", "sentence", "sentence"):
                await socket.send(json.dumps({"type": f"answer.{kind}"}))
            finished = {"outcome": "answered", "timings_ms": {"searching": 7.5}}
            await socket.send(json.dumps({"type": "answer.finished", **finished}))

    async def get_page(browser, path):
        return httpx.Response(200, request=httpx.Request("GET", path))

    asked: list[str] = []
    waits = Waits()
    async with serve(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        monkeypatch.setattr("httpx.AsyncClient.get", get_page)

        await ask_as_new_reader(
            f"http://127.0.0.1:{port}/", ["One?", "Two?"], address="127.0.0.1", waits=waits
        )

    assert asked == ["One?", "Two?"]
    assert waits.outcomes == {"answered": 2}
    assert waits.steps_ms == {"searching": [7.5, 7.5]}
    assert len(waits.first_sentence_ms) == len(waits.finished_ms) == 2
