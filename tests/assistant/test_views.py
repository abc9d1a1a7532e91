"""The pages, and the whole conversation without JavaScript."""

from __future__ import annotations

import asyncio
import json
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from assistant import views
from assistant.answering.types import Outcome
from assistant.health import Health
from assistant.identity import COOKIE, find_conversation_id, sign_conversation_id
from assistant.models import Answer, Conversation, Question
from assistant.rate_limiting import AskingLimits, RateLimit
from assistant.runner import Runner
from knowledge.models import Document, Passage, Revision, Source
from tests.assistant.conftest import ANSWERED, ScriptedPipeline, make_citation, make_sentence

SENTENCE = make_sentence(1, "Two <coins>.", (make_citation(),))


@pytest.fixture
def answering(monkeypatch):
    """Give the view a pipeline that answers as the test says."""

    def script(*entries):
        runner = Runner(ScriptedPipeline(*entries), limits=AskingLimits())
        monkeypatch.setattr(views, "runner", runner)
        return runner

    return script


@pytest.fixture
def reader(client, conversation_id):
    client.cookies[COOKIE] = sign_conversation_id(conversation_id)
    return client


def make_passage():
    source = Source.objects.create(
        slug="ferry",
        title="Ferry",
        kind="web_page",
        url="https://example.org/",
        publisher="The harbour",
        licence="Open",
    )
    document = Document.objects.create(source=source, url="https://example.org/ferry")
    text = "The ferry is <free>. It runs daily."
    revision = Revision.objects.create(
        document=document,
        number=1,
        title="The ferry",
        text=text,
        text_digest="d",
        fetched_at=timezone.now(),
    )
    return Passage.objects.create(
        revision=revision,
        position=0,
        start=0,
        end=len(text),
        text=text,
        url="https://example.org/ferry#when",
        heading_path=["When"],
        digest="d",
    )


@pytest.mark.django_db
def test_the_first_visit_gets_a_conversation_of_its_own(client):
    response = client.get(reverse("chat"))

    cookie = response.cookies[COOKIE]
    assert response.status_code == 200
    assert find_conversation_id({COOKIE: cookie.value})
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert "no-store" in response["Cache-Control"]
    assert not Conversation.objects.exists()


@pytest.mark.django_db
def test_a_later_visit_keeps_its_conversation(reader):
    assert COOKIE not in reader.get(reverse("chat")).cookies


@pytest.mark.django_db
@pytest.mark.parametrize(
    "header",
    [
        "Content-Security-Policy",
        "X-Frame-Options",
        "Referrer-Policy",
        "X-Content-Type-Options",
        "Permissions-Policy",
    ],
)
def test_a_page_is_guarded_by_headers(client, header):
    assert client.get(reverse("about"))[header]


@pytest.mark.django_db(transaction=True)
def test_a_question_by_form_is_answered_and_shown_after_the_redirect(reader, answering):
    answering(SENTENCE, ANSWERED)

    response = reader.post(reverse("ask"), {"text": "How <much>?", "key": "k"})
    page = reader.get(reverse("chat"))

    question = Question.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/#turn-{question.pk}")
    (turn,) = page.context["turns"]
    assert (turn["outcome"], turn["is_open"]) == ("answered", False)
    assert page.context["last_seq"] == 3
    content = page.content.decode()
    assert f'id="turn-{question.pk}"' in content
    assert "How &lt;much&gt;?" in content
    assert "Two &lt;coins&gt;." in content


@pytest.mark.django_db(transaction=True)
def test_a_form_without_a_cookie_gets_a_conversation(client, answering):
    answering(ANSWERED)

    response = client.post(reverse("ask"), {"text": "How much?"})

    conversation_id = find_conversation_id({COOKIE: response.cookies[COOKIE].value})
    assert Question.objects.get().conversation_id == conversation_id


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"text": " "},
        {"text": "<b>" + "a" * 600},
        {"text": "How much?", "key": "<b>"},
        {"text": "How much?", "as_of": "yesterday"},
    ],
)
def test_a_refused_form_says_why_and_keeps_the_words(reader, answering, fields):
    answering(ANSWERED)

    response = reader.post(reverse("ask"), fields)

    assert response.status_code == 400
    assert response.context["error"]
    assert response.context["error"] in response.content.decode()
    assert response.context["draft"] == fields.get("text", "")
    assert "<b>" not in response.content.decode()
    assert not Question.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_is_one_question(reader, answering):
    runner = answering(ANSWERED)

    first = reader.post(reverse("ask"), {"text": "How much?", "key": "k"})
    second = reader.post(reverse("ask"), {"text": "How much?", "key": "k"})

    assert first["Location"] == second["Location"]
    assert len(runner.answer.asked) == 1


@pytest.mark.django_db(transaction=True)
def test_too_many_forms_are_refused(reader, answering):
    answering(ANSWERED).limits = AskingLimits(RateLimit(0), RateLimit(60))

    response = reader.post(reverse("ask"), {"text": "How much?"})

    assert response.status_code == 400
    assert response.context["draft"] == "How much?"


@pytest.mark.django_db(transaction=True)
def test_an_open_question_is_shown_as_open(reader, conversation_id, answering):
    conversation = Conversation.objects.create(pk=conversation_id)
    conversation.questions.create(
        text="How much?", holder="another-machine:1:1", heartbeat_at=timezone.now()
    )
    answering(ANSWERED)

    response = reader.post(reverse("ask"), {"text": "And back?"})

    assert response.status_code == 400
    assert response.context["turns"][0]["is_open"]


@pytest.mark.django_db(transaction=True)
async def test_a_form_that_meets_an_orphan_has_it_answered(
    async_client, conversation_id, answering
):
    conversation = await Conversation.objects.acreate(pk=conversation_id)
    orphan = await conversation.questions.acreate(text="How much?")
    runner = answering(ANSWERED)
    async_client.cookies[COOKIE] = sign_conversation_id(conversation_id)

    response = await async_client.post(reverse("ask"), {"text": "And back?"})
    await runner.wait(orphan.pk, seconds=10)

    assert response.status_code == 400
    assert (await Answer.objects.aget(question=orphan)).outcome == Outcome.ANSWERED


@pytest.mark.django_db(transaction=True)
async def test_a_slow_answer_is_shown_as_open_after_the_redirect(
    async_client, conversation_id, answering, monkeypatch
):
    runner = answering(asyncio.Event(), ANSWERED)
    wait = runner.wait
    monkeypatch.setattr(
        runner, "wait", lambda question_id, *, seconds: wait(question_id, seconds=0.0)
    )
    async_client.cookies[COOKIE] = sign_conversation_id(conversation_id)

    response = await async_client.post(reverse("ask"), {"text": "How much?"})
    page = await async_client.get(reverse("chat"))
    await runner.close()

    assert response.status_code == 302
    assert page.context["turns"][0]["is_open"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["ask", "new"])
def test_a_form_of_another_site_is_refused(conversation_id, name):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.cookies[COOKIE] = sign_conversation_id(conversation_id)

    response = client.post(reverse(name), {"text": "How much?"})

    assert response.status_code == 403
    assert not Question.objects.exists()


@pytest.mark.django_db
def test_a_new_conversation_has_another_cookie(reader, conversation_id):
    response = reader.post(reverse("new"))

    fresh = find_conversation_id({COOKIE: response.cookies[COOKIE].value})
    assert (response.status_code, response["Location"]) == (302, "/")
    assert fresh not in {None, conversation_id}


@pytest.mark.django_db
def test_a_stranger_sees_nothing_of_a_conversation(reader, client, conversation_id):
    Conversation.objects.create(pk=conversation_id).questions.create(text="A secret?")
    client.cookies[COOKIE] = sign_conversation_id(uuid.uuid4())

    assert "A secret?" not in client.get(reverse("chat")).content.decode()


@pytest.mark.django_db
def test_a_quote_is_marked_in_its_place(client):
    passage = make_passage()
    url = reverse("passage", args=[passage.revision_id, passage.pk])

    response = client.get(url, {"start": 21, "length": 14})

    content = response.content.decode()
    assert response.status_code == 200
    assert response.context["passage"]["quote"] == "It runs daily."
    assert "The ferry is &lt;free&gt;. " in content
    assert "https://example.org/ferry#when" in content


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/passages/1/1", "/passages/1/999999999999999999999"])
def test_an_unknown_passage_is_a_page_that_says_so(client, path):
    response = client.get(path)

    assert response.status_code == 404
    assert "Page not found" in response.content.decode()


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (Health(has_database=True, publication=3, has_redis=True), 200),
        (Health(has_database=False, publication=None, has_redis=True), 503),
    ],
)
def test_health_is_for_machines(client, monkeypatch, state, status):
    monkeypatch.setattr(views.health, "look", lambda: state)

    response = client.get(reverse("health"))

    assert response.status_code == status
    assert json.loads(response.content)["publication"] == state.publication


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["chat", "about", "health"])
def test_a_page_to_read_takes_no_post(client, name):
    assert client.post(reverse(name)).status_code == 405
