"""What the web process does when it starts and when it ends."""

from __future__ import annotations

import asyncio
import threading

import pytest

from assistant.answering.types import Outcome
from assistant.lifespan import Lifespan
from assistant.models import Answer, Question
from assistant.nudges import Nudges
from assistant.protocol import AskQuestion
from tests.assistant.conftest import ANSWERED


class Server:
    """An ASGI server's side of the lifespan."""

    def __init__(self, application):
        self.to_application = asyncio.Queue()
        self.from_application = asyncio.Queue()
        self.task = asyncio.create_task(
            application({}, self.to_application.get, self.from_application.put)
        )

    async def say(self, kind):
        await self.to_application.put({"type": kind})
        async with asyncio.timeout(10):
            return (await self.from_application.get())["type"]


@pytest.fixture(autouse=True)
def _in_memory_layer(settings):
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}


async def test_the_page_does_not_wait_for_the_model_to_be_loaded(start_runner):
    loading, loaded = threading.Event(), threading.Event()

    def warm_up():
        loading.set()
        loaded.wait(timeout=10)

    server = Server(Lifespan(warm_up=warm_up, nudges=Nudges(), runner=start_runner()))

    started = await server.say("lifespan.startup")
    await asyncio.to_thread(loading.wait, 10)
    loaded.set()

    assert started == "lifespan.startup.complete"
    assert await server.say("lifespan.shutdown") == "lifespan.shutdown.complete"
    await server.task


async def test_a_warm_up_that_fails_is_a_line_in_the_log(start_runner, caplog):
    def warm_up():
        raise OSError("no model")

    lifespan = Lifespan(warm_up=warm_up, nudges=Nudges(), runner=start_runner())

    await lifespan.warm()

    assert "assistant.start.cold error=OSError: no model" in caplog.text


@pytest.mark.django_db(transaction=True)
async def test_an_end_leaves_open_questions_for_another_process(start_runner, conversation_id):
    runner = start_runner(asyncio.Event(), ANSWERED)
    server = Server(Lifespan(warm_up=lambda: None, nudges=runner.nudges, runner=runner))
    await server.say("lifespan.startup")
    question_id = await runner.ask(
        AskQuestion("How much?"), conversation_id=conversation_id, language="en"
    )

    await server.say("lifespan.shutdown")

    assert (await Question.objects.aget(pk=question_id)).holder == ""
    assert not await Answer.objects.filter(outcome=Outcome.STOPPED).aexists()
