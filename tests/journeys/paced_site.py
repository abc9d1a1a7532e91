"""The real site, whose answers wait after a sentence for as long as the hold file exists.

So that a journey can stop, reload or cut an answer in its middle without counting on luck.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from assistant.answering.types import Event, Sentence
from assistant.asgi import application
from assistant.runner import runner

__all__ = ["application"]

HOLD = Path(os.environ["JOURNEY_HOLD"])
PAUSE_SECONDS = 0.02

answer_at_once = runner.answer


async def answer_with_holds(text: str, **details: Any) -> AsyncIterator[Event]:
    async for event in answer_at_once(text, **details):
        yield event
        if isinstance(event, Sentence):
            # A file, since the journey that holds the answer is another process.
            while await asyncio.to_thread(HOLD.exists):  # noqa: ASYNC110  # it sets no event here
                await asyncio.sleep(PAUSE_SECONDS)


runner.answer = answer_with_holds
