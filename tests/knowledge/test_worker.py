"""The refresh in a real worker process, with a real Redis between; also when it is killed."""

from __future__ import annotations

import subprocess
import threading

import pytest
from django.db import connection

from assistant.celery import app
from assistant.redis_server import find_redis_binary, plan_redis, wait_until_answering
from knowledge.ingestion import refresh_source
from knowledge.models import LivePeriod, Passage, RefreshRun, RunState, Source
from knowledge.runs import request_run
from knowledge.types import SourceKind
from tests.govuk_server import GovukServer
from tests.worker import kill_worker, running_worker

pytestmark = [
    pytest.mark.redis,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("fake_embedding"),
]

MANUAL = "/guidance/example-rules"


def get_environment(redis_url: str, govuk: GovukServer, settings) -> dict[str, str]:
    return {
        "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
        "REDIS_URL": redis_url,
        "GOVUK_API_ROOT": govuk.api_root,
        "VAR_DIR": str(settings.KNOWLEDGE_INDEX_DIR.parent),
        "KNOWLEDGE_EMBEDDING_CLASS": "tests.fakes.FakeEmbedding",
    }


def send(run: RefreshRun, redis_url: str) -> None:
    with app.connection_for_write(redis_url) as queue:
        app.send_task("knowledge.source.refresh", args=[run.pk], connection=queue)


@pytest.fixture
def source(govuk: GovukServer) -> Source:
    govuk.add_manual(MANUAL, {"one": "<p>EX 1.1. A person must be aged 21 or over.</p>"})
    return Source.objects.create(
        slug="rules",
        title="Rules",
        kind=SourceKind.GOVUK,
        url=f"https://www.gov.uk{MANUAL}",
        publisher="Ministry of Examples",
    )


def live_rules() -> list[str]:
    """The live numbered paragraphs; the manual's list of contents is live too."""
    live = LivePeriod.objects.filter(live_until__isnull=True).values("revision")
    return list(
        Passage.objects.filter(revision__in=live, text__startswith="EX").values_list(
            "text", flat=True
        )
    )


def read_until(process: subprocess.Popen[str], words: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return
    raise AssertionError(f"the worker ended without saying {words!r}")


def test_a_worker_refreshes_what_it_is_asked_to(govuk, source, redis_url, settings):
    with running_worker(get_environment(redis_url, govuk, settings)) as process:
        run = request_run(source=source)
        send(run, redis_url)
        read_until(process, "knowledge.source.refreshed")

    run.refresh_from_db()
    assert (run.state, run.report["added"]) == (RunState.FINISHED, 2)
    assert live_rules() == ["EX 1.1. A person must be aged 21 or over."]


def test_a_worker_killed_in_the_middle_leaves_what_is_live_and_the_next_refresh_finishes(
    govuk, source, redis_url, settings
):
    refresh_source(run=request_run(source=source))
    govuk.add_manual(
        MANUAL,
        {
            "one": "<p>EX 1.1. A person must be aged 25 or over.</p>",
            "two": "<p>EX 2.1. There is no fee.</p>",
        },
    )
    gate = govuk.held[f"{MANUAL}/two"] = threading.Event()

    with running_worker(get_environment(redis_url, govuk, settings)) as process:
        run = request_run(source=source)
        send(run, redis_url)
        assert govuk.reached.wait(timeout=60)
        kill_worker(process)
    gate.set()

    assert live_rules() == ["EX 1.1. A person must be aged 21 or over."]
    assert RefreshRun.objects.get(pk=run.pk).state == RunState.RUNNING

    report = refresh_source(run=request_run(source=source))

    assert report.failures == []
    assert sorted(live_rules()) == [
        "EX 1.1. A person must be aged 25 or over.",
        "EX 2.1. There is no fee.",
    ]
    assert RefreshRun.objects.get(pk=run.pk).state == RunState.ABANDONED


@pytest.fixture
def mortal_redis(tmp_path):
    """A Redis of this test's own, to be killed: its process and its address."""
    plan = plan_redis(binary=find_redis_binary(), directory=tmp_path / "redis")
    process = subprocess.Popen(plan.command, stdout=subprocess.DEVNULL)
    wait_until_answering(plan, process)
    yield process, plan.url
    process.kill()
    process.wait()


def test_a_redis_lost_in_mid_refresh_costs_nothing(govuk, source, mortal_redis, settings):
    redis_process, redis_url = mortal_redis
    gate = govuk.held[f"{MANUAL}/one"] = threading.Event()

    with running_worker(get_environment(redis_url, govuk, settings)) as process:
        run = request_run(source=source)
        send(run, redis_url)
        assert govuk.reached.wait(timeout=60)
        redis_process.kill()
        redis_process.wait()
        gate.set()
        read_until(process, "knowledge.source.refreshed")

    run.refresh_from_db()
    assert (run.state, run.report["added"]) == (RunState.FINISHED, 2)
    assert live_rules() == ["EX 1.1. A person must be aged 21 or over."]
