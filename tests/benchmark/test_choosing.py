from __future__ import annotations

import numpy as np

from tests.benchmark.choosing import count_first, learn


def test_a_sign_that_tells_the_right_one_apart_gains_weight():
    generator = np.random.RandomState(3)
    wanted = generator.randint(0, 5, size=200)
    signs = generator.normal(size=(200, 5, 3))
    signs[np.arange(200), wanted, 1] += 2.0

    weights = learn(signs, wanted, steps=200)

    assert weights[1] > 5 * abs(weights[0])
    assert count_first(signs @ weights, wanted, 1) > count_first(signs[:, :, 0], wanted, 1)


def test_the_share_of_first_places_counts_ranks():
    scores = np.array([[3.0, 2.0, 1.0], [1.0, 3.0, 2.0]])

    assert count_first(scores, np.array([0, 2]), 1) == 0.5
    assert count_first(scores, np.array([0, 2]), 2) == 1.0
