from __future__ import annotations

from assistant.evaluation.evidence import measure_evidence
from tests.assistant.answering.samples import FakeKnowledge, make_briefing
from tests.assistant.evaluation.samples import write_questions


def test_the_floors_of_evidence_are_measured_on_both_sides(tmp_path):
    path = write_questions(
        tmp_path / "questions.jsonl",
        {"id": "one", "question": "Do I need a bell?", "outcome": ["answered"]},
        {"id": "two", "question": "Is it raining?", "outcome": ["no_evidence"]},
    )

    strong = measure_evidence([path], knowledge=FakeKnowledge(make_briefing("A bell.", dense=0.9)))
    weak = measure_evidence([path], knowledge=FakeKnowledge(make_briefing("A bell.", dense=0.1)))

    assert strong == {"answerable": 1, "kept": 1.0, "unanswerable": 1, "refused": 0.0}
    assert weak == {"answerable": 1, "kept": 0.0, "unanswerable": 1, "refused": 1.0}
