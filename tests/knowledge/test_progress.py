from __future__ import annotations

from knowledge.progress import announce_progress
from knowledge.types import Progress


def test_a_queue_that_can_not_be_reached_does_not_stop_a_refresh(settings):
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            # Nothing listens on the port that the system keeps for itself.
            "CONFIG": {"hosts": ["redis://127.0.0.1:1/0"]},
        }
    }

    announce_progress(1)(Progress("fetching", 1, 2))
