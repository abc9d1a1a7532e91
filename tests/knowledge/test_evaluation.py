from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.evaluation import (
    FolderUnusable,
    evaluate_retrieval,
    get_ndcg,
    get_recall,
    get_reciprocal_rank,
    read_beir_folder,
)

KEYS = [
    "ndcg@10",
    "recall@5",
    "recall@10",
    "recall@100",
    "mrr@10",
    "queries",
    "passages",
    "ms_p50",
    "ms_p95",
    "index_seconds",
]


def write_folder(folder: Path, **files: str) -> Path:
    contents = {
        "corpus": '{"_id": "a", "title": "Fruit", "text": "Apples are free."}\n'
        '{"_id": "b", "title": "", "text": "Pears cost two coins."}\n',
        "queries": '{"_id": "q1", "text": "What do pears cost?"}\n'
        '{"_id": "q2", "text": "Is there free fruit?"}\n'
        '{"_id": "unjudged", "text": "Anything else?"}\n',
        "qrels": "query-id\tcorpus-id\tscore\nq1\tb\t1\nq2\ta\t1\nq2\tb\t0\n",
        **files,
    }
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text(contents["corpus"])
    (folder / "queries.jsonl").write_text(contents["queries"])
    (folder / "qrels" / "test.tsv").write_text(contents["qrels"])
    return folder


def test_a_perfect_ranking_measures_one():
    ranking, relevant = ["a", "b", "c"], {"a": 2, "b": 1}

    assert get_ndcg(ranking, relevant, depth=10) == 1
    assert get_recall(ranking, relevant, depth=10) == 1
    assert get_reciprocal_rank(ranking, relevant, depth=10) == 1


def test_ndcg_discounts_by_the_logarithm_of_the_place():
    assert get_ndcg(["x", "x", "a"], {"a": 1}, depth=10) == pytest.approx(0.5)


def test_ndcg_looks_no_deeper_than_told():
    assert get_ndcg(["x"] * 10 + ["a"], {"a": 1}, depth=10) == 0


def test_recall_is_the_part_that_was_found():
    assert get_recall(["a", "x", "b"], {"a": 1, "b": 1, "c": 1, "d": 1}, depth=2) == 0.25


def test_the_reciprocal_rank_is_of_the_first_that_is_relevant():
    assert get_reciprocal_rank(["x", "b", "a"], {"a": 1, "b": 1}, depth=10) == 0.5
    assert get_reciprocal_rank(["x"], {"a": 1}, depth=10) == 0


def test_judgements_of_nothing_relevant_are_not_measured(tmp_path: Path):
    beir = read_beir_folder(write_folder(tmp_path / "beir"))

    assert beir.relevant == {"q1": {"b": 1}, "q2": {"a": 1}}


def test_a_judgement_without_a_heading_line_is_read(tmp_path: Path):
    beir = read_beir_folder(write_folder(tmp_path / "beir", qrels="q1\tb\t1\n"))

    assert beir.relevant == {"q1": {"b": 1}}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"corpus": "{"}, r"corpus\.jsonl, line 1: not JSON"),
        ({"corpus": "[]"}, r"corpus\.jsonl, line 1: not an object"),
        ({"corpus": '{"_id": "a"}'}, r"corpus\.jsonl, line 1: no 'text'"),
        ({"queries": '\n{"text": "x"}'}, r"queries\.jsonl, line 2: no '_id'"),
        ({"qrels": "q1\tb\t1\nq1 b 1\n"}, r"test\.tsv, line 2: not"),
        ({"qrels": "q9\tb\t1\n"}, "no judgement"),
        ({"qrels": "q1\tz\t1\n"}, "no judgement"),
    ],
)
def test_a_bad_folder_is_told_with_the_place(tmp_path: Path, files: dict[str, str], said: str):
    folder = write_folder(tmp_path / "beir", **files)

    with pytest.raises(FolderUnusable, match=said):
        read_beir_folder(folder)


def test_a_folder_without_the_files_is_told(tmp_path: Path):
    with pytest.raises(FolderUnusable, match="not a folder"):
        read_beir_folder(tmp_path / "none")
    with pytest.raises(FolderUnusable, match=r"corpus\.jsonl can't be read"):
        read_beir_folder(tmp_path)
    folder = write_folder(tmp_path / "beir")
    (folder / "qrels" / "test.tsv").unlink()
    with pytest.raises(FolderUnusable, match="no qrels"):
        read_beir_folder(folder)


def test_a_file_that_is_not_text_is_told(tmp_path: Path):
    folder = write_folder(tmp_path / "beir")
    (folder / "corpus.jsonl").write_bytes(b"\xff\xfe")

    with pytest.raises(FolderUnusable, match="not UTF-8"):
        read_beir_folder(folder)


def test_measuring_uses_no_table_and_not_the_live_index(fake_embedding, settings, tmp_path: Path):
    # Without the mark django_db every query would fail.
    report = evaluate_retrieval(write_folder(tmp_path / "beir"))

    assert list(report) == KEYS
    assert report["ndcg@10"] == 1
    assert (report["queries"], report["passages"]) == (2, 2)
    assert not settings.KNOWLEDGE_INDEX_DIR.exists()
