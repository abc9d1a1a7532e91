from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from knowledge.files.storing import get_file_path, store_file
from knowledge.models import Decision, Document, Publication, Source, StoredFile
from knowledge.types import SourceKind
from tests.factories import DocumentFactory
from tests.knowledge.files.making import make_guide

pytestmark = pytest.mark.django_db
URL = "https://www.gov.uk/guide.pdf"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.KNOWLEDGE_FILES_DIR = tmp_path / "files"


def store(data=b"The harbour office answers letters.", **given):
    defaults = {"name": "notes.txt", "media_type": "text/plain", "who": "ann"}
    return store_file(data=data, **(defaults | given))


def test_a_file_becomes_a_document_of_the_uploads_and_nothing_goes_live():
    stored = store(make_guide(), name="guide.pdf", publisher="Harbour office", url=URL)

    document = stored.document
    assert (document.url, document.title) == (URL, "Guide to the harbour permit")
    assert document.publisher == "Harbour office"
    assert document.source.kind == SourceKind.UPLOADS
    assert document.revisions.get().passages.first().url == f"{URL}#page=1"
    assert stored.refusal == ""
    assert get_file_path(stored.digest).read_bytes()[:5] == b"%PDF-"
    assert not Publication.objects.exists()


def test_who_added_a_file_is_on_record():
    stored = store()

    decision = Decision.objects.get()
    assert (decision.who, decision.act, decision.document) == ("ann", "added", stored.document)


def test_a_file_without_an_address_is_cited_by_a_page_of_ours():
    stored = store()

    assert stored.document.url == f"/files/{stored.digest}"


def test_the_same_bytes_are_the_same_row():
    first = store()

    again = store(name="copy.txt")

    assert again == first
    assert StoredFile.objects.count() == Document.objects.count() == 1


def test_a_refused_file_keeps_its_row_with_the_reason_and_no_document():
    stored = store(b"%PDF-1.4 broken", name="broken.pdf")

    assert stored.refusal.startswith("The file is damaged")
    assert stored.document is None
    assert not get_file_path(stored.digest).exists()


def test_a_refused_file_is_read_again_when_it_comes_again(monkeypatch, settings):
    settings.KNOWLEDGE_FILE_LIMIT_BYTES = 5
    refused = store()
    settings.KNOWLEDGE_FILE_LIMIT_BYTES = 5_000

    stored = store()

    assert (stored.pk, stored.refusal) == (refused.pk, "")
    assert stored.document is not None


def test_a_newer_file_of_the_same_address_is_its_next_revision():
    store(b"The fee is two shells.", url=URL)

    stored = store(b"The fee is three shells.", url=URL)

    assert [revision.number for revision in stored.document.revisions.order_by("number")] == [1, 2]


def test_what_a_refresh_reads_does_not_come_from_uploads_too():
    DocumentFactory(url=URL)

    stored = store(url=URL)

    assert stored.document is None
    assert "is read already" in stored.refusal


def test_an_address_that_is_none_is_refused_before_anything_is_kept():
    with pytest.raises(ValidationError):
        store(url="javascript:alert(1)")

    assert not StoredFile.objects.exists()


def test_a_name_can_lead_nowhere():
    assert store(name="../../etc/passwd").name == "passwd"


def test_nothing_fetches_the_source_of_uploads():
    store()

    assert not Source.objects.official().exists()
