"""Answering needs no database: its threads must not be those in which another test had one."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from assistant.answering import evidence


@pytest.fixture(autouse=True)
def _own_threads(monkeypatch) -> Iterator[None]:
    with ThreadPoolExecutor(1) as pool:
        monkeypatch.setattr(evidence, "_pool", pool)
        yield
        # What a test with a database opened in there goes with it.
        pool.submit(connections.close_all).result()


@pytest.fixture(autouse=True)
def _floor_of_made_up_likenesses(settings):
    """The samples' vectors were made for this one; the real one follows the real model."""
    settings.ASSISTANT_EVIDENCE_FLOOR = 0.285
