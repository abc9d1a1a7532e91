"""An index directory: a matrix of vectors, a BM25 index and who is who, written once.

It is written beside its place and renamed, the manifest last, so a killed writer leaves nothing
that looks like an index. Nothing in it can't be made again from the tables.
"""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
import numpy.typing as npt
import Stemmer
from bm25s.stopwords import STOPWORDS_EN_PLUS

from knowledge.embedding import EmbeddingRecipe, Vectors

# bm25s sets its logger to DEBUG when it is imported, whatever the settings say.
logging.getLogger("bm25s").setLevel(logging.WARNING)

# Raised when the files or the splitting into words change: older directories are made again.
FORMAT_VERSION = 1
MANIFEST = "manifest.json"
BM25_K1, BM25_B = 0.9, 0.4
# '2.3' of a numbered paragraph stays one word, so that it finds that paragraph.
WORD = re.compile(r"\d+(?:\.\d+)+|\w\w+")
STOP_WORDS = frozenset(STOPWORDS_EN_PLUS)

_stemmers = threading.local()


class IndexUnusable(Exception):
    """The directory holds no whole index, or one that this code or this recipe can't read."""


@dataclass(frozen=True, kw_only=True)
class IndexEntry:
    """A passage as it is indexed: its vector first, then one for each other way to ask for it."""

    passage_id: int
    document_id: int
    kind: str
    source: str
    lexical_text: str
    vectors: Vectors


@dataclass(frozen=True, kw_only=True)
class LocalIndex:
    """An open index. Its arrays are mapped from the files and outlive their deletion."""

    recipe: str
    passage_ids: npt.NDArray[np.int64]
    document_ids: npt.NDArray[np.int64]
    # Codes, places in `names`.
    kinds: npt.NDArray[np.int32]
    sources: npt.NDArray[np.int32]
    names: dict[str, list[str]]
    # Where each passage's vectors begin.
    starts: npt.NDArray[np.int64]
    vectors: Vectors
    lexical: Any

    def score_dense(self, vector: npt.ArrayLike) -> Vectors:
        """The cosine of the nearest of each passage's vectors."""
        if not len(self.passage_ids):
            return np.zeros(0, dtype=np.float32)
        # Not `@`, whose threads wait for one another: with other readers on the same cores it
        # took ten times as long as this, which uses one.
        cosines = np.vecdot(np.asarray(self.vectors), np.asarray(vector, dtype=np.float32))
        return np.asarray(np.maximum.reduceat(cosines, self.starts), dtype=np.float32)

    def score_lexical(self, text: str) -> Vectors:
        """BM25 of each passage; 0 where no word matches."""
        words = self.lexical.get_tokens_ids(split_words(text)) if self.lexical else []
        if not words:
            return np.zeros(len(self.passage_ids), dtype=np.float32)
        return np.asarray(self.lexical.get_scores_from_ids(words), dtype=np.float32)


def split_words(text: str) -> list[str]:
    """Split a text into stemmed English words, without those that stand everywhere."""
    # A stemmer has state that threads must not share.
    if not hasattr(_stemmers, "english"):
        _stemmers.english = Stemmer.Stemmer("english")
    words = [word for word in WORD.findall(text.lower()) if word not in STOP_WORDS]
    stems: list[str] = _stemmers.english.stemWords(words)
    return stems


def write_index(
    directory: Path, entries: Sequence[IndexEntry], *, recipe: EmbeddingRecipe
) -> None:
    """Write the index whole, or not at all."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    scratch = directory.parent / f".{directory.name}.{secrets.token_hex(4)}"
    scratch.mkdir()
    try:
        _write_files(scratch, entries, recipe)
        _put_in_place(scratch, directory)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _write_files(scratch: Path, entries: Sequence[IndexEntry], recipe: EmbeddingRecipe) -> None:
    sizes = [len(entry.vectors) for entry in entries]
    if not all(sizes):
        raise ValueError("every passage needs a vector")
    np.save(scratch / "starts.npy", np.cumsum([0, *sizes[:-1]])[: len(entries)])
    nothing = np.zeros((0, recipe.dimensions), dtype=np.float32)
    matrix = np.concatenate([nothing, *(entry.vectors for entry in entries)])
    np.save(scratch / "vectors.npy", matrix)
    for name in ("passage_id", "document_id"):
        values = [getattr(entry, name) for entry in entries]
        np.save(scratch / f"{name}s.npy", np.array(values, dtype=np.int64))
    names: dict[str, list[str]] = {}
    for name in ("kind", "source"):
        values = [getattr(entry, name) for entry in entries]
        names[name] = sorted(set(values))
        codes = {value: code for code, value in enumerate(names[name])}
        array = np.array([codes[value] for value in values], dtype=np.int32)
        np.save(scratch / f"{name}s.npy", array)
    words = [split_words(entry.lexical_text) for entry in entries]
    if any(words):
        lexical = bm25s.BM25(k1=BM25_K1, b=BM25_B)
        lexical.index(words, show_progress=False)
        lexical.save(scratch / "lexical", show_progress=False)
    manifest = {
        "format": FORMAT_VERSION,
        "recipe": recipe.fingerprint,
        "recipe_name": recipe.name,
        "passages": len(entries),
        "vectors": sum(sizes),
        "has_words": any(words),
        "names": names,
    }
    # Written last: a directory without it is no index.
    with (scratch / MANIFEST).open("w") as file:
        json.dump(manifest, file)
        file.flush()
        os.fsync(file.fileno())


def _put_in_place(scratch: Path, directory: Path) -> None:
    old = directory.parent / f"{scratch.name}.old"
    if directory.exists():
        directory.rename(old)
    try:
        scratch.rename(directory)
    except OSError:
        # Another process that wrote the same index was faster.
        if not (directory / MANIFEST).exists():
            raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def read_manifest(directory: Path) -> dict[str, Any]:
    """Read what the directory says of itself; raises IndexUnusable."""
    try:
        manifest = json.loads((directory / MANIFEST).read_text())
    except (OSError, ValueError) as error:
        raise IndexUnusable(f"there is no whole index in {directory}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT_VERSION:
        raise IndexUnusable(f"the index in {directory} has another format than this code")
    return manifest


def read_index(directory: Path) -> LocalIndex:
    """Open the directory's files without reading the matrix into memory."""
    manifest = read_manifest(directory)
    try:
        index = LocalIndex(
            recipe=manifest["recipe"],
            passage_ids=np.load(directory / "passage_ids.npy"),
            document_ids=np.load(directory / "document_ids.npy"),
            kinds=np.load(directory / "kinds.npy"),
            sources=np.load(directory / "sources.npy"),
            names=manifest["names"],
            starts=np.load(directory / "starts.npy"),
            # An empty file can't be mapped.
            vectors=np.load(
                directory / "vectors.npy", mmap_mode="r" if manifest["vectors"] else None
            ),
            lexical=bm25s.BM25.load(directory / "lexical", mmap=True, show_progress=False)
            if manifest["has_words"]
            else None,
        )
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise IndexUnusable(f"the index in {directory} is damaged: {error}") from error
    if len(index.passage_ids) != manifest["passages"] or len(index.vectors) != manifest["vectors"]:
        raise IndexUnusable(f"the index in {directory} is damaged: a file is too short")
    return index
