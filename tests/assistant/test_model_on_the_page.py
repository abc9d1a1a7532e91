"""What a reader sees when a language model writes: through the runner, the socket and the page."""

from __future__ import annotations

from functools import partial

import pytest
from django.test import AsyncClient
from django.urls import reverse

from assistant.answering.pipeline import answer_question
from assistant.nudges import Nudges
from assistant.rate_limiting import AskingLimits
from assistant.runner import Runner
from tests.assistant.answering.samples import FakeKnowledge, make_briefing, make_passage
from tests.llm_server import say_sentences

pytestmark = pytest.mark.django_db(transaction=True)

RULE = make_passage("A rider must have a bell.", passage_id=1)
BRIEFING = make_briefing("You need a bell to borrow a bicycle.")
SENTENCE = {
    "text": "You must have a bell as a rider.",
    "relies_on": [{"passage": 2, "quote": "A rider must have a bell."}],
}


@pytest.mark.model
async def test_a_models_sentence_is_labelled_in_its_frame_and_on_the_page(
    llm, open_reader, conversation_id
):
    llm.script(say_sentences(SENTENCE))
    answer = partial(answer_question, knowledge=FakeKnowledge(RULE, BRIEFING))
    runner = Runner(answer, nudges=Nudges(), limits=AskingLimits())
    reader = open_reader(runner)
    await reader.connect()

    await reader.ask("Do I need a bell to borrow a bicycle?")
    frames = await reader.receive_until("answer.finished")
    await runner.close()

    (sentence,) = [frame for frame in frames if frame["type"] == "answer.sentence"]
    assert sentence["label"] == "model"
    assert sentence["citations"][0]["quote"] == "A rider must have a bell."
    assert frames[-1]["outcome"] == "answered"


async def test_the_page_has_the_words_that_say_who_wrote():
    page = await AsyncClient().get(reverse("chat"))

    assert 'data-word="voice-model"' in page.content.decode()
    assert "Written by AI and checked against the sources" in page.content.decode()


async def test_the_about_page_says_that_no_model_writes():
    page = await AsyncClient().get(reverse("about"))

    assert "No AI (language model) writes here" in page.content.decode()


async def test_the_about_page_names_the_model_that_writes_and_what_is_sent(settings):
    settings.ASSISTANT_LLM, settings.ASSISTANT_LLM_MODEL = "ollama", "some-model"

    page = await AsyncClient().get(reverse("about"))

    assert "some-model" in page.content.decode()
    assert "sent to the service that runs the model" in page.content.decode()
