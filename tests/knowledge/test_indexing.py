from __future__ import annotations

import os
import random
import shutil
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from knowledge import indexing
from knowledge.index_files import list_segment_names, read_index
from knowledge.indexing import (
    DROPPED_LIMIT_AT_REST,
    SEGMENTS_LIMIT,
    build_index,
    ensure_index,
    plan_merge,
    prune_indexes,
)
from knowledge.models import (
    Passage,
    Publication,
    PublicationChange,
    PublicationState,
    Revision,
)
from tests.factories import (
    LivePeriodFactory,
    PassageFactory,
    PublicationFactory,
    RevisionFactory,
    put_live,
)


def make_passage(text: str, **fields) -> Passage:
    return PassageFactory(revision=RevisionFactory(text=text), **fields)


# --- directories ---


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_embedding")
def test_an_index_holds_the_passages_of_its_revisions_alone():
    wanted = make_passage("Apples are free.", asks=["What does an apple cost?"])
    make_passage("Pears cost two coins.")

    directory = build_index(PublicationFactory(), [wanted.revision_id])

    index = read_index(directory)
    assert index.passage_ids.tolist() == [wanted.pk]
    assert index.document_ids.tolist() == [wanted.revision.document_id]
    assert [len(part.segment.vectors) for part in index.parts] == [2]
    assert index.score_lexical("cost")[0] > 0


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_embedding")
def test_a_paragraph_is_found_by_its_number():
    revision = make_passage("It costs ten coins.", numbers=[["R 2.30", 0, 19]]).revision

    index = read_index(build_index(PublicationFactory(), [revision.pk]))

    assert index.score_lexical("paragraph 2.30")[0] > 0


@pytest.mark.django_db
def test_an_index_that_is_whole_is_not_written_again(fake_embedding, monkeypatch):
    passage = make_passage("Apples are free.")
    publication = PublicationFactory()
    directory = build_index(publication, [passage.revision_id])

    monkeypatch.setattr(indexing, "write_parts", pytest.fail)

    assert build_index(publication, [passage.revision_id]) == directory


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_embedding")
def test_a_missing_directory_is_made_again_with_what_was_live_then():
    old = make_passage("Apples are free.")
    publication = put_live(old.revision, at=timezone.now() - timedelta(days=9))
    put_live(
        PassageFactory(
            revision=RevisionFactory(document=old.revision.document, text="Apples cost a coin.")
        ).revision
    )
    directory = ensure_index(publication)
    (directory / "manifest.json").unlink()

    again = ensure_index(publication)

    assert again == directory
    assert read_index(again).passage_ids.tolist() == [old.pk]


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_embedding")
@pytest.mark.parametrize("name", ["vectors.npy", "words.txt", "manifest.json"])
def test_a_damaged_segment_is_made_again(name: str):
    passage = make_passage("Apples are free.")
    publication = put_live(passage.revision)
    directory = ensure_index(publication)
    (segment,) = find_segments(directory)
    (segment / name).write_bytes(b"")

    assert read_index(ensure_index(publication)).passage_ids.tolist() == [passage.pk]


@pytest.mark.django_db
def test_a_new_recipe_makes_a_new_directory(fake_embedding, settings):
    publication = put_live(make_passage("Apples are free.").revision)
    before = ensure_index(publication)
    settings.KNOWLEDGE_EMBEDDING_MODEL = "larger"

    after = ensure_index(publication)

    assert after != before
    publication.refresh_from_db()
    assert publication.index_directory == after.name


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_embedding")
def test_the_set_of_a_candidate_is_what_would_be_live():
    kept = make_passage("Apples are free.")
    old = make_passage("Pears cost two coins.")
    put_live(kept.revision, old.revision)
    new = PassageFactory(
        revision=RevisionFactory(document=old.revision.document, text="Pears cost three coins.")
    )
    candidate = PublicationFactory()
    PublicationChange.objects.create(
        publication=candidate,
        document=old.revision.document,
        before=old.revision,
        after=new.revision,
    )

    index = read_index(ensure_index(candidate))

    assert sorted(index.passage_ids.tolist()) == [kept.pk, new.pk]


# --- growing ---


def find_segments(directory: Path) -> list[Path]:
    return [directory.parent / "segments" / name for name in list_segment_names(directory)]


def make_revision(chance: random.Random, document=None) -> Revision:
    """A revision of none to four passages, some with another way to ask."""
    words = ["apple", "pear", "plum", "coin", "gate", "child", "letter", "fee", "river", "night"]
    lines = [" ".join(chance.choices(words, k=chance.randint(1, 9))) for _ in range(4)]
    fields = {"document": document} if document else {}
    revision = RevisionFactory(text="\n".join(lines), **fields)
    for line in lines[: chance.randint(0, 4)]:
        PassageFactory(revision=revision, text=line, asks=chance.choice([[], ["Which apple?"]]))
    return revision


def get_scores(directory: Path, question: str) -> dict[int, tuple[float, float]]:
    index = read_index(directory)
    vector = np.ones(512, dtype=np.float32)
    both = zip(
        index.score_dense(vector).tolist(), index.score_lexical(question).tolist(), strict=True
    )
    return dict(zip(index.passage_ids.tolist(), both, strict=True))


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_an_index_that_grew_scores_as_one_that_is_made_at_once(
    fake_embedding, settings, monkeypatch, tmp_path: Path, seed: int
):
    monkeypatch.setattr(indexing, "SMALL_SEGMENT", 6)
    chance = random.Random(seed)
    wanted = {each.document_id: each for each in (make_revision(chance) for _ in range(12))}
    dropped: list[Revision] = []
    for _ in range(14):
        for document, revision in list(wanted.items()):
            act = chance.random()
            if act < 0.1:
                dropped.append(wanted.pop(document))
            elif act < 0.25:
                wanted[document] = make_revision(chance, revision.document)
        if dropped and chance.random() < 0.5:
            # As a publication that goes back to an earlier one does.
            back = chance.choice(dropped)
            wanted[back.document_id] = back
        added = make_revision(chance)
        wanted[added.document_id] = added
        publication = PublicationFactory(live=True)
        grown = build_index(publication, [revision.pk for revision in wanted.values()])
        Publication.objects.filter(pk=publication.pk).update(index_directory=grown.name)

        settings.KNOWLEDGE_INDEX_DIR = tmp_path / f"fresh-{publication.pk}"
        fresh = build_index(publication, [revision.pk for revision in wanted.values()])
        settings.KNOWLEDGE_INDEX_DIR = tmp_path / "index"

        for question in ("apple pear", "a fee at the gate", "night night river"):
            assert get_scores(grown, question) == get_scores(fresh, question)
        assert grown.name == fresh.name
        assert len(list_segment_names(grown)) <= SEGMENTS_LIMIT


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_embedding")
def test_a_publication_shares_the_large_segment_of_the_one_before(monkeypatch):
    monkeypatch.setattr(indexing, "SMALL_SEGMENT", 1)
    old = [make_passage(f"Apples cost {number} coins.").revision for number in range(9)]
    before = find_segments(ensure_index(put_live(*old)))
    new = make_passage("Apples are free.").revision

    after = find_segments(ensure_index(put_live(new)))

    assert before[0] in after
    assert len(after) == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_embedding")
def test_only_new_revisions_are_read(monkeypatch):
    put_live(make_passage("Apples are free.").revision)
    new = make_passage("Pears cost two coins.").revision
    read = []
    read_entries = indexing.read_entries

    def listen(revisions, recipe):
        read.extend(revisions)
        return read_entries(revisions, recipe)

    monkeypatch.setattr(indexing, "read_entries", listen)
    put_live(new)

    assert read == [new.pk]


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_embedding")
def test_a_first_build_in_several_batches_is_one_index(monkeypatch):
    monkeypatch.setattr(indexing, "PASSAGES_A_SEGMENT", 3)
    revisions = [make_passage(f"Apples cost {number} coins.").revision for number in range(8)]

    index = read_index(ensure_index(put_live(*revisions)))

    assert len(index) == 8


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_embedding")
def test_a_segment_with_other_words_under_the_same_number_is_not_used(monkeypatch):
    monkeypatch.setattr(indexing, "SMALL_SEGMENT", 1)
    kept = [make_passage(f"Apples cost {number} coins.").revision for number in range(3)]
    dropped = make_passage("Pears are free.").revision
    put_live(*kept, dropped)
    publication = PublicationFactory(live=True)
    directory = build_index(publication, [revision.pk for revision in kept])
    Publication.objects.filter(pk=publication.pk).update(index_directory=directory.name)
    # A database that was put back to an earlier day, and went on differently.
    Revision.objects.filter(pk=dropped.pk).update(text_digest="f" * 64)
    Passage.objects.filter(revision=dropped).update(text="Plums are free.")

    back = build_index(PublicationFactory(), [dropped.pk, *(each.pk for each in kept)])

    assert read_index(back).score_lexical("plums").any()
    assert not read_index(back).score_lexical("pears").any()


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_embedding")
def test_a_writer_that_dies_leaves_nothing_that_looks_like_an_index(monkeypatch, settings):
    passage = make_passage("Apples are free.")

    def die(*args: object, **options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("knowledge.index_files.write_durably", die)
        with pytest.raises(KeyboardInterrupt):
            build_index(PublicationFactory(pk=5), [passage.revision_id])
    left = [*settings.KNOWLEDGE_INDEX_DIR.glob("5-*/manifest.json")]

    directory = build_index(PublicationFactory(pk=6), [passage.revision_id])

    assert left == []
    assert read_index(directory).passage_ids.tolist() == [passage.pk]


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_embedding")
def test_a_segment_that_is_pruned_while_it_is_being_used_is_written_again(monkeypatch):
    passage = make_passage("Apples are free.")
    write_parts = indexing.write_parts
    pruned = []

    def prune_and_write(directory, parts, **options):
        if not pruned:
            pruned.append(True)
            shutil.rmtree(directory.parent / "segments" / parts[0].segment.name)
        write_parts(directory, parts, **options)

    monkeypatch.setattr(indexing, "write_parts", prune_and_write)
    directory = build_index(PublicationFactory(), [passage.revision_id])

    assert read_index(directory).passage_ids.tolist() == [passage.pk]


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_embedding")
def test_what_is_mostly_dropped_is_written_again_without_it(monkeypatch):
    monkeypatch.setattr(indexing, "SMALL_SEGMENT", 0)
    revisions = [make_passage(f"Apples cost {number} coins.").revision for number in range(10)]
    put_live(*revisions)

    def build(count: int, **options: float) -> int:
        wanted = [revision.pk for revision in revisions[:count]]
        (part,) = read_index(build_index(PublicationFactory(), wanted, **options)).parts
        return len(part.segment)

    assert build(5) == 10
    assert build(5, dropped_limit=DROPPED_LIMIT_AT_REST) == 5
    assert build(3) == 3


@given(st.lists(st.integers(0, 100_000), max_size=20))
def test_few_segments_are_left_and_the_largest_is_not_written_for_little(sizes: list[int]):
    joined = plan_merge(sizes)

    assert len(sizes) - max(0, len(joined) - 1) <= SEGMENTS_LIMIT
    others = sum(sizes) - max(sizes, default=0)
    is_forced = len(sizes) > SEGMENTS_LIMIT
    if others < max(sizes, default=0) > indexing.SMALL_SEGMENT and not is_forced:
        assert sizes.index(max(sizes)) not in joined


@given(st.lists(st.integers(1, 300), min_size=1, max_size=60))
def test_publication_after_publication_few_segments_are_left(news: list[int]):
    sizes: list[int] = [100_000]
    for size in news:
        sizes.append(size)
        joined = plan_merge(sizes)
        total = sum(sizes[place] for place in joined)
        sizes = [size for place, size in enumerate(sizes) if place not in joined]
        sizes += [total] if joined else []

        assert len(sizes) <= SEGMENTS_LIMIT
        assert 100_000 in sizes


# --- pruning ---


def make_directory(root: Path, name: str, *, days_old: float = 0) -> Path:
    directory = root / name
    directory.mkdir(parents=True)
    moment = timezone.now().timestamp() - days_old * 86_400
    os.utime(directory, (moment, moment))
    return directory


def make_old(root: Path) -> None:
    moment = timezone.now().timestamp() - 2 * 86_400
    for path in root.rglob("*"):
        os.utime(path, (moment, moment))


def get_name(number: int) -> str:
    return f"{number}-{'a' * 12}-{'b' * 12}"


@pytest.fixture
def root(settings, tmp_path: Path) -> Path:
    settings.KNOWLEDGE_INDEX_DIR = tmp_path / "index"
    return settings.KNOWLEDGE_INDEX_DIR


@pytest.mark.django_db
def test_the_newest_publications_keep_their_indexes(root: Path):
    now = timezone.now()
    for number in range(1, 4):
        name = get_name(number)
        PublicationFactory(
            pk=number, published_at=now + timedelta(hours=number), index_directory=name
        )
        make_directory(root, name)

    assert prune_indexes(keep=2) == [get_name(1)]
    assert sorted(path.name for path in root.iterdir()) == [get_name(2), get_name(3)]


@pytest.mark.django_db
def test_the_live_index_is_kept_whatever_the_limit(root: Path):
    PublicationFactory(pk=1, live=True, index_directory=get_name(1))
    make_directory(root, get_name(1))

    assert prune_indexes(keep=0) == []


@pytest.mark.django_db
def test_the_index_of_a_candidate_is_kept_until_the_candidate_is_old(root: Path):
    PublicationFactory(pk=7)
    make_directory(root, get_name(7))
    assert prune_indexes() == []

    Publication.objects.update(created_at=timezone.now() - timedelta(days=2))

    assert prune_indexes() == [get_name(7)]


@pytest.mark.django_db
def test_what_a_killed_writer_left_is_removed_when_it_is_old(root: Path):
    make_directory(root, f".{get_name(1)}.aaaa", days_old=2)
    young = make_directory(root, f".{get_name(1)}.bbbb")

    prune_indexes()

    assert list(root.iterdir()) == [young]


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_embedding")
def test_a_segment_that_an_index_names_is_never_removed(root: Path, monkeypatch):
    monkeypatch.setattr(indexing, "SMALL_SEGMENT", 0)
    for number in range(4):
        put_live(*(make_passage(f"{number} {other}").revision for other in range(4 - number)))
    held = PublicationFactory(state=PublicationState.HELD)
    Publication.objects.filter(pk=held.pk).update(created_at=timezone.now() - timedelta(days=30))
    held_directory = build_index(held, [make_passage("Pears").revision_id])
    make_old(root)

    prune_indexes(keep=1)

    current = Publication.objects.exclude(index_directory="").order_by("-published_at").first()
    assert len(read_index(root / current.index_directory)) == 10
    assert len(read_index(held_directory)) == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_embedding")
def test_a_segment_that_no_index_names_is_removed_when_it_is_old(root: Path):
    publication = PublicationFactory()
    directory = build_index(publication, [make_passage("Pears").revision_id])
    (segment,) = find_segments(directory)
    Publication.objects.update(state=PublicationState.REFUSED)

    assert prune_indexes() == [directory.name]
    make_old(root)

    assert prune_indexes() == [segment.name]


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_embedding")
def test_a_segment_that_is_used_again_counts_as_young(root: Path):
    revision = make_passage("Pears").revision
    directory = build_index(PublicationFactory(), [revision.pk])
    (segment,) = find_segments(directory)
    make_old(root)
    shutil.rmtree(directory)

    build_index(PublicationFactory(), [revision.pk])

    assert timezone.now().timestamp() - segment.stat().st_mtime < 3_600


@pytest.mark.django_db
def test_what_is_not_an_index_is_left_alone(root: Path):
    stranger = make_directory(root, "photographs", days_old=99)

    assert prune_indexes() == []
    assert stranger.exists()


@pytest.mark.django_db
def test_no_folder_is_nothing_to_prune(root: Path):
    LivePeriodFactory()

    assert prune_indexes() == []
