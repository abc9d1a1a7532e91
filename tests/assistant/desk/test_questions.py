import pytest
from django.urls import reverse

from assistant.desk import grouping
from tests.assistant.desk.test_lists import ask
from tests.knowledge.desk.test_access import make_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_embedding")]


def test_what_readers_did_not_get_is_shown_without_who_they_are(client, monkeypatch):
    monkeypatch.setattr(grouping, "_vectors", {})
    monkeypatch.setattr(grouping, "LIKENESS_FLOOR", 0.4)
    for name in ("Hamid", "Selam"):
        ask(f"Can my wife {name} work?")
    client.force_login(make_member("editors"))

    content = client.get(reverse("desk_answers:questions")).content.decode()

    assert "2×" in content
    assert "Can my wife […] work?" in content
    assert "Hamid" not in content
