from __future__ import annotations

from pathlib import Path

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import index_files
from knowledge.embedding import EmbeddingRecipe
from knowledge.index_files import (
    BM25_B,
    BM25_K1,
    LocalIndex,
    Part,
    list_segment_names,
    read_index,
    read_usable_parts,
    write_index,
    write_parts,
)
from knowledge.lexical import split_terms
from knowledge.segments import IndexEntry, IndexUnusable, make_segment, write_segment

RECIPE = EmbeddingRecipe("two numbers", 2, "f" * 64)
WORDS = ["apples", "pears", "plums", "fees", "coins", "gates"]


def make_entry(passage_id: int, text: str = "", *vectors: tuple[float, float]) -> IndexEntry:
    return IndexEntry(
        passage_id=passage_id,
        document_id=passage_id // 10,
        revision_id=passage_id,
        kind="official",
        source="rules",
        lexical_text=text,
        vectors=np.array(vectors or [(1, 0)], dtype=np.float32),
    )


def make_part(entries: list[IndexEntry], kept: list[bool] | None = None) -> Part:
    """A segment in which each passage is a revision of its own."""
    digests = {entry.revision_id: "" for entry in entries}
    segment = make_segment(entries, digests, recipe=RECIPE)
    return Part(segment=segment, kept=np.array(kept or [True] * len(entries), dtype=np.bool_))


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


@given(
    texts=st.lists(
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join),
        min_size=1,
        max_size=12,
    ),
    question=st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join),
    chance=st.randoms(),
)
def test_words_weigh_as_in_one_index_of_what_is_kept(texts, question, chance):
    # The kept texts are spread over three segments, among others that are dropped.
    groups: list[list[tuple[IndexEntry, bool]]] = [[], [], []]
    for number, text in enumerate(texts):
        chance.choice(groups).append((make_entry(number, text), True))
        chance.choice(groups).append((make_entry(100 + number, chance.choice(texts)), False))
    parts = [
        make_part([entry for entry, _ in ordered], [is_kept for _, is_kept in ordered])
        for group in groups
        if (ordered := sorted(group, key=lambda pair: pair[0].passage_id))
    ]
    reference = bm25s.BM25(k1=BM25_K1, b=BM25_B)
    reference.index([split_terms(text) for text in texts], show_progress=False)

    index = LocalIndex(RECIPE.fingerprint, parts)

    scores = dict(
        zip(index.passage_ids.tolist(), index.score_lexical(question).tolist(), strict=True)
    )
    known = reference.get_tokens_ids(split_terms(question))
    expected = reference.get_scores_from_ids(known) if known else np.zeros(len(texts))
    assert [scores[number] for number in range(len(texts))] == pytest.approx(
        expected.tolist(), rel=1e-5, abs=1e-6
    )


def test_what_is_dropped_is_neither_scored_nor_named():
    part = make_part([make_entry(1, "apples"), make_entry(2, "apples")], [False, True])

    index = LocalIndex(RECIPE.fingerprint, [part])

    assert index.passage_ids.tolist() == [2]
    assert len(index.score_dense([1, 0])) == len(index.score_lexical("apples")) == 1


def test_which_revisions_are_kept_is_read_as_it_was_written(tmp_path: Path):
    part = make_part([make_entry(1, "apples"), make_entry(2, "pears")], [False, True])
    write_segment(tmp_path, part.segment, recipe=RECIPE)

    write_parts(tmp_path / "index", [part], recipe=RECIPE)

    assert read_index(tmp_path / "index").revision_ids.tolist() == [2]
    assert list_segment_names(tmp_path / "index") == [part.segment.name]


def test_a_writer_that_dies_leaves_the_index_that_was_there(tmp_path: Path, monkeypatch):
    one, two = make_part([make_entry(1)]), make_part([make_entry(2)])
    for part in (one, two):
        write_segment(tmp_path, part.segment, recipe=RECIPE)
    write_parts(tmp_path / "index", [one], recipe=RECIPE)

    def die(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(index_files, "write_durably", die)
    with pytest.raises(KeyboardInterrupt):
        write_parts(tmp_path / "index", [two], recipe=RECIPE)

    assert read_index(tmp_path / "index").passage_ids.tolist() == [1]


def test_a_directory_without_a_manifest_is_no_index(tmp_path: Path):
    write_index(tmp_path / "index", [make_entry(1)], recipe=RECIPE)
    (tmp_path / "index" / "manifest.json").unlink()

    with pytest.raises(IndexUnusable, match="no whole index"):
        read_index(tmp_path / "index")


def test_an_index_of_which_a_segment_is_missing_is_told_and_the_rest_can_be_used(tmp_path: Path):
    parts = [make_part([make_entry(1)]), make_part([make_entry(2)])]
    write_segment(tmp_path, parts[1].segment, recipe=RECIPE)
    write_parts(tmp_path / "index", parts, recipe=RECIPE)

    with pytest.raises(IndexUnusable, match="no whole index"):
        read_index(tmp_path / "index")
    usable = read_usable_parts(tmp_path / "index", recipe=RECIPE.fingerprint)

    assert [part.segment.name for part in usable] == [parts[1].segment.name]


def test_nothing_of_another_recipe_is_used(tmp_path: Path):
    write_index(tmp_path / "index", [make_entry(1)], recipe=RECIPE)

    assert read_usable_parts(tmp_path / "index", recipe="0" * 64) == []


@pytest.mark.parametrize("content", [b"", b"x" * 200])
def test_a_damaged_list_of_what_is_kept_is_told(tmp_path: Path, content: bytes):
    part = make_part([make_entry(1), make_entry(2)], [False, True])
    write_segment(tmp_path, part.segment, recipe=RECIPE)
    write_parts(tmp_path / "index", [part], recipe=RECIPE)
    (path,) = (tmp_path / "index").glob("kept-*.npy")
    path.write_bytes(content)

    with pytest.raises(IndexUnusable, match="damaged"):
        read_index(tmp_path / "index")


def test_an_open_index_outlives_its_files(tmp_path: Path):
    write_index(tmp_path / "index", [make_entry(1, "apples")], recipe=RECIPE)
    index = read_index(tmp_path / "index")

    write_index(tmp_path / "index", [make_entry(2, "pears")], recipe=RECIPE)

    assert index.score_lexical("apples")[0] > 0
    assert read_index(tmp_path / "index").passage_ids.tolist() == [2]
