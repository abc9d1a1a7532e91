"""Passages as they are embedded and indexed: with what a reader of the page has read before them.

Only what has no vector of the current recipe is embedded. Vectors are kept by what was embedded,
so the same words in another revision cost nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TypeVar

import numpy as np
from django.db.models import QuerySet

from knowledge.embedding import EmbeddingRecipe, Vectors, embed_passages, get_recipe
from knowledge.models import Passage, PassageEmbedding, Revision
from knowledge.segments import IndexEntry
from knowledge.types import Progress, ProgressCallback

# Saved together: a process that is killed loses the work of a few seconds.
EMBEDDINGS_SAVED_AT_ONCE = 256
ROWS_A_QUERY = 500
Item = TypeVar("Item")


@dataclass(frozen=True)
class IndexedText:
    """What of a passage goes into the index."""

    passage_id: int
    digest: str
    asks: tuple[str, ...]
    numbers: tuple[str, ...]
    document_id: int
    revision_id: int
    kind: str
    source: str
    embedded_text: str


def get_embedded_text(
    title: str, heading_path: Iterable[str], lead_ins: Iterable[str], text: str
) -> str:
    """The passage with what a reader of the page would have read before it."""
    parts = [" ".join(part.split()) for part in (title, *heading_path, *lead_ins)]
    # A full stop parts a heading from the text: 0.61 to 0.62 nDCG@10 against a line break.
    ended = [
        part if part.endswith((".", "?", "!", ":", ";")) else f"{part}." for part in parts if part
    ]
    # The first heading often repeats the title.
    return " ".join([*dict.fromkeys(ended), text])


def digest_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def digest_paragraph(revision: Revision, number: str) -> str | None:
    """Digest a numbered paragraph with all that stands under it; None if there is none such."""
    spans = find_paragraph(get_numbered_spans(revision.pk), number)
    return digest_spans(revision.text, spans) if spans else None


def get_numbered_spans(revision_id: int) -> list[tuple[str, int, int]]:
    """Every numbered paragraph of a revision, in reading order."""
    rows = Passage.objects.filter(revision_id=revision_id).values_list("numbers", flat=True)
    spans = {(str(number), start, end) for row in rows for number, start, end in row}
    return sorted(spans, key=itemgetter(1, 2))


def find_paragraph(spans: Iterable[tuple[str, int, int]], number: str) -> list[tuple[int, int]]:
    """The places of the paragraph and of its sub-items: '2.3' has '2.3(a)' but not '2.30'."""
    return [
        (start, end)
        for name, start, end in spans
        if name == number or name.startswith(f"{number}(")
    ]


def digest_spans(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Digest the words alone, so that a new line break in the source changes nothing."""
    return digest_text(" ".join(" ".join(text[start:end].split()) for start, end in spans))


def embed_missing(
    passages: QuerySet[Passage], *, on_progress: ProgressCallback | None = None
) -> int:
    """Embed what has no vector of the current recipe yet, and say how many texts that were."""
    recipe = get_recipe()
    wanted: dict[str, int | str] = {}
    for pk, digest, asks in passages.order_by().values_list("pk", "digest", "asks"):
        wanted.setdefault(digest, pk)
        for ask in asks:
            wanted.setdefault(digest_text(ask), ask)
    for digest in find_embedded(wanted, recipe):
        del wanted[digest]
    if not wanted:
        return 0
    texts = dict(_get_texts(wanted))
    # Texts of like length stand together, so that little is padded.
    digests = sorted(texts, key=lambda digest: len(texts[digest]))
    done = 0

    def count(size: int) -> None:
        nonlocal done
        done += size
        if on_progress:
            on_progress(Progress("embedding", done, len(digests)))

    for begin in range(0, len(digests), EMBEDDINGS_SAVED_AT_ONCE):
        batch = digests[begin : begin + EMBEDDINGS_SAVED_AT_ONCE]
        vectors = embed_passages([texts[digest] for digest in batch], on_batch=count)
        save_vectors(dict(zip(batch, vectors, strict=True)), recipe.fingerprint)
    return len(digests)


def _get_texts(wanted: dict[str, int | str]) -> Iterator[tuple[str, str]]:
    """What is to be embedded for each digest: an ask as it is, a passage with its surroundings."""
    by_passage = {value: digest for digest, value in wanted.items() if isinstance(value, int)}
    yield from ((digest, value) for digest, value in wanted.items() if isinstance(value, str))
    for indexed in _read_passages(list(by_passage)):
        yield by_passage[indexed.passage_id], indexed.embedded_text


def find_embedded(digests: Iterable[str], recipe: EmbeddingRecipe) -> set[str]:
    """Those of the digests that have a vector of the recipe."""
    rows = PassageEmbedding.objects.filter(recipe=recipe.fingerprint)
    return {
        digest
        for batch in split_evenly(list(digests))
        for digest in rows.filter(digest__in=batch).values_list("digest", flat=True)
    }


def _read_passages(ids: Sequence[int]) -> Iterator[IndexedText]:
    """Read passages by their revisions, so that each revision's text is read once."""
    for batch in split_evenly(ids):
        rows = (
            Passage.objects.filter(pk__in=batch)
            .select_related("revision__document__source")
            .defer("revision__text")
            .order_by("revision_id", "position")
        )
        for revision_id, group in groupby(rows, key=lambda passage: passage.revision_id):
            found = list(group)
            text = ""
            if any(passage.lead_ins for passage in found):
                text = Revision.objects.values_list("text", flat=True).get(pk=revision_id)
            yield from (_describe(passage, text) for passage in found)


def _describe(passage: Passage, revision_text: str) -> IndexedText:
    document = passage.revision.document
    lead_ins = [revision_text[start:end] for start, end in passage.lead_ins]
    return IndexedText(
        passage_id=passage.pk,
        digest=passage.digest,
        asks=tuple(passage.asks),
        numbers=tuple(str(number) for number, _, _ in passage.numbers),
        document_id=document.pk,
        revision_id=passage.revision_id,
        kind=document.kind,
        source=document.source.slug,
        embedded_text=get_embedded_text(
            passage.revision.title, passage.heading_path, lead_ins, passage.text
        ),
    )


def read_entries(revision_ids: Sequence[int], recipe: EmbeddingRecipe) -> list[IndexEntry]:
    """Read the passages of the revisions with their vectors, which are there already."""
    ids = [
        pk
        for batch in split_evenly(revision_ids)
        for pk in Passage.objects.filter(revision_id__in=batch)
        .order_by("revision_id", "position")
        .values_list("pk", flat=True)
    ]
    indexed = list(_read_passages(ids))
    digests = {each.digest for each in indexed}
    digests.update(digest_text(ask) for each in indexed for ask in each.asks)
    vectors = read_vectors(digests, recipe.fingerprint)
    return [
        IndexEntry(
            passage_id=each.passage_id,
            document_id=each.document_id,
            revision_id=each.revision_id,
            kind=each.kind,
            source=each.source,
            # The numbers in full, which the words of a sub-item don't repeat.
            lexical_text=" ".join([each.embedded_text, *each.numbers, *each.asks]),
            vectors=np.stack(
                [vectors[each.digest], *(vectors[digest_text(ask)] for ask in each.asks)]
            ),
        )
        for each in indexed
    ]


def save_vectors(vectors: Mapping[str, Vectors], recipe: str) -> None:
    """Keep vectors by their digests; another process may have made the same ones meanwhile."""
    PassageEmbedding.objects.bulk_create(
        [
            PassageEmbedding(digest=digest, recipe=recipe, vector=vector.astype("<f4").tobytes())
            for digest, vector in vectors.items()
        ],
        ignore_conflicts=True,
    )


def read_vectors(digests: Iterable[str], recipe: str) -> dict[str, Vectors]:
    """The vectors that we have of these digests; `recipe` is its fingerprint."""
    rows = PassageEmbedding.objects.filter(recipe=recipe)
    return {
        digest: np.frombuffer(bytes(vector), dtype="<f4")
        for batch in split_evenly(sorted(digests))
        for digest, vector in rows.filter(digest__in=batch).values_list("digest", "vector")
    }


def split_evenly(values: Sequence[Item], size: int = ROWS_A_QUERY) -> Iterator[Sequence[Item]]:
    """Cut into pieces that one query may ask for."""
    for begin in range(0, len(values), size):
        yield values[begin : begin + size]
