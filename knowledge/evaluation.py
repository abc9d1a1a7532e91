"""How well retrieval finds what is known to be relevant: nDCG, recall and MRR over a BEIR folder.

The folder is indexed in a scratch directory by the code that readers get; neither the live index
nor a table is touched.
"""

from __future__ import annotations

import json
import math
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.embedding import embed_passages, embed_question, get_recipe
from knowledge.index_files import write_index
from knowledge.indexing import get_embedded_text
from knowledge.ranking import rank
from knowledge.segments import IndexEntry
from knowledge.types import DocumentKind, Progress, ProgressCallback

# The longest ranking that a measure looks at.
DEPTH = 100
Gains = Mapping[str, int]


class FolderUnusable(Exception):
    """The folder to measure with isn't a BEIR folder, and where it isn't."""


@dataclass(frozen=True)
class BeirPassage:
    key: str
    title: str
    text: str


@dataclass(frozen=True)
class BeirFolder:
    passages: tuple[BeirPassage, ...]
    questions: Mapping[str, str]
    # Question → passage → how relevant it is, for the questions that have a relevant one.
    relevant: Mapping[str, Gains]


def get_ndcg(ranking: Sequence[str], relevant: Gains, *, depth: int) -> float:
    """Normalised discounted cumulative gain, with linear gains, as BEIR computes it."""
    ideal = sorted(relevant.values(), reverse=True)
    gained = [relevant.get(key, 0) for key in ranking]
    return _discount(gained[:depth]) / _discount(ideal[:depth])


def _discount(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains))


def get_recall(ranking: Sequence[str], relevant: Gains, *, depth: int) -> float:
    """The part of the relevant passages that stand among the first."""
    return sum(key in relevant for key in ranking[:depth]) / len(relevant)


def get_reciprocal_rank(ranking: Sequence[str], relevant: Gains, *, depth: int) -> float:
    """One over the place of the first relevant passage; 0 when there is none."""
    places = (place for place, key in enumerate(ranking[:depth], start=1) if key in relevant)
    return 1 / next(places, math.inf)


def read_beir_folder(folder: Path) -> BeirFolder:
    """Read the folder; raises FolderUnusable, which says what is wrong and where."""
    if not folder.is_dir():
        raise FolderUnusable(f"{folder} is not a folder")
    passages = tuple(
        BeirPassage(
            _get_text(row, "_id", place), row.get("title") or "", _get_text(row, "text", place)
        )
        for row, place in _read_rows(folder / "corpus.jsonl")
    )
    questions = {
        _get_text(row, "_id", place): _get_text(row, "text", place)
        for row, place in _read_rows(folder / "queries.jsonl")
    }
    relevant = _read_judgements(folder)
    keys = {passage.key for passage in passages}
    judged = {key: gains for key, gains in relevant.items() if key in questions}
    if not any(key in keys for gains in judged.values() for key in gains):
        raise FolderUnusable(f"{folder}: no judgement is about a question and a passage of it")
    return BeirFolder(passages, questions, judged)


def _read_rows(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    for number, line in enumerate(_read_lines(path), start=1):
        if not line.strip():
            continue
        place = f"{path}, line {number}"
        try:
            row = json.loads(line)
        except ValueError as error:
            raise FolderUnusable(f"{place}: not JSON ({error})") from error
        if not isinstance(row, dict):
            raise FolderUnusable(f"{place}: not an object")
        yield row, place


def _read_lines(path: Path) -> list[str]:
    try:
        # Not splitlines(): a text may hold the line separators of Unicode.
        return path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise FolderUnusable(f"{path} can't be read: {reason}") from error


def _get_text(row: dict[str, Any], name: str, place: str) -> str:
    value = row.get(name)
    if not isinstance(value, str | int):
        raise FolderUnusable(f"{place}: no {name!r}")
    return str(value)


def _read_judgements(folder: Path) -> dict[str, dict[str, int]]:
    paths = sorted((folder / "qrels").glob("*.tsv"))
    if not paths:
        raise FolderUnusable(f"{folder} has no qrels/*.tsv")
    relevant: dict[str, dict[str, int]] = {}
    for path in paths:
        for number, line in enumerate(_read_lines(path), start=1):
            cells = line.rstrip("\r").split("\t")
            if (number == 1 and not cells[-1].strip().isdigit()) or not line.strip():
                continue
            try:
                question, passage, gain = cells
                if int(gain) > 0:
                    relevant.setdefault(question, {})[passage] = int(gain)
            except ValueError as error:
                raise FolderUnusable(
                    f"{path}, line {number}: not 'question passage score'"
                ) from error
    return relevant


def evaluate_retrieval(
    folder: Path, *, on_progress: ProgressCallback | None = None
) -> dict[str, float]:
    """Index the folder, ask its questions, and measure."""
    # Imported here because llama_index takes seconds; a bad folder should be told at once.
    beir = read_beir_folder(folder)
    from knowledge.passage_index import LocalPassageStore

    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch) / "index"
        write_index(directory, _make_entries(beir, on_progress), recipe=get_recipe())
        store = LocalPassageStore(directory)
        index_seconds = time.monotonic() - begun
        rankings: dict[str, list[str]] = {}
        durations = []
        for done, question in enumerate(beir.relevant, start=1):
            text = beir.questions[question]
            asked = time.monotonic()
            hits = rank(store, text, embed_question(text), limit=DEPTH)
            durations.append((time.monotonic() - asked) * 1000)
            rankings[question] = [beir.passages[hit.passage_id].key for hit in hits]
            if on_progress:
                on_progress(Progress("asking", done, len(beir.relevant)))
    return {
        **measure(rankings, beir.relevant),
        "queries": len(rankings),
        "passages": len(beir.passages),
        "ms_p50": round(statistics.median(durations), 2),
        "ms_p95": round(float(np.percentile(durations, 95)), 2),
        "index_seconds": round(index_seconds, 2),
    }


def _make_entries(beir: BeirFolder, on_progress: ProgressCallback | None) -> list[IndexEntry]:
    texts = [get_embedded_text(passage.title, (), (), passage.text) for passage in beir.passages]
    done = 0

    def count(size: int) -> None:
        nonlocal done
        done += size
        if on_progress:
            on_progress(Progress("embedding", done, len(texts)))

    vectors = embed_passages(texts, on_batch=count)
    # Passages of one title are one document; a passage without a title stands alone.
    documents: dict[str, int] = {}
    return [
        IndexEntry(
            passage_id=place,
            document_id=documents.setdefault(passage.title or f"\0{place}", len(documents)),
            revision_id=place,
            kind=DocumentKind.OFFICIAL.value,
            source="",
            lexical_text=texts[place],
            vectors=vectors[place : place + 1],
        )
        for place, passage in enumerate(beir.passages)
    ]


def measure(
    rankings: Mapping[str, Sequence[str]], relevant: Mapping[str, Gains]
) -> dict[str, float]:
    """The means over all questions."""
    pairs = [(rankings[question], relevant[question]) for question in rankings]
    scores = {
        "ndcg@10": [get_ndcg(ranking, gains, depth=10) for ranking, gains in pairs],
        "recall@5": [get_recall(ranking, gains, depth=5) for ranking, gains in pairs],
        "recall@10": [get_recall(ranking, gains, depth=10) for ranking, gains in pairs],
        "recall@100": [get_recall(ranking, gains, depth=100) for ranking, gains in pairs],
        "mrr@10": [get_reciprocal_rank(ranking, gains, depth=10) for ranking, gains in pairs],
    }
    return {name: round(statistics.fmean(values), 4) for name, values in scores.items()}
