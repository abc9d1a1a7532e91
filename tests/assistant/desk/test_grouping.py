from __future__ import annotations

import numpy as np
import pytest

from assistant.desk import grouping
from assistant.desk.grouping import EMBEDDED_AT_ONCE, Group, group_alike, group_questions


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch):
    monkeypatch.setattr(grouping, "_vectors", {})


def point(*numbers):
    vector = np.array(numbers, dtype=np.float32)
    return vector / np.linalg.norm(vector)


def test_questions_that_are_alike_stand_together_the_largest_group_first():
    vectors = {9: point(0, 1), 8: point(1, 0), 7: point(1, 0.1), 6: point(1, 0.2)}

    assert group_alike(vectors, floor=0.9) == [Group((8, 7, 6)), Group((9,))]


def test_a_question_joins_the_leader_that_it_is_most_like():
    vectors = {3: point(1, 0), 2: point(0.7, 1), 1: point(0.8, 1)}

    assert group_alike(vectors, floor=0.5) == [Group((3, 2, 1))]
    assert group_alike(vectors, floor=0.8) == [Group((2, 1)), Group((3,))]


def test_only_so_many_are_embedded_at_once_and_none_twice():
    asked = []

    def embed(texts):
        asked.extend(texts)
        return np.stack([point(1, 0) for _ in texts])

    texts = {key: f"Question {key}?" for key in range(EMBEDDED_AT_ONCE + 5)}

    first, waiting = group_questions(texts, embed)
    second, left = group_questions(texts, embed)

    assert (waiting, left) == (5, 0)
    assert len(first[0].keys) == EMBEDDED_AT_ONCE
    assert len(second[0].keys) == len(asked) == len(texts)


def test_what_is_no_longer_kept_is_forgotten():
    group_questions({1: "Old?", 2: "New?"}, lambda texts: np.stack([point(1, 0)] * len(texts)))

    group_questions({2: "New?"}, lambda texts: np.zeros((0, 2)))

    assert set(grouping._vectors) == {2}
