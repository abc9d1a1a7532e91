from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from knowledge import tasks
from knowledge.liveness import get_holder
from knowledge.models import HeldRevision, RefreshRun, RunState, Source
from knowledge.types import SourceKind
from tests.factories import RevisionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch) -> list[int]:
    ids: list[int] = []
    monkeypatch.setattr(tasks, "send_run", lambda run: ids.append(run.pk))
    return ids


@pytest.fixture(autouse=True)
def network(monkeypatch) -> set[str]:
    """The hosts that can't be reached; none unless the test says so."""
    unreachable: set[str] = set()
    monkeypatch.setattr(tasks, "find_unreachable_hosts", lambda sources: set(unreachable))
    tasks.told_unreachable.clear()
    return unreachable


def make_source(slug: str, **fields: object) -> Source:
    return Source.objects.create(
        slug=slug,
        title=slug,
        url=f"https://www.gov.uk/{slug}",
        **{"kind": SourceKind.GOVUK} | fields,
    )


def test_only_sources_that_are_due_are_sent_to_the_worker(sent):
    due = make_source("due")
    make_source("later", next_check_at=timezone.now() + timedelta(hours=1))
    make_source("unused", is_enabled=False)
    make_source("ours", kind=SourceKind.BRIEFINGS)

    tasks.refresh_due_sources()

    assert [RefreshRun.objects.get(pk=pk).source for pk in sent] == [due]


def test_a_source_that_waits_for_the_worker_is_not_sent_twice(sent):
    make_source("due")

    tasks.refresh_due_sources()
    tasks.refresh_due_sources()

    assert len(sent) == 1


def test_a_run_that_the_queue_lost_is_sent_again(sent):
    make_source("due")
    tasks.refresh_due_sources()
    RefreshRun.objects.update(created_at=timezone.now() - tasks.LOST_AFTER * 2)

    tasks.refresh_due_sources()

    assert len(sent) == 2
    assert len(set(sent)) == 1


def test_a_source_that_is_being_refreshed_is_left_alone(sent):
    now = timezone.now()
    RefreshRun.objects.create(
        source=make_source("due"),
        state=RunState.RUNNING,
        holder=get_holder(),
        started_at=now,
        heartbeat_at=now,
    )

    tasks.refresh_due_sources()

    assert sent == []


def test_a_run_delivered_twice_is_done_once(monkeypatch):
    done = []
    monkeypatch.setattr(tasks, "refresh_source", lambda **kwargs: done.append(kwargs["run"].pk))
    run = RefreshRun.objects.create(source=make_source("s"), state=RunState.FINISHED)

    tasks.refresh_source_task(run.pk)
    tasks.refresh_source_task(0)

    assert done == []


def test_a_source_whose_host_can_not_be_reached_waits_for_the_network(sent, network):
    make_source("due")
    network.add("www.gov.uk")

    tasks.refresh_due_sources()

    assert sent == []


def test_a_missing_network_is_said_once_and_so_is_its_return(sent, network, caplog):
    make_source("due")
    network.add("www.gov.uk")
    tasks.refresh_due_sources()
    tasks.refresh_due_sources()

    assert caplog.text.count("No connection to www.gov.uk") == 1

    network.clear()
    with caplog.at_level("INFO"):
        tasks.refresh_due_sources()

    assert caplog.text.count("can be reached again") == 1
    assert len(sent) == 1


@pytest.mark.usefixtures("fake_embedding")
def test_what_reconciling_found_stands_in_the_log(caplog):
    with caplog.at_level("INFO", logger="knowledge.tasks"):
        tasks.reconcile_index()

    assert "knowledge.index.reconciled nothing is published" in caplog.text


def test_what_staff_changed_is_published_in_the_worker(monkeypatch):
    asked = []
    monkeypatch.setattr(tasks, "publish", lambda **options: asked.append(options))

    tasks.publish_task("briefing fees (en)", "edith")

    assert asked == [{"note": "briefing fees (en)", "proposed_by": "edith"}]


def test_a_revision_is_held_back_and_released_once(monkeypatch):
    done = []
    revision = RevisionFactory()
    monkeypatch.setattr(tasks, "hold_back", lambda each, **why: done.append(("held", each, why)))
    monkeypatch.setattr(tasks, "release", lambda each, **why: done.append(("free", each, why)))

    tasks.release_task(revision.pk, "pat", "not held")
    tasks.hold_back_task(revision.pk, "pat", "doubtful")
    HeldRevision.objects.create(revision=revision, held_by="pat", why="doubtful")
    tasks.hold_back_task(revision.pk, "pat", "sent twice")
    tasks.release_task(revision.pk, "pat", "checked")

    assert done == [
        ("held", revision, {"who": "pat", "why": "doubtful"}),
        ("free", revision, {"who": "pat", "why": "checked"}),
    ]
