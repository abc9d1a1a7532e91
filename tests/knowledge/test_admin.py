from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from knowledge import admin as knowledge_admin
from knowledge.chunking import split_document
from knowledge.models import RefreshRun, Source
from knowledge.services import Reading, save_revision
from knowledge.types import Block, BlockKind, ParsedDocument, Section, SourceKind

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("staff", password="x"))
    return client


@pytest.fixture
def source() -> Source:
    return Source.objects.create(
        slug="rules", title="Rules", kind=SourceKind.GOVUK, url="https://www.gov.uk/rules"
    )


def ask_for_refresh(client: Client, *sources: Source):
    return client.post(
        reverse("admin:knowledge_source_changelist"),
        {"action": "refresh_now", "_selected_action": [source.pk for source in sources]},
    )


def test_refresh_now_sends_the_run_to_the_worker_and_shows_its_page(staff, source, monkeypatch):
    sent: list[int] = []
    monkeypatch.setattr(knowledge_admin, "send_run", lambda run: sent.append(run.pk))

    response = ask_for_refresh(staff, source)

    run = RefreshRun.objects.get()
    assert (sent, run.asked_by) == ([run.pk], "staff")
    assert response.url == reverse("admin:knowledge_refreshrun_change", args=[run.pk])
    assert staff.get(response.url).status_code == 200


def test_a_worker_that_can_not_be_reached_is_said_in_words(staff, source, monkeypatch):
    def fail(run: RefreshRun) -> None:
        raise OperationalError

    monkeypatch.setattr(knowledge_admin, "send_run", fail)

    response = ask_for_refresh(staff, source)

    assert "The worker can&#x27;t be reached" in staff.get(response.url).content.decode()


def test_staff_can_read_every_list_and_a_revision_but_not_change_it(staff, source):
    section = Section(
        heading_path=("Who",),
        url="https://www.gov.uk/rules#who",
        blocks=(Block(kind=BlockKind.PARAGRAPH, text="Adults <b>may</b> apply."),),
    )
    parsed = ParsedDocument(url="https://www.gov.uk/rules", title="Rules", sections=(section,))
    document, revision = save_revision(
        source=source,
        reading=Reading(parsed=parsed, split=split_document(parsed), read_at=timezone.now()),
    )

    for name in ("source", "document", "revision", "refreshrun", "publication"):
        assert staff.get(reverse(f"admin:knowledge_{name}_changelist")).status_code == 200
    page = staff.get(reverse("admin:knowledge_revision_change", args=[revision.pk]))
    assert "Adults &lt;b&gt;may&lt;/b&gt; apply." in page.content.decode()
    changed = staff.post(reverse("admin:knowledge_document_change", args=[document.pk]), {})
    assert changed.status_code == 403
