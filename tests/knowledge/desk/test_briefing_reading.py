from __future__ import annotations

import pytest

from knowledge.desk.briefing_reading import list_quotable, search_official
from tests.factories import DocumentFactory, PassageFactory, RevisionFactory, put_live

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_embedding")]


def make_document(text="HH 1.1 A keeper needs a lamp.", live=True, **given):
    revision = RevisionFactory(document=DocumentFactory(title="Lamps"), text=text)
    PassageFactory(revision=revision, **given)
    if live:
        put_live(revision)
    return revision.document


def test_only_live_official_texts_are_found():
    document = make_document()
    make_document(live=False)

    assert search_official("keeper lamp") == [document]
    assert search_official("zebra") == []


def test_a_numbered_paragraph_is_offered_by_its_number():
    document = make_document(numbers=[["HH 1.1", 0, 29]])

    [offered] = list_quotable(document)

    assert (offered.number, offered.text) == ("HH 1.1", "HH 1.1 A keeper needs a lamp.")
