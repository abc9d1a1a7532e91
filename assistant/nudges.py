"""Nudges: 'there is something new in this conversation, look in the database'.

A nudge is a hint and carries nothing that a reader must get: consumers read the stored frames,
and also look by themselves while a question is open. So a lost nudge, or a Redis that is away,
costs half a second and never a sentence.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)

GROUP = "conversation.nudges"
# Joined again and again, because a Redis that was restarted has forgotten who listens.
JOIN_SECONDS = 30.0
SEND_TIMEOUT_SECONDS = 2.0
RETRY_SECONDS = 1.0
COMPLAINT_SECONDS = 60.0


class Nudges:
    """The followers of conversations in this process, and the line to the other processes."""

    def __init__(self) -> None:
        self.followers: dict[uuid.UUID, set[asyncio.Event]] = {}
        self.waiting: set[uuid.UUID] = set()
        self.has_waiting = asyncio.Event()
        self.tasks: list[asyncio.Task[None]] = []
        self.channel = ""
        self.complained_at = -COMPLAINT_SECONDS

    @contextlib.contextmanager
    def follow(self, conversation_id: uuid.UUID) -> Iterator[asyncio.Event]:
        """Give an event that is set whenever the conversation has something new."""
        nudged = asyncio.Event()
        self.followers.setdefault(conversation_id, set()).add(nudged)
        try:
            yield nudged
        finally:
            self.followers[conversation_id].discard(nudged)
            if not self.followers[conversation_id]:
                del self.followers[conversation_id]

    def nudge(self, conversation_id: uuid.UUID) -> None:
        """Wake the followers here at once and tell the other processes soon."""
        self.wake(conversation_id)
        if self.tasks:
            self.waiting.add(conversation_id)
            self.has_waiting.set()

    def wake(self, conversation_id: uuid.UUID) -> None:
        for nudged in self.followers.get(conversation_id, ()):
            nudged.set()

    async def start(self) -> None:
        """Begin to hear from, and to tell, the other web processes."""
        self.has_waiting = asyncio.Event()
        layer: Any = get_channel_layer()
        self.channel = await layer.new_channel("nudges")
        self.tasks = [
            asyncio.create_task(self.repeat(act)) for act in (self.join, self.listen, self.tell)
        ]

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.tasks = []

    async def repeat(self, act: Callable[[Any], Awaitable[None]]) -> None:
        while True:
            try:
                await act(get_channel_layer())
            except Exception as error:  # noqa: BLE001 - a line for hints must outlive any failure
                self.complain(error)
                await asyncio.sleep(RETRY_SECONDS)

    async def join(self, layer: Any) -> None:
        async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
            await layer.group_add(GROUP, self.channel)
        await asyncio.sleep(JOIN_SECONDS)

    async def listen(self, layer: Any) -> None:
        message = await layer.receive(self.channel)
        self.wake(uuid.UUID(message["conversation"]))

    async def tell(self, layer: Any) -> None:
        await self.has_waiting.wait()
        self.has_waiting.clear()
        waiting, self.waiting = self.waiting, set()
        async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
            for conversation_id in waiting:
                message = {"type": "conversation.nudged", "conversation": conversation_id.hex}
                await layer.group_send(GROUP, message)

    def complain(self, error: Exception) -> None:
        """Say it once a minute: a Redis that is away would fill the log otherwise."""
        if time.monotonic() - self.complained_at >= COMPLAINT_SECONDS:
            self.complained_at = time.monotonic()
            logger.warning("assistant.nudges.unreachable error=%s", type(error).__name__)


nudges = Nudges()
