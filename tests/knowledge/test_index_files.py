from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge import index_files
from knowledge.embedding import EmbeddingRecipe
from knowledge.index_files import (
    IndexEntry,
    IndexUnusable,
    read_index,
    split_words,
    write_index,
)

RECIPE = EmbeddingRecipe("two numbers", 2, "f" * 64)


def make_entry(passage_id: int, text: str = "", *vectors: tuple[float, float]) -> IndexEntry:
    return IndexEntry(
        passage_id=passage_id,
        document_id=passage_id // 10,
        kind="official",
        source="rules",
        lexical_text=text,
        vectors=np.array(vectors or [(1, 0)], dtype=np.float32),
    )


def test_words_are_folded_stemmed_and_freed_of_common_ones():
    assert split_words("The Applications of an applicant") == ["applic", "applic"]


def test_a_paragraph_number_is_one_word():
    assert "2.3" in split_words("See paragraph 2.3(c).")


def test_a_passage_scores_by_the_nearest_of_its_vectors(tmp_path: Path):
    entries = [make_entry(1, "", (1, 0)), make_entry(2, "", (1, 0), (0, 1))]
    write_index(tmp_path / "index", entries, recipe=RECIPE)

    scores = read_index(tmp_path / "index").score_dense([0, 1])

    assert scores.tolist() == [0, 1]


def test_a_passage_that_shares_no_word_scores_nothing(tmp_path: Path):
    entries = [make_entry(1, "Apples are free"), make_entry(2, "Pears cost money")]
    write_index(tmp_path / "index", entries, recipe=RECIPE)

    scores = read_index(tmp_path / "index").score_lexical("What does a pear cost?")

    assert scores[0] == 0
    assert scores[1] > 0


def test_a_question_of_unknown_words_alone_scores_nothing(tmp_path: Path):
    write_index(tmp_path / "index", [make_entry(1, "Apples are free")], recipe=RECIPE)

    assert not read_index(tmp_path / "index").score_lexical("zebra").any()


@pytest.mark.parametrize("entries", [[], [make_entry(1, "the of and")]])
def test_an_index_without_words_or_passages_can_be_asked(tmp_path: Path, entries):
    write_index(tmp_path / "index", entries, recipe=RECIPE)

    index = read_index(tmp_path / "index")

    assert len(index.score_dense([1, 0])) == len(entries)
    assert not index.score_lexical("apples").any()


def test_a_writer_that_dies_leaves_no_index(tmp_path: Path, monkeypatch):
    def die(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(index_files.json, "dump", die)

    with pytest.raises(KeyboardInterrupt):
        write_index(tmp_path / "index", [make_entry(1)], recipe=RECIPE)
    with pytest.raises(IndexUnusable, match="no whole index"):
        read_index(tmp_path / "index")
    assert list(tmp_path.iterdir()) == []


def test_a_directory_without_a_manifest_is_no_index(tmp_path: Path):
    write_index(tmp_path / "index", [make_entry(1)], recipe=RECIPE)
    (tmp_path / "index" / "manifest.json").unlink()

    with pytest.raises(IndexUnusable, match="no whole index"):
        read_index(tmp_path / "index")


@pytest.mark.parametrize("name", ["vectors.npy", "starts.npy", "kinds.npy"])
def test_a_file_cut_short_is_told_as_damage(tmp_path: Path, name: str):
    write_index(tmp_path / "index", [make_entry(1), make_entry(2)], recipe=RECIPE)
    path = tmp_path / "index" / name
    path.write_bytes(path.read_bytes()[:60])

    with pytest.raises(IndexUnusable, match="damaged"):
        read_index(tmp_path / "index")


def test_an_index_of_another_format_is_refused(tmp_path: Path, monkeypatch):
    write_index(tmp_path / "index", [make_entry(1)], recipe=RECIPE)
    monkeypatch.setattr(index_files, "FORMAT_VERSION", 99)

    with pytest.raises(IndexUnusable, match="another format"):
        read_index(tmp_path / "index")


def test_an_open_index_outlives_its_files(tmp_path: Path):
    write_index(tmp_path / "index", [make_entry(1, "apples")], recipe=RECIPE)
    index = read_index(tmp_path / "index")

    write_index(tmp_path / "index", [make_entry(2, "pears")], recipe=RECIPE)

    assert index.score_lexical("apples")[0] > 0
    assert read_index(tmp_path / "index").passage_ids.tolist() == [2]


def test_a_passage_without_a_vector_is_refused(tmp_path: Path):
    entry = IndexEntry(
        passage_id=1,
        document_id=1,
        kind="official",
        source="rules",
        lexical_text="",
        vectors=np.zeros((0, 2), dtype=np.float32),
    )

    with pytest.raises(ValueError, match="needs a vector"):
        write_index(tmp_path / "index", [entry], recipe=RECIPE)
