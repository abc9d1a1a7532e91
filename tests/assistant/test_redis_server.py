"""A Redis is found, started for us alone, and gone afterwards."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
import redis

from assistant import redis_server
from assistant.redis_server import (
    RedisUnavailable,
    find_bundled_binary,
    find_free_port,
    find_redis_binary,
    hide_password,
    is_answering,
    ping,
    plan_redis,
    require_redis,
    running_redis,
)


def make_program(folder: Path, name: str) -> Path:
    program = folder / name
    program.write_text("#!/bin/sh\n")
    program.chmod(stat.S_IRWXU)
    return program


def test_a_server_on_the_path_is_preferred(tmp_path, monkeypatch):
    program = make_program(tmp_path, "valkey-server")
    monkeypatch.setenv("PATH", str(tmp_path))

    found = find_redis_binary()

    assert found == program


def test_without_a_server_on_the_path_the_bundled_one_is_used(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    found = find_redis_binary()

    assert found == find_bundled_binary()
    assert os.access(found, os.X_OK)


def test_without_any_server_the_message_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(redis_server, "find_bundled_binary", lambda: None)

    with pytest.raises(RedisUnavailable, match="install redis-server or valkey-server"):
        find_redis_binary()


@pytest.mark.redis
@pytest.mark.parametrize("find", [find_redis_binary, find_bundled_binary])
def test_a_started_redis_answers_only_who_knows_the_password(find, tmp_path, monkeypatch):
    monkeypatch.setattr(redis_server, "find_redis_binary", find)

    with running_redis(tmp_path) as url:
        without_password = "redis://" + url.partition("@")[2]

        assert is_answering(url)
        with pytest.raises(redis.AuthenticationError):
            ping(without_password)


@pytest.mark.redis
def test_a_stopped_redis_has_kept_nothing(tmp_path):
    with running_redis(tmp_path / "redis") as url, redis.Redis.from_url(url) as client:
        client.set("a reader's question", "what happens to me?")

    kept = {path.name for path in (tmp_path / "redis").iterdir()}

    assert kept == {"redis.conf", "redis.log"}
    assert not is_answering(url)


def test_only_we_can_read_the_password(tmp_path):
    plan = plan_redis(binary=Path("/bin/redis-server"), directory=tmp_path)

    password = plan.url.partition("//:")[2].partition("@")[0]

    configuration = Path(plan.command[1])
    assert password in configuration.read_text()
    assert password not in " ".join(plan.command)
    assert stat.S_IMODE(configuration.stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR


def test_a_redis_that_is_named_but_does_not_answer_is_one_clear_line():
    url = f"redis://:secret@127.0.0.1:{find_free_port()}/0"

    with pytest.raises(RedisUnavailable) as refusal:
        require_redis(url)

    message = str(refusal.value)
    assert message.startswith("REDIS_URL names redis://…@127.0.0.1")
    assert "secret" not in message
    assert "\n" not in message


def test_an_address_that_is_no_redis_is_one_clear_line():
    with pytest.raises(RedisUnavailable, match=r"REDIS_URL names http://127\.0\.0\.1"):
        require_redis("http://127.0.0.1:1")


def test_a_url_without_a_password_is_shown_as_it_is():
    url = "redis://127.0.0.1:6379/0"

    assert hide_password(url) == url


@pytest.mark.redis
def test_a_redis_that_cannot_start_says_where_the_reason_stands(tmp_path, monkeypatch):
    program = make_program(tmp_path, "redis-server")
    monkeypatch.setattr(redis_server, "find_redis_binary", lambda: program)

    with pytest.raises(RedisUnavailable, match=r"redis\.log says why"), running_redis(tmp_path):
        pass
