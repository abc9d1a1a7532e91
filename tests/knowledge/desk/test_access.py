import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from knowledge.desk.access import APPROVE, PROPOSE, READ

pytestmark = pytest.mark.django_db


def make_member(group: str) -> User:
    user = User.objects.create_user(f"of-{group}", password="x", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    return user


@pytest.mark.parametrize(
    ("group", "held", "not_held"),
    [
        ("editors", [READ, PROPOSE], [APPROVE]),
        ("publishers", [READ, APPROVE], [PROPOSE]),
        ("auditors", [READ], [PROPOSE, APPROVE]),
    ],
)
def test_editors_propose_publishers_approve_and_auditors_read(group, held, not_held):
    user = make_member(group)

    assert all(user.has_perm(permission) for permission in held)
    assert not any(user.has_perm(permission) for permission in not_held)


def test_the_desk_sends_strangers_to_the_login(client):
    response = client.get(reverse("desk_answers:home"))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("admin:login"))


def test_the_desk_refuses_staff_of_no_group(client):
    client.force_login(User.objects.create_user("new", password="x", is_staff=True))

    assert client.get(reverse("desk_answers:home")).status_code == 403


def test_the_desk_is_open_to_its_groups(client):
    client.force_login(make_member("auditors"))

    assert client.get(reverse("desk_answers:home")).status_code == 200
