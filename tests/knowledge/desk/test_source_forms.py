from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from knowledge.desk.source_forms import FileForm, SourceForm, make_slug
from tests.factories import SourceFactory

pytestmark = pytest.mark.django_db


def test_a_short_name_is_never_an_address_of_the_desk_itself():
    assert make_slug("Add") == "add-2"
    assert make_slug("???") == "source"


def test_changes_are_described_in_words():
    source = SourceFactory(expected_change_days=30)
    form = SourceForm({"check_every_hours": 24, "why": "x"}, instance=source)

    assert form.is_valid()
    assert form.describe_changes() == (
        "Days within which a change is expected: nothing; In use: no"
    )


def test_a_file_above_the_limit_is_refused_before_it_is_read(settings):
    settings.KNOWLEDGE_FILE_LIMIT_BYTES = 10
    file = SimpleUploadedFile("a.txt", b"more than ten bytes")

    form = FileForm({"publisher": "Port"}, {"file": file})

    assert "larger than" in form.errors["file"][0]
