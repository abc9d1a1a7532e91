"""Tells whoever watches a refresh that there is something new to see.

The truth is in the RefreshRun row; this is a hint that may be lost.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from knowledge.types import Progress

logger = logging.getLogger("knowledge.progress")

SECONDS_BETWEEN_HINTS = 0.3


def get_group(run_id: int) -> str:
    return f"refresh-{run_id}"


def announce_progress(run_id: int) -> Callable[[Progress | None], None]:
    """Make a watcher that hints a few times a second at most; None always hints."""
    last = 0.0

    def hint(progress: Progress | None) -> None:
        nonlocal last
        if progress is not None and time.monotonic() - last < SECONDS_BETWEEN_HINTS:
            return
        last = time.monotonic()
        layer = get_channel_layer()
        if layer is None:
            return
        try:
            async_to_sync(layer.group_send)(get_group(run_id), {"type": "run.changed"})
        except (RedisError, OSError):
            logger.info("knowledge.progress.hint_lost run=%s", run_id)

    return hint
