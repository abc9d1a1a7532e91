from __future__ import annotations

import json

import pytest

from knowledge.models import GoldQuestion
from knowledge.starter.gold import GOLD_FILE, load_gold_questions

pytestmark = pytest.mark.django_db


@pytest.fixture
def write(tmp_path):
    def write(*slugs: str, **fields: object):
        path = tmp_path / "gold.jsonl"
        lines = [
            json.dumps({"id": slug, "question": f"{slug}?", "outcome": ["answered"], **fields})
            for slug in slugs
        ]
        path.write_text("\n".join(lines))
        return path

    return write


def test_the_rows_follow_the_file(write):
    load_gold_questions(write("one", "two"))

    changed = load_gold_questions(write("two", "three", facts=[["a bell"]]))

    assert changed == 3
    rows = GoldQuestion.objects.values_list("slug", "facts")
    assert list(rows) == [("three", [["a bell"]]), ("two", [["a bell"]])]


def test_loading_the_same_file_again_writes_nothing(write):
    load_gold_questions(write("one", history=[{"question": "Before?", "answer": "Yes."}]))

    assert (
        load_gold_questions(write("one", history=[{"question": "Before?", "answer": "Yes."}])) == 0
    )


def test_what_staff_wrote_or_took_over_stays(write):
    load_gold_questions(write("one"))
    GoldQuestion.objects.filter(slug="one").update(written_by="ada", question="Ours?")
    GoldQuestion.objects.create(slug="own", question="Own?", written_by="ada")

    load_gold_questions(write("two"))

    assert set(GoldQuestion.objects.values_list("question", flat=True)) == {
        "Ours?",
        "Own?",
        "two?",
    }


def test_a_question_that_staff_put_out_of_use_stays_so(write):
    load_gold_questions(write("one"))
    GoldQuestion.objects.update(is_enabled=False)

    load_gold_questions(write("one", avoid=["never"]))

    row = GoldQuestion.objects.get()
    assert (row.is_enabled, row.avoid) == (False, ["never"])


def test_the_questions_that_ship_with_the_project_load():
    assert load_gold_questions() == len(GOLD_FILE.read_text().splitlines())
    assert load_gold_questions() == 0
