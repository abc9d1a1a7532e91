"""What the web process does before its first request and after its last one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from assistant.answering.pipeline import warm_up
from assistant.nudges import Nudges, nudges
from assistant.runner import Runner, runner

logger = logging.getLogger(__name__)

Message = MutableMapping[str, Any]


class Lifespan:
    """The ASGI lifespan: warm up, listen to the other processes, and leave work to them."""

    def __init__(
        self,
        *,
        warm_up: Callable[[], None] = warm_up,
        nudges: Nudges = nudges,
        runner: Runner = runner,
    ) -> None:
        self.warm_up = warm_up
        self.nudges = nudges
        self.runner = runner

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        warming: asyncio.Task[None] | None = None
        while True:
            match (await receive())["type"]:
                case "lifespan.startup":
                    # Beside the start: the page is up at once, and the first answer is quick.
                    warming = asyncio.create_task(self.warm())
                    await self.nudges.start()
                    await send({"type": "lifespan.startup.complete"})
                case "lifespan.shutdown":
                    if warming is not None:
                        warming.cancel()
                    await self.runner.close()
                    await self.nudges.stop()
                    await send({"type": "lifespan.shutdown.complete"})
                    return

    async def warm(self) -> None:
        try:
            await asyncio.to_thread(self.warm_up)
        except Exception as error:  # noqa: BLE001 - a cold start is slow, not broken
            logger.warning("assistant.start.cold error=%s: %s", type(error).__name__, error)
        else:
            logger.info("assistant.start.warm")
