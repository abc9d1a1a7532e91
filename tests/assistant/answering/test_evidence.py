from __future__ import annotations

import asyncio
import threading
from datetime import date, datetime

import numpy as np

from assistant.answering.evidence import (
    LookedUp,
    RememberedPassages,
    RememberedTexts,
    get_weigher,
    run_beside,
)
from knowledge.types import DocumentKind
from tests.assistant.answering.samples import FakeKnowledge, make_briefing, make_passage


class CountingKnowledge(FakeKnowledge):
    def __init__(self):
        super().__init__()
        self.embedded = []

    def embed_texts(self, texts):
        self.embedded += texts
        return super().embed_texts(texts)


async def test_work_is_done_beside_the_event_loop():
    here = threading.get_ident()

    there = await run_beside(threading.get_ident)()

    assert there != here


async def test_the_loop_goes_on_while_work_is_done():
    done = threading.Event()

    async def release():
        done.set()

    waiting = run_beside(done.wait)(5)
    _, was_set = await asyncio.gather(release(), waiting)

    assert was_set


def test_texts_are_embedded_once_and_come_in_their_order():
    knowledge, texts = CountingKnowledge(), RememberedTexts()
    texts.embed(["a bell", "a light"], knowledge)

    rows = texts.embed(["a horn", "a bell", "a horn"], knowledge)

    assert knowledge.embedded == ["a bell", "a light", "a horn"]
    assert np.array_equal(rows, FakeKnowledge().embed_texts(["a horn", "a bell", "a horn"]))


def test_only_so_many_texts_are_remembered():
    knowledge, texts = CountingKnowledge(), RememberedTexts(limit=2)

    for word in ("one", "two", "three", "one"):
        texts.embed([word], knowledge)

    assert knowledge.embedded == ["one", "two", "three", "one"]


def test_what_was_looked_up_is_remembered_until_what_is_live_changes():
    knowledge = FakeKnowledge(make_passage("7. A rider must have a bell."))
    remembered = RememberedPassages()
    morning = LookedUp("bells", DocumentKind.OFFICIAL, 3, None, datetime(2026, 1, 1, 9))
    noon = morning._replace(live_since=datetime(2026, 1, 1, 12))

    found = [remembered.look_up(asked, knowledge) for asked in (morning, morning, noon)]

    assert [len(passages) for passages in found] == [1, 1, 1]
    assert knowledge.asked == ["bells", "bells"]


def test_of_what_was_looked_up_only_the_latest_is_kept():
    knowledge = FakeKnowledge()
    remembered = RememberedPassages(limit=1)
    bells = LookedUp("bells", DocumentKind.OFFICIAL, 3, None, None)

    for asked in (bells, bells._replace(words="lights"), bells):
        remembered.look_up(asked, knowledge)

    assert knowledge.asked == ["bells", "lights", "bells"]


def test_all_briefings_are_learnt_once_for_each_state_of_the_knowledge():
    knowledge = FakeKnowledge(make_briefing("A bell."))

    first = get_weigher(knowledge, as_of=None, live_since=None)
    again = get_weigher(knowledge, as_of=None, live_since=None)
    of_a_day = get_weigher(knowledge, as_of=date(2026, 3, 1), live_since=None)

    assert first is again
    assert of_a_day is not first
    assert [each.text for each in first.briefings] == ["A bell."]
