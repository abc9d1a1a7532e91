from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from assistant.answering import pipeline
from assistant.management.commands import ask
from knowledge.types import Support
from tests.assistant.answering.samples import FakeKnowledge, make_briefing, make_passage

RULE = make_passage("7. A rider must have a [bell].")
BRIEFING = make_briefing("You need a bell.", supports=(Support(RULE.url, RULE.text),))


@pytest.fixture(autouse=True)
def knowledge(monkeypatch):
    """Let the command ask a knowledge without a database."""
    fake = FakeKnowledge(RULE, BRIEFING)
    collect = ask.collect_answer

    def answering(question, **options):
        return pipeline.answer_question(question, knowledge=fake, **options)

    monkeypatch.setattr(
        ask,
        "collect_answer",
        lambda *args, **options: collect(*args, answering=answering, **options),
    )
    return fake


def run(*arguments):
    out = StringIO()
    call_command("ask", *arguments, stdout=out)
    return out.getvalue()


def test_the_answer_is_read_with_its_citations():
    text = run("Do I need a bell to borrow a bicycle?")

    lines = text.splitlines()
    assert lines[0] == "You need a bell. [1]"
    assert "[bell]" in lines[1]
    assert "[1] Borrowing a bicycle > Who can borrow" in text
    assert "checked 2026-02-03" in text
    assert lines[-1] == "outcome: answered"


def test_json_is_one_object_in_the_promised_shape():
    answer = json.loads(run("Do I need a bell to borrow a bicycle?", "--json"))

    assert set(answer) == {
        *("outcome", "language", "answer", "citations", "as_of", "timings_ms", "choices")
    }
    assert answer["outcome"] == "answered"
    assert answer["language"] == "en"
    assert answer["as_of"] is None
    assert [citation["kind"] for citation in answer["citations"]] == ["briefing", "official"]


def test_what_can_be_asked_instead_is_numbered_line_by_line():
    lines = run("can I apply?").splitlines()

    assert "1. Who can apply for the legal route from France?" in lines
    assert lines[-1] == "outcome: clarification_needed"


def test_the_day_asked_about_reaches_the_knowledge(knowledge):
    answer = json.loads(run("Do I need a bell?", "--as-of", "2026-03-04", "--json"))

    assert answer["as_of"] == "2026-03-04"
    assert {day.isoformat() for day in knowledge.dates} == {"2026-03-04"}


@pytest.mark.parametrize("question", ["", "  "])
def test_a_question_without_words_is_one_clear_line(question):
    with pytest.raises(CommandError, match="ask needs a question") as refused:
        run(question)

    assert refused.value.returncode == 2


def test_a_day_that_is_none_is_one_clear_line():
    with pytest.raises(CommandError, match="not 'yesterday'") as refused:
        run("Do I need a bell?", "--as-of", "yesterday")

    assert refused.value.returncode == 2
    assert "\n" not in str(refused.value)


def test_a_day_to_come_is_refused():
    with pytest.raises(CommandError, match="earlier day"):
        run("Do I need a bell?", "--as-of", "9999-01-01")
