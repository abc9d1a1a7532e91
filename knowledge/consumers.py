"""The live progress of a refresh, for staff.

It looks at the run's row twice a second while somebody watches: the worker writes it in any case,
and so a lost message or a dead Redis can't show a wrong state.
"""

from __future__ import annotations

import asyncio
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from knowledge.models import RefreshRun, RunState

SECONDS_BETWEEN_LOOKS = 0.5
ENDED = {RunState.FINISHED, RunState.FAILED, RunState.ABANDONED}
NOT_ALLOWED = 4403
NOT_FOUND = 4404


class RefreshConsumer(AsyncJsonWebsocketConsumer):
    """refresh.progress frames while the run goes on, then one refresh.finished."""

    # None is needed, and with one a dead Redis would close the socket.
    channel_layer_alias = ""

    async def connect(self) -> None:
        self.following: asyncio.Task[None] | None = None
        # Accepted first: a browser is not shown the code of a socket that was never open.
        await self.accept()
        user = self.scope.get("user")
        if user is None or not await database_sync_to_async(may_watch)(user):
            await self.close(NOT_ALLOWED)
            return
        run_id = int(self.scope["url_route"]["kwargs"]["run_id"])
        self.following = asyncio.create_task(self.follow(run_id))

    async def disconnect(self, code: int) -> None:
        if self.following:
            self.following.cancel()

    async def follow(self, run_id: int) -> None:
        last: dict[str, Any] = {}
        while True:
            frame = await database_sync_to_async(get_run_frame)(run_id)
            if frame is None:
                await self.close(NOT_FOUND)
                return
            if frame != last:
                await self.send_json(frame)
                last = frame
            if frame["type"] == "refresh.finished":
                return
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)


def may_watch(user: Any) -> bool:
    return bool(user.is_active and user.is_staff and user.has_perm("knowledge.view_refreshrun"))


def get_run_frame(run_id: int) -> dict[str, Any] | None:
    run = RefreshRun.objects.filter(pk=run_id).first()
    if run is None:
        return None
    frame = {"state": run.state, "state_label": str(run.get_state_display())}
    if run.state in ENDED:
        summary = run.report.get("summary", "")
        return {"type": "refresh.finished", **frame, "report": run.report, "summary": summary}
    place = {"step": run.step, "done": run.done, "total": run.total}
    return {"type": "refresh.progress", **frame, **place}
