"""Can readers get answers here? Looked at by monitors and by the page's script.

The database and a publication to answer from are needed. Redis is reported but not required: the
chat goes on without it, and taking the service away would help nobody.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import redis
from django.conf import settings
from django.db import Error as DatabaseError
from redis.backoff import NoBackoff
from redis.retry import Retry

from knowledge.retrieval import NOW, find_publication

logger = logging.getLogger(__name__)

REDIS_TIMEOUT_SECONDS = 1.0


@dataclass(frozen=True)
class Health:
    """What a look at the parts has shown."""

    has_database: bool
    publication: int | None
    has_redis: bool

    @property
    def can_answer(self) -> bool:
        return self.has_database and self.publication is not None

    def describe(self) -> dict[str, Any]:
        return {
            "status": "ok" if self.can_answer else "unable to answer",
            "database": self.has_database,
            "publication": self.publication,
            "redis": self.has_redis,
        }


def look() -> Health:
    """Look at every part once."""
    try:
        found = find_publication(NOW)
    except DatabaseError as error:
        logger.warning("assistant.health.no_database error=%s", type(error).__name__)
        return Health(has_database=False, publication=None, has_redis=is_redis_there())
    publication = found[0].pk if found else None
    return Health(has_database=True, publication=publication, has_redis=is_redis_there())


def is_redis_there() -> bool:
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL,
            socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
            socket_timeout=REDIS_TIMEOUT_SECONDS,
            # A look, not a wait: the library would try again three times.
            retry=Retry(NoBackoff(), 0),
        ) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
