"""The live progress of a refresh, for staff. Reads the row; the channel layer only says when."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from redis.exceptions import RedisError

from knowledge.models import RefreshRun, RunState
from knowledge.progress import get_group

# A hint may be lost; the row is read at least this often.
SECONDS_BETWEEN_LOOKS = 1.0
ENDED = {RunState.FINISHED, RunState.FAILED, RunState.ABANDONED}


class RefreshConsumer(AsyncJsonWebsocketConsumer):
    """refresh.progress frames while the run goes on, then one refresh.finished."""

    async def connect(self) -> None:
        user = self.scope.get("user")
        self.run_id = int(self.scope["url_route"]["kwargs"]["run_id"])
        self.following: asyncio.Task[None] | None = None
        # Accepted first: a browser is not shown the code of a socket that was never open.
        await self.accept()
        if user is None or not await database_sync_to_async(may_watch)(user):
            await self.close(code=4403)
            return
        self.changed = asyncio.Event()
        with contextlib.suppress(OSError, RedisError):
            await self.channel_layer.group_add(get_group(self.run_id), self.channel_name)
        self.following = asyncio.create_task(self.follow())

    async def disconnect(self, code: int) -> None:
        if self.following:
            self.following.cancel()
        if hasattr(self, "changed"):
            with contextlib.suppress(OSError, RedisError):
                await self.channel_layer.group_discard(get_group(self.run_id), self.channel_name)

    async def run_changed(self, event: dict[str, Any]) -> None:
        self.changed.set()

    async def follow(self) -> None:
        last: dict[str, Any] = {}
        while True:
            self.changed.clear()
            state = await database_sync_to_async(get_run_frame)(self.run_id)
            if state is None:
                await self.close(code=4404)
                return
            if state != last:
                await self.send_json(state)
                last = state
            if state["type"] == "refresh.finished":
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.changed.wait(), SECONDS_BETWEEN_LOOKS)


def may_watch(user: Any) -> bool:
    return bool(user.is_active and user.is_staff and user.has_perm("knowledge.view_refreshrun"))


def get_run_frame(run_id: int) -> dict[str, Any] | None:
    run = RefreshRun.objects.filter(pk=run_id).first()
    if run is None:
        return None
    if run.state in ENDED:
        return {
            "type": "refresh.finished",
            "state": run.state,
            "state_label": str(run.get_state_display()),
            "report": run.report,
            "summary": run.report.get("summary", ""),
        }
    return {
        "type": "refresh.progress",
        "state": run.state,
        "state_label": str(run.get_state_display()),
        "step": run.step,
        "done": run.done,
        "total": run.total,
    }
