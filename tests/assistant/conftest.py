"""What the tests of the conversation share: a pipeline that does what the test says."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date
from typing import Any

import pytest
import pytest_asyncio
from channels.sessions import CookieMiddleware
from channels.testing import WebsocketCommunicator

from assistant.answering.types import AnswerResult, Citation, Event, Outcome, Sentence, Turn
from assistant.consumers import ChatConsumer
from assistant.database import close_connections
from assistant.identity import COOKIE, sign_conversation_id
from assistant.nudges import Nudges
from assistant.rate_limiting import AskingLimits
from assistant.runner import Runner
from knowledge.types import DocumentKind, Support

ANSWERED = AnswerResult(outcome=Outcome.ANSWERED, publication_id=4, timings_ms={"searching": 2.5})


class ScriptedPipeline:
    """Yields its script in order. An asyncio.Event in it is waited for, an exception raised."""

    def __init__(self, *script: Event | asyncio.Event | Exception) -> None:
        self.script = script
        self.asked: list[dict[str, Any]] = []

    async def __call__(
        self, text: str, *, history: tuple[Turn, ...], as_of: date | None, language: str
    ) -> AsyncIterator[Event]:
        self.asked.append({"text": text, "history": history, "as_of": as_of})
        for entry in self.script:
            if isinstance(entry, asyncio.Event):
                await entry.wait()
            elif isinstance(entry, Exception):
                raise entry
            else:
                yield entry


def make_citation(number: int = 1, **changed: Any) -> Citation:
    values = {
        "number": number,
        "kind": DocumentKind.BRIEFING,
        "title": "How the ferry works",
        "heading": "Tickets",
        "publisher": "The harbour",
        "url": "https://example.org/ferry#tickets",
        "quote": "A ticket costs two coins.",
        "published": date(2025, 11, 1),
        "checked": date(2026, 1, 5),
        "licence": "Open",
        "document_id": 3,
        "revision_id": 7,
        "passage_id": 9,
        "start": 120,
        "supports": (Support("https://example.org/law", "Two coins."),),
    }
    return Citation(**{**values, **changed})


def make_sentence(position: int, text: str = "", citations: tuple[Citation, ...] = ()) -> Sentence:
    return Sentence(
        position=position,
        text=text or f"Sentence {position}.",
        label="briefing" if citations else "notice",
        citations=citations,
    )


@pytest.fixture(scope="session", autouse=True)
def _closed_pools(django_db_setup: None) -> Iterator[None]:
    yield
    close_connections()


@pytest.fixture
def conversation_id() -> uuid.UUID:
    return uuid.uuid4()


@pytest_asyncio.fixture
async def start_runner() -> AsyncIterator[Callable[..., Runner]]:
    runners = []

    def start(*script: Event | asyncio.Event | Exception, nudges: Nudges | None = None) -> Runner:
        runner = Runner(
            ScriptedPipeline(*script), nudges=nudges or Nudges(), limits=AskingLimits()
        )
        runners.append(runner)
        return runner

    yield start
    for runner in runners:
        await runner.close()


class Reader:
    """A browser's socket, as a test drives it."""

    def __init__(self, runner: Runner, cookie: str) -> None:
        headers = [(b"cookie", f"{COOKIE}={cookie}".encode())] if cookie else []
        application = CookieMiddleware(ChatConsumer.as_asgi(runner=runner))
        self.socket = WebsocketCommunicator(application, "/ws/chat/", headers=headers)

    async def connect(self) -> dict[str, Any]:
        await self.socket.connect()
        return await self.receive()

    async def send(self, **frame: Any) -> None:
        await self.socket.send_json_to(frame)

    async def ask(self, text: str, key: str = "") -> None:
        await self.send(type="question.ask", text=text, key=key)

    async def receive(self) -> dict[str, Any]:
        return await self.socket.receive_json_from(timeout=10)

    async def receive_until(self, kind: str) -> list[dict[str, Any]]:
        frames = [await self.receive()]
        while frames[-1]["type"] != kind:
            frames.append(await self.receive())
        return frames

    async def disconnect(self) -> None:
        await self.socket.disconnect()


@pytest_asyncio.fixture
async def open_reader(
    conversation_id: uuid.UUID,
) -> AsyncIterator[Callable[..., Reader]]:
    readers = []

    def open_one(runner: Runner, *, cookie: str | None = None) -> Reader:
        reader = Reader(
            runner, sign_conversation_id(conversation_id) if cookie is None else cookie
        )
        readers.append(reader)
        return reader

    yield open_one
    for reader in readers:
        if not reader.socket.future.done():
            await reader.disconnect()
