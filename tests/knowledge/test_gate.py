from __future__ import annotations

import json

import pytest

from knowledge.gate import (
    Findings,
    GateMode,
    GateReport,
    GateRules,
    GoldAnswer,
    GoldRow,
    LostDocument,
    ReasonCode,
    find_reasons_to_hold,
    leave_out_covered,
    read_report,
)

PAGE = LostDocument(id=4, url="https://www.gov.uk/ferries", title="Ferries")
CITED = {"document": 4, "url": "https://www.gov.uk/ferries#fares", "supports": []}
RESTING = {
    "document": 9,
    "url": "/briefings/boats",
    "supports": [{"url": "https://www.gov.uk/ferries#fares", "quote": "Two coins."}],
}


def right(*citations: dict) -> GoldAnswer:
    return GoldAnswer(
        passed=True, outcome="answered", answer="Two coins.", citations=tuple(citations)
    )


WRONG = GoldAnswer(
    passed=False, outcome="no_evidence", reasons=("without 'two coins'",), answer="Nothing."
)


def row(before: GoldAnswer | None, after: GoldAnswer, slug: str = "fare") -> GoldRow:
    return GoldRow(id=slug, question="What is the fare?", before=before, after=after)


def codes(found: Findings, **rules: object) -> list[ReasonCode]:
    return [each.code for each in find_reasons_to_hold(found, GateRules(**rules))]


@pytest.mark.parametrize(
    ("before", "after", "held"),
    [
        (right(), right(), False),
        (right(), WRONG, True),
        (WRONG, WRONG, False),
        (WRONG, right(), False),
        (None, WRONG, False),
    ],
)
def test_only_a_question_that_was_right_and_is_not_any_more_has_fallen(before, after, held):
    assert codes(Findings(rows=[row(before, after)])) == [ReasonCode.GOLD_FELL] * held


def test_a_fall_is_told_with_the_question_and_what_is_wrong_with_its_answer():
    [reason] = find_reasons_to_hold(Findings(rows=[row(right(), WRONG)]), GateRules())

    assert reason.gold_question == "fare"
    assert "What is the fare?" in reason.text
    assert "without 'two coins'" in reason.text


def test_so_many_may_fall_as_the_setting_says_and_one_more_names_them_all():
    falls = [row(right(), WRONG, slug) for slug in ("one", "two")]

    assert codes(Findings(rows=falls), fall_limit=2) == []
    assert codes(Findings(rows=falls), fall_limit=1) == [ReasonCode.GOLD_FELL] * 2


@pytest.mark.parametrize("citation", [CITED, RESTING])
def test_a_lost_page_that_a_right_answer_stands_on_holds(citation):
    found = Findings(rows=[row(right(citation), right())], lost=[PAGE])

    [reason] = find_reasons_to_hold(found, GateRules())

    assert (reason.code, reason.document_id) == (ReasonCode.DOCUMENT_LOST, 4)


def test_a_lost_page_that_no_right_answer_stands_on_holds_nothing():
    wrong = GoldAnswer(passed=False, outcome="answered", reasons=("x",), citations=(CITED,))

    assert codes(Findings(rows=[row(right(), right()), row(wrong, right())], lost=[PAGE])) == []


def test_a_page_whose_loss_took_the_live_answer_away_already_still_holds():
    found = Findings(rows=[row(WRONG, WRONG)], lost=[PAGE], before_loss={"fare": right(CITED)})

    assert codes(found) == [ReasonCode.DOCUMENT_LOST]


@pytest.mark.parametrize(
    ("changed", "live", "held"),
    [(20, 100, False), (21, 100, True), (0, 100, False), (3, 3, False), (20, 20, True)],
)
def test_more_than_the_share_of_the_live_passages_holds_unless_they_are_a_handful(
    changed, live, held
):
    found = Findings(changed_passages=changed, live_passages=live)

    assert codes(found) == [ReasonCode.MANY_CHANGED] * held


def test_always_ask_holds_what_has_no_other_reason():
    assert codes(Findings(), mode=GateMode.ALWAYS_ASK) == [ReasonCode.ALWAYS_ASK]


def test_never_ask_holds_nothing():
    found = Findings(
        rows=[row(right(CITED), WRONG)],
        lost=[PAGE],
        changed_passages=100,
        live_passages=100,
        trouble="broken",
    )

    assert codes(found, mode=GateMode.NEVER_ASK) == []


def test_what_could_not_be_judged_waits_for_a_person():
    assert codes(Findings(trouble="the disk is full")) == [ReasonCode.NOT_JUDGED]


def test_a_reason_that_a_person_decided_on_is_not_given_again():
    first, second = find_reasons_to_hold(
        Findings(rows=[row(right(), WRONG, slug) for slug in ("one", "two")]), GateRules()
    )

    assert leave_out_covered([first, second], [first]) == (second,)


def test_a_report_is_read_back_as_it_was_written():
    rows = (row(right(CITED), WRONG), row(right(), right(), "same"), row(None, right(), "new"))
    report = GateReport(
        reasons=find_reasons_to_hold(Findings(rows=rows, lost=[PAGE]), GateRules()),
        rows=rows,
        changed_passages=3,
        live_passages=40,
        gold_digest="abc",
        seconds=1.5,
    )

    assert read_report(json.loads(json.dumps(report.as_data()))) == report
    assert read_report({}) == GateReport()


def test_rows_that_a_reader_would_see_changed_stand_out():
    rows = (row(right(), WRONG), row(right(), right(), "same"), row(WRONG, right(), "better"))

    report = GateReport(rows=rows)

    assert [each.id for each in report.changed_rows] == ["fare", "better"]
    assert [each.id for each in report.fallen] == ["fare"]
