from __future__ import annotations

import pytest
from django.urls import reverse

from knowledge.models import Act, Alarm, Decision
from tests.factories import SourceFactory
from tests.knowledge.desk.staff import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def alarm() -> Alarm:
    return Alarm.objects.create(kind="source_failing", source=SourceFactory(), text="It is dark.")


@pytest.mark.parametrize("group", ["editors", "publishers"])
def test_who_changes_or_approves_settles_an_alarm(client, alarm, group):
    client.force_login(make_member(group, name="ada"))

    client.post(reverse("desk:alarm_settle", args=[alarm.pk]))

    alarm.refresh_from_db()
    assert alarm.settled_by == "ada"
    assert Decision.objects.get().act == Act.SETTLED


def test_auditors_see_alarms_and_settle_none(client, alarm):
    client.force_login(make_member("auditors"))

    assert "It is dark." in client.get(reverse("desk:alarms")).content.decode()
    assert client.post(reverse("desk:alarm_settle", args=[alarm.pk])).status_code == 403
