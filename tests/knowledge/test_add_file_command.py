from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from knowledge.models import LivePeriod, Publication
from tests.knowledge.files.making import make_guide

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fake_embedding")]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.KNOWLEDGE_FILES_DIR = tmp_path / "files"


def add(*paths, **options):
    output = StringIO()
    try:
        call_command("add_file", *map(str, paths), stdout=output, **options)
        error = ""
    except CommandError as raised:
        error = str(raised)
    return output.getvalue(), error


def test_each_file_ends_in_a_line_and_what_was_read_goes_live(tmp_path):
    (tmp_path / "guide.pdf").write_bytes(make_guide())
    (tmp_path / "empty.pdf").touch()

    output, error = add(tmp_path / "guide.pdf", tmp_path / "empty.pdf", tmp_path / "none.pdf")

    lines = output.splitlines()
    assert lines[0].startswith(
        "guide.pdf: read as “Guide to the harbour permit”, 3 passages, /files/"
    )
    assert lines[1] == "empty.pdf: not read. The file is empty."
    assert "The file can't be opened" in lines[2]
    assert error == "2 of 3 files were not read."
    assert LivePeriod.objects.get().document.title == "Guide to the harbour permit"


def test_json_says_the_same_for_programs(tmp_path):
    (tmp_path / "notes.txt").write_text("The office is open in May.")

    output, _ = add(tmp_path / "notes.txt", json=True, no_publish=True, title="Opening")

    assert [(end["title"], end["passages"], end["refusal"]) for end in json.loads(output)] == [
        ("Opening", 1, "")
    ]
    assert not Publication.objects.exists()


def test_one_address_is_not_given_to_two_files(tmp_path):
    output, error = add(tmp_path / "a", tmp_path / "b", url="https://www.gov.uk/a")

    assert "one by one" in error
    assert output == ""


def test_what_is_no_address_is_said(tmp_path):
    (tmp_path / "notes.txt").write_text("The office is open in May.")

    _, error = add(tmp_path / "notes.txt", url="ftp://example.org/a")

    assert error.startswith("ftp://example.org/a: ")
