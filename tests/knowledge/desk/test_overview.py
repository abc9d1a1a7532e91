from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from knowledge.desk.overview import list_tasks
from knowledge.models import Alarm, BriefingProposal, StoredFile
from tests.factories import PublicationFactory, RevisionFactory, SourceFactory
from tests.knowledge.desk.staff import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor():
    return make_member("auditors")


def list_titles(user) -> list[str]:
    return [task.title for task in list_tasks(user)]


def test_there_is_nothing_to_do_where_nothing_happened(auditor):
    assert list_tasks(auditor) == ()


def test_a_stranger_is_told_of_nothing(django_user_model):
    PublicationFactory(state="held")

    assert list_tasks(django_user_model.objects.create_user("stranger")) == ()


def test_what_waits_is_named_with_its_count(auditor):
    PublicationFactory(state="held", note="refresh of rules")
    BriefingProposal.objects.create(slug="help", title="Help", proposed_by="ada")
    Alarm.objects.create(kind="source_failing", text="The page is gone.")

    tasks = list_tasks(auditor)

    assert [task.count for task in tasks] == [1, 1, 1]
    assert [task.lines[0].detail for task in tasks][:2] == ["refresh of rules", "ada"]
    assert tasks[2].lines[0].text == "The page is gone."


def test_a_source_not_read_for_three_days_is_named_and_one_never_tried_is_not(auditor):
    SourceFactory(is_url_checked=True)
    SourceFactory(
        title="Old", is_url_checked=True, last_success_at=timezone.now() - timedelta(days=4)
    )
    SourceFactory(is_url_checked=True, last_success_at=timezone.now())

    [task] = list_tasks(auditor)

    assert [line.text for line in task.lines] == ["Old"]


def test_a_source_silent_for_longer_than_expected_is_named(auditor):
    for days in (5, 50):
        source = SourceFactory(
            title=f"every {days}",
            is_url_checked=True,
            last_success_at=timezone.now(),
            expected_change_days=days,
        )
        RevisionFactory(document__source=source, fetched_at=timezone.now() - timedelta(days=20))

    [task] = list_tasks(auditor)

    assert [line.text for line in task.lines] == ["every 5"]


def test_unchecked_addresses_and_refused_files_are_named(auditor):
    source = SourceFactory(is_url_checked=False)
    StoredFile.objects.create(
        digest="1", name="scan.pdf", size=1, source=source, uploaded_by="ada", refusal="A picture."
    )

    tasks = list_tasks(auditor)

    assert [task.lines[0].detail for task in tasks] == [source.url, "A picture."]


def test_the_number_of_queries_does_not_grow(auditor, django_assert_max_num_queries):
    for _ in range(8):
        source = SourceFactory(is_url_checked=False)
        Alarm.objects.create(kind="disk_full", text="full", source=source)

    with django_assert_max_num_queries(30):
        list_tasks(auditor)
