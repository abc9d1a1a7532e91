from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from knowledge.indexing import ensure_index
from tests.factories import (
    DocumentFactory,
    LivePeriodFactory,
    PassageFactory,
    RevisionFactory,
    put_live,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_embedding")]


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("reconcile", *arguments, stdout=out)
    return out.getvalue()


def test_a_line_says_what_was_found():
    put_live(PassageFactory().revision)

    assert run().endswith("1 documents, 1 passages, index and database agree\n")


def test_what_was_mended_is_no_error():
    directory = ensure_index(put_live(PassageFactory().revision))
    (directory / "manifest.json").unlink()

    report = json.loads(run("--json"))

    assert report["is_sound"]
    assert len(report["mended"]) == 1
    assert report["unmended"] == []
    assert "mended" in report["summary"]


def test_what_can_not_be_mended_is_an_error():
    LivePeriodFactory(document=DocumentFactory(), revision=RevisionFactory())

    with pytest.raises(CommandError, match="not everything could be mended"):
        run()
