from __future__ import annotations

import pytest
from django.urls import reverse

from knowledge.models import Act, Decision, RefreshRun, Source
from knowledge.types import SourceKind
from tests.factories import DocumentFactory, SourceFactory
from tests.govuk_server import make_item, serve_govuk
from tests.knowledge.desk.staff import make_member

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sent(monkeypatch) -> list[int]:
    ids: list[int] = []
    monkeypatch.setattr("knowledge.desk.queueing.send_run", lambda run: ids.append(run.pk))
    return ids


@pytest.fixture
def source() -> Source:
    return SourceFactory(slug="lamps", title="Lamps", url="https://www.gov.uk/lamps")


@pytest.fixture
def govuk(settings):
    with serve_govuk() as site:
        site.items["/lamp"] = make_item("/lamp", "Lamps", "guide", body="<p>A lamp needs oil.</p>")
        settings.GOVUK_API_ROOT = site.api_root
        yield site


@pytest.fixture
def editor(client):
    client.force_login(make_member("editors", name="ada"))
    return client


ANSWERS = {
    "step": "save",
    "url": "https://www.gov.uk/lamp",
    "title": "Lamps",
    "publisher": "Ministry of Examples",
    "licence": "Open Government Licence v3.0",
    "check_every_hours": 24,
    "is_url_checked": "on",
}


@pytest.mark.parametrize("group", ["editors", "publishers", "auditors"])
def test_every_group_reads_sources(client, source, group):
    document = DocumentFactory(source=source, title="How to light a lamp")
    RefreshRun.objects.create(
        source=source,
        state="failed",
        report={"summary": "s", "failures": [{"url": document.url, "reason": "it was dark"}]},
    )
    client.force_login(make_member(group))

    pages = [
        client.get(url).content.decode()
        for url in (reverse("desk:sources"), reverse("desk:source", args=["lamps"]))
    ]

    assert "Never read" in pages[0]
    assert "How to light a lamp" in pages[1]
    assert "it was dark" in pages[1]
    assert ("Refresh now" in pages[1]) == (group == "editors")


@pytest.mark.parametrize("group", ["publishers", "auditors"])
@pytest.mark.parametrize("name", ["change", "refresh"])
def test_only_editors_change_a_source(client, source, sent, group, name):
    client.force_login(make_member(group))

    answered = client.post(reverse(f"desk:source_{name}", args=["lamps"]), {"why": "x"})

    assert answered.status_code == 403
    assert not sent
    assert client.get(reverse("desk:add_source")).status_code == 403


def test_a_stranger_is_asked_to_log_in(client, source):
    answered = client.get(reverse("desk:source", args=["lamps"]))

    assert answered.status_code == 302
    assert "login" in answered["Location"]


def test_a_look_at_an_address_shows_what_would_be_read_and_saves_nothing(editor, govuk):
    shown = editor.post(
        reverse("desk:add_source"), {"step": "look", "url": "https://www.gov.uk/lamp"}
    )

    assert "A lamp needs oil." in shown.content.decode()
    assert "Ministry of Examples" in shown.content.decode()
    assert not Source.objects.exists()


def test_an_address_on_a_host_that_is_not_allowed_is_refused_in_words(editor):
    shown = editor.post(
        reverse("desk:add_source"), {"step": "look", "url": "https://elsewhere.example/"}
    )

    assert shown.status_code == 400
    assert "elsewhere.example is not one of the allowed hosts" in shown.content.decode()


def test_a_confirmed_source_is_saved_read_and_recorded(editor, sent):
    answered = editor.post(reverse("desk:add_source"), ANSWERS | {"is_read_now": "on"})

    source = Source.objects.get()
    assert answered["Location"] == reverse("desk:source", args=["lamps"])
    assert (source.kind, source.is_url_checked) == (SourceKind.GOVUK, True)
    assert RefreshRun.objects.get(pk=sent[0]).asked_by == "ada"
    assert Decision.objects.get(source=source).act == Act.ADDED


def test_a_source_is_never_added_twice(editor, sent):
    editor.post(reverse("desk:add_source"), ANSWERS)

    again = editor.post(reverse("desk:add_source"), ANSWERS | {"url": ANSWERS["url"] + "#oil"})

    assert again.status_code == 400
    assert "It is a source already: Lamps" in again.content.decode()
    assert Source.objects.count() == 1


def test_two_sources_of_one_title_have_two_short_names(editor, sent):
    editor.post(reverse("desk:add_source"), ANSWERS)
    editor.post(reverse("desk:add_source"), ANSWERS | {"url": "https://www.gov.uk/other"})

    assert set(Source.objects.values_list("slug", flat=True)) == {"lamps", "lamps-2"}


def test_a_change_needs_a_reason_and_is_recorded_with_what_changed(editor, source):
    url = reverse("desk:source_change", args=["lamps"])
    wanted = {"check_every_hours": 6, "expected_change_days": 30, "is_enabled": "on"}

    refused = editor.post(url, wanted)
    assert refused.status_code == 400
    source.refresh_from_db()
    assert source.check_every_hours == 24

    editor.post(url, wanted | {"why": "It changes often."})
    source.refresh_from_db()
    assert (source.check_every_hours, source.expected_change_days) == (6, 30)
    decision = Decision.objects.get(source=source)
    assert "6" in decision.why
    assert "It changes often." in decision.why


def test_a_refresh_that_goes_on_is_followed_live(editor, source, sent):
    editor.post(reverse("desk:source_refresh", args=["lamps"]))

    page = editor.get(reverse("desk:source", args=["lamps"])).content.decode()
    assert f'data-socket-path="/ws/refresh/{sent[0]}/"' in page
    assert "refresh_progress" in page


def test_what_nobody_fetches_is_not_refreshed(editor, sent):
    SourceFactory(slug="ours", of_briefings=True)

    assert editor.post(reverse("desk:source_refresh", args=["ours"])).status_code == 404
    assert not sent
