from __future__ import annotations

from assistant.evaluation.figures import count_outcomes, summarise, summarise_groups
from tests.assistant.evaluation.samples import make_row

REFUSED = make_row("tax", passed=False, outcome="no_evidence", facts_found=0)


def test_shares_are_counted_over_all_facts_quotes_and_statements():
    rows = [make_row(statements=3, cited=2, quotes=4, verbatim=1), REFUSED]

    figures = summarise(rows)

    assert (figures["total"], figures["passed"]) == (2, 1)
    assert (figures["groundedness"], figures["quote_fidelity"]) == (0.75, 0.4)
    assert (figures["outcome_accuracy"], figures["fact_recall"]) == (0.5, 0.5)


def test_facts_count_only_where_an_answer_is_wanted():
    unsafe = make_row(outcome="unsafe", wanted=["unsafe"], facts=3, facts_found=0)

    assert summarise([make_row(), unsafe])["fact_recall"] == 1.0


def test_citation_precision_is_the_mean_over_the_answers_that_have_one():
    rows = [
        make_row(citation_precision=0.5),
        make_row(citation_precision=1.0),
        make_row(citation_precision=None),
    ]

    assert summarise(rows)["citation_precision"] == 0.75


def test_both_kinds_of_wrong_refusal_are_named():
    rows = [
        make_row("fine"),
        make_row("allowed", outcome="unsafe", wanted=["answered", "unsafe"]),
        REFUSED,
        make_row("said too much", wanted=["no_evidence"]),
    ]

    figures = summarise(rows)

    assert figures["refused_though_answerable"] == ["tax"]
    assert figures["answered_though_not"] == ["said too much"]


def test_times_of_answers_without_a_sentence_are_left_out():
    rows = [make_row(ms=10, ms_first=None), make_row(ms=30, ms_first=4)]

    figures = summarise(rows)

    assert (figures["ms_p50"], figures["ms_first_p50"]) == (20.0, 4.0)


def test_figures_of_nothing_are_no_fault():
    figures = summarise([])

    assert (figures["total"], figures["fact_recall"], figures["ms_p95"]) == (0, 1.0, None)


def test_outcomes_are_counted_by_what_was_wanted():
    rows = [
        make_row(),
        make_row(outcome="unsafe", wanted=["answered", "unsafe"]),
        make_row(outcome="no_evidence", wanted=["answered", "unsafe"]),
    ]

    assert count_outcomes(rows) == {
        "answered": {"answered": 1, "no_evidence": 1},
        "unsafe": {"unsafe": 1},
    }


def test_groups_are_counted_where_the_rows_have_them():
    rows = [make_row(audience="press"), make_row(audience="public", passed=False)]

    groups = summarise_groups(rows)

    assert list(groups) == ["audience"]
    assert groups["audience"]["press"]["passed"] == 1
    assert groups["audience"]["public"]["passed"] == 0
