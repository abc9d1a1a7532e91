"""What can be known to go wrong is said in one line, before anything is started."""

from __future__ import annotations

import importlib.util
import socket
import sys

import pytest

from assistant.redis_server import RedisUnavailable, find_free_port
from assistant.serving import (
    Address,
    CannotServe,
    plan_own_redis,
    plan_processes,
    require_free_port,
    require_programs,
)


@pytest.mark.parametrize(
    ("address", "url"),
    [
        (Address("127.0.0.1", 8000), "http://127.0.0.1:8000/"),
        (Address("0.0.0.0", 8000), "http://127.0.0.1:8000/"),
        (Address("::", 80), "http://[::1]:80/"),
        (Address("answers.example.org", 80), "http://answers.example.org:80/"),
    ],
)
def test_the_address_that_is_printed_can_be_opened_in_a_browser(address, url):
    assert address.url == url


def test_a_taken_port_is_one_clear_line_with_a_way_out():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(CannotServe) as refusal:
            require_free_port(Address("127.0.0.1", port))

    message = str(refusal.value)
    assert message.startswith(f"Can't listen on 127.0.0.1 port {port} (Address already in use)")
    assert f"serve --port {port + 1}" in message
    assert "\n" not in message


def test_a_free_port_is_left_free():
    address = Address("127.0.0.1", find_free_port())

    require_free_port(address)

    with socket.socket() as server:
        server.bind((address.host, address.port))


@pytest.mark.parametrize("port", [-1, 70_000])
def test_a_port_that_cannot_be_is_one_clear_line(port):
    with pytest.raises(CannotServe, match=f"Can't listen on 127.0.0.1 port {port}"):
        require_free_port(Address("127.0.0.1", port))


def test_a_missing_program_is_named(monkeypatch):
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "celery" else find_spec(name)
    )

    with pytest.raises(CannotServe, match="package celery is missing"):
        require_programs()


def test_a_redis_that_was_named_must_answer(settings):
    settings.REDIS_IS_GIVEN = True
    settings.REDIS_URL = f"redis://127.0.0.1:{find_free_port()}/0"

    with pytest.raises(RedisUnavailable, match="REDIS_URL names"):
        plan_own_redis()


@pytest.mark.redis
def test_a_redis_that_was_named_and_answers_is_used(settings, redis_url):
    settings.REDIS_IS_GIVEN = True
    settings.REDIS_URL = redis_url

    plan = plan_own_redis()

    assert plan is None


def test_without_a_name_a_redis_of_our_own_is_planned_among_our_files(settings, tmp_path):
    settings.REDIS_IS_GIVEN = False
    settings.VAR_DIR = tmp_path

    plan = plan_own_redis()

    assert plan.log.is_relative_to(tmp_path)


def test_every_process_runs_this_python_in_our_folder_with_our_redis(settings):
    plans = plan_processes(Address("127.0.0.1", 8000), {"REDIS_URL": "redis://here"})

    assert [plan.name for plan in plans] == ["web", "worker", "beat"]
    assert {plan.command[0] for plan in plans} == {sys.executable}
    assert {plan.folder for plan in plans} == {settings.BASE_DIR}
    assert {plan.environment["REDIS_URL"] for plan in plans} == {"redis://here"}


def test_the_web_process_embeds_each_question_with_one_thread():
    plans = plan_processes(Address("127.0.0.1", 8000), {})

    threads = {plan.name: plan.environment.get("KNOWLEDGE_EMBEDDING_THREADS") for plan in plans}
    assert threads == {"web": "1", "worker": None, "beat": None}
