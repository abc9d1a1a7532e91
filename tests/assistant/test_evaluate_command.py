from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from assistant.evaluation import parts
from assistant.evaluation.figures import summarise
from tests.assistant.evaluation.samples import make_row


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "beir"
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text('{"_id": "a", "title": "", "text": "Apples are free."}')
    (folder / "queries.jsonl").write_text('{"_id": "q", "text": "What do apples cost?"}')
    (folder / "qrels" / "test.tsv").write_text("q\ta\t1\n")
    return folder


@pytest.mark.usefixtures("fake_embedding")
def test_retrieval_is_reported_as_one_json_object_and_nothing_else(folder: Path):
    out = StringIO()

    call_command("evaluate", "retrieval", str(folder), "--json", stdout=out)

    assert list(json.loads(out.getvalue())) == [
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


@pytest.mark.usefixtures("fake_embedding")
def test_retrieval_is_reported_in_lines_for_people(folder: Path):
    out = StringIO()

    call_command("evaluate", "retrieval", str(folder), stdout=out)

    assert "ndcg@10        1.0\n" in out.getvalue()


def test_a_bad_folder_is_told_in_one_line(tmp_path: Path):
    with pytest.raises(CommandError, match=r"is not a folder$"):
        call_command("evaluate", "retrieval", str(tmp_path / "none"))


def test_a_missing_file_of_questions_is_told_in_one_line(tmp_path: Path):
    with pytest.raises(CommandError, match="can't be read: No such file"):
        call_command("evaluate", "answers", str(tmp_path / "none"))


def test_answers_are_reported_in_lines_for_people_or_as_one_json_object(monkeypatch):
    rows = [make_row("g1"), make_row("g2", passed=False, reasons=["wrong outcome"])]
    report = {**summarise(rows), "outcomes": {}, "groups": {}, "jobs": 1, "rows": rows}
    monkeypatch.setattr(parts, "evaluate_answers", lambda paths, **options: {**report})
    lines, as_json = StringIO(), StringIO()

    call_command("evaluate", "answers", "any", stdout=lines)
    call_command("evaluate", "answers", "any", "--json", stdout=as_json)

    assert "g2 (answered): wrong outcome\n" in lines.getvalue()
    assert "g1" not in lines.getvalue()
    assert json.loads(as_json.getvalue()) == report


def test_a_fall_is_reported_and_then_fails_the_command(monkeypatch, tmp_path: Path):
    rows = [make_row(passed=False)]
    earlier, out = tmp_path / "earlier.json", StringIO()
    earlier.write_text(json.dumps({"rows": [make_row()]}))
    monkeypatch.setattr(parts, "evaluate_answers", lambda paths, **options: {"rows": rows})

    arguments = ("--compare", str(earlier), "--fail-on-fall", "--json")
    with pytest.raises(CommandError, match=r"worse than .*: bell") as caught:
        call_command("evaluate", "answers", "any", *arguments, stdout=out)

    assert caught.value.returncode == 1
    assert json.loads(out.getvalue())["comparison"]["newly_failing"] == ["bell"]
