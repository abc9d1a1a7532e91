from __future__ import annotations

import pytest
from django.http import QueryDict

from knowledge.desk.document_reading import describe_document, find_documents, list_timeline
from tests.factories import DocumentFactory, LivePeriodFactory, RevisionFactory

pytestmark = pytest.mark.django_db


def test_the_timeline_is_newest_first_with_when_each_was_live():
    document = DocumentFactory()
    old, new = (RevisionFactory(document=document) for _ in range(2))
    LivePeriodFactory(revision=old, superseded=True)
    LivePeriodFactory(revision=new)

    timeline = list_timeline(document)

    assert [row.revision.number for row in timeline] == [2, 1]
    assert [row.is_live for row in timeline] == [True, False]


def test_what_staff_and_what_the_publisher_withdrew_are_told_apart():
    by_staff = DocumentFactory(withdrawn=True, withdrawn_by="pat")

    assert "pat" in describe_document(by_staff, is_live=False).words
    assert "publisher" in describe_document(DocumentFactory(withdrawn=True), is_live=False).words


def test_all_words_must_stand_in_title_or_address():
    DocumentFactory(title="Lamps and oil")

    assert find_documents(QueryDict("q=oil lamps")).exists()
    assert not find_documents(QueryDict("q=oil bells")).exists()
