import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from assistant.desk import grouping, lists
from assistant.desk.home import make_changed_task
from assistant.models import Feedback
from tests.assistant.desk.test_lists import answer_from, ask, make_passage
from tests.factories import put_live
from tests.knowledge.desk.test_access import make_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_embedding")]


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch):
    monkeypatch.setattr(grouping, "_vectors", {})
    monkeypatch.setattr(grouping, "LIKENESS_FLOOR", 0.4)


def open_home(client):
    return client.get(reverse("desk_answers:home")).content.decode()


def test_a_day_without_work_says_so(client):
    client.force_login(make_member("auditors"))

    content = open_home(client)

    assert "What needs you today" in content
    assert "Nothing needs you today." in content


def test_what_readers_told_us_is_counted_and_leads_to_its_list(client):
    Feedback.objects.create(answer=ask("Can Hamid work?"), is_helpful=False, reason="out_of_date")
    ask("Can Selam work?")
    client.force_login(make_member("editors"))

    content = open_home(client)

    assert "Nothing needs you today." not in content
    assert reverse("desk_answers:wrong") in content
    assert "It is out of date" in content
    assert "asked 2 times" in content
    assert "Hamid" not in content
    assert "Selam" not in content


def test_changed_answers_beyond_the_limit_of_the_list_are_counted(client, monkeypatch):
    passage = make_passage("Two coins.")
    put_live(passage.revision)
    for _ in range(3):
        answer_from(passage, "Two coins.")
    put_live(make_passage("Nine coins.", passage.revision.document).revision)
    monkeypatch.setattr(lists, "ANSWERS_LIMIT", 2)

    assert make_changed_task().count == 3


def test_staff_who_may_not_see_answers_get_none(client):
    ask("Can Selam work?")
    user = User.objects.create_user("narrow", password="x", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_publication"))
    client.force_login(user)

    assert "no evidence" not in open_home(client)
