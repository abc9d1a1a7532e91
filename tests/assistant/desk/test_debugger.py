from __future__ import annotations

import logging

import pytest
from django.apps import apps
from django.urls import reverse

from assistant.answering import drafting
from assistant.answering.verification import Fault
from knowledge.publishing import publish
from tests.knowledge.desk.staff import hold_a_publication, make_member, make_source
from tests.knowledge.pages import save_page

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("fake_embedding"),
]
URL = "/desk/search/"
QUESTION = "What is the fare of the ferry in coins?"
WORDS = "xylophone"


@pytest.fixture
def auditor(client):
    client.force_login(make_member("auditors"))
    return client


@pytest.fixture
def live():
    source = make_source()
    save_page(source, "fare", "The fare of the ferry is two coins.", "Dogs are welcome.")
    return publish()


def count_rows() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def test_a_question_is_taken_apart(auditor, live):
    response = auditor.post(URL, {"question": QUESTION})

    page = response.content.decode()
    found = response.context["found"]
    assert found.searched == QUESTION
    assert found.explanation.publication_id == live.pk
    assert "The fare of the ferry is two coins." in page
    assert "The evidence weighs" in page
    assert found.answer.result.timings_ms


def test_what_the_words_of_a_question_say_is_shown(auditor, live):
    asked = "Does paragraph 999Z say what my wife pays for the ferrry?"

    response = auditor.post(URL, {"question": asked})

    explanation = response.context["found"].explanation
    page = response.content.decode()
    assert response.context["found"].standalone == asked.replace("ferrry", "ferry")
    assert explanation.unknown_references == ("paragraph 999Z",)
    assert "spouse" in explanation.official_terms
    assert "Official terms searched for beside it" in page
    assert "Named, and not held" in page


def test_nothing_that_is_typed_is_stored_or_logged(auditor, live, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    before = count_rows()

    auditor.post(URL, {"question": f"{QUESTION} {WORDS}", "earlier": f"Who plays the {WORDS}?"})
    auditor.post(URL, {"question": f"{WORDS} " * 200})

    assert count_rows() == before
    assert WORDS not in caplog.text
    captured = capfd.readouterr()
    assert WORDS not in captured.out + captured.err


def test_a_follow_up_is_searched_for_with_what_it_leaves_out(auditor, live):
    earlier = "Can I apply to the scheme from France?"

    response = auditor.post(URL, {"question": "how long?", "earlier": earlier})

    assert response.context["found"].standalone == f"{earlier} How long does it take?"


def test_a_candidate_and_a_day_are_asked_and_not_both(auditor):
    held = hold_a_publication(make_source())

    tried = auditor.post(URL, {"question": QUESTION, "candidate": held.pk})
    past = auditor.post(URL, {"question": QUESTION, "as_of": "2020-01-01"})
    both = auditor.post(URL, {"question": QUESTION, "as_of": "2020-01-01", "candidate": held.pk})

    assert "The fare is three coins." in tried.content.decode()
    assert "Nothing was live then" in past.content.decode()
    assert both.status_code == 400


def test_what_triage_answers_is_not_searched_for(auditor, live):
    response = auditor.post(URL, {"question": "Where can I buy a false passport?"})

    assert response.context["found"].explanation is None
    assert "nothing: the answer is prepared" in response.content.decode()


def test_a_sentence_that_is_not_sent_is_shown_with_its_fault(auditor, live, monkeypatch):
    monkeypatch.setattr(drafting, "has_evidence", lambda *given: True)
    monkeypatch.setattr("assistant.desk.debugger.find_fault", lambda *given: Fault.MISQUOTE)

    response = auditor.post(URL, {"question": QUESTION})

    assert response.context["found"].dropped
    assert Fault.MISQUOTE.value in response.content.decode()


@pytest.mark.parametrize("data", [{}, {"question": "x" * 601}, {"question": "x", "as_of": "y"}])
def test_what_can_t_be_asked_is_said_beside_its_field(auditor, data):
    response = auditor.post(URL, data)

    assert response.status_code == 400
    assert response.context["form"].errors


def test_hostile_questions_come_out_as_words(auditor, live, shared):
    lines = (shared / "data/hostile/xss.txt").read_text().splitlines()
    lines = [line for line in lines if line.startswith("<") and ">" in line][:10]
    assert lines

    for line in lines:
        assert line not in auditor.post(URL, {"question": line[:600]}).content.decode()


def test_the_debugger_is_for_the_desk(client):
    assert client.post(reverse("desk_answers:search"), {"question": "x"}).status_code == 302
