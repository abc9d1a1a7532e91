from __future__ import annotations

import pytest

from knowledge.files.storing import store_file
from knowledge.models import Document
from knowledge.publishing import publish
from tests.knowledge.files.making import make_guide

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fake_embedding")]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.KNOWLEDGE_FILES_DIR = tmp_path / "files"


def store(data: bytes, name: str, url: str = ""):
    return store_file(data=data, name=name, media_type="", who="ann", url=url)


def test_a_live_file_is_shown_as_text_with_the_anchors_that_answers_cite(client):
    stored = store(make_guide(), "guide.pdf")
    publish()

    page = client.get(f"/files/{stored.digest}").content.decode()

    assert '<section id="page=2">' in page
    assert "Month: May; Permits: 1,234; Refusals: 7" in page
    assert page.count('id="page=1"') == 1


def test_the_words_of_a_file_are_never_markup(client):
    stored = store(b"A <script>alert(1)</script> in a text.", "notes.txt")
    publish()

    page = client.get(f"/files/{stored.digest}").content.decode()

    assert "&lt;script&gt;alert(1)" in page


def test_the_bytes_are_saved_and_never_shown(client):
    stored = store(
        b"<html><body><p>A page of a stranger with words enough to be read as one,"
        b" and a few more of them so that it is long enough.</p></body></html>",
        "a.html",
    )
    publish()

    response = client.get(f"/files/{stored.digest}/original")

    assert response["Content-Disposition"] == 'attachment; filename="a.html"'
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response.content.startswith(b"<html>")


def test_what_is_not_published_is_seen_by_staff_alone(client, admin_client):
    stored = store(b"Words that nobody approved.", "notes.txt")

    assert client.get(f"/files/{stored.digest}").status_code == 404
    assert client.get(f"/files/{stored.digest}/original").status_code == 404
    assert admin_client.get(f"/files/{stored.digest}/original").status_code == 200


def test_what_was_withdrawn_is_no_longer_shown(client):
    stored = store(b"Words that were withdrawn.", "notes.txt")
    publish()
    Document.objects.update(status="withdrawn")

    assert client.get(f"/files/{stored.digest}").status_code == 404
    assert client.get(f"/files/{stored.digest}/original").status_code == 404


def test_a_file_with_an_official_address_leads_there(client):
    stored = store(b"Words of a ministry.", "notes.txt", url="https://www.gov.uk/notes.txt")

    response = client.get(f"/files/{stored.digest}")

    assert response["Location"] == "https://www.gov.uk/notes.txt"
