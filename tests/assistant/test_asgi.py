"""The routes of sockets, and who may open them."""

from __future__ import annotations

import pytest
from channels.testing import WebsocketCommunicator

from assistant.asgi import application, celery_app
from assistant.identity import COOKIE, sign_conversation_id

pytestmark = pytest.mark.django_db(transaction=True)


def open_socket(path, *, origin, cookie=""):
    headers = [(b"cookie", cookie.encode())]
    if origin:
        headers.append((b"origin", origin.encode()))
    return WebsocketCommunicator(application, path, headers=headers)


@pytest.mark.parametrize(
    "origin",
    ["http://localhost", "http://localhost:8123", "http://127.0.0.1:8000", "http://[::1]:8000"],
)
async def test_our_own_page_may_open_a_socket(conversation_id, origin):
    cookie = f"{COOKIE}={sign_conversation_id(conversation_id)}"
    socket = open_socket("/ws/chat/", origin=origin, cookie=cookie)

    is_open, _ = await socket.connect()
    opened = await socket.receive_json_from()
    await socket.disconnect()

    assert is_open
    assert opened["type"] == "conversation.opened"


@pytest.mark.parametrize(
    "origin", ["", "null", "https://evil.example", "http://localhost.evil.example", "file://"]
)
async def test_a_page_of_somebody_else_may_not(conversation_id, origin):
    cookie = f"{COOKIE}={sign_conversation_id(conversation_id)}"
    socket = open_socket("/ws/chat/", origin=origin, cookie=cookie)

    is_open, _ = await socket.connect()

    assert not is_open


@pytest.mark.parametrize("path", ["/ws/chat", "/ws/other/", "/"])
async def test_a_reader_opens_nothing_else(conversation_id, path):
    cookie = f"{COOKIE}={sign_conversation_id(conversation_id)}"
    socket = open_socket(path, origin="http://localhost", cookie=cookie)

    is_open, _ = await socket.connect()

    assert not is_open


async def test_a_reader_is_turned_away_from_the_staffs_socket(conversation_id):
    cookie = f"{COOKIE}={sign_conversation_id(conversation_id)}"
    socket = open_socket("/ws/refresh/1/", origin="http://localhost", cookie=cookie)
    await socket.connect()

    closed = await socket.receive_output()

    assert (closed["type"], closed["code"]) == ("websocket.close", 4403)


def test_tasks_go_to_our_queue():
    assert celery_app.conf.task_default_queue == "assistant"
