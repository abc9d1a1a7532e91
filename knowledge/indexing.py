"""From a publication's revisions to its index, writing and embedding only what is new.

A publication's directory lists segments, which it shares with the others. Its name tells what is
in it, so one that is there is never out of date and one that is missing can always be made again.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np
from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from knowledge.embedding import EmbeddingRecipe, get_recipe
from knowledge.index_files import (
    Part,
    list_segment_names,
    read_index,
    read_usable_parts,
    write_parts,
)
from knowledge.live_sets import LiveSet, list_revisions
from knowledge.models import LivePeriod, Passage, Publication, PublicationState, Revision
from knowledge.passage_texts import digest_paragraph as digest_paragraph
from knowledge.passage_texts import digest_spans as digest_spans
from knowledge.passage_texts import digest_text as digest_text
from knowledge.passage_texts import embed_missing as embed_missing
from knowledge.passage_texts import find_paragraph as find_paragraph
from knowledge.passage_texts import get_embedded_text as get_embedded_text
from knowledge.passage_texts import get_numbered_spans as get_numbered_spans
from knowledge.passage_texts import read_entries, split_evenly
from knowledge.segments import (
    SEGMENTS,
    Ids,
    IndexUnusable,
    Segment,
    digest_revisions,
    make_segment,
    merge_segments,
    open_segment,
    read_manifest,
    write_segment,
)
from knowledge.types import Progress, ProgressCallback

# More segments than that make each question slower; fewer mean that more is written again.
SEGMENTS_LIMIT = 8
# Segments of together no more passages are always joined.
SMALL_SEGMENT = 512
# So many passages are read, embedded and counted at once: what a first build takes in memory.
PASSAGES_A_SEGMENT = 25_000
# A segment with a greater share of dropped passages is written again without them: while
# publishing only when most of it is dropped, for that costs time; by `reconcile` sooner.
DROPPED_LIMIT = 0.6
DROPPED_LIMIT_AT_REST = 0.3
REVISIONS_A_QUERY = 10_000
# A prune at the wrong moment may take a segment that was about to be used.
TRIES = 3
# A younger one may be what a worker is about to publish.
LEFTOVER_AGE = timedelta(days=1)
DIRECTORY_NAME = re.compile(r"(?P<scratch>\.?)(?P<publication>\d+)-[0-9a-f]{12}-[0-9a-f]{12}")
SEGMENT_NAME = re.compile(r"\.?[0-9a-f]{12}-[0-9a-f]{24}")


def build_index(
    publication: Publication,
    revision_ids: Collection[int],
    on_progress: ProgressCallback | None = None,
    *,
    dropped_limit: float = DROPPED_LIMIT,
    is_trusting: bool = True,
) -> Path:
    """Write the publication's index, or find it written, and return its directory.

    It grows from the newest index that can be read. Without trust, the digest of every text is
    compared with the tables again, not only of those that the newest index doesn't keep, and
    what is there is written again.
    """
    wanted = np.unique(np.array(list(revision_ids), dtype=np.int64))
    for tries_left in reversed(range(TRIES)):
        try:
            return _build_index(publication, wanted, on_progress, dropped_limit, is_trusting)
        except IndexUnusable:
            if not tries_left:
                raise
    raise AssertionError("unreachable: the last try returns or raises")


def _build_index(
    publication: Publication,
    wanted: Ids,
    on_progress: ProgressCallback | None,
    dropped_limit: float,
    is_trusting: bool,
) -> Path:
    recipe, root = get_recipe(), Path(settings.KNOWLEDGE_INDEX_DIR)
    parts = choose_parts(find_base_parts(recipe), wanted, is_trusting=is_trusting)
    new = read_digests(np.setdiff1d(wanted, _join_ids(part.revisions for part in parts)))
    directory = root / _get_name(publication, parts, new, recipe)
    is_whole = is_trusting and _is_usable(directory, recipe)
    if is_whole and not find_sparse(parts, dropped_limit):
        return directory
    parts += [Part.whole(segment) for segment in _make_segments(new, recipe, on_progress)]
    if on_progress:
        on_progress(Progress("publishing", 0, 1))
    parts = [
        Part(segment=write_segment(root, part.segment, recipe=recipe), kept=part.kept)
        for part in join_parts(parts, recipe, dropped_limit=dropped_limit)
    ]
    write_parts(directory, parts, recipe=recipe)
    # From here on whoever prunes finds them named; did one take any of them before?
    for part in parts:
        open_segment(root / SEGMENTS / part.segment.name)
    return directory


def find_base_parts(recipe: EmbeddingRecipe) -> list[Part]:
    """What the newest index of the recipe keeps, as far as its segments can be read."""
    root = Path(settings.KNOWLEDGE_INDEX_DIR)
    newest = Publication.objects.filter(published_at__isnull=False).order_by("-published_at")
    names = newest.exclude(index_directory="").values_list("index_directory", flat=True)
    for name in names[: settings.KNOWLEDGE_INDEX_KEPT_LIMIT]:
        parts = read_usable_parts(root / Path(name).name, recipe=recipe.fingerprint)
        if parts:
            return parts
    return []


def choose_parts(base: Sequence[Part], wanted: Ids, *, is_trusting: bool) -> list[Part]:
    """The base's segments with those of their revisions kept that are wanted now.

    What the base keeps is known to be of this database, because its name is and stands there.
    Of what else a segment holds, and of all if we don't trust, the digest must be the same.
    """
    chosen: list[Part] = []
    for part in sorted(base, key=lambda part: len(part.segment), reverse=True):
        segment = part.segment
        kept = np.isin(segment.revisions, wanted)
        # Two writers at once may have put a revision into two segments.
        kept &= ~np.isin(segment.revisions, _join_ids(other.revisions for other in chosen))
        doubtful = kept & ~part.kept if is_trusting else kept
        known = read_digests(segment.revisions[doubtful])
        for place in np.flatnonzero(doubtful).tolist():
            digest = known.get(int(segment.revisions[place]), "")
            kept[place] = segment.digests[place] == digest.encode()
        if kept.any():
            chosen.append(Part(segment=segment, kept=kept))
    return chosen


def read_digests(revision_ids: Ids) -> dict[int, str]:
    """Revision → the digest of its text, as the tables have it."""
    return {
        pk: digest
        for batch in split_evenly(revision_ids.tolist())
        for pk, digest in Revision.objects.filter(pk__in=batch).values_list("pk", "text_digest")
    }


def _join_ids(arrays: Iterable[Ids]) -> Ids:
    return np.concatenate([np.zeros(0, dtype=np.int64), *arrays])


def _get_name(
    publication: Publication,
    parts: Sequence[Part],
    new: Mapping[int, str],
    recipe: EmbeddingRecipe,
) -> str:
    # Its content is in its name: an index of another database, or of a publication that was made
    # anew under an old number, is never taken for this one.
    revisions = _join_ids([*(part.revisions for part in parts), np.array([*new], dtype=np.int64)])
    digests = np.concatenate(
        [
            *(part.segment.digests[part.kept] for part in parts),
            np.array([*new.values()], dtype="S64"),
        ]
    )
    content = digest_revisions(revisions, digests)
    return f"{publication.pk}-{recipe.fingerprint[:12]}-{content[:12]}"


def _make_segments(
    new: Mapping[int, str], recipe: EmbeddingRecipe, on_progress: ProgressCallback | None
) -> Iterator[Segment]:
    """Embed and count the revisions that no segment holds; all but the last are on disk."""
    root = Path(settings.KNOWLEDGE_INDEX_DIR)
    batches = list(_cut_batches(new))
    for place, batch in enumerate(batches, start=1):
        for ids in split_evenly(batch, size=REVISIONS_A_QUERY):
            embed_missing(Passage.objects.filter(revision_id__in=ids), on_progress=on_progress)
        digests = {revision: new[revision] for revision in batch}
        segment = make_segment(read_entries(batch, recipe), digests, recipe=recipe)
        is_last = place == len(batches)
        yield segment if is_last else write_segment(root, segment, recipe=recipe)


def _cut_batches(new: Mapping[int, str]) -> Iterator[list[int]]:
    counts: dict[int, int] = {}
    for ids in split_evenly(sorted(new)):
        rows = Passage.objects.filter(revision_id__in=ids).order_by().values_list("revision_id")
        counts.update(rows.annotate(count=Count("pk")))
    batch, size = [], 0
    for revision in sorted(new):
        batch.append(revision)
        size += counts.get(revision, 0)
        if size >= PASSAGES_A_SEGMENT:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def find_sparse(parts: Sequence[Part], dropped_limit: float) -> list[int]:
    """The places of the parts of whose passages a greater share is dropped."""
    return [
        place
        for place, part in enumerate(parts)
        if len(part.segment) - part.count > dropped_limit * len(part.segment)
    ]


def join_parts(
    parts: Sequence[Part], recipe: EmbeddingRecipe, *, dropped_limit: float
) -> list[Part]:
    """Join the small segments, and leave out of others what is dropped."""
    joined = plan_merge([part.count for part in parts])
    sparse = [[place] for place in find_sparse(parts, dropped_limit) if place not in joined]
    groups = [group for group in (joined, *sparse) if group]
    rewritten = {place for group in groups for place in group}
    return [
        *(part for place, part in enumerate(parts) if place not in rewritten),
        *(
            Part.whole(
                merge_segments(
                    [(parts[place].segment, parts[place].kept) for place in group], recipe=recipe
                )
            )
            for group in groups
        ),
    ]


def plan_merge(sizes: Sequence[int]) -> list[int]:
    """Choose what to write again as one, so that few segments are left.

    The smallest ones, as long as the next is no larger than all before it together: a passage is
    then written again once for each doubling of the index, not for each publication.
    """
    taken: list[int] = []
    total = 0
    for place in sorted(range(len(sizes)), key=lambda place: sizes[place]):
        left = len(sizes) - len(taken)
        is_small = sizes[place] <= max(total, SMALL_SEGMENT - total)
        if taken and not is_small and left < SEGMENTS_LIMIT:
            break
        taken.append(place)
        total += sizes[place]
    return taken if len(taken) > 1 else []


def ensure_index(publication: Publication) -> Path:
    """Return the directory of a publication's index; make it again if it is missing."""
    directory = Path(settings.KNOWLEDGE_INDEX_DIR) / Path(publication.index_directory).name
    if publication.index_directory and _is_usable(directory, get_recipe()):
        return directory
    return rebuild_index(publication, get_revisions_of(publication))


def rebuild_index(
    publication: Publication,
    revision_ids: Collection[int],
    *,
    dropped_limit: float = DROPPED_LIMIT,
    is_trusting: bool = True,
) -> Path:
    """Build the publication's index as `build_index` does, and note where it is."""
    directory = build_index(
        publication, revision_ids, dropped_limit=dropped_limit, is_trusting=is_trusting
    )
    Publication.objects.filter(pk=publication.pk).update(
        index_directory=directory.name, recipe=get_recipe().fingerprint
    )
    return directory


def get_revisions_of(publication: Publication) -> list[int]:
    """The revisions that were live when the publication went live, or would be if it did."""
    then = publication.published_at
    if then is None:
        return list(list_revisions(LiveSet(candidate=publication.pk)).values())
    periods = LivePeriod.objects.filter(live_from__lte=then).filter(
        Q(live_until__isnull=True) | Q(live_until__gt=then)
    )
    return list(periods.values_list("revision_id", flat=True))


def count_passages(directory: Path) -> int:
    """How many passages the index keeps, as it says itself."""
    return int(read_manifest(directory)["passages"])


def _is_usable(directory: Path, recipe: EmbeddingRecipe) -> bool:
    try:
        return read_index(directory).recipe == recipe.fingerprint
    except IndexUnusable:
        return False


# --- pruning -----------------------------------------------------------------------------------


def prune_indexes(keep: int | None = None) -> list[str]:
    """Remove the indexes of all but the newest publications, and leftovers; return their names.

    The questions stand in this order because another process may publish meanwhile: what is in
    the folder is then either still a candidate or already among the newest.
    """
    root = Path(settings.KNOWLEDGE_INDEX_DIR)
    found = sorted(root.iterdir()) if root.is_dir() else []
    segments = sorted((root / SEGMENTS).iterdir()) if (root / SEGMENTS).is_dir() else []
    candidate_ids = {str(pk) for pk in find_open_candidates().values_list("pk", flat=True)}
    kept = set(find_kept_publications(keep).values_list("index_directory", flat=True))
    removed = []
    for directory in found:
        name = DIRECTORY_NAME.match(directory.name)
        if name is None or directory.name in kept or name["publication"] in candidate_ids:
            continue
        if name["scratch"] and not _is_leftover(directory):
            continue
        shutil.rmtree(directory, ignore_errors=True)
        removed.append(directory.name)
    # Read after the segments were listed: what came since is in no list of ours.
    named = find_named_segments(root)
    for directory in segments:
        is_ours = SEGMENT_NAME.match(directory.name) is not None
        # A young one may be about to be named; its writer made or touched it just now.
        if is_ours and directory.name not in named and _is_leftover(directory):
            shutil.rmtree(directory, ignore_errors=True)
            removed.append(directory.name)
    return removed


def find_open_candidates() -> QuerySet[Publication]:
    """Those that may still go live."""
    young = Q(created_at__gt=timezone.now() - LEFTOVER_AGE, state=PublicationState.BUILDING)
    return Publication.objects.filter(published_at__isnull=True).filter(
        young | Q(state=PublicationState.HELD)
    )


def find_kept_publications(keep: int | None = None) -> QuerySet[Publication]:
    """The newest published ones, whose indexes are kept, newest first."""
    kept_limit = max(1, settings.KNOWLEDGE_INDEX_KEPT_LIMIT if keep is None else keep)
    newest = Publication.objects.filter(published_at__isnull=False).order_by("-published_at")
    return newest[:kept_limit]


def find_named_segments(root: Path) -> set[str]:
    """Every segment that an index in the folder is made of, whoever's index it is."""
    named: set[str] = set()
    for directory in root.iterdir() if root.is_dir() else ():
        try:
            named.update(list_segment_names(directory))
        except IndexUnusable:
            # No index, or one that names nothing any more and is made again from the tables.
            continue
    return named


def _is_leftover(directory: Path) -> bool:
    try:
        return time.time() - directory.stat().st_mtime > LEFTOVER_AGE.total_seconds()
    except FileNotFoundError:
        return False
