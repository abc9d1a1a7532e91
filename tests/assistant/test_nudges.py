"""Nudges inside a process, between processes, and without Redis."""

from __future__ import annotations

import asyncio

import pytest
from channels.layers import InMemoryChannelLayer, get_channel_layer
from redis.exceptions import ConnectionError as RedisIsAway

from assistant import nudges as nudging
from assistant.nudges import Nudges


@pytest.fixture(autouse=True)
def _in_memory_layer(settings):
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}


async def wait(nudged):
    async with asyncio.timeout(10):
        await nudged.wait()


async def test_a_nudge_wakes_every_follower_of_the_conversation_and_no_other(conversation_id):
    nudges = Nudges()
    with nudges.follow(conversation_id) as first, nudges.follow(conversation_id) as second:
        other = nudges.follow("another")
        with other as third:
            nudges.nudge(conversation_id)

            assert (first.is_set(), second.is_set(), third.is_set()) == (True, True, False)


async def test_one_who_stopped_following_is_forgotten(conversation_id):
    nudges = Nudges()
    with nudges.follow(conversation_id):
        pass

    nudges.nudge(conversation_id)

    assert nudges.followers == {}


async def test_a_nudge_reaches_another_process(conversation_id):
    here, there = Nudges(), Nudges()
    await here.start()
    await there.start()
    with there.follow(conversation_id) as nudged:
        async with asyncio.timeout(10):
            # The layer tells nobody who joined.
            while len(get_channel_layer().groups.get(nudging.GROUP, {})) < 2:  # noqa: ASYNC110
                await asyncio.sleep(0)

        here.nudge(conversation_id)
        await wait(nudged)

    await here.stop()
    await there.stop()


@pytest.mark.redis
async def test_a_nudge_passes_through_redis(conversation_id, settings, redis_url):
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": [redis_url]},
        }
    }
    here, there = Nudges(), Nudges()
    await here.start()
    await there.start()

    with there.follow(conversation_id) as nudged:
        async with asyncio.timeout(10):
            # Again and again, since the other one may not have joined yet.
            while not nudged.is_set():
                here.nudge(conversation_id)
                await asyncio.sleep(0)

    await here.stop()
    await there.stop()
    await get_channel_layer().close_pools()


async def test_without_redis_the_process_nudges_itself_and_complains_once(
    conversation_id, monkeypatch, caplog
):
    class DeadLayer(InMemoryChannelLayer):
        tries = 0

        async def group_add(self, *args):
            raise RedisIsAway("no such host")

        async def group_send(self, *args):
            type(self).tries += 1
            raise RedisIsAway("no such host")

        receive = group_add

    layer = DeadLayer()
    monkeypatch.setattr(nudging, "get_channel_layer", lambda: layer)
    monkeypatch.setattr(nudging, "RETRY_SECONDS", 0.0)
    nudges = Nudges()
    await nudges.start()

    async with asyncio.timeout(10):
        while DeadLayer.tries < 3:
            with nudges.follow(conversation_id) as nudged:
                nudges.nudge(conversation_id)
                assert nudged.is_set()
            await asyncio.sleep(0)
    await nudges.stop()

    complaints = [record for record in caplog.records if "unreachable" in record.getMessage()]
    assert len(complaints) == 1
