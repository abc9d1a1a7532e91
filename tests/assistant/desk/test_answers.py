from __future__ import annotations

import pytest
from django.urls import reverse

from assistant.models import Feedback, Question
from tests.assistant.test_selectors import answer_from
from tests.factories import PassageFactory, RevisionFactory, put_live
from tests.knowledge.desk.test_access import make_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_embedding")]


@pytest.fixture
def passage():
    passage = PassageFactory(revision=RevisionFactory(text="A ride costs two coins."))
    put_live(passage.revision)
    return passage


@pytest.fixture
def wrong(passage):
    question = answer_from(passage, "A ride costs two coins.")
    Question.objects.filter(pk=question.pk).update(text="I am Zoltan Quxley, how much?")
    return Feedback.objects.create(answer=question.answer, is_helpful=False, reason="wrong")


def test_an_answer_called_wrong_is_shown_with_its_quotes_and_without_its_reader(client, wrong):
    client.force_login(make_member("publishers"))

    content = client.get(reverse("desk_answers:wrong")).content.decode()

    assert "It is wrong" in content
    assert "A ride costs two coins." in content
    assert "how much?" in content
    assert "Zoltan" not in content
    assert "Quxley" not in content


def test_settling_takes_an_answer_off_the_list_and_says_by_whom(client, wrong):
    client.force_login(make_member("publishers"))
    url = reverse("desk_answers:settle", args=[wrong.answer_id])

    response = client.post(url, follow=True)
    again = client.post(url, follow=True)

    wrong.refresh_from_db()
    assert wrong.settled_by == "of-publishers"
    assert "Settled." in response.content.decode()
    assert "already" in again.content.decode()
    assert "A ride costs" not in again.content.decode()


def test_auditors_read_and_do_not_settle(client, wrong):
    client.force_login(make_member("auditors"))

    page = client.get(reverse("desk_answers:wrong"))
    response = client.post(reverse("desk_answers:settle", args=[wrong.answer_id]))

    assert "Settle</button>" not in page.content.decode()
    assert response.status_code == 403
    assert Feedback.objects.get().settled_at is None


def test_a_changed_answer_shows_old_and_new_words_side_by_side(client, passage):
    answer_from(passage, "A ride costs two coins.")
    newer = RevisionFactory(document=passage.revision.document, text="A ride costs nine coins.")
    PassageFactory(revision=newer)
    put_live(newer)
    client.force_login(make_member("auditors"))

    content = client.get(reverse("desk_answers:changed")).content.decode()

    assert "<del>two </del>" in content
    assert "<ins>nine </ins>" in content


def test_the_answers_from_a_document_can_be_read(client, passage):
    answer_from(passage, "A ride costs two coins.")
    client.force_login(make_member("editors"))
    document = passage.revision.document

    quoting = client.get(reverse("desk_answers:quoting", args=[document.pk])).content.decode()
    nothing = client.get(reverse("desk_answers:quoting", args=[document.pk + 1]))

    assert "<blockquote" in quoting
    assert "quoted it" in nothing.content.decode()


@pytest.mark.parametrize("name", ["wrong", "changed", "questions"])
def test_an_empty_list_says_so_kindly(client, name):
    client.force_login(make_member("auditors"))

    content = client.get(reverse(f"desk_answers:{name}")).content.decode()

    assert "</h1>" in content
    assert "<p>" in content.partition("</h1>")[2]


@pytest.mark.parametrize("name", ["wrong", "changed", "questions"])
def test_the_lists_are_for_staff(client, name):
    assert client.get(reverse(f"desk_answers:{name}")).status_code == 302
