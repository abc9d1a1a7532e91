"""From a publication's passages in the tables to an index directory, embedding only what is new.

The directory's name tells what is in it, so one that is there is never out of date and one that
is missing can always be made again.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TypeVar

import numpy as np
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from knowledge.embedding import EmbeddingRecipe, Vectors, embed_passages, get_recipe
from knowledge.index_files import IndexEntry, IndexUnusable, read_index, write_index
from knowledge.models import LivePeriod, Passage, PassageEmbedding, Publication, Revision
from knowledge.types import Progress, ProgressCallback

# Saved together: a process that is killed loses the work of a few seconds.
EMBEDDINGS_SAVED_AT_ONCE = 256
ROWS_A_QUERY = 500
Item = TypeVar("Item")
# A younger one may be what a worker is about to publish.
LEFTOVER_AGE = timedelta(days=1)
DIRECTORY_NAME = re.compile(r"(?P<scratch>\.?)(?P<publication>\d+)-[0-9a-f]{12}-[0-9a-f]{12}")


@dataclass(frozen=True)
class IndexedText:
    """What of a passage goes into the index."""

    passage_id: int
    digest: str
    asks: tuple[str, ...]
    numbers: tuple[str, ...]
    document_id: int
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
        # Another process may have embedded the same words meanwhile.
        PassageEmbedding.objects.bulk_create(
            [
                PassageEmbedding(
                    digest=digest, recipe=recipe.fingerprint, vector=vector.astype("<f4").tobytes()
                )
                for digest, vector in zip(batch, vectors, strict=True)
            ],
            ignore_conflicts=True,
        )
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
        for batch in _split(list(digests))
        for digest in rows.filter(digest__in=batch).values_list("digest", flat=True)
    }


def _read_passages(ids: Sequence[int]) -> Iterator[IndexedText]:
    """Read passages by their revisions, so that each revision's text is read once."""
    for batch in _split(ids):
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
        kind=document.kind,
        source=document.source.slug,
        embedded_text=get_embedded_text(
            passage.revision.title, passage.heading_path, lead_ins, passage.text
        ),
    )


def build_index(publication: Publication, revision_ids: Collection[int]) -> Path:
    """Write the publication's index, or find it written, and return its directory."""
    recipe = get_recipe()
    passages = Passage.objects.filter(revision_id__in=list(revision_ids))
    embed_missing(passages)
    rows = list(passages.order_by("pk").values_list("pk", "digest"))
    directory = _get_directory(publication, rows, recipe)
    if not _is_usable(directory, recipe):
        write_index(directory, _make_entries(rows, recipe), recipe=recipe)
    return directory


def _get_directory(
    publication: Publication, rows: Sequence[tuple[int, str]], recipe: EmbeddingRecipe
) -> Path:
    # Its content is in its name: an index of another database, or of a publication that was made
    # anew under an old number, is never taken for this one.
    content = digest_text("\n".join(f"{pk} {digest}" for pk, digest in rows))
    name = f"{publication.pk}-{recipe.fingerprint[:12]}-{content[:12]}"
    return Path(settings.KNOWLEDGE_INDEX_DIR) / name


def _make_entries(rows: Sequence[tuple[int, str]], recipe: EmbeddingRecipe) -> list[IndexEntry]:
    indexed = list(_read_passages([pk for pk, _ in rows]))
    digests = {each.digest for each in indexed}
    digests.update(digest_text(ask) for each in indexed for ask in each.asks)
    vectors = _read_vectors(digests, recipe)
    return [
        IndexEntry(
            passage_id=each.passage_id,
            document_id=each.document_id,
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


def _read_vectors(digests: Iterable[str], recipe: EmbeddingRecipe) -> dict[str, Vectors]:
    rows = PassageEmbedding.objects.filter(recipe=recipe.fingerprint)
    return {
        digest: np.frombuffer(bytes(vector), dtype="<f4")
        for batch in _split(sorted(digests))
        for digest, vector in rows.filter(digest__in=batch).values_list("digest", "vector")
    }


def ensure_index(publication: Publication) -> Path:
    """Return the directory of a published set's index; make it again if it is missing."""
    if publication.published_at is None:
        raise ValueError(f"publication {publication.pk} was never live, so its set is not known")
    directory = Path(settings.KNOWLEDGE_INDEX_DIR) / Path(publication.index_directory).name
    if publication.index_directory and _is_usable(directory, get_recipe()):
        return directory
    directory = build_index(publication, get_revisions_of(publication))
    Publication.objects.filter(pk=publication.pk).update(
        index_directory=directory.name, recipe=get_recipe().fingerprint
    )
    return directory


def get_revisions_of(publication: Publication) -> list[int]:
    """The revisions that were live when the publication went live."""
    then = publication.published_at
    periods = LivePeriod.objects.filter(live_from__lte=then).filter(
        Q(live_until__isnull=True) | Q(live_until__gt=then)
    )
    return list(periods.values_list("revision_id", flat=True))


def _is_usable(directory: Path, recipe: EmbeddingRecipe) -> bool:
    try:
        return read_index(directory).recipe == recipe.fingerprint
    except IndexUnusable:
        return False


def prune_indexes(keep: int | None = None) -> list[str]:
    """Remove the indexes of all but the newest publications, and leftovers; return their names.

    The questions stand in this order because another process may publish meanwhile: what is in
    the folder is then either still a candidate or already among the newest.
    """
    root = Path(settings.KNOWLEDGE_INDEX_DIR)
    found = sorted(root.iterdir()) if root.is_dir() else []
    candidates = Publication.objects.filter(
        published_at__isnull=True, created_at__gt=timezone.now() - LEFTOVER_AGE
    )
    candidate_ids = {str(pk) for pk in candidates.values_list("pk", flat=True)}
    kept_limit = max(1, settings.KNOWLEDGE_INDEX_KEPT_LIMIT if keep is None else keep)
    newest = Publication.objects.filter(published_at__isnull=False).order_by("-published_at")
    kept = set(newest.values_list("index_directory", flat=True)[:kept_limit])
    removed = []
    for directory in found:
        name = DIRECTORY_NAME.match(directory.name)
        if name is None or directory.name in kept or name["publication"] in candidate_ids:
            continue
        if name["scratch"] and not _is_leftover(directory):
            continue
        shutil.rmtree(directory, ignore_errors=True)
        removed.append(directory.name)
    return removed


def _is_leftover(directory: Path) -> bool:
    try:
        return time.time() - directory.stat().st_mtime > LEFTOVER_AGE.total_seconds()
    except FileNotFoundError:
        return False


def _split(values: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for begin in range(0, len(values), ROWS_A_QUERY):
        yield values[begin : begin + ROWS_A_QUERY]
