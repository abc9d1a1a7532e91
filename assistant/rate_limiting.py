"""How often one reader may ask.

Counted in this process alone: several web processes allow several times as much, which still
stops a script that asks in a loop, and costs nothing to keep.
"""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field

WINDOW_SECONDS = 60.0
CONVERSATION_LIMIT = 20
FEEDBACK_LIMIT = 30
# A camp or an advice centre may share one address.
ADDRESS_LIMIT = 60


@dataclass
class RateLimit:
    """At most `limit` acts of one key in any window. Holds only the keys of the last window."""

    limit: int
    window_seconds: float = WINDOW_SECONDS
    acts: dict[Hashable, deque[float]] = field(default_factory=dict)
    swept_at: float = 0.0

    def is_reached(self, key: Hashable, *, now: float) -> bool:
        self.sweep(now)
        times = self.acts.get(key, deque())
        while times and now - times[0] >= self.window_seconds:
            times.popleft()
        return len(times) >= self.limit

    def count(self, key: Hashable, *, now: float) -> None:
        self.acts.setdefault(key, deque()).append(now)

    def sweep(self, now: float) -> None:
        if now - self.swept_at < self.window_seconds:
            return
        self.swept_at = now
        for key in [
            key for key, times in self.acts.items() if now - times[-1] >= self.window_seconds
        ]:
            del self.acts[key]


@dataclass
class AskingLimits:
    """The limits on questions, for a conversation and for a network address."""

    conversations: RateLimit = field(default_factory=lambda: RateLimit(CONVERSATION_LIMIT))
    addresses: RateLimit = field(default_factory=lambda: RateLimit(ADDRESS_LIMIT))

    def allow(self, conversation_id: uuid.UUID, address: str, *, now: float) -> bool:
        """Count one question, unless it is one too many."""
        if self.conversations.is_reached(conversation_id, now=now) or (
            address and self.addresses.is_reached(address, now=now)
        ):
            return False
        self.conversations.count(conversation_id, now=now)
        if address:
            self.addresses.count(address, now=now)
        return True


asking_limits = AskingLimits()
# One answer takes up to three touches: no, the reason, another reason.
feedback_limits = AskingLimits(RateLimit(FEEDBACK_LIMIT), RateLimit(3 * FEEDBACK_LIMIT))
