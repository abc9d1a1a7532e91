"""The only door to an embedding model: text in, normalised vectors out.

Two vectors may be compared only if one recipe made both, so every stored vector carries the
fingerprint of its recipe. The model is loaded at its first use: never before a fork, which its
threads don't survive, and never for a command that embeds nothing (llama_index takes seconds).
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

Vectors = npt.NDArray[np.float32]

BUNDLED_CLASS = "knowledge.bundled_embedding.BundledEmbedding"
BUNDLED_NAME = "bge-small-en-v1.5-int8"
BUNDLED_DIMENSIONS = 384
FILE_DIGESTS = {
    "model.onnx": "68807e3ff2abb83cdd708d8243fd398246e397bfee2ba611c2bad728e27df743",
    "tokenizer.json": "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66",
}
TOKEN_LIMIT = 512
TEXTS_A_BATCH = 32
QUESTIONS_REMEMBERED = 256


class ModelFilesUnusable(Exception):
    """A file of the bundled model is missing or isn't the one that we measured."""


@dataclass(frozen=True)
class EmbeddingRecipe:
    """All that must match for two vectors to be comparable, and its fingerprint."""

    name: str
    dimensions: int
    fingerprint: str


_importing = threading.Lock()
_loading = threading.Lock()
_models: dict[tuple[str, str, int], BaseEmbedding] = {}
_remembering = threading.Lock()
_digest_key = secrets.token_bytes(32)
_questions: OrderedDict[bytes, Vectors] = OrderedDict()


def load_library() -> None:
    """Import LlamaIndex: before each import that only a first question or a warm start needs.

    Its modules import one another in a circle, so two threads that begin in different places get
    half of it, and an ImportError.
    """
    with _importing:
        import_module("llama_index.core")


def get_model() -> BaseEmbedding:
    """Return the process's one model, loaded by whoever asks first."""
    key = (
        settings.KNOWLEDGE_EMBEDDING_CLASS or BUNDLED_CLASS,
        settings.KNOWLEDGE_EMBEDDING_MODEL,
        settings.KNOWLEDGE_EMBEDDING_THREADS,
    )
    load_library()
    with _loading:
        if key not in _models:
            arguments = {"model_name": key[1]} if key[1] and key[0] != BUNDLED_CLASS else {}
            _models[key] = import_string(key[0])(**arguments)
        return _models[key]


def get_recipe() -> EmbeddingRecipe:
    """Return the recipe that the settings name; the bundled one's without loading the model."""
    path, name = settings.KNOWLEDGE_EMBEDDING_CLASS, settings.KNOWLEDGE_EMBEDDING_MODEL
    if path:
        return _get_named_recipe(path, name)
    return _build_recipe(
        BUNDLED_NAME, BUNDLED_DIMENSIONS, *FILE_DIGESTS.values(), str(TOKEN_LIMIT), "cls"
    )


@lru_cache
def _get_named_recipe(path: str, name: str) -> EmbeddingRecipe:
    model = get_model()
    dimensions = len(model.get_text_embedding("dimensions"))
    return _build_recipe(f"{path} {name or model.model_name}", dimensions)


def _build_recipe(name: str, dimensions: int, *parts: str) -> EmbeddingRecipe:
    ingredients = "\n".join((name, str(dimensions), *parts))
    return EmbeddingRecipe(name, dimensions, hashlib.sha256(ingredients.encode()).hexdigest())


def embed_passages(
    texts: Sequence[str], *, on_batch: Callable[[int], None] | None = None
) -> Vectors:
    """Embed the texts, one row each, in their order; `on_batch` hears how many were just done."""
    model = get_model()
    rows = np.zeros((len(texts), get_recipe().dimensions), dtype=np.float32)
    # Texts of like length stand together, so that little is padded.
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    for begin in range(0, len(order), TEXTS_A_BATCH):
        batch = order[begin : begin + TEXTS_A_BATCH]
        rows[batch] = normalise(model.get_text_embedding_batch([texts[index] for index in batch]))
        if on_batch is not None:
            on_batch(len(batch))
    return rows


def embed_question(text: str) -> Vectors:
    """Embed a question. The same words asked again cost nothing.

    They are remembered by a digest that only this process can make: readers' words don't stay in
    its memory.
    """
    said = f"{get_recipe().fingerprint}\n{text}".encode("utf-8", "surrogatepass")
    digest = hashlib.blake2b(said, key=_digest_key, digest_size=16).digest()
    with _remembering:
        vector = _questions.get(digest)
    if vector is None:
        vector = normalise(get_model().get_query_embedding(text))
        # It is shared by all who ask the same.
        vector.setflags(write=False)
    with _remembering:
        _questions[digest] = vector
        _questions.move_to_end(digest)
        while len(_questions) > QUESTIONS_REMEMBERED:
            _questions.popitem(last=False)
    return vector


def normalise(vectors: npt.ArrayLike) -> Vectors:
    """Scale each row to length 1, so that a dot product is the cosine."""
    matrix = np.asarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(matrix, axis=-1, keepdims=True)
    return np.asarray(matrix / np.maximum(lengths, 1e-12), dtype=np.float32)
