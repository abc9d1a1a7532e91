from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from knowledge.models import Document, StoredFile
from tests.knowledge.desk.staff import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch) -> list[tuple[object, ...]]:
    tasks: list[tuple[object, ...]] = []

    def send(name: str, *arguments: object) -> bool:
        tasks.append((name, *arguments))
        return True

    monkeypatch.setattr("knowledge.desk.queueing.send", send)
    return tasks


@pytest.fixture
def editor(client, settings, tmp_path):
    settings.KNOWLEDGE_FILES_DIR = tmp_path
    client.force_login(make_member("editors", name="ada"))
    return client


def upload(client, data: bytes, name: str):
    return client.post(
        reverse("desk:add_file"),
        {
            "file": SimpleUploadedFile(name, data),
            "publisher": "Port",
            "licence": "Open Government Licence v3.0",
        },
    )


def test_a_file_that_is_read_is_published_by_the_worker(editor, sent):
    answered = upload(editor, b"# Lamps\n\nA lamp needs oil.\n", "lamps.md")

    document = Document.objects.get()
    assert answered["Location"] == reverse("desk:document", args=[document.pk])
    assert [(task[0], task[2]) for task in sent] == [("knowledge.publication.publish", "ada")]


def test_a_file_that_cannot_be_read_is_refused_in_words_and_stays_listed(editor, sent):
    answered = upload(editor, b"\x00\x01\x02\x03" * 50, "lamps.bin")

    stored = StoredFile.objects.get()
    assert answered.status_code == 400
    assert stored.refusal
    assert f'id="file-{stored.pk}"' in answered.content.decode()
    assert not sent


@pytest.mark.parametrize("group", ["publishers", "auditors"])
def test_only_editors_add_files(client, group):
    client.force_login(make_member(group))

    assert client.get(reverse("desk:add_file")).status_code == 403
