from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from knowledge import segments
from knowledge.embedding import EmbeddingRecipe
from knowledge.segments import (
    IndexEntry,
    IndexUnusable,
    Segment,
    check_digests,
    make_segment,
    merge_segments,
    open_segment,
    write_segment,
)

RECIPE = EmbeddingRecipe("two numbers", 2, "f" * 64)


def make_entry(
    passage_id: int, text: str = "apples", *vectors: tuple[float, float], kind: str = "official"
) -> IndexEntry:
    return IndexEntry(
        passage_id=passage_id,
        document_id=passage_id // 10,
        revision_id=passage_id // 10,
        kind=kind,
        source="rules",
        lexical_text=text,
        vectors=np.array(vectors or [(1, 0)], dtype=np.float32),
    )


def make(*entries: IndexEntry) -> Segment:
    digests = {entry.revision_id: f"digest {entry.revision_id}" for entry in entries}
    return make_segment(entries, digests, recipe=RECIPE)


def get_directory(root: Path) -> Path:
    (directory,) = (root / "segments").iterdir()
    return directory


def test_a_segment_is_called_by_what_is_in_it():
    one = make(make_entry(10), make_entry(20))

    assert one.name == make(make_entry(20), make_entry(10)).name
    assert one.name != make(make_entry(10), make_entry(30)).name
    other_words = make_segment([make_entry(10), make_entry(20)], {1: "a", 2: "b"}, recipe=RECIPE)
    assert one.name != other_words.name


def test_a_revision_without_passages_is_held_nonetheless():
    segment = make_segment([], {1: "a"}, recipe=RECIPE)

    assert segment.revisions.tolist() == [1]
    assert len(segment) == 0


def test_what_is_read_is_what_was_written(tmp_path: Path):
    made = make(make_entry(11, "apples", (1, 0), (0, 1)), make_entry(20, "pears", kind="briefing"))

    written = write_segment(tmp_path, made, recipe=RECIPE)

    assert written.passage_ids.tolist() == [11, 20]
    assert written.revisions.tolist() == [1, 2]
    assert written.starts.tolist() == [0, 2]
    assert [written.names["kind"][code] for code in written.kinds] == ["official", "briefing"]
    assert written.vectors.tolist() == made.vectors.tolist()
    assert written.postings.words == made.postings.words
    check_digests(get_directory(tmp_path))


def test_the_matrix_is_mapped_and_not_read(tmp_path: Path):
    segment = write_segment(tmp_path, make(make_entry(1)), recipe=RECIPE)

    assert isinstance(segment.vectors.base, np.memmap)


def test_what_is_merged_is_what_is_kept_of_each():
    one = make(make_entry(10, "apples", (1, 0), (0, 1)), make_entry(20, "pears"))
    two = make(make_entry(31, "plums", (0, 1), kind="briefing"))

    merged = merge_segments(
        [(one, np.array([True, False])), (two, np.array([True]))], recipe=RECIPE
    )

    assert merged.passage_ids.tolist() == [10, 31]
    assert merged.revisions.tolist() == [1, 3]
    assert merged.starts.tolist() == [0, 2]
    assert merged.vectors.tolist() == [[1, 0], [0, 1], [0, 1]]
    assert merged.postings.words == ["appl", "plum"]
    assert [merged.names["kind"][code] for code in merged.kinds] == ["official", "briefing"]
    together = make(make_entry(10, "apples", (1, 0), (0, 1)), make_entry(31, "plums", (0, 1)))
    assert merged.name == together.name


def test_an_open_segment_is_shared(tmp_path: Path):
    segment = write_segment(tmp_path, make(make_entry(1)), recipe=RECIPE)

    assert open_segment(get_directory(tmp_path)) is segment


def test_a_writer_that_dies_leaves_no_segment(tmp_path: Path, monkeypatch):
    def die(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(segments, "write_durably", die)

    with pytest.raises(KeyboardInterrupt):
        write_segment(tmp_path, make(make_entry(1)), recipe=RECIPE)
    assert list((tmp_path / "segments").iterdir()) == []


def test_writers_of_the_same_segment_leave_it_whole(tmp_path: Path):
    made = make(*(make_entry(number, f"apples {number}") for number in range(50)))

    with ThreadPoolExecutor(8) as pool:
        written = list(pool.map(lambda _: write_segment(tmp_path, made, recipe=RECIPE), range(32)))

    assert {segment.name for segment in written} == {made.name}
    check_digests(get_directory(tmp_path))


@pytest.mark.parametrize("name", ["vectors.npy", "starts.npy", "kinds.npy", "words.txt"])
def test_a_file_cut_short_is_told_as_damage(tmp_path: Path, name: str):
    made = make(make_entry(1), make_entry(2))
    write_segment(tmp_path, made, recipe=RECIPE)
    path = get_directory(tmp_path) / name
    path.write_bytes(path.read_bytes()[:3])

    with pytest.raises(IndexUnusable, match="damaged"):
        open_segment(get_directory(tmp_path))


def test_a_file_that_is_gone_is_told_as_damage_and_written_again(tmp_path: Path):
    made = make(make_entry(1))
    write_segment(tmp_path, made, recipe=RECIPE)
    (get_directory(tmp_path) / "starts.npy").unlink()

    with pytest.raises(IndexUnusable, match="damaged"):
        open_segment(get_directory(tmp_path))
    write_segment(tmp_path, made, recipe=RECIPE)

    check_digests(get_directory(tmp_path))


def test_a_byte_that_has_changed_is_found(tmp_path: Path):
    write_segment(tmp_path, make(make_entry(1)), recipe=RECIPE)
    path = get_directory(tmp_path) / "vectors.npy"
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")

    with pytest.raises(IndexUnusable, match=r"vectors\.npy has changed"):
        check_digests(get_directory(tmp_path))


def test_a_directory_without_a_manifest_is_no_segment(tmp_path: Path):
    write_segment(tmp_path, make(make_entry(1)), recipe=RECIPE)
    (get_directory(tmp_path) / "manifest.json").unlink()

    with pytest.raises(IndexUnusable, match="no whole index"):
        open_segment(get_directory(tmp_path))


def test_a_segment_of_another_format_is_refused(tmp_path: Path, monkeypatch):
    write_segment(tmp_path, make(make_entry(1)), recipe=RECIPE)
    monkeypatch.setattr(segments, "FORMAT_VERSION", 99)

    with pytest.raises(IndexUnusable, match="another format"):
        open_segment(get_directory(tmp_path))


def test_an_open_segment_outlives_its_files(tmp_path: Path):
    segment = write_segment(tmp_path, make(make_entry(1, "apples", (0, 1))), recipe=RECIPE)
    for path in get_directory(tmp_path).iterdir():
        path.unlink()

    assert segment.vectors.tolist() == [[0, 1]]
    assert segment.postings.find("appl")[0].tolist() == [0]


def test_a_passage_without_a_vector_is_refused():
    entry = IndexEntry(
        passage_id=1,
        document_id=1,
        revision_id=1,
        kind="official",
        source="rules",
        lexical_text="",
        vectors=np.zeros((0, 2), dtype=np.float32),
    )

    with pytest.raises(ValueError, match="needs a vector"):
        make(entry)
