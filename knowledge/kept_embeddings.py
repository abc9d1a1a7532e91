"""Vectors of our own texts, kept so that a process that has just started need not make them.

Every process reads them; only the gate adds some, whose texts are documents, briefings and
examples. What a reader wrote is never kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np

from knowledge.embedding import Vectors, embed_passages, get_recipe
from knowledge.passage_texts import digest_text, read_vectors, save_vectors

# Of the context, so that it holds in the threads that answer, and in no others.
_is_keeping: ContextVar[bool] = ContextVar("is_keeping", default=False)


@contextmanager
def keeping_embeddings() -> Iterator[None]:
    """Keep what is embedded inside the block: only for texts that no reader wrote."""
    token = _is_keeping.set(True)
    try:
        yield
    finally:
        _is_keeping.reset(token)


def embed_texts(texts: Sequence[str]) -> Vectors:
    """Embed texts to compare questions with, as passages are embedded; one row for each."""
    recipe = get_recipe().fingerprint
    digests = [digest_text(text) for text in texts]
    known = read_vectors(set(digests), recipe)
    missing = {
        digest: text for digest, text in zip(digests, texts, strict=True) if digest not in known
    }
    if not missing:
        return np.stack([known[digest] for digest in digests]) if digests else embed_passages([])
    made = dict(zip(missing, embed_passages(list(missing.values())), strict=True))
    if _is_keeping.get():
        save_vectors(made, recipe)
    return np.stack([known[digest] if digest in known else made[digest] for digest in digests])
