from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from knowledge.liveness import get_holder
from knowledge.models import GoldQuestion, RefreshRun, RunState, Source
from knowledge.types import SourceKind

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("fake_embedding"),
]


@pytest.fixture
def source(govuk) -> Source:
    govuk.add_manual("/guidance/rules", {"one": "<p>EX 1.1. There is no fee.</p>"})
    return Source.objects.create(
        slug="rules",
        title="Rules",
        kind=SourceKind.GOVUK,
        url="https://www.gov.uk/guidance/rules",
        publisher="Ministry of Examples",
    )


def run(*args: str) -> str:
    out = StringIO()
    call_command("refresh", *args, stdout=out)
    return out.getvalue()


def test_refresh_says_in_one_line_what_it_did(source):
    assert run("rules").startswith("rules: 2 fetched, 0 not modified")


def test_the_report_can_be_had_as_json(source):
    [report] = json.loads(run("--json"))

    assert (report["source"], report["added"], report["failures"]) == ("rules", 2, [])


def test_what_could_not_be_read_is_said_with_its_reason(source, govuk):
    govuk.faults["/guidance/rules"] = [403]

    assert "https://www.gov.uk/guidance/rules: " in run()


def test_what_waits_for_a_person_is_said_once_with_the_question_and_how_to_go_on(source, govuk):
    GoldQuestion.objects.create(
        slug="fee", question="Is there a fee?", outcomes=["answered"], facts=[["no fee"]]
    )
    run("rules")
    govuk.add_section("/guidance/rules", "one", "<p>EX 1.1. Ask the office.</p>")

    said = run("rules")

    [line] = [line for line in said.splitlines() if line.startswith("Not live yet: ")]
    assert "“Is there a fee?”" in line
    assert "manage.py publications show" in line
    assert "/desk/" in line
    assert said.count("Is there a fee?") == 1


def test_an_unknown_source_is_named_with_those_that_there_are(source):
    with pytest.raises(CommandError, match=r"no source is called nonsense\. There are: rules"):
        run("nonsense")


def test_a_source_that_is_being_refreshed_is_said_to_be_busy(source):
    now = timezone.now()
    RefreshRun.objects.create(
        source=source,
        state=RunState.RUNNING,
        holder=get_holder(),
        started_at=now,
        heartbeat_at=now,
    )

    with pytest.raises(CommandError, match="rules is being refreshed since"):
        run()
