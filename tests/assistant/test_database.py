"""The threads of the database."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from assistant.database import close_connections, get_writing_pool, read, write

pytestmark = pytest.mark.django_db(transaction=True)


def name_thread():
    return threading.current_thread().name


async def test_reads_and_writes_never_run_on_the_event_loop():
    names = [await read(name_thread), await write(name_thread)]

    assert [name.partition("_")[0] for name in names] == ["read", "write"]


async def test_what_is_raised_in_a_thread_reaches_the_caller():
    def refuse(*, word):
        raise ValueError(word)

    with pytest.raises(ValueError, match="no"):
        await write(refuse, word="no")


def test_sqlite_has_one_writing_thread():
    expected = 1 if connection.vendor == "sqlite" else 4

    assert get_writing_pool()._max_workers == expected


async def test_connections_stay_open_until_they_are_closed():
    def is_open():
        return connection.connection is not None

    await write(connection.ensure_connection)
    before = await write(is_open)
    close_connections()

    assert (before, await write(is_open)) == (True, False)
