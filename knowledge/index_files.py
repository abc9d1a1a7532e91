"""The index of a publication: a list of segments, and which revisions of each it keeps.

Scores are those of one index made of the kept passages alone, whatever the segments: how often a
word occurs is counted over all of them for each question. Nothing in a directory can't be made
again from the tables.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from knowledge.embedding import EmbeddingRecipe, Vectors
from knowledge.lexical import Mask, split_terms
from knowledge.segments import (
    FORMAT_VERSION,
    MANIFEST,
    SEGMENTS,
    Codes,
    Ids,
    IndexEntry,
    IndexUnusable,
    Segment,
    make_segment,
    merge_names,
    open_segment,
    read_manifest,
    recode,
    write_durably,
    write_segment,
)

BM25_K1, BM25_B = 0.9, 0.4

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """A segment, and which of its revisions are kept."""

    segment: Segment
    kept: Mask

    @classmethod
    def whole(cls, segment: Segment) -> Part:
        return cls(segment=segment, kept=np.ones(len(segment.revisions), dtype=np.bool_))

    @property
    def revisions(self) -> Ids:
        return self.segment.revisions[self.kept]

    @cached_property
    def passages(self) -> Mask:
        return self.segment.find_passages_of(self.kept)

    @cached_property
    def count(self) -> int:
        return int(self.passages.sum())

    @cached_property
    def is_whole(self) -> bool:
        return self.count == len(self.segment)


class LocalIndex:
    """An open index: the kept passages of its parts, one after the other."""

    def __init__(self, recipe: str, parts: Sequence[Part]) -> None:
        self.recipe = recipe
        self.parts = parts
        self.names = merge_names([part.segment.names for part in parts])
        self.passage_ids: Ids = self._join(np.int64, lambda segment: segment.passage_ids)
        self.document_ids: Ids = self._join(np.int64, lambda segment: segment.document_ids)
        self.revision_ids: Ids = self._join(np.int64, lambda segment: segment.revision_ids)
        self.kinds = self._join_codes("kind", lambda segment: segment.kinds)
        self.sources = self._join_codes("source", lambda segment: segment.sources)
        # What a passage's length does to its scores, for each part.
        lengths = self._join(np.int32, lambda segment: segment.postings.lengths)
        average = float(lengths.sum(dtype=np.int64)) / max(1, len(lengths)) or 1.0
        self._norms = [
            (BM25_K1 * (1 - BM25_B + BM25_B * part.segment.postings.lengths / average)).astype(
                np.float32
            )
            for part in parts
        ]

    def __len__(self) -> int:
        return len(self.passage_ids)

    def _join(
        self, kind: type[Scalar], get: Callable[[Segment], npt.NDArray[Scalar]]
    ) -> npt.NDArray[Scalar]:
        return self._join_kept([get(part.segment) for part in self.parts], kind)

    def _join_kept(
        self, arrays: Sequence[npt.NDArray[Scalar]], kind: type[Scalar]
    ) -> npt.NDArray[Scalar]:
        return np.concatenate(
            [
                np.zeros(0, dtype=kind),
                *(
                    array if part.is_whole else array[part.passages]
                    for part, array in zip(self.parts, arrays, strict=True)
                ),
            ]
        )

    def _join_codes(self, name: str, get: Callable[[Segment], Codes]) -> Codes:
        codes = [
            recode(get(part.segment), part.segment.names[name], self.names[name])
            for part in self.parts
        ]
        return self._join_kept(codes, np.int32)

    def score_dense(self, vector: npt.ArrayLike) -> Vectors:
        """The cosine of the nearest of each passage's vectors."""
        wanted = np.asarray(vector, dtype=np.float32)
        scores = [_score_dense(part.segment, wanted) for part in self.parts]
        return self._join_kept(scores, np.float32)

    def score_lexical(self, text: str) -> Vectors:
        """BM25 of each passage; 0 where no word matches."""
        scores = [np.zeros(len(part.segment), dtype=np.float32) for part in self.parts]
        # A word that the question repeats counts as often.
        for word, times in Counter(split_terms(text)).items():
            found = [part.segment.postings.find(word) for part in self.parts]
            holders = sum(
                len(places) if part.is_whole else int(np.count_nonzero(part.passages[places]))
                for part, (places, _) in zip(self.parts, found, strict=True)
            )
            if not holders:
                continue
            rarity = math.log(1 + (len(self) - holders + 0.5) / (holders + 0.5))
            weight = np.float32(times * rarity)
            for total, norms, (places, counts) in zip(scores, self._norms, found, strict=True):
                frequencies = counts.astype(np.float32)
                total[places] += weight * frequencies / (norms[places] + frequencies)
        return self._join_kept(scores, np.float32)


def _score_dense(segment: Segment, vector: Vectors) -> Vectors:
    if not len(segment):
        return np.zeros(0, dtype=np.float32)
    # Not `@`, whose threads wait for one another: with other readers on the same cores it
    # took ten times as long as this, which uses one.
    cosines = np.vecdot(segment.vectors, vector)
    if len(cosines) > len(segment):
        cosines = np.maximum.reduceat(cosines, segment.starts)
    return np.asarray(cosines, dtype=np.float32)


# --- files -------------------------------------------------------------------------------------


def write_index(
    directory: Path, entries: Sequence[IndexEntry], *, recipe: EmbeddingRecipe
) -> None:
    """Write an index of one segment; its revisions are those of the entries."""
    texts: dict[int, list[str]] = {}
    for entry in entries:
        texts.setdefault(entry.revision_id, []).append(f"{entry.passage_id} {entry.lexical_text}")
    digests = {
        revision: hashlib.sha256("\n".join(each).encode()).hexdigest()
        for revision, each in texts.items()
    }
    segment = make_segment(entries, digests, recipe=recipe)
    segment = write_segment(directory.parent, segment, recipe=recipe)
    write_parts(directory, [Part.whole(segment)], recipe=recipe)


def write_parts(directory: Path, parts: Sequence[Part], *, recipe: EmbeddingRecipe) -> None:
    """Write which segments and revisions make up the index, or replace that in one step.

    The segments are in their places already. The manifest comes last: until then the directory
    is no index, or still the index that it was.
    """
    directory.mkdir(parents=True, exist_ok=True)
    for part in parts:
        if not part.kept.all():
            _write_kept(directory / _get_kept_name(part.segment.name), part.kept)
    manifest = {
        "format": FORMAT_VERSION,
        "recipe": recipe.fingerprint,
        "recipe_name": recipe.name,
        "passages": sum(part.count for part in parts),
        "revisions": sum(int(part.kept.sum()) for part in parts),
        "segments": [
            {"name": part.segment.name, "keeps_all": bool(part.kept.all())} for part in parts
        ],
    }
    write_durably(directory / MANIFEST, json.dumps(manifest))


def _get_kept_name(segment: str) -> str:
    return f"kept-{segment}.npy"


def _write_kept(path: Path, kept: Mask) -> None:
    scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with scratch.open("wb") as file:
            np.save(file, kept)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def read_index(directory: Path) -> LocalIndex:
    """Open the index; segments that are open already, for another publication, are shared."""
    manifest = read_manifest(directory)
    try:
        parts = [_read_part(directory, each) for each in manifest["segments"]]
        recipe, passages = str(manifest["recipe"]), manifest["passages"]
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise IndexUnusable(f"the index {directory.name} is damaged: {error}") from error
    index = LocalIndex(recipe, parts)
    if len(index) != passages:
        raise IndexUnusable(f"the index {directory.name} is damaged: passages are missing")
    return index


def read_usable_parts(directory: Path, *, recipe: str) -> list[Part]:
    """What of the index can be read, to grow another from it; nothing of another recipe."""
    parts = []
    try:
        manifest = read_manifest(directory)
        if manifest["recipe"] != recipe:
            return []
        for each in manifest["segments"]:
            try:
                parts.append(_read_part(directory, each))
            except (IndexUnusable, OSError, EOFError, ValueError):
                continue
    except (IndexUnusable, KeyError, TypeError):
        return []
    return parts


def _read_part(directory: Path, described: Mapping[str, Any]) -> Part:
    name = str(described["name"])
    segment = open_segment(directory.parent / SEGMENTS / name)
    if described["keeps_all"]:
        return Part.whole(segment)
    kept: npt.NDArray[Any] = np.load(directory / _get_kept_name(name))
    if kept.shape != segment.revisions.shape or kept.dtype != np.bool_:
        raise ValueError(f"{_get_kept_name(name)} doesn't fit its segment")
    return Part(segment=segment, kept=kept)


def list_segment_names(directory: Path) -> list[str]:
    """The segments that the index in the directory names; raises IndexUnusable."""
    try:
        return [str(each["name"]) for each in read_manifest(directory)["segments"]]
    except (KeyError, TypeError) as error:
        raise IndexUnusable(f"the index {directory.name} is damaged: {error}") from error
