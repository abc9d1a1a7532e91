from __future__ import annotations

from rich.console import Console

from assistant.evaluation.comparing import compare
from assistant.evaluation.figures import count_outcomes, summarise, summarise_groups
from assistant.evaluation.terminal import show_answers, show_evidence, show_figures
from tests.assistant.evaluation.samples import make_row


def make_report(*rows, **fields):
    return {
        **summarise(rows),
        "outcomes": count_outcomes(rows),
        "groups": summarise_groups(rows),
        "jobs": 1,
        "rows": list(rows),
        **fields,
    }


def print_to_text(show, report) -> str:
    console = Console(width=100, force_terminal=False)
    with console.capture() as captured:
        show(report, console)
    return captured.get()


def test_what_fails_comes_first_with_its_reasons():
    failing = make_row("g2", passed=False, outcome="no_evidence", reasons=["[1] is wrong", "bad"])

    text = print_to_text(show_answers, make_report(make_row("g1"), failing))

    assert text.startswith("g2 (no_evidence): [1] is wrong; bad\n")
    assert "g1" not in text
    assert "refused_though_answerable 1: g2" in text


def test_a_report_of_questions_asked_at_once_says_that_its_times_are_noisy():
    alone = print_to_text(show_answers, make_report(make_row()))
    together = print_to_text(show_answers, make_report(make_row(), jobs=2))

    assert "--jobs" not in alone
    assert "--jobs" in together


def test_groups_and_outcomes_are_tables():
    text = print_to_text(show_answers, make_report(make_row(audience="press")))

    assert "wanted \\ came" in text
    assert "press" in text


def test_a_comparison_names_what_changed():
    rows = [make_row(passed=False, outcome="no_evidence", answer="I found nothing.")]
    comparison = compare([make_row()], rows)

    text = print_to_text(show_answers, make_report(*rows, comparison=comparison))

    assert "newly_failing (1): bell" in text
    assert "passed: 1 → 0 (-1)" in text
    assert "answered → no_evidence" in text
    assert "[+I found nothing.+]" in text


def test_figures_stand_one_a_line():
    assert print_to_text(show_figures, {"ndcg@10": 1.0, "queries": 2, "rows": [1]}) == (
        "ndcg@10  1.0\nqueries  2\n"
    )


def test_what_the_floor_gets_wrong_comes_first_and_the_floor_that_is_set_is_in_the_table():
    counts = {"answerable": 1, "kept": 0.0, "unanswerable": 1, "refused": 1.0}
    rows = [
        {"id": "g1", "file": "a", "passed": True, "outcome": "no_evidence", "weight": 0.1},
        {"id": "g2", "file": "a", "passed": False, "outcome": "no_evidence", "weight": 0.2345},
        {"id": "g3", "file": "a", "passed": False, "outcome": "unsafe", "weight": None},
    ]
    report = {
        "floor": 0.3,
        **counts,
        "files": {"a": counts},
        "curve": [{"floor": 0.3, **counts}],
        "rows": rows,
    }

    text = print_to_text(show_evidence, report)

    assert text.startswith("a g2 (no_evidence, 0.234)\na g3 (unsafe)\n")
    assert "g1" not in text
