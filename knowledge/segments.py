"""A segment: the vectors and the words of some revisions, in a directory that is written once.

Revisions never change, so neither does a segment, and publications share it. It is written beside
its place and renamed, the manifest last, so a killed writer leaves nothing that looks like one.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
import numpy.typing as npt

from knowledge.embedding import EmbeddingRecipe, Vectors
from knowledge.lexical import Mask, Postings, count_words, merge_postings

# Raised when the files or the splitting into words change: older segments are made again.
FORMAT_VERSION = 3
MANIFEST = "manifest.json"
SEGMENTS = "segments"
WORDS = "words.txt"
# Others that write the same segment may be faster.
TRIES = 5

Ids = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]


class IndexUnusable(Exception):
    """The directory holds no whole index, or one that this code or this recipe can't read."""


@dataclass(frozen=True, kw_only=True)
class IndexEntry:
    """A passage as it is indexed: its vector first, then one for each other way to ask for it."""

    passage_id: int
    document_id: int
    revision_id: int
    kind: str
    source: str
    lexical_text: str
    vectors: Vectors


@dataclass(frozen=True, kw_only=True, eq=False)
class Segment:
    """In memory, or mapped from its files, which it then outlives."""

    name: str
    # Sorted, also those without a passage; the digests of their texts in the same order.
    revisions: Ids
    digests: npt.NDArray[np.bytes_]
    passage_ids: Ids
    document_ids: Ids
    revision_ids: Ids
    # Codes, places in `names`.
    kinds: Codes
    sources: Codes
    names: Mapping[str, Sequence[str]]
    # Where each passage's vectors begin.
    starts: Ids
    vectors: Vectors
    postings: Postings

    def __len__(self) -> int:
        return len(self.passage_ids)

    def find_passages_of(self, kept: Mask) -> Mask:
        """Which passages belong to the kept of the revisions."""
        return kept[np.searchsorted(self.revisions, self.revision_ids)]


def get_segment_name(revisions: Ids, digests: npt.NDArray[np.bytes_], recipe: str) -> str:
    """Name a segment by what is in it: the same name is the same content, in any database."""
    return f"{recipe[:12]}-{digest_revisions(revisions, digests)[:24]}"


def digest_revisions(revisions: Ids, digests: npt.NDArray[np.bytes_]) -> str:
    """One digest of a set of revisions, whatever their order."""
    order = np.argsort(revisions)
    content = revisions[order].astype("<i8").tobytes() + digests[order].astype("S64").tobytes()
    return hashlib.sha256(content).hexdigest()


def make_segment(
    entries: Sequence[IndexEntry], digests: Mapping[int, str], *, recipe: EmbeddingRecipe
) -> Segment:
    """Count and arrange the passages; `digests` names every revision that the segment is for."""
    sizes = [len(entry.vectors) for entry in entries]
    if not all(sizes):
        raise ValueError("every passage needs a vector")
    revisions = np.array(sorted(digests), dtype=np.int64)
    texts = np.array([digests[revision] for revision in revisions.tolist()], dtype="S64")
    nothing = np.zeros((0, recipe.dimensions), dtype=np.float32)
    names = {
        name: sorted({getattr(entry, name) for entry in entries}) for name in ("kind", "source")
    }
    return Segment(
        name=get_segment_name(revisions, texts, recipe.fingerprint),
        revisions=revisions,
        digests=texts,
        passage_ids=np.array([entry.passage_id for entry in entries], dtype=np.int64),
        document_ids=np.array([entry.document_id for entry in entries], dtype=np.int64),
        revision_ids=np.array([entry.revision_id for entry in entries], dtype=np.int64),
        kinds=np.array([names["kind"].index(entry.kind) for entry in entries], dtype=np.int32),
        sources=np.array(
            [names["source"].index(entry.source) for entry in entries], dtype=np.int32
        ),
        names=names,
        starts=_get_starts(np.array(sizes, dtype=np.int64)),
        vectors=np.concatenate([nothing, *(entry.vectors for entry in entries)]),
        postings=count_words([entry.lexical_text for entry in entries]),
    )


def merge_segments(parts: Sequence[tuple[Segment, Mask]], *, recipe: EmbeddingRecipe) -> Segment:
    """Make one segment of what is kept of several; no text is read and no word counted again."""
    kept = [(segment, mask, segment.find_passages_of(mask)) for segment, mask in parts]
    revisions = np.concatenate([segment.revisions[mask] for segment, mask, _ in kept])
    digests = np.concatenate([segment.digests[mask] for segment, mask, _ in kept])
    order = np.argsort(revisions)
    names = merge_names([segment.names for segment, *_ in kept])
    sizes = [get_sizes(segment) for segment, *_ in kept]
    return Segment(
        name=get_segment_name(revisions, digests, recipe.fingerprint),
        revisions=revisions[order],
        digests=digests[order],
        passage_ids=np.concatenate([segment.passage_ids[mask] for segment, _, mask in kept]),
        document_ids=np.concatenate([segment.document_ids[mask] for segment, _, mask in kept]),
        revision_ids=np.concatenate([segment.revision_ids[mask] for segment, _, mask in kept]),
        kinds=np.concatenate(
            [recode(s.kinds[mask], s.names["kind"], names["kind"]) for s, _, mask in kept]
        ),
        sources=np.concatenate(
            [recode(s.sources[mask], s.names["source"], names["source"]) for s, _, mask in kept]
        ),
        names=names,
        starts=_get_starts(
            np.concatenate([size[mask] for size, (_, _, mask) in zip(sizes, kept, strict=True)])
        ),
        vectors=np.concatenate(
            [
                segment.vectors[np.repeat(mask, size)]
                for size, (segment, _, mask) in zip(sizes, kept, strict=True)
            ]
        ),
        postings=merge_postings([(segment.postings, mask) for segment, _, mask in kept]),
    )


def get_sizes(segment: Segment) -> Ids:
    """How many vectors each passage has."""
    return np.diff(segment.starts, append=len(segment.vectors))


def merge_names(parts: Sequence[Mapping[str, Sequence[str]]]) -> dict[str, list[str]]:
    return {
        name: sorted({value for names in parts for value in names[name]})
        for name in ("kind", "source")
    }


def recode(codes: Codes, names: Sequence[str], new_names: Sequence[str]) -> Codes:
    """The codes for the same values in another list of names."""
    return np.array([new_names.index(name) for name in names], dtype=np.int32)[codes]


def _get_starts(sizes: Ids) -> Ids:
    return np.cumsum(sizes, dtype=np.int64) - sizes


# --- files -------------------------------------------------------------------------------------


def write_segment(root: Path, segment: Segment, *, recipe: EmbeddingRecipe) -> Segment:
    """Write the segment whole, or not at all, or find it written; return it mapped."""
    directory = root / SEGMENTS / segment.name
    try:
        # Before it is looked at, so that nobody takes it for an old leftover meanwhile.
        os.utime(directory)
        return open_segment(directory)
    except (OSError, IndexUnusable):
        pass
    directory.parent.mkdir(parents=True, exist_ok=True)
    scratch = directory.parent / f".{directory.name}.{secrets.token_hex(4)}"
    scratch.mkdir()
    try:
        _write_files(scratch, segment, recipe)
        _put_in_place(scratch, directory)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return open_segment(directory)


def _write_files(scratch: Path, segment: Segment, recipe: EmbeddingRecipe) -> None:
    for name, array in _get_arrays(segment).items():
        with (scratch / f"{name}.npy").open("wb") as file:
            np.save(file, array)
            file.flush()
            os.fsync(file.fileno())
    write_durably(scratch / WORDS, "\n".join(segment.postings.words))
    manifest = {
        "format": FORMAT_VERSION,
        "recipe": recipe.fingerprint,
        "recipe_name": recipe.name,
        "passages": len(segment),
        "vectors": len(segment.vectors),
        "names": segment.names,
        "files": {path.name: _describe_file(path) for path in sorted(scratch.iterdir())},
    }
    # Written last: a directory without it is no segment.
    write_durably(scratch / MANIFEST, json.dumps(manifest))


def _get_arrays(segment: Segment) -> dict[str, npt.NDArray[Any]]:
    return {
        "revisions": segment.revisions,
        "digests": segment.digests,
        "passage_ids": segment.passage_ids,
        "document_ids": segment.document_ids,
        "revision_ids": segment.revision_ids,
        "kinds": segment.kinds,
        "sources": segment.sources,
        "starts": segment.starts,
        "vectors": segment.vectors,
        "word_starts": segment.postings.starts,
        "word_places": segment.postings.places,
        "word_frequencies": segment.postings.frequencies,
        "lengths": segment.postings.lengths,
    }


def write_durably(path: Path, text: str) -> None:
    """Replace the file's text in one step that a loss of power doesn't undo by half."""
    scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with scratch.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def _describe_file(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "sha256": digest}


def _put_in_place(scratch: Path, directory: Path) -> None:
    """Rename; a whole segment that another process has put there meanwhile is left alone."""
    for tries_left in reversed(range(TRIES)):
        try:
            scratch.rename(directory)
            return
        except OSError:
            if _is_whole(directory):
                return
            if not tries_left:
                raise
        old = directory.parent / f"{scratch.name}.old"
        try:
            directory.rename(old)
        except FileNotFoundError:
            continue
        shutil.rmtree(old, ignore_errors=True)


def _is_whole(directory: Path) -> bool:
    try:
        check_sizes(directory, read_manifest(directory))
    except IndexUnusable:
        return False
    return True


def read_manifest(directory: Path) -> dict[str, Any]:
    """Read what the directory says of itself; raises IndexUnusable."""
    try:
        manifest = json.loads((directory / MANIFEST).read_text())
    except (OSError, ValueError) as error:
        raise IndexUnusable(f"there is no whole index {directory.name}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT_VERSION:
        raise IndexUnusable(f"the index {directory.name} has another format than this code")
    return manifest


_opening = threading.Lock()
# By directory and the time of its manifest: one that was mended is opened anew.
_segments: WeakValueDictionary[tuple[Path, int], Segment] = WeakValueDictionary()


def open_segment(directory: Path) -> Segment:
    """Open a segment, or return it if somebody has it open. Raises IndexUnusable."""
    with _opening:
        # Looked at each time: what is open outlives its files, but can't be published with them.
        manifest = read_manifest(directory)
        check_sizes(directory, manifest)
        key = (directory, (directory / MANIFEST).stat().st_mtime_ns)
        segment = _segments.get(key)
        if segment is None:
            segment = _segments[key] = _read_segment(directory, manifest)
        return segment


def check_sizes(directory: Path, manifest: Mapping[str, Any]) -> None:
    """Raise IndexUnusable when a file is missing or has another size than it was written with."""
    try:
        sizes = {name: each["bytes"] for name, each in manifest["files"].items()}
        wrong = [name for name, size in sizes.items() if (directory / name).stat().st_size != size]
    except (OSError, KeyError, TypeError, AttributeError) as error:
        raise IndexUnusable(f"the index {directory.name} is damaged: {error}") from error
    if wrong:
        raise IndexUnusable(f"the index {directory.name} is damaged: {wrong[0]} has another size")


def check_digests(directory: Path) -> None:
    """Raise IndexUnusable when a byte of any file has changed. Reads them all."""
    manifest = read_manifest(directory)
    check_sizes(directory, manifest)
    for name, expected in manifest["files"].items():
        if _describe_file(directory / name) != expected:
            raise IndexUnusable(f"the index {directory.name} is damaged: {name} has changed")


def _read_segment(directory: Path, manifest: Mapping[str, Any]) -> Segment:
    def load(name: str, *, is_mapped: bool = False) -> npt.NDArray[Any]:
        # A view on the map: numpy's own class for it makes each slice slower.
        return np.asarray(np.load(directory / f"{name}.npy", mmap_mode="r" if is_mapped else None))

    try:
        words = (directory / WORDS).read_text(encoding="utf-8")
        return Segment(
            name=directory.name,
            revisions=load("revisions"),
            digests=load("digests"),
            passage_ids=load("passage_ids"),
            document_ids=load("document_ids"),
            revision_ids=load("revision_ids"),
            kinds=load("kinds"),
            sources=load("sources"),
            names=manifest["names"],
            starts=load("starts"),
            # An empty file can't be mapped.
            vectors=load("vectors", is_mapped=bool(manifest["vectors"])),
            postings=Postings(
                words=words.split("\n") if words else [],
                starts=load("word_starts"),
                places=load("word_places", is_mapped=bool(words)),
                frequencies=load("word_frequencies", is_mapped=bool(words)),
                lengths=load("lengths"),
            ),
        )
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise IndexUnusable(f"the index {directory.name} is damaged: {error}") from error
