from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path

import pytest

from assistant.evaluation import parts
from assistant.evaluation.comparing import EarlierRunUnusable
from assistant.evaluation.parts import ANSWERS, EVIDENCE
from assistant.evaluation.running import Selection
from tests.assistant.evaluation.samples import make_row


def parse(*arguments: str) -> dict:
    parser = ArgumentParser()
    ANSWERS.add_arguments(parser)
    return vars(parser.parse_args(arguments))


@pytest.fixture
def asked(monkeypatch):
    """What was asked for, in place of asking it."""
    calls = []

    def evaluate(paths, **options):
        calls.append((paths, options["selection"], options["jobs"]))
        return {"rows": [make_row(passed=False)]}

    monkeypatch.setattr(parts, "evaluate_answers", evaluate)
    return calls


def test_the_options_say_which_questions_and_how_many_at_a_time(asked):
    options = parse("a", "b", "--only", "g1", "g2", "--not-held-out", "--jobs", "3")

    ANSWERS.measure(options, lambda progress: None)

    selection = Selection(ids=["g1", "g2"], held_out=False)
    assert asked == [([Path("a"), Path("b")], selection, 3)]


def test_all_questions_are_asked_unless_some_are_chosen(asked):
    ANSWERS.measure(parse("a"), lambda progress: None)

    assert asked[0][1:] == (Selection(ids=()), 1)


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    ("passed", "more", "is_fault"),
    [
        (True, ["--fail-on-fall"], True),
        (False, ["--fail-on-fall"], False),
        (True, [], False),
    ],
)
def test_a_fall_is_a_fault_only_when_that_is_asked_for(tmp_path, passed, more, is_fault):
    earlier = tmp_path / "earlier.json"
    earlier.write_text(json.dumps({"rows": [make_row(passed=passed)]}))
    options = parse("a", "--compare", str(earlier), *more)

    report = ANSWERS.measure(options, lambda progress: None)

    assert bool(ANSWERS.find_fault(options, report)) is is_fault


def test_what_to_compare_with_is_read_before_anything_is_asked(asked, tmp_path):
    (tmp_path / "earlier.json").write_text("nothing")

    with pytest.raises(EarlierRunUnusable):
        ANSWERS.measure(parse("a", "--compare", str(tmp_path / "earlier.json")), print)

    assert asked == []


def test_the_curves_are_drawn_where_that_is_asked_for(tmp_path, monkeypatch):
    curve = [{"floor": 0.2, "kept": 1.0, "refused": 0.7}, {"floor": 0.4, "kept": 0, "refused": 1}]
    report = {"floor": 0.3, "curve": curve}
    monkeypatch.setattr(parts, "measure_evidence", lambda paths, on_progress: report)
    drawing = tmp_path / "curves.svg"

    EVIDENCE.measure({"files": [], "plot": None}, print)
    assert not drawing.exists()

    EVIDENCE.measure({"files": [], "plot": drawing}, print)
    assert drawing.read_text().startswith("<svg")
