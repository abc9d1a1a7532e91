from __future__ import annotations

import pytest
from channels.db import database_sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import AnonymousUser, Permission, User
from django.urls import path

from knowledge.consumers import RefreshConsumer
from knowledge.models import RefreshRun, RunState, Source
from knowledge.types import SourceKind

pytestmark = pytest.mark.django_db(transaction=True)


def make_run(state: str = RunState.RUNNING) -> RefreshRun:
    source = Source.objects.create(
        slug="s", title="S", kind=SourceKind.GOVUK, url="https://www.gov.uk/s"
    )
    return RefreshRun.objects.create(source=source, state=state, step="fetching", done=1, total=4)


def make_staff() -> User:
    user = User.objects.create_user("editor", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_refreshrun"))
    return user


def connect(run_id: int, user: object) -> WebsocketCommunicator:
    routes = URLRouter([path("ws/refresh/<int:run_id>/", RefreshConsumer.as_asgi())])
    communicator = WebsocketCommunicator(routes, f"/ws/refresh/{run_id}/")
    communicator.scope["user"] = user
    return communicator


async def test_staff_see_the_progress_and_then_the_end():
    run = await database_sync_to_async(make_run)()
    socket = connect(run.pk, await database_sync_to_async(make_staff)())
    assert (await socket.connect())[0]

    first = await socket.receive_json_from()
    assert (first["type"], first["step"], first["done"]) == ("refresh.progress", "fetching", 1)

    await RefreshRun.objects.filter(pk=run.pk).aupdate(
        state=RunState.FINISHED, report={"summary": "all read"}
    )
    last = await socket.receive_json_from(timeout=5)
    assert (last["type"], last["summary"]) == ("refresh.finished", "all read")
    await socket.disconnect()


@pytest.mark.parametrize("make_user", [AnonymousUser, lambda: User.objects.create_user("reader")])
async def test_nobody_else_can_watch(make_user):
    run = await database_sync_to_async(make_run)()
    socket = connect(run.pk, await database_sync_to_async(make_user)())

    await socket.connect()

    closed = await socket.receive_output()
    assert (closed["type"], closed["code"]) == ("websocket.close", 4403)


async def test_a_run_that_does_not_exist_closes_the_socket():
    socket = connect(999, await database_sync_to_async(make_staff)())
    await socket.connect()

    closed = await socket.receive_output()

    assert (closed["type"], closed["code"]) == ("websocket.close", 4404)
