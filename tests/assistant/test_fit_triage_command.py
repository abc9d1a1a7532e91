from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command

from assistant.answering import learnt_likeness
from assistant.answering.types import Outcome
from assistant.management.commands import fit_triage


@pytest.mark.usefixtures("fake_embedding")
def test_weights_are_fitted_on_english_questions_and_the_ways_to_ask(monkeypatch, tmp_path):
    questions = tmp_path / "questions.jsonl"
    entries = [
        {"language": "en", "question": "Zebras drown", "outcome": ["urgent"]},
        {"language": "fr", "question": "au secours", "outcome": ["urgent"]},
    ]
    questions.write_text("\n".join(map(json.dumps, entries)))
    briefings = tmp_path / "briefings"
    briefings.mkdir()
    (briefings / "law.toml").write_text('[[paragraph]]\nasks = ["Which law is it?"]')
    (briefings / "help.toml").write_text('[[paragraph]]\nasks = ["Help me"]')
    monkeypatch.setattr(learnt_likeness, "WEIGHTS_PATH", tmp_path / "weights.json")
    out = StringIO()

    call_command("fit_triage", str(questions), str(briefings), stdout=out)

    assert "fitted on" in out.getvalue()
    assert list(fit_triage.read_questions(questions)) == [("Zebras drown", Outcome.URGENT)]
    assert list(fit_triage.read_asks(briefings)) == [("Which law is it?", Outcome.ANSWERED)]
    assert learnt_likeness.get_weights().shape[1] == len(learnt_likeness.LEARNT)
    learnt_likeness.get_weights.cache_clear()
