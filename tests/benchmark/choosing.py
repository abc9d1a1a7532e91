"""`python -m tests.benchmark.choosing`: how often the right briefing is chosen, and its weights.

Each of the live briefings' ways to ask is left out in turn and asked as a question. The weights
are learnt without the document of the briefing that is asked for, and so are the directions in
which asks vary, so that nothing is measured with what it was learnt from.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import astuple, fields

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assistant.settings")

import django
import numpy as np
import numpy.typing as npt

FOLDS = 5
STEPS = 400
STEP_SIZE = 0.05
RIDGE = 0.01
SEED = 4

Matrix = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


def learn(signs: Matrix, wanted: Places, *, steps: int = STEPS) -> Matrix:
    """The weights that make the wanted briefings most likely (softmax, a little ridge, Adam).

    Signs that could only lose by standing out are held at 0: no ask of a reader is less fitting
    because a briefing was asked for in the same words.
    """
    spread = signs.reshape(-1, signs.shape[-1]).std(axis=0) + 1e-6
    scaled = signs / spread
    every = np.arange(len(wanted))
    weights = np.zeros(signs.shape[-1])
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, steps + 1):
        scores = scaled @ weights
        chances = np.exp(scores - scores.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        expected = np.einsum("qb,qbs->s", chances, scaled)
        slope = (expected - scaled[every, wanted].sum(axis=0)) / len(wanted) + RIDGE * weights
        mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope**2
        weights -= (
            STEP_SIZE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
        )
        weights = np.maximum(weights, 0.0)
    learnt: Matrix = weights / spread
    return learnt


def count_first(scores: Matrix, wanted: Places, places: int) -> float:
    """The share of the questions whose briefing is among the first so many."""
    rank = (scores > scores[np.arange(len(wanted)), wanted][:, None]).sum(axis=1)
    return float((rank < places).mean())


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.benchmark.choosing", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    django.setup()
    sys.stdout.write(json.dumps(measure(), indent=None if arguments.json else 2) + "\n")


def measure() -> dict[str, object]:
    from assistant.answering.weighing import WEIGHTS, Weigher, Weights
    from knowledge.retrieval import embed_question, embed_texts, list_briefings

    briefings = list_briefings()
    asks = [(place, ask) for place, each in enumerate(briefings) for ask in each.asks]
    wanted = np.array([place for place, _ in asks])
    documents = np.array([each.document_id for each in briefings])
    order = np.random.RandomState(SEED).permutation(np.unique(documents))
    folds = [set(order[fold::FOLDS].tolist()) for fold in range(FOLDS)]
    signs = np.zeros((len(asks), len(briefings), len(fields(Weights))))
    for fold in folds:
        weigher = Weigher(
            briefings,
            embed_texts,
            learn_from=lambda passage, fold=fold: passage.document_id not in fold,
        )
        for row, (place, ask) in enumerate(asks):
            if documents[place] in fold:
                signs[row] = weigher.measure(ask, embed_question(ask), without=row)
    scores = np.zeros(signs.shape[:2])
    report: dict[str, object] = {"asks": len(asks), "briefings": len(briefings)}
    by_fold = []
    for fold in folds:
        is_held_out = np.isin(documents[wanted], list(fold))
        weights = learn(signs[~is_held_out], wanted[~is_held_out])
        scores[is_held_out] = signs[is_held_out] @ weights
        by_fold.append(
            {
                "asks": int(is_held_out.sum()),
                "first": round(count_first(scores[is_held_out], wanted[is_held_out], 1), 3),
                "first_two": round(count_first(scores[is_held_out], wanted[is_held_out], 2), 3),
            }
        )
    names = [field.name for field in fields(Weights)]
    in_use = signs @ np.array(astuple(WEIGHTS))
    learnt = learn(signs, wanted)
    return report | {
        "first": round(count_first(scores, wanted, 1), 3),
        "first_two": round(count_first(scores, wanted, 2), 3),
        "first_with_weights_in_use": round(count_first(in_use, wanted, 1), 3),
        "first_two_with_weights_in_use": round(count_first(in_use, wanted, 2), 3),
        "folds": by_fold,
        "weights": {
            name: round(float(weight), 1) for name, weight in zip(names, learnt, strict=True)
        },
    }


if __name__ == "__main__":
    main()
