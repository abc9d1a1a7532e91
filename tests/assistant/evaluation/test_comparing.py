from __future__ import annotations

import json

import pytest

from assistant.evaluation.comparing import (
    EarlierRunUnusable,
    compare,
    describe_words,
    read_earlier_rows,
)
from tests.assistant.evaluation.samples import make_row

KEYS_OF_OLD_REPORTS = ("id", "passed", "outcome", "reasons", "answer", "citations", "ms")


def make_old_row(name="bell", **fields):
    row = make_row(name, **fields)
    return {key: row[key] for key in KEYS_OF_OLD_REPORTS}


def test_two_like_runs_differ_in_nothing():
    comparison = compare([make_row()], [make_row(ms=900.0)])

    assert comparison["changed"] == []
    assert comparison["fell"] is False


def test_what_newly_fails_and_newly_passes_is_named():
    earlier = [make_row("falls"), make_row("rises", passed=False), make_row("gone")]
    rows = [make_row("falls", passed=False), make_row("rises"), make_row("new")]

    comparison = compare(earlier, rows)

    assert comparison["newly_failing"] == ["falls"]
    assert comparison["newly_passing"] == ["rises"]
    assert (comparison["only_now"], comparison["only_earlier"]) == (["new"], ["gone"])
    assert comparison["compared"] == 2
    assert comparison["fell"] is True


def test_a_figure_that_falls_is_a_fall_although_all_questions_pass():
    comparison = compare([make_row()], [make_row(facts_found=1)])

    assert comparison["figures"]["fact_recall"] == (1.0, 0.5)
    assert comparison["fell"] is True


def test_figures_are_of_the_questions_that_both_runs_asked():
    earlier = [make_row("a"), make_row("b", passed=False, outcome="no_evidence")]

    comparison = compare(earlier, [make_row("a")])

    assert comparison["figures"]["outcome_accuracy"] == (1.0, 1.0)


def test_a_change_of_outcome_citations_and_words_is_described():
    row = make_row(
        outcome="no_evidence",
        citations=[{"url": "/briefings/bicycles#lights"}],
        answer="You need a light. [1]",
    )

    (change,) = compare([make_row()], [row])["changed"]

    assert change == {
        "id": "bell",
        "outcome": ["answered", "no_evidence"],
        "citations_lost": ["/briefings/bicycles#bells"],
        "citations_gained": ["/briefings/bicycles#lights"],
        "words": ["You need a [-bell.-] [+light.+]"],
    }


def test_many_and_long_changes_are_shortened():
    before = " ".join(f"a{place} same" for place in range(9))
    now = " ".join(f"b{place} same" for place in range(9))

    changes = describe_words(before, now)

    assert changes[-1] == "and 3 more"
    assert describe_words("", "word " * 40)[0].count("word") == 11


def test_a_report_without_the_later_keys_can_be_compared_with():
    comparison = compare([make_old_row(), make_old_row("b")], [make_row(passed=False)])

    assert comparison["newly_failing"] == ["bell"]
    assert comparison["figures"] == {"passed": (1, 0)}


def test_one_id_in_two_files_is_two_questions():
    earlier = [make_row(file="a"), make_row(file="b", passed=False)]
    rows = [make_row(file="b", passed=False), make_row(file="a")]

    assert compare(earlier, rows)["newly_failing"] == []


@pytest.mark.parametrize("content", ["", "[]", '{"total": 1}', '{"rows": [{"id": "a"}]}'])
def test_a_file_that_is_no_report_is_named(tmp_path, content):
    path = tmp_path / "earlier.json"
    path.write_text(content)

    with pytest.raises(EarlierRunUnusable, match=r"earlier\.json is no report"):
        read_earlier_rows(path)


def test_the_rows_of_a_report_are_read(tmp_path):
    path = tmp_path / "earlier.json"
    path.write_text(json.dumps({"rows": [make_old_row()]}))

    assert read_earlier_rows(path) == [make_old_row()]
