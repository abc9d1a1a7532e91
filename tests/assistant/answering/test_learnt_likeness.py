from __future__ import annotations

import numpy as np
import pytest

from assistant.answering import learnt_likeness
from assistant.answering.types import Outcome

ORDINARY, CRISIS, HARM = np.eye(3, dtype=np.float32)


@pytest.fixture
def fitted(monkeypatch):
    vectors = np.array([ORDINARY, CRISIS, HARM] * 20)
    weights = learnt_likeness.fit(vectors, list(learnt_likeness.LEARNT) * 20)
    monkeypatch.setattr(learnt_likeness, "get_weights", lambda: weights)


@pytest.mark.usefixtures("fitted")
def test_what_is_clearly_like_a_crisis_or_harm_is_heard():
    assert learnt_likeness.hear(CRISIS) is Outcome.URGENT
    assert learnt_likeness.hear(HARM) is Outcome.UNSAFE


@pytest.mark.usefixtures("fitted")
def test_what_is_ordinary_or_might_be_is_not():
    assert learnt_likeness.hear(ORDINARY) is None
    assert learnt_likeness.hear((ORDINARY + CRISIS) / 2) is None


def test_an_embedding_of_another_size_says_nothing():
    assert learnt_likeness.hear(ORDINARY) is None


def test_weights_are_read_as_they_were_written(monkeypatch, tmp_path):
    monkeypatch.setattr(learnt_likeness, "WEIGHTS_PATH", tmp_path / "weights.json")
    weights = np.array([[0.12345, 1.0, -1.0], [0.0, 2.0, 3.0]])

    learnt_likeness.write_weights(weights)

    assert learnt_likeness.get_weights().tolist() == [[0.1235, 1.0, -1.0], [0.0, 2.0, 3.0]]
    learnt_likeness.get_weights.cache_clear()
