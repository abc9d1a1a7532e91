"""What the benchmark of publishing says of readers is what they waited."""

from __future__ import annotations

from tests.benchmark.publishing import compare


def test_questions_are_told_apart_by_when_they_were_asked():
    asked = [(0.0, 10.0, 1), (1.0, 20.0, 1), (5.1, 30.0, 1), (5.5, 40.0, 2), (7.0, 15.0, 2)]

    figures = compare(asked, [(5.0, 5.2, 2)])

    assert (figures["questions_before"], figures["questions_during"]) == (2, 1)
    assert (figures["ms_p95_before"], figures["ms_p95_during"]) == (20.0, 30.0)
    assert figures["ms_highest_after"] == 40.0
    assert figures["seconds_until_live"] == [0.54]
