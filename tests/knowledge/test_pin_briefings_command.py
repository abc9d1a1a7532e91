from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from knowledge.ingestion import refresh_source
from knowledge.models import Source
from knowledge.runs import request_run
from knowledge.types import SourceKind

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("fake_embedding"),
]

BRIEFING = """
[[paragraph.rests_on]]
url = "https://www.gov.uk/guidance/rules/one"
paragraph = "{paragraph}"
digest = ""
"""


@pytest.fixture
def refreshed(govuk) -> None:
    govuk.add_manual("/guidance/rules", {"one": "<p>EX 1.1. There is no fee.</p>"})
    source = Source.objects.create(
        slug="rules",
        title="Rules",
        kind=SourceKind.GOVUK,
        url="https://www.gov.uk/guidance/rules",
        publisher="Ministry of Examples",
    )
    refresh_source(run=request_run(source=source))


def pin(folder: Path, paragraph: str) -> tuple[str, str]:
    path = folder / "fees.toml"
    path.write_text(BRIEFING.format(paragraph=paragraph))
    errors = StringIO()
    call_command("pin_briefings", folder=folder, stdout=StringIO(), stderr=errors)
    return path.read_text(), errors.getvalue()


def test_a_briefing_is_pinned_to_the_digest_of_its_official_paragraph(refreshed, tmp_path):
    text, errors = pin(tmp_path, "EX 1.1")

    assert 'digest = ""' not in text
    assert errors == ""


def test_a_paragraph_that_does_not_exist_is_said_and_left_without_a_pin(refreshed, tmp_path):
    text, errors = pin(tmp_path, "EX 9.9")

    assert 'digest = ""' in text
    assert "no live EX 9.9" in errors
