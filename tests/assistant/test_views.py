"""The pages, and the whole conversation without JavaScript."""

from __future__ import annotations

import asyncio
import json
import uuid
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assistant import views
from assistant.answering.types import Outcome
from assistant.health import Health
from assistant.identity import COOKIE, find_conversation_id, sign_conversation_id
from assistant.models import Answer, Conversation, Feedback, Question
from assistant.protocol import build_finished, build_sentence
from assistant.rate_limiting import AskingLimits, RateLimit
from assistant.runner import Runner
from knowledge.models import Document, Passage, Revision, Source
from tests.assistant.conftest import ANSWERED, ScriptedPipeline, make_citation, make_sentence
from tests.assistant.test_selectors import answer_from, ask
from tests.factories import PassageFactory, PublicationFactory, RevisionFactory, put_live

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


# --- as of a day -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_days_that_can_be_asked_about_begin_with_the_first_publication(client):
    assert "as-of-choice" not in client.get(reverse("chat")).content.decode()
    PublicationFactory(live=True, published_at=datetime(2026, 3, 4, tzinfo=UTC))

    content = client.get(reverse("chat")).content.decode()

    assert 'min="2026-03-04"' in content
    assert f'max="{timezone.now().date():%Y-%m-%d}"' in content


@pytest.mark.django_db(transaction=True)
def test_the_day_of_a_form_reaches_the_answer_and_stays_on_its_turn(reader, answering):
    runner = answering(SENTENCE, ANSWERED)

    reader.post(reverse("ask"), {"text": "How much?", "as_of": "2026-03-04"})
    content = reader.get(reverse("chat")).content.decode()

    assert runner.answer.asked[0]["as_of"] == date(2026, 3, 4)
    assert "As the texts stood on" in content
    assert '<time datetime="2026-03-04" data-slot="as-of">4 March 2026</time>' in content


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("day", "word"), [("31/12/2025", "could not read the date"), ("9999-01-01", "not come yet")]
)
def test_a_day_that_is_none_comes_back_with_a_word_about_it(reader, answering, day, word):
    PublicationFactory(live=True)
    answering(SENTENCE, ANSWERED)

    response = reader.post(reverse("ask"), {"text": "How much?", "as_of": day})

    content = response.content.decode()
    assert response.status_code == 400
    assert word in response.context["error"]
    assert f'value="{day}"' in content
    assert response.context["draft"] == "How much?"


# --- feedback ----------------------------------------------------------------------------------


@pytest.fixture
def answered(reader, answering):
    answering(SENTENCE, ANSWERED)
    reader.post(reverse("ask"), {"text": "How much?"})
    return Question.objects.get()


@pytest.mark.django_db(transaction=True)
def test_feedback_by_form_leads_back_to_the_turn_and_is_shown_there(reader, answered):
    response = reader.post(reverse("feedback"), {"question": answered.pk, "helped": "no"})
    reader.post(reverse("feedback"), {"question": answered.pk, "reason": "out_of_date"})

    content = reader.get(reverse("chat")).content.decode()
    assert response["Location"] == f"/#turn-{answered.pk}"
    assert 'data-helped="no"' in content
    assert 'value="out_of_date" aria-pressed="true"' in content


@pytest.mark.django_db(transaction=True)
def test_feedback_from_the_script_is_answered_with_what_was_taken(reader, answered):
    response = reader.post(
        reverse("feedback"),
        {"question": answered.pk, "helped": "yes"},
        headers={"accept": "application/json"},
    )

    assert response.json() == {"is_helpful": True, "reason": ""}


@pytest.mark.django_db(transaction=True)
def test_nobody_else_has_a_word_on_an_answer(client, answered):
    client.cookies[COOKIE] = sign_conversation_id(uuid.uuid4())

    stranger = client.post(reverse("feedback"), {"question": answered.pk, "helped": "yes"})
    del client.cookies[COOKIE]
    nobody = client.post(reverse("feedback"), {"question": answered.pk, "helped": "yes"})

    assert (stranger.status_code, nobody.status_code) == (404, 404)
    assert not Feedback.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_feedback_without_end_is_refused_in_words(reader, answered, monkeypatch):
    monkeypatch.setattr(views, "feedback_limits", AskingLimits(RateLimit(0), RateLimit(60)))

    response = reader.post(reverse("feedback"), {"question": answered.pk, "helped": "yes"})

    assert response.status_code == 429
    assert "wait one minute" in response.content.decode()


@pytest.mark.django_db
def test_feedback_that_is_none_is_refused(reader):
    assert reader.post(reverse("feedback"), {"question": "x"}).status_code == 400


# --- a source that has changed since -----------------------------------------------------------


@pytest.mark.django_db
def test_an_answer_opened_again_shows_what_its_source_says_now(client, fake_embedding):
    passage = PassageFactory(revision=RevisionFactory(text="A ride costs two <coins>."))
    put_live(passage.revision)
    question = answer_from(passage, "A ride costs two <coins>.")
    newer = RevisionFactory(
        document=passage.revision.document, text="A ride costs nine <coins> a day."
    )
    PassageFactory(revision=newer)
    put_live(newer)
    client.cookies[COOKIE] = sign_conversation_id(question.conversation_id)

    content = client.get(reverse("chat")).content.decode()

    assert "The source has changed since." in content
    assert "changed since</strong>" in content
    assert "<del>two </del>" in content
    assert "<ins>nine </ins>" in content
    assert "&lt;coins&gt;" in content


@pytest.mark.django_db
def test_a_quote_from_an_earlier_government_is_labelled(client):
    conversation = Conversation.objects.create()
    ask(
        conversation,
        "How much?",
        build_sentence(0, make_sentence(1, "Two.", (make_citation(is_historic=True),))),
        build_finished(0, ANSWERED),
    )
    client.cookies[COOKIE] = sign_conversation_id(conversation.pk)

    turns = client.get(reverse("chat")).content.decode().partition("<template")[0]

    assert "Published under an earlier government" in turns


@pytest.mark.django_db(transaction=True)
def test_deleting_is_asked_first_and_then_nothing_is_left(reader, conversation_id, answering):
    answering(SENTENCE, ANSWERED)
    reader.post(reverse("ask"), {"text": "How much?"})
    old_cookie = reader.cookies[COOKIE].value

    asked = reader.get(reverse("delete"))
    assert Conversation.objects.exists()
    response = reader.post(reverse("delete"), follow=True)

    assert "Yes, delete it" in asked.content.decode()
    assert "Your conversation is deleted" in response.content.decode()
    assert not Conversation.objects.exists()
    assert reader.cookies[COOKIE].value != old_cookie
    assert "How much?" not in reader.get(reverse("chat")).content.decode()


@pytest.mark.django_db(transaction=True)
def test_where_there_is_nothing_to_delete_the_page_says_so(client, answering):
    answering()

    assert "nothing to delete" in client.get(reverse("delete")).content.decode()
    assert client.post(reverse("delete")).status_code == 302


def test_deleting_needs_the_token_of_our_own_form(conversation_id):
    client = Client(enforce_csrf_checks=True)
    client.cookies[COOKIE] = sign_conversation_id(conversation_id)

    assert client.post(reverse("delete")).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_only_one_s_own_conversation_can_be_deleted_or_judged(client, answering, conversation_id):
    answering(SENTENCE, ANSWERED)
    client.cookies[COOKIE] = sign_conversation_id(conversation_id)
    client.post(reverse("ask"), {"text": "How much?"})
    question = Question.objects.get()

    client.cookies[COOKIE] = sign_conversation_id(uuid.uuid4())
    client.post(reverse("delete"), {"conversation": conversation_id.hex})
    judged = client.post(reverse("feedback"), {"question": question.pk, "helped": "yes"})

    assert Conversation.objects.filter(pk=conversation_id).exists()
    assert judged.status_code == 404
    assert not Feedback.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_page_shows_the_question_without_what_was_hidden(reader, answering):
    answering(SENTENCE, ANSWERED)

    page = reader.post(reverse("ask"), {"text": "I am Hoda Testova. How much?"}, follow=True)

    assert "I am [name]. How much?" in page.content.decode()
    assert "Testova" not in page.content.decode()
