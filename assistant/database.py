"""The bounded pools of threads in which the conversation's reads and writes run.

Nothing here waits on the event loop, and each thread keeps its connection open. SQLite has one
writer at a time whatever we do: one writing thread queues in order, where several would sleep
and try again.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from threading import Barrier
from typing import ParamSpec, TypeVar

from channels.db import database_sync_to_async
from django.db import connection, connections

READING_THREADS = 4
WRITING_THREADS = 4

P = ParamSpec("P")
R = TypeVar("R")


@cache
def get_reading_pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(READING_THREADS, thread_name_prefix="read")


@cache
def get_writing_pool() -> ThreadPoolExecutor:
    threads = 1 if connection.vendor == "sqlite" else WRITING_THREADS
    return ThreadPoolExecutor(threads, thread_name_prefix="write")


async def read(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    return await run_in(get_reading_pool(), function, *args, **kwargs)


async def write(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    return await run_in(get_writing_pool(), function, *args, **kwargs)


async def run_in(
    pool: ThreadPoolExecutor, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs
) -> R:
    in_thread = database_sync_to_async(function, thread_sensitive=False, executor=pool)
    result: R = await in_thread(*args, **kwargs)
    return result


def close_connections() -> None:
    """Close what the threads hold open, so that the database can be closed after them."""
    for pool in (get_reading_pool(), get_writing_pool()):
        threads = len(pool._threads)
        # Each waits for the others, so that every thread gets exactly one of them.
        barrier = Barrier(threads) if threads else None
        closing: list[Future[None]] = [
            pool.submit(close_own_connection, barrier) for _ in range(threads) if barrier
        ]
        for future in closing:
            future.result()


def close_own_connection(barrier: Barrier) -> None:
    connections.close_all()
    barrier.wait(timeout=10)
