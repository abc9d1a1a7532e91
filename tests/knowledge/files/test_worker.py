from __future__ import annotations

import json
import subprocess
import sys

from django.conf import settings

from knowledge.files.refusals import FileLimits
from knowledge.files.worker import READERS, read
from tests.knowledge.files.making import make_guide

REQUEST = {"name": "a.txt", "media_type": "", "url": "/a", "limits": FileLimits().as_data()}


def test_a_reading_ends_as_a_document_or_as_a_refusal():
    assert read(REQUEST, b"some words")["document"]["title"] == "a"
    assert read(REQUEST, b"")["refusal"] == "empty"


def test_whatever_a_library_raises_is_a_damaged_file(monkeypatch):
    monkeypatch.setitem(READERS, "text", "knowledge.files.no_such_module")

    reply = read(REQUEST, b"some words")

    assert reply["refusal"] == "damaged"
    assert "no_such_module" in reply["detail"]


def test_the_process_loads_neither_django_nor_what_other_kinds_need():
    script = (
        "import json, sys; sys.argv = ['', sys.argv[1]]; from knowledge.files import worker;"
        "worker.main(); print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )

    ended = subprocess.run(
        [sys.executable, "-c", script, json.dumps(REQUEST | {"name": "a.pdf"})],
        input=make_guide(),
        capture_output=True,
        cwd=settings.BASE_DIR,
        check=True,
    )

    loaded = set(json.loads(ended.stderr))
    assert json.loads(ended.stdout)["document"]["title"] == "Guide to the harbour permit"
    assert loaded.isdisjoint({"django", "trafilatura", "openpyxl", "mammoth", "llama_index"})
