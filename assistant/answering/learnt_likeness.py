"""Hears in an English question's embedding what no word of it says: a crisis, or harm.

The weights were fitted by `manage.py fit_triage` on questions of known outcome, and are for one
embedding: those of another size say nothing. docs/evaluation.md has what they are worth.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.answering.types import Outcome

WEIGHTS_PATH = Path(__file__).with_name("learnt_likeness.json")
# In the order of the weights; the first is what nearly all questions are.
LEARNT = (Outcome.ANSWERED, Outcome.URGENT, Outcome.UNSAFE)
# How much surer than of an ordinary question one must be.
MARGIN = 0.4
# How strongly weights are held small, and how much more a crisis or harm counts in fitting.
RIDGE = 3.0
WEIGHT_OF_FEW = 3.0

Vector = npt.NDArray[np.float32]


def fit(vectors: Vector, outcomes: Sequence[Outcome]) -> npt.NDArray[np.float64]:
    """Return one column of weights for each of LEARNT, the last row being what stands alone."""
    features = np.hstack([vectors, np.ones((len(vectors), 1))])
    wanted = np.array(
        [[1.0 if each is outcome else -1.0 for each in LEARNT] for outcome in outcomes]
    )
    weights = np.array(
        [1.0 if outcome is Outcome.ANSWERED else WEIGHT_OF_FEW for outcome in outcomes]
    )[:, None]
    left = features.T @ (weights * features) + RIDGE * np.eye(features.shape[1])
    solved: npt.NDArray[np.float64] = np.linalg.solve(left, features.T @ (weights * wanted))
    return solved


@cache
def get_weights() -> npt.NDArray[np.float64]:
    return np.array(json.loads(WEIGHTS_PATH.read_text(encoding="utf-8")))


def write_weights(weights: npt.NDArray[np.float64]) -> None:
    rows = ",\n".join(json.dumps([round(float(each), 4) for each in row]) for row in weights)
    WEIGHTS_PATH.write_text(f"[\n{rows}\n]\n", encoding="utf-8")
    get_weights.cache_clear()


def hear(vector: Vector) -> Outcome | None:
    """Name the crisis or harm that a question is clearly like, if it is."""
    weights = get_weights()
    if len(vector) + 1 != len(weights):
        return None
    scores = vector @ weights[:-1] + weights[-1]
    best = int(scores.argmax())
    if best == 0 or scores[best] - scores[0] <= MARGIN:
        return None
    return LEARNT[best]
