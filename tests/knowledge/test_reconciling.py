from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from knowledge import indexing, reconciling
from knowledge.index_files import list_segment_names, read_index, write_parts
from knowledge.indexing import ensure_index
from knowledge.live_sets import NOW, is_in
from knowledge.liveness import get_holder
from knowledge.models import (
    Alarm,
    LivePeriod,
    Passage,
    Publication,
    PublicationState,
    RefreshRun,
    Revision,
    RunState,
)
from knowledge.reconciling import find_broken_rows, reconcile
from knowledge.segments import check_digests
from tests.factories import (
    DocumentFactory,
    LivePeriodFactory,
    PassageFactory,
    PublicationFactory,
    RevisionFactory,
    SourceFactory,
    put_live,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_embedding")]


def make_passage(text: str, **fields) -> Passage:
    return PassageFactory(revision=RevisionFactory(text=text), **fields)


def publish(count: int = 3) -> tuple[Publication, Path]:
    publication = put_live(
        *(make_passage(f"Apples cost {n} coins.").revision for n in range(count))
    )
    return publication, ensure_index(publication)


def get_segment(directory: Path, place: int = 0) -> Path:
    return directory.parent / "segments" / list_segment_names(directory)[place]


def is_equal_to_database(publication: Publication) -> bool:
    publication.refresh_from_db()
    directory = ensure_index(publication)
    for name in list_segment_names(directory):
        check_digests(directory.parent / "segments" / name)
    live = Passage.objects.filter(is_in(NOW))
    found = read_index(directory).passage_ids.tolist()
    return sorted(found) == sorted(live.values_list("pk", flat=True))


def test_an_index_that_agrees_is_left_as_it_is(monkeypatch):
    publication, _ = publish()
    monkeypatch.setattr(reconciling, "rebuild_index", pytest.fail)

    report = reconcile()

    assert report.differences == []
    assert report.is_sound
    expected = f"publication {publication.pk}, 3 documents, 3 passages, index and database agree"
    assert str(report) == expected


def test_without_a_publication_there_is_nothing_to_mend():
    assert "nothing is published" in str(reconcile())


@pytest.mark.parametrize(
    "damage",
    [
        lambda directory: shutil.rmtree(directory),
        lambda directory: (directory / "manifest.json").unlink(),
        lambda directory: shutil.rmtree(get_segment(directory)),
        lambda directory: (get_segment(directory) / "vectors.npy").unlink(),
        lambda directory: (get_segment(directory) / "manifest.json").write_text("{}"),
        lambda directory: os.truncate(get_segment(directory) / "word_places.npy", 130),
        lambda directory: change_last_byte(get_segment(directory) / "vectors.npy"),
        lambda directory: change_last_byte(get_segment(directory) / "passage_ids.npy"),
    ],
    ids=[
        "no directory",
        "no manifest",
        "no segment",
        "no vectors",
        "another manifest",
        "a file cut short",
        "a changed vector",
        "a changed number",
    ],
)
def test_what_is_lost_or_damaged_is_made_again(damage):
    publication, directory = publish()
    damage(directory)

    report = reconcile()

    assert len(report.differences) == 1
    assert report.is_sound
    assert is_equal_to_database(publication)
    assert reconcile().differences == []


def change_last_byte(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def test_a_damaged_segment_costs_only_what_was_in_it(monkeypatch):
    monkeypatch.setattr(indexing, "SMALL_SEGMENT", 0)
    publish(6)
    new = make_passage("Pears are free.").revision
    publication = put_live(new)
    directory = ensure_index(publication)
    (lost,) = [part for part in read_index(directory).parts if new.pk in part.revisions]
    shutil.rmtree(directory.parent / "segments" / lost.segment.name)
    read: list[int] = []
    read_entries = indexing.read_entries

    def listen(revisions, recipe):
        read.extend(revisions)
        return read_entries(revisions, recipe)

    monkeypatch.setattr(indexing, "read_entries", listen)

    assert reconcile().is_sound
    assert read == [new.pk]


def test_a_live_revision_that_is_missing_is_added():
    publication, _ = publish()
    added = make_passage("Pears are free.").revision
    LivePeriodFactory(revision=added, publication=publication)

    report = reconcile()

    assert [each.text for each in report.differences] == ["1 live revisions were not in the index"]
    assert is_equal_to_database(publication)


def test_a_revision_that_never_was_live_is_taken_out():
    publication, _ = publish()
    stray = make_passage("Pears are free.").revision
    wanted = [*LivePeriod.objects.values_list("revision_id", flat=True), stray.pk]
    indexing.rebuild_index(publication, wanted)

    report = reconcile()

    assert [each.text for each in report.differences] == [
        "1 revisions were in the index and not live"
    ]
    assert is_equal_to_database(publication)


def test_what_was_withdrawn_since_stays_in_the_index_for_answers_as_of_then():
    _, directory = publish()
    LivePeriod.objects.filter(pk=LivePeriod.objects.first().pk).update(live_until=timezone.now())

    assert reconcile().differences == []
    assert len(read_index(directory)) == 3


def test_a_wrong_list_of_what_is_kept_is_written_again():
    publication, directory = publish()
    parts = read_index(directory).parts
    parts[0].kept[0] = False
    write_parts(directory, parts, recipe=indexing.get_recipe())

    assert reconcile().is_sound
    assert is_equal_to_database(publication)


def test_words_that_differ_from_the_tables_are_read_again():
    publication, directory = publish()
    revision = Revision.objects.first()
    # A database that was put back to an earlier day, and went on differently.
    Revision.objects.filter(pk=revision.pk).update(text_digest="f" * 64)
    Passage.objects.filter(revision=revision).update(text="Plums are free.")
    assert not read_index(directory).score_lexical("plums").any()

    report = reconcile()

    assert report.is_sound
    publication.refresh_from_db()
    assert read_index(ensure_index(publication)).score_lexical("plums").any()
    assert reconcile().differences == []


def test_passages_that_differ_from_the_tables_are_read_again():
    publication, _ = publish()
    PassageFactory(revision=Revision.objects.first(), position=5, text="coins", asks=["How many?"])

    report = reconcile()

    assert [each.text for each in report.differences] == [
        "1 passages were not in the index as they are in the tables"
    ]
    assert is_equal_to_database(publication)


def test_an_earlier_publication_is_mended_too():
    earlier, directory = publish()
    put_live(make_passage("Pears are free.").revision)
    (directory / "manifest.json").unlink()

    report = reconcile()

    assert report.is_sound
    assert len(report.differences) == 1
    earlier.refresh_from_db()
    assert len(read_index(directory.parent / earlier.index_directory)) == 3


def test_a_disk_that_takes_nothing_is_told_and_not_mended(monkeypatch):
    _, directory = publish()
    (directory / "manifest.json").unlink()

    def fail(*args: object, **options: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(reconciling, "rebuild_index", fail)
    monkeypatch.setattr(reconciling, "prune_indexes", list)

    report = reconcile()

    assert not report.is_sound
    assert "NOT mended" in str(report)
    assert "no space left on device" in str(report)


def test_what_could_not_be_mended_is_an_alarm_until_it_is(monkeypatch):
    _, directory = publish()
    (directory / "manifest.json").unlink()

    def fail(*args: object, **options: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(reconciling, "rebuild_index", fail)
        reconcile()
    (alarm,) = Alarm.objects.filter(settled_at=None)
    reconcile()

    assert "no space left on device" in alarm.text
    assert not Alarm.objects.filter(settled_at=None).exists()


def test_a_segment_with_much_that_is_dropped_is_compacted(monkeypatch):
    monkeypatch.setattr(indexing, "SMALL_SEGMENT", 0)
    revisions = [make_passage(f"Apples cost {n} coins.").revision for n in range(10)]
    put_live(*revisions)
    ended = [revision.pk for revision in revisions[:4]]
    LivePeriod.objects.filter(revision__in=ended).update(live_until=timezone.now())
    publication = put_live()
    assert len(read_index(ensure_index(publication)).parts[0].segment) == 10

    report = reconcile()

    assert report.compacted == 1
    assert report.differences == []
    publication.refresh_from_db()
    assert len(read_index(ensure_index(publication)).parts[0].segment) == 6


def test_leftovers_are_removed():
    _, directory = publish()
    stray = directory.parent / f"99-{'a' * 12}-{'b' * 12}"
    stray.mkdir()
    segment = directory.parent / "segments" / f"{'a' * 12}-{'b' * 24}"
    segment.mkdir()
    os.utime(segment, (0, 0))

    report = reconcile()

    assert sorted(report.removed) == sorted([stray.name, segment.name])
    assert not stray.exists()
    assert not segment.exists()


def test_a_quick_look_finds_what_is_lost_and_removes_nothing():
    publication, directory = publish()
    shutil.rmtree(get_segment(directory))
    stray = directory.parent / f"99-{'a' * 12}-{'b' * 12}"
    stray.mkdir()

    report = reconcile(is_quick=True)

    assert len(report.differences) == 1
    assert is_equal_to_database(publication)
    assert stray.exists()


# --- candidates that nobody builds any more ---


def make_candidate(*, minutes_old: int, state: PublicationState) -> Publication:
    candidate = PublicationFactory(state=state)
    created = timezone.now() - timedelta(minutes=minutes_old)
    Publication.objects.filter(pk=candidate.pk).update(created_at=created)
    return candidate


@pytest.mark.parametrize(
    ("state", "minutes_old", "expected"),
    [
        (PublicationState.BUILDING, 60, PublicationState.OVERTAKEN),
        (PublicationState.BUILDING, 1, PublicationState.BUILDING),
        (PublicationState.HELD, 9_999, PublicationState.HELD),
    ],
)
def test_a_candidate_whose_maker_died_is_closed(state, minutes_old: int, expected):
    candidate = make_candidate(minutes_old=minutes_old, state=state)

    reconcile()

    candidate.refresh_from_db()
    assert candidate.state == expected


def test_a_candidate_of_a_refresh_that_goes_on_is_left_alone():
    candidate = make_candidate(minutes_old=60, state=PublicationState.BUILDING)
    now = timezone.now()
    RefreshRun.objects.create(
        source=SourceFactory(),
        state=RunState.RUNNING,
        holder=get_holder(),
        started_at=now,
        heartbeat_at=now,
    )

    reconcile()

    candidate.refresh_from_db()
    assert candidate.state == PublicationState.BUILDING


# --- rows that should not be ---


def test_sound_tables_have_no_broken_rows():
    publish()

    assert list(find_broken_rows(is_quick=False)) == []


def test_two_live_revisions_of_a_document_are_told():
    document = DocumentFactory()
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX one_live_revision_a_document")
    for _ in range(2):
        LivePeriodFactory(revision=RevisionFactory(document=document))

    report = reconcile(is_quick=True)

    assert f"document {document.pk} has 2 live revisions" in str(report)
    assert not report.is_sound


def test_a_live_period_of_another_document_is_told():
    period = LivePeriodFactory(document=DocumentFactory(), revision=RevisionFactory())

    assert list(find_broken_rows(is_quick=True)) == [
        f"live period {period.pk} is of another document than its revision"
    ]


def test_a_passage_and_a_live_period_without_their_revision_are_told():
    publish(1)
    passage, period = Passage.objects.get(), LivePeriod.objects.get()
    revision = passage.revision_id
    point_at(99, passage.pk, period.pk)

    told = list(find_broken_rows(is_quick=False))

    # The database looks at its constraints when the test ends.
    point_at(revision, passage.pk, period.pk)
    assert f"live period {period.pk} is of a revision that does not exist" in told
    assert f"passage {passage.pk} is of a revision that does not exist" in told


def point_at(revision: int, passage: int, period: int) -> None:
    Passage.objects.filter(pk=passage).update(revision_id=revision)
    LivePeriod.objects.filter(pk=period).update(revision_id=revision)
