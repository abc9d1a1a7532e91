"""One publisher at a time on a machine, so that none judges what another is about to overtake.

Only to save work: the kernel frees the lock of a process that dies, the wait is bounded, and what
is right or wrong is decided by the version check when a candidate goes live.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files import locks

from knowledge.types import Progress, ProgressCallback

logger = logging.getLogger("knowledge.publishing")

PAUSE_SECONDS = 0.1


@contextmanager
def only_publisher(
    on_progress: ProgressCallback | None = None, *, patience_seconds: float
) -> Iterator[None]:
    """Wait for the other publishers of this machine, but not for ever."""
    path = Path(settings.KNOWLEDGE_INDEX_DIR) / ".publishing"
    path.parent.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + patience_seconds
    with path.open("ab") as file:
        while not locks.lock(file, locks.LOCK_EX | locks.LOCK_NB):
            if time.monotonic() >= until:
                logger.warning("knowledge.publication.waited_long: going on beside another")
                break
            if on_progress:
                # Also the sign of life of the run that waits.
                on_progress(Progress("waiting", 0, 1))
            time.sleep(PAUSE_SECONDS)
        yield
