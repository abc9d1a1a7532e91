from __future__ import annotations

from functools import partial

import pytest

from knowledge import taking_turns
from knowledge.types import Progress


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.KNOWLEDGE_INDEX_DIR = tmp_path / "index"


class Waited(Exception):
    """The second publisher had to wait."""


def stop_waiting(progress: Progress) -> None:
    assert progress.step == "waiting"
    raise Waited


only_publisher = partial(taking_turns.only_publisher, patience_seconds=60)


def test_a_publisher_waits_for_another_and_shows_that_it_lives():
    with only_publisher(), pytest.raises(Waited), only_publisher(stop_waiting):
        pass


def test_the_turn_ends_with_the_publication_however_it_ends():
    with pytest.raises(KeyError), only_publisher():
        raise KeyError("disk full")

    with only_publisher(stop_waiting):
        pass


def test_the_wait_is_bounded():
    reached = []

    with only_publisher(), only_publisher(stop_waiting, patience_seconds=0):
        reached.append(True)

    assert reached == [True]
