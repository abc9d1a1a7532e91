"""Does the index hold what the database says, and is the database whole? Mends the index.

The tables are the truth. What of an index differs from them is made again; what is wrong in the
tables themselves is only told, because mending it would be guessing.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from knowledge.alarms import AlarmKind, clear_alarms, raise_alarm
from knowledge.embedding import get_recipe
from knowledge.index_files import Part, list_segment_names, read_index
from knowledge.indexing import (
    DROPPED_LIMIT_AT_REST,
    ensure_index,
    find_kept_publications,
    find_open_candidates,
    find_sparse,
    get_revisions_of,
    prune_indexes,
    read_digests,
    rebuild_index,
)
from knowledge.live_sets import NOW, covers, is_in, list_revisions
from knowledge.models import (
    LivePeriod,
    Passage,
    Publication,
    PublicationState,
    RefreshRun,
    Revision,
    RunState,
)
from knowledge.passage_texts import split_evenly
from knowledge.runs import is_refreshing
from knowledge.segments import SEGMENTS, IndexUnusable, check_digests, get_sizes

# Building takes seconds when there is little to embed; what embeds much has a refresh run.
CANDIDATE_PATIENCE = timedelta(minutes=10)


@dataclass(frozen=True)
class Difference:
    """Something that was not as it should be, in words for staff."""

    text: str
    is_mended: bool


@dataclass(kw_only=True)
class ReconcileReport:
    """What a reconciliation found and did. str() is the line for the log and the terminal."""

    publication: int | None = None
    documents: int = 0
    passages: int = 0
    differences: list[Difference] = field(default_factory=list)
    # Segments written again without what is dropped from them.
    compacted: int = 0
    overtaken: list[int] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether everything that was wrong could be mended."""
        return not self.unmended

    def note(self, text: str, *, is_mended: bool) -> None:
        self.differences.append(Difference(text, is_mended))

    @property
    def mended(self) -> list[str]:
        return [each.text for each in self.differences if each.is_mended]

    @property
    def unmended(self) -> list[str]:
        return [each.text for each in self.differences if not each.is_mended]

    def as_data(self) -> dict[str, Any]:
        found = {"mended": self.mended, "unmended": self.unmended}
        data = {**asdict(self), **found, "is_sound": self.is_sound, "summary": str(self)}
        del data["differences"]
        return data

    def __str__(self) -> str:
        parts = [
            f"publication {self.publication}" if self.publication else "nothing is published",
            f"{self.documents} documents, {self.passages} passages",
            f"mended: {'; '.join(self.mended)}" if self.mended else "",
            f"NOT mended: {'; '.join(self.unmended)}" if self.unmended else "",
            f"{self.compacted} segments compacted" if self.compacted else "",
            f"{len(self.overtaken)} dead candidates closed" if self.overtaken else "",
            f"{len(self.removed)} leftovers removed" if self.removed else "",
            "" if self.differences else "index and database agree",
        ]
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True)
class Finding:
    """What is wrong, and the segment that it is in where it is in one."""

    text: str
    segment: str = ""


def reconcile(*, is_quick: bool = False) -> ReconcileReport:
    """Compare and mend.

    Quickly: only the lists of revisions and the sizes of files, as a start does after an unclean
    stop. Otherwise every passage and every byte, and what is no longer used is removed.
    """
    report = ReconcileReport()
    report.overtaken = close_dead_candidates(now=timezone.now())
    for text in find_broken_rows(is_quick=is_quick):
        report.note(text, is_mended=False)
    mend_current(report, is_quick=is_quick)
    if not is_quick:
        mend_others(report)
        report.removed = prune_indexes()
        tell_staff(report)
    return report


def tell_staff(report: ReconcileReport) -> None:
    """Raise an alarm for what could not be mended, until a reconciliation finds nothing."""
    if report.is_sound:
        clear_alarms(AlarmKind.INDEX_UNSOUND)
        return
    text = _("Index and database don’t agree, and this could not be mended: %(what)s")
    raise_alarm(AlarmKind.INDEX_UNSOUND, text=text % {"what": "; ".join(report.unmended)})


# --- the tables --------------------------------------------------------------------------------


def close_dead_candidates(*, now: datetime) -> list[int]:
    """Mark as overtaken what is being built by nobody."""
    running = RefreshRun.objects.filter(state=RunState.RUNNING).select_related("source")
    if any(is_refreshing(run.source, now=now) for run in running):
        return []
    dead = Publication.objects.filter(
        state=PublicationState.BUILDING,
        published_at__isnull=True,
        created_at__lt=now - CANDIDATE_PATIENCE,
    )
    numbers = list(dead.values_list("pk", flat=True))
    # Asked again: its maker may have ended it just now.
    dead.filter(pk__in=numbers).update(state=PublicationState.OVERTAKEN)
    return numbers


def find_broken_rows(*, is_quick: bool) -> Iterator[str]:
    """What the database's constraints forbid, and a damaged file could hold nonetheless."""
    live = LivePeriod.objects.filter(live_until__isnull=True)
    twice = live.order_by().values("document").annotate(count=Count("pk")).filter(count__gt=1)
    for row in twice:
        yield f"document {row['document']} has {row['count']} live revisions"
    revisions = Revision.objects.filter(pk=OuterRef("revision_id"))
    for pk in LivePeriod.objects.filter(~Exists(revisions)).values_list("pk", flat=True):
        yield f"live period {pk} is of a revision that does not exist"
    strayed = LivePeriod.objects.exclude(document=F("revision__document"))
    for pk in strayed.values_list("pk", flat=True):
        yield f"live period {pk} is of another document than its revision"
    if not is_quick:
        # Their usual order would join the revisions, and so leave out what is looked for.
        orphans = Passage.objects.filter(~Exists(revisions)).order_by("pk")
        for pk in orphans.values_list("pk", flat=True):
            yield f"passage {pk} is of a revision that does not exist"


# --- the index ---------------------------------------------------------------------------------


def mend_current(report: ReconcileReport, *, is_quick: bool) -> None:
    found_current = find_current()
    if found_current is None:
        return
    publication, wanted = found_current
    report.publication = publication.pk
    report.documents = LivePeriod.objects.filter(covers(NOW)).count()
    report.passages = Passage.objects.filter(is_in(NOW)).count()
    found = list(find_differences(publication, wanted, is_quick=is_quick))
    if found:
        left = mend(publication, wanted, found, is_quick=is_quick)
        for finding in found:
            report.note(finding.text, is_mended=not left)
        for text in left:
            report.note(text, is_mended=False)
    if not is_quick and report.is_sound:
        report.compacted = compact(publication, wanted)


def find_current() -> tuple[Publication, set[int]] | None:
    """The newest publication, and the revisions that its index has to hold.

    They are what was live when it went live, for answers as of that day, and what is live now.
    """
    while True:
        publication = find_kept_publications(keep=1).first()
        if publication is None:
            return None
        wanted = {*get_revisions_of(publication), *list_revisions(NOW).values()}
        # Another one may have gone live between the questions.
        if find_kept_publications(keep=1).first() == publication:
            return publication, wanted


def mend(
    publication: Publication, wanted: set[int], found: Sequence[Finding], *, is_quick: bool
) -> list[str]:
    """Build the index again from what is sound and from the tables; return what is left."""
    remove_segments({finding.segment for finding in found if finding.segment})
    try:
        rebuild_index(publication, wanted, is_trusting=False)
    except (IndexUnusable, OSError) as error:
        return [str(error)]
    publication.refresh_from_db()
    return [each.text for each in find_differences(publication, wanted, is_quick=is_quick)]


def find_differences(
    publication: Publication, wanted: set[int], *, is_quick: bool
) -> Iterator[Finding]:
    """In what the publication's index is not what the tables say."""
    directory = get_directory(publication)
    damaged = [] if is_quick else list(find_damaged_segments(directory))
    yield from damaged
    try:
        index = read_index(directory)
    except IndexUnusable as error:
        if not damaged:
            yield Finding(str(error))
        return
    if index.recipe != get_recipe().fingerprint:
        yield Finding(f"the index {directory.name} was made by another embedding recipe")
        return
    held = [revision for part in index.parts for revision in part.revisions.tolist()]
    missing, extra = wanted - set(held), set(held) - wanted
    if missing:
        yield Finding(f"{len(missing)} live revisions were not in the index")
    if extra:
        yield Finding(f"{len(extra)} revisions were in the index and not live")
    if len(held) > len(set(held)):
        yield Finding(f"{len(held) - len(set(held))} revisions were twice in the index")
    if not is_quick:
        told = {finding.segment for finding in damaged}
        for part in index.parts:
            if part.segment.name not in told:
                yield from find_wrong_content(part)


def find_damaged_segments(directory: Path) -> Iterator[Finding]:
    """Those of which a byte has changed since they were written, or a file is missing."""
    try:
        names = list_segment_names(directory)
    except IndexUnusable:
        return
    for name in names:
        try:
            check_digests(directory.parent / SEGMENTS / name)
        except IndexUnusable as error:
            yield Finding(str(error), segment=name)


def find_wrong_content(part: Part) -> Iterator[Finding]:
    """Compare what is kept of a segment with the tables, passage by passage."""
    segment, kept = part.segment, part.passages
    digests = {pk: digest.encode() for pk, digest in read_digests(part.revisions).items()}
    indexed_digests = zip(
        part.revisions.tolist(), segment.digests[part.kept].tolist(), strict=True
    )
    wrong = dict(indexed_digests).items() ^ digests.items()
    if wrong:
        count = len({pk for pk, _name in wrong})
        yield Finding(f"{count} revisions were in the index with other words", segment.name)
    indexed = zip(
        segment.passage_ids[kept].tolist(),
        segment.revision_ids[kept].tolist(),
        get_sizes(segment)[kept].tolist(),
        strict=True,
    )
    # One vector for the passage, and one for each other way to ask for it.
    written = [
        (pk, revision, 1 + len(asks))
        for batch in split_evenly(part.revisions.tolist())
        for pk, revision, asks in Passage.objects.filter(revision_id__in=batch)
        .order_by()
        .values_list("pk", "revision_id", "asks")
    ]
    differing = {pk for pk, *_ in set(indexed) ^ set(written)}
    if differing:
        text = f"{len(differing)} passages were not in the index as they are in the tables"
        yield Finding(text, segment.name)


def remove_segments(names: Collection[str]) -> None:
    """So that nothing grows from them. Whoever has one open keeps what it has read."""
    for name in names:
        shutil.rmtree(Path(settings.KNOWLEDGE_INDEX_DIR) / SEGMENTS / name, ignore_errors=True)


def compact(publication: Publication, wanted: set[int]) -> int:
    parts = read_index(get_directory(publication)).parts
    sparse = len(find_sparse(parts, DROPPED_LIMIT_AT_REST))
    if sparse:
        rebuild_index(publication, wanted, dropped_limit=DROPPED_LIMIT_AT_REST)
    return sparse


def mend_others(report: ReconcileReport) -> None:
    """Earlier publications, for answers as of their days, and candidates that a person reads."""
    for publication in list_others():
        try:
            read_index(get_directory(publication))
        except IndexUnusable as error:
            # One that somebody else has pruned just now is no loss.
            if publication in list_others():
                mend_other(publication, str(error), report)


def list_others() -> list[Publication]:
    others = [*find_kept_publications()[1:], *find_open_candidates()]
    return [publication for publication in others if publication.index_directory]


def mend_other(publication: Publication, text: str, report: ReconcileReport) -> None:
    try:
        ensure_index(publication)
        report.note(text, is_mended=True)
    except (IndexUnusable, OSError) as error:
        report.note(f"{text}; {error}", is_mended=False)


def get_directory(publication: Publication) -> Path:
    name = Path(publication.index_directory).name or "none"
    return Path(settings.KNOWLEDGE_INDEX_DIR) / name
