"""A reader's words are in no log, no report, no queue and no error: whichever way they go wrong.

A word that nobody else uses is asked through the real socket, runner and pipeline, the form and
the command; then everything that was logged, printed, queued or reported is searched for it.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
import threading
import traceback
import uuid
from functools import partial

import pytest
from django.core.management import call_command
from django.db import DatabaseError
from django.db.utils import OperationalError
from django.urls import reverse
from redis import Redis

from assistant import selectors, services, views
from assistant.answering import pipeline
from assistant.celery import app
from assistant.identity import COOKIE, sign_conversation_id
from assistant.management.commands import ask as ask_command
from assistant.nudges import Nudges
from assistant.rate_limiting import AskingLimits
from assistant.runner import Runner
from assistant.tasks import expire_conversations
from tests.assistant.answering.samples import FakeKnowledge, make_briefing
from tests.assistant.conftest import Reader

pytestmark = pytest.mark.django_db(transaction=True)

MARKED = "zebrafinch"
QUESTION = f"Do I need a bell to borrow a {MARKED}?"
BRIEFING = make_briefing("You need a bell to borrow a bicycle.")


class Listener(logging.Handler):
    """Writes down all that a handler could print of a record, or a crash reporter take."""

    def __init__(self) -> None:
        super().__init__(0)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        parts = [record.getMessage(), repr(record.args), repr(vars(record))]
        if record.exc_info and record.exc_info[1]:
            kept = traceback.TracebackException.from_exception(
                record.exc_info[1], capture_locals=True
            )
            parts += kept.format()
        self.heard.append("\n".join(parts))

    def __contains__(self, word: str) -> bool:
        return any(word in said for said in self.heard)


@pytest.fixture
def listener():
    """Hears every logger, at the levels that the settings leave open when LOG_LEVEL is DEBUG."""
    root = logging.getLogger()
    listening, level = Listener(), root.level
    root.setLevel(1)
    loggers = [root, logging.getLogger("uvicorn"), logging.getLogger("django.server")]
    for logger in loggers:
        logger.addHandler(listening)
    yield listening
    for logger in loggers:
        logger.removeHandler(listening)
    root.setLevel(level)


@pytest.fixture
def nothing_said(listener, capfd):
    """Look, when the test has ended, that the word was heard nowhere."""
    yield
    printed = "".join(capfd.readouterr())
    assert [said for said in listener.heard if MARKED in said] == []
    assert MARKED not in printed


@pytest.fixture
def answer():
    return partial(pipeline.answer_question, knowledge=FakeKnowledge(BRIEFING))


@pytest.fixture
def start(answer):
    def make(answering=answer, **values):
        return Runner(answering, **{"nudges": Nudges(), "limits": AskingLimits(), **values})

    return make


def break_with(error):
    """What fails as a database or a library may: by saying what it was given."""

    def broken(*args, **values):
        raise error(f"failing row contains ({QUESTION})")

    return broken


async def fail(text, **values):
    raise RuntimeError(f"can't answer {QUESTION!r}") from ValueError(text)
    yield


async def connect(runner):
    reader = Reader(runner, sign_conversation_id(uuid.uuid4()))
    await reader.connect()
    return reader


async def test_a_question_that_is_answered(start, nothing_said, listener):
    reader = await connect(start())

    await reader.ask(QUESTION)
    frames = await reader.receive_until("answer.finished")
    await reader.disconnect()

    assert frames[0]["text"] == QUESTION
    assert "assistant.question.answered" in listener


@pytest.mark.parametrize(
    "sent",
    [
        QUESTION,
        f'{{"type": "question.ask", "text": "{MARKED}',
        json.dumps({"type": MARKED, "text": QUESTION}),
        json.dumps({"type": "question.ask", "text": [QUESTION]}),
        json.dumps({"type": "question.ask", "text": QUESTION, "key": f"{MARKED} !"}),
        json.dumps({"type": "question.ask", "text": QUESTION, "as_of": MARKED}),
        json.dumps({"type": "question.ask", "text": QUESTION, "as_of": "2999-01-01"}),
        json.dumps({"type": "question.ask", "text": f"{MARKED} " * 100}),
        json.dumps({"type": "question.ask", "text": f"{MARKED} " * 3000}),
        json.dumps({"type": "answer.stop", "question": MARKED}),
        json.dumps({"type": "conversation.resume", "after": MARKED}),
    ],
)
async def test_a_frame_that_is_refused(start, nothing_said, sent):
    reader = await connect(start())

    await reader.socket.send_to(text_data=sent)
    refused = await reader.receive()
    await reader.disconnect()

    assert refused["type"] == "error"
    assert MARKED not in json.dumps(refused)


async def test_a_question_too_many(start, nothing_said):
    limits = AskingLimits()
    limits.allow = lambda *args, **values: False
    reader = await connect(start(limits=limits))

    await reader.ask(QUESTION)
    refused = await reader.receive()
    await reader.disconnect()

    assert refused["code"] == "too_many_requests"
    assert MARKED not in json.dumps(refused)


async def test_a_pipeline_that_fails(start, nothing_said, listener):
    reader = await connect(start(fail))

    await reader.ask(QUESTION)
    frames = await reader.receive_until("answer.finished")
    await reader.disconnect()

    assert frames[-1]["outcome"] == "failed"
    assert MARKED not in json.dumps(frames[1:])
    assert "RuntimeError" in listener


@pytest.mark.parametrize("error", [DatabaseError, OperationalError, ValueError])
@pytest.mark.parametrize(
    ("module", "function"),
    [(services, "ask_question"), (services, "record_progress"), (selectors, "recent_turns")],
)
async def test_a_database_that_fails(
    start, nothing_said, listener, monkeypatch, error, module, function
):
    monkeypatch.setattr(module, function, break_with(error))
    runner = start()
    reader = await connect(runner)

    await reader.ask(QUESTION)
    async with asyncio.timeout(10):
        while error.__name__ not in listener:  # noqa: ASYNC110 - a log sets no event
            await asyncio.sleep(0)
    if function == "ask_question":
        closed = await reader.socket.receive_output(timeout=10)
        assert closed["type"] == "websocket.close"
    await reader.disconnect()
    await runner.close()


async def test_frames_that_can_not_be_read(start, nothing_said, listener, monkeypatch):
    runner = start()
    reader = await connect(runner)
    monkeypatch.setattr(selectors, "list_frames", break_with(ValueError))

    await reader.ask(QUESTION)
    closed = await reader.socket.receive_output(timeout=10)
    await runner.close()
    await reader.disconnect()

    assert closed["type"] == "websocket.close"
    assert "ValueError" in listener


# --- by form, without a script -------------------------------------------------------------------


@pytest.fixture
def form(client, start, monkeypatch):
    client.cookies[COOKIE] = sign_conversation_id(uuid.uuid4())
    client.raise_request_exception = False

    def send(text=QUESTION, *, answering=None):
        monkeypatch.setattr(views, "runner", start(answering) if answering else start())
        return client.post(reverse("ask"), {"text": text})

    return send


@pytest.mark.parametrize("text", [QUESTION, f"{MARKED} " * 100])
def test_a_form_that_is_answered_or_refused(form, nothing_said, text):
    response = form(text)

    assert response.status_code in {302, 400}
    assert MARKED not in response.headers.get("Location", "")


def test_a_form_whose_pipeline_fails(form, nothing_said):
    assert form(answering=fail).status_code == 302


def test_a_form_whose_database_fails(form, nothing_said, listener, monkeypatch):
    monkeypatch.setattr(services, "ask_question", break_with(DatabaseError))

    response = form()

    assert response.status_code == 500
    assert MARKED not in response.content.decode()
    assert "assistant.ask.failed" in listener


def test_no_form_of_a_reader_puts_words_into_an_address(client):
    page = client.get("/")

    forms = re.findall(r"<form[^>]*>.*?</form>", page.content.decode(), re.DOTALL)
    by_address = [form for form in forms if 'method="get"' in form or "method=" not in form]

    assert len(forms) > 3
    assert not any(re.search(r"<(?:textarea|input)", form) for form in by_address)
    assert page.headers["Referrer-Policy"] == "same-origin"


# --- the command, the queue ----------------------------------------------------------------------


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_the_command_prints_the_answer_alone(answer, nothing_said, monkeypatch, options):
    collect = ask_command.collect_answer
    monkeypatch.setattr(ask_command, "collect_answer", partial(collect, answering=answer))
    out = io.StringIO()

    call_command("ask", QUESTION, *options, stdout=out)

    assert "bell" in out.getvalue()
    assert MARKED not in out.getvalue()


class Eavesdropper:
    """Every command that a Redis is given."""

    def __init__(self, url):
        self.redis = Redis.from_url(url)
        self.said: list[str] = []

    def __enter__(self):
        self.monitor = self.redis.monitor()
        self.monitor.__enter__()
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()
        return self

    def listen(self):
        for command in self.monitor.listen():
            self.said.append(command["command"])
            if "the-end" in command["command"]:
                return

    def __exit__(self, *ended):
        self.redis.set("the-end", "")
        self.thread.join(timeout=10)
        self.monitor.__exit__(None, None, None)


@pytest.mark.redis
async def test_redis_and_the_tasks_are_given_ids_alone(
    start, nothing_said, settings, redis_url, conversation_id
):
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": [redis_url]},
        }
    }
    nudges = Nudges()
    await nudges.start()
    runner = start(nudges=nudges)
    reader = Reader(runner, sign_conversation_id(conversation_id))
    await reader.connect()

    with Eavesdropper(redis_url) as heard:
        await reader.ask(QUESTION)
        await reader.receive_until("answer.finished")
        await runner.delete(conversation_id)
        await reader.receive_until("conversation.deleted")
        with app.connection_for_write(redis_url) as connection:
            app.send_task(expire_conversations.name, connection=connection)
        async with asyncio.timeout(10):
            while nudges.waiting:  # noqa: ASYNC110 - the line to Redis sets no event
                await asyncio.sleep(0)
    await reader.disconnect()
    await nudges.stop()

    said = "\n".join(heard.said)
    assert "assistant.conversations.expire" in said
    assert conversation_id.hex in said
    assert MARKED not in said
