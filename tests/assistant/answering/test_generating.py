from __future__ import annotations

import json

import pytest

from assistant.answering.generating import ReplyReader, Report, generate, read_reliances
from assistant.language_models import ModelFailed
from tests.assistant.answering.samples import make_passage

PASSAGE = make_passage("A rider must have a bell. A rider may ring.")
BELL = {"text": "A rider must have a bell.", "passage": 1, "relies_on": "must have a bell"}
RING = {"text": "A rider may ring.", "passage": 1, "relies_on": "A rider may ring"}


class ScriptedModel:
    name = "scripted"

    def __init__(self, *parts):
        self.parts = parts
        self.given = 0

    async def stream(self, system, user):
        for part in self.parts:
            self.given += 1
            if isinstance(part, Exception):
                raise part
            yield part


async def collect(*parts, limit=6):
    report, model = Report(), ScriptedModel(*parts)
    drafts = [
        draft async for draft in generate("?", [PASSAGE], model=model, limit=limit, report=report)
    ]
    return drafts, report, model


async def test_a_sentence_is_yielded_before_the_next_has_come():
    model = ScriptedModel(json.dumps(BELL) + "\n", json.dumps(RING))

    drafts = generate("?", [PASSAGE], model=model, limit=6, report=Report())

    assert (await anext(drafts)).text == BELL["text"]
    assert model.given == 1
    await drafts.aclose()


async def test_a_sentence_said_twice_is_yielded_once():
    drafts, report, _ = await collect(json.dumps(BELL), json.dumps(BELL))

    assert len(drafts) == 1
    assert report.proposed == 2


async def test_the_model_is_left_when_there_is_enough():
    drafts, _, model = await collect(json.dumps(BELL), json.dumps(RING), limit=1)

    assert len(drafts) == 1
    assert model.given == 1


async def test_a_failure_is_reported_and_not_raised():
    drafts, report, _ = await collect(json.dumps(BELL), ModelFailed("stalled"))

    assert len(drafts) == 1
    assert report.has_failed
    assert not report.answers


async def test_most_sentences_dropped_are_no_answer():
    lie = json.dumps({**BELL, "text": "A rider must have a horn."})

    _, report, _ = await collect(json.dumps(BELL), lie, lie + " ", json.dumps(RING).lower())

    assert report.released >= 1
    assert not report.answers


async def test_without_passages_no_model_is_asked():
    model = ScriptedModel(json.dumps(BELL))

    drafts = [d async for d in generate("?", [], model=model, limit=6, report=Report())]

    assert drafts == []
    assert model.given == 0


def read_all(*parts):
    reader = ReplyReader()
    return [entry for part in parts for entry in reader.read(part)]


def test_an_object_may_come_letter_by_letter_and_hold_braces():
    entry = {"text": 'a {"b"} \\ c', "relies_on": []}

    assert read_all(*json.dumps(entry)) == [entry]


def test_objects_inside_a_wrapper_are_read():
    assert read_all('{"sentences": [{"text": "a"}, {"text": "b"}]}') == [
        {"text": "a"},
        {"text": "b"},
    ]


def test_broken_objects_count_as_nothing_and_silence_is_no_sentence():
    assert read_all('{"text": a}') == [{}]
    assert read_all('{"text": "", "relies_on": []}') == []


@pytest.mark.parametrize("text", ['{"' + "a" * 5000, "a" * 50_000])
def test_what_is_too_long_fails(text):
    with pytest.raises(ModelFailed):
        read_all(text)


@pytest.mark.parametrize(
    "entry",
    [
        {"relies_on": [{"passage": 2, "quote": "a b"}]},
        {"relies_on": {"passage": 2, "quote": "a b"}},
        {"passage": "[2]", "relies_on": "a b"},
    ],
)
def test_reliances_may_be_written_in_a_few_ways(entry):
    assert read_reliances(entry) == [(2, "a b")]


@pytest.mark.parametrize(
    "relies_on",
    [None, 3, [3], [{"passage": True, "quote": "a"}], [{"passage": 1}], [{}] * 9],
)
def test_anything_else_is_no_reliance(relies_on):
    assert read_reliances({"relies_on": relies_on}) == []
