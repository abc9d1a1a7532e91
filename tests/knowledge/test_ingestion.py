from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from knowledge.alarms import settle_alarm
from knowledge.chunking import split_document
from knowledge.faults import RefreshBroken
from knowledge.govuk import parse_govuk_item
from knowledge.ingestion import (
    find_unreachable_hosts,
    get_fetch_settings,
    refresh_source,
)
from knowledge.models import (
    Alarm,
    Document,
    LivePeriod,
    Passage,
    PassageEmbedding,
    RefreshRun,
    Revision,
    RunState,
    Source,
)
from knowledge.publishing import find_current_publication
from knowledge.runs import RunLost, request_run
from knowledge.services import Reading, restore_document, save_revision, withdraw_document
from knowledge.types import DocumentStatus, RefreshReport, SourceKind
from tests.govuk_server import GovukServer, make_item

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("fake_embedding"),
]

MANUAL = "/guidance/example-rules"
BODY = "<h2 id='who'>Who may apply</h2><p>EX 1.1. A person must be aged 21 or over to apply.</p>"


@pytest.fixture
def site(govuk) -> GovukServer:
    govuk.add_manual(MANUAL, {"one": BODY, "two": "<p>EX 2.1. There is no fee.</p>"})
    return govuk


@pytest.fixture
def source(db) -> Source:
    return Source.objects.create(
        slug="example-rules",
        title="Example rules",
        kind=SourceKind.GOVUK,
        url=f"https://www.gov.uk{MANUAL}",
        publisher="Ministry of Examples",
        licence="Open Government Licence v3.0",
    )


def refresh(source: Source) -> RefreshReport:
    return refresh_source(run=request_run(source=source))


def live_texts() -> list[str]:
    live = LivePeriod.objects.filter(live_until__isnull=True).values("revision")
    return list(Passage.objects.filter(revision__in=live).values_list("text", flat=True))


def test_a_manual_is_read_with_its_sections_and_goes_live(site: GovukServer, source: Source):
    report = refresh(source)

    assert report.added == 3
    assert report.failures == []
    assert any("aged 21 or over" in text for text in live_texts())
    assert find_current_publication().pk == report.publication


def test_nothing_is_read_or_embedded_again_when_nothing_changed(site: GovukServer, source: Source):
    refresh(source)
    vectors = PassageEmbedding.objects.count()
    site.asked.clear()

    report = refresh(source)

    assert {status for _, status in site.asked} == {304}
    assert (report.not_modified, report.passages_embedded, report.publication) == (3, 0, None)
    assert PassageEmbedding.objects.count() == vectors


def test_new_words_replace_the_old_ones_and_the_old_revision_is_kept(
    site: GovukServer, source: Source
):
    refresh(source)
    site.add_section(MANUAL, "one", BODY.replace("21", "25"))

    report = refresh(source)

    assert report.revised == 1
    assert any("aged 25" in text for text in live_texts())
    assert not any("aged 21" in text for text in live_texts())
    document = Document.objects.get(url=f"https://www.gov.uk{MANUAL}/one")
    assert [revision.number for revision in document.revisions.order_by("number")] == [1, 2]
    assert "aged 21" in document.revisions.get(number=1).text


def test_a_page_that_passes_to_an_earlier_government_is_a_revision_that_says_so(
    site: GovukServer, source: Source
):
    refresh(source)
    item = site.items[f"{MANUAL}/one"]
    item["details"]["political"] = True
    item["links"]["government"] = [{"details": {"current": False}}]

    report = refresh(source)

    assert report.revised == 1
    live = LivePeriod.objects.filter(live_until__isnull=True, revision__is_historic=True)
    assert [period.document.url for period in live] == [f"{source.url}/one"]


def test_a_withdrawn_page_stops_being_live_and_keeps_its_reason(site: GovukServer, source: Source):
    refresh(source)
    site.items[f"{MANUAL}/one"]["withdrawn_notice"] = {
        "explanation": "<p>Replaced by new rules.</p>",
        "withdrawn_at": "2026-06-01T00:00:00Z",
    }

    report = refresh(source)

    assert report.retired == 1
    document = Document.objects.get(url=f"https://www.gov.uk{MANUAL}/one")
    assert document.status == DocumentStatus.WITHDRAWN
    assert "Replaced by new rules." in document.status_reason
    assert not any("aged 21" in text for text in live_texts())


def test_a_page_that_was_withdrawn_before_we_read_it_is_known_by_its_title(site, source):
    site.items[f"{MANUAL}/one"]["withdrawn_notice"] = {
        "explanation": "<p>Replaced by new rules.</p>",
        "withdrawn_at": "2026-06-01T00:00:00Z",
    }

    refresh(source)

    document = Document.objects.get(url=f"https://www.gov.uk{MANUAL}/one")
    assert (document.title, document.revisions.count()) == ("Rules: one", 0)


def test_a_page_that_is_gone_is_retired_at_once(site: GovukServer, source: Source):
    refresh(source)
    site.items[f"{MANUAL}/two"] = {"document_type": "gone", "schema_name": "gone", "details": {}}

    report = refresh(source)

    assert report.retired == 1
    assert Document.objects.get(url=f"https://www.gov.uk{MANUAL}/two").status == "gone"


def test_a_page_that_moved_is_read_at_its_new_address_and_the_two_are_linked(
    site: GovukServer, source: Source
):
    refresh(source)
    site.items[f"{MANUAL}/two"] = {
        "document_type": "redirect",
        "schema_name": "redirect",
        "redirects": [{"path": f"{MANUAL}/two", "destination": "/guidance/elsewhere"}],
    }
    site.items["/guidance/elsewhere"] = make_item(
        "/guidance/elsewhere", "Elsewhere", "detailed_guide", body="<p>There is still no fee.</p>"
    )

    refresh(source)

    moved = Document.objects.get(url=f"https://www.gov.uk{MANUAL}/two")
    assert moved.status == DocumentStatus.REDIRECTED
    assert moved.replacement_url == "https://www.gov.uk/guidance/elsewhere"
    assert "There is still no fee." in live_texts()
    assert "EX 2.1. There is no fee." not in live_texts()


def test_a_page_not_found_once_is_kept(site: GovukServer, source: Source):
    refresh(source)
    site.remove(f"{MANUAL}/two")

    report = refresh(source)

    assert [failure.url for failure in report.failures] == [f"https://www.gov.uk{MANUAL}/two"]
    assert "404" in report.failures[0].reason
    assert "EX 2.1. There is no fee." in live_texts()


def test_a_page_not_found_twice_an_hour_apart_is_retired(site: GovukServer, source: Source):
    refresh(source)
    site.remove(f"{MANUAL}/two")
    refresh(source)
    Document.objects.filter(missing_since__isnull=False).update(
        missing_since=timezone.now() - timedelta(hours=2)
    )

    report = refresh(source)

    assert report.retired == 1
    assert Document.objects.get(url=f"https://www.gov.uk{MANUAL}/two").status == "not_found"


def test_a_page_missing_from_the_listing_but_still_there_stays_live(
    site: GovukServer, source: Source
):
    refresh(source)
    site.items[MANUAL]["details"]["child_section_groups"] = []

    report = refresh(source)

    assert report.retired == 0
    assert "EX 2.1. There is no fee." in live_texts()


def test_a_page_that_fails_keeps_its_words_and_the_next_refresh_repairs_it(
    site: GovukServer, source: Source, settings
):
    refresh(source)
    site.add_section(MANUAL, "one", BODY.replace("21", "30"))
    # 403 is not worth another try, so the test need not wait for one.
    site.faults[f"{MANUAL}/one"] = [403]

    failed = refresh(source)

    assert [failure.url for failure in failed.failures] == [f"https://www.gov.uk{MANUAL}/one"]
    assert any("aged 21" in text for text in live_texts())

    repaired = refresh(source)

    assert repaired.failures == []
    assert any("aged 30" in text for text in live_texts())


def test_a_source_without_failures_is_next_checked_when_its_rhythm_says(
    site: GovukServer, source: Source
):
    before = timezone.now()

    refresh(source)

    source.refresh_from_db()
    assert source.next_check_at >= before + timedelta(hours=source.check_every_hours)
    assert source.last_success_at >= before


def test_revisions_that_a_killed_refresh_left_behind_go_live_with_the_next_one(
    site: GovukServer, source: Source, monkeypatch
):
    def die(**kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("knowledge.ingestion.publish", die)
        with pytest.raises(KeyboardInterrupt):
            refresh(source)
    assert live_texts() == []

    report = refresh(source)

    assert report.not_modified == 3
    assert any("aged 21 or over" in text for text in live_texts())


def test_a_refresh_that_fails_says_so_in_its_run(site: GovukServer, source: Source, monkeypatch):
    def fail(**kwargs: object) -> None:
        raise OSError(28, "no space left")

    monkeypatch.setattr("knowledge.ingestion.publish", fail)
    run = request_run(source=source)

    with pytest.raises(RefreshBroken, match="disk is full"):
        refresh_source(run=run)

    run.refresh_from_db()
    assert run.state == RunState.FAILED


def test_a_host_that_can_not_be_reached_is_tried_once_a_refresh(
    site: GovukServer, source: Source, settings, monkeypatch
):
    refresh(source)
    before = live_texts()
    # Nothing listens on the port that the system keeps for itself.
    settings.GOVUK_API_ROOT = "http://127.0.0.1:1/api/content"
    impatient = replace(get_fetch_settings(), backoff_seconds=0.0)
    monkeypatch.setattr("knowledge.ingestion.get_fetch_settings", lambda: impatient)

    report = refresh(source)

    assert [failure.url for failure in report.failures] == [source.url, "https://127.0.0.1:1/"]
    assert "2 more pages" in report.failures[1].reason
    assert live_texts() == before


def test_the_hosts_without_a_connection_are_found(site: GovukServer, source: Source, settings):
    assert find_unreachable_hosts([source]) == set()

    settings.GOVUK_API_ROOT = "http://127.0.0.1:1/api/content"

    assert find_unreachable_hosts([source]) == {"127.0.0.1:1"}


# --- listings that shrink ----------------------------------------------------------------------


@pytest.fixture
def long_manual(govuk) -> GovukServer:
    govuk.add_manual(MANUAL, {f"part-{n}": f"<p>EX {n}.1. Rule {n}.</p>" for n in range(1, 9)})
    return govuk


def list_only(site: GovukServer, count: int) -> None:
    group = site.items[MANUAL]["details"]["child_section_groups"][0]
    group["child_sections"] = group["child_sections"][:count]


@pytest.mark.parametrize(("count", "kind"), [(0, "listing_empty"), (3, "listing_shrunk")])
def test_a_listing_that_lost_more_than_half_removes_nothing_and_alarms(
    long_manual, source, count, kind
):
    refresh(source)
    list_only(long_manual, count)

    report = refresh(source)

    assert {f"EX {n}.1. Rule {n}." for n in range(1, 9)} <= set(live_texts())
    alarm = Alarm.objects.get(settled_at__isnull=True)
    assert (alarm.kind, alarm.source) == (kind, source)
    assert alarm.text in [failure.reason for failure in report.failures]


def test_what_an_emptied_listing_named_before_is_still_followed(long_manual, source):
    long_manual.faults[f"{MANUAL}/part-3"] = [403]
    refresh(source)
    list_only(long_manual, 0)

    refresh(source)

    # Never read before, so nothing but the listing knew of it.
    assert "EX 3.1. Rule 3." in live_texts()
    assert len(Document.objects.get(url=source.url).children) == 8


def test_the_alarm_stays_while_the_short_listing_does(long_manual, source):
    refresh(source)
    list_only(long_manual, 0)
    refresh(source)
    first = Alarm.objects.get()

    refresh(source)

    assert Alarm.objects.get(settled_at__isnull=True) == first


def test_a_short_listing_that_a_person_looked_at_is_believed(long_manual, source):
    refresh(source)
    list_only(long_manual, 3)
    refresh(source)

    settle_alarm(Alarm.objects.get(), who="anna")
    report = refresh(source)

    source.refresh_from_db()
    assert (source.listed_count, report.failures) == (3, [])
    assert not Alarm.objects.filter(settled_at__isnull=True).exists()
    assert len(Document.objects.get(url=source.url).children) == 3


def test_the_alarm_ends_when_the_listing_is_whole_again(long_manual, source):
    refresh(source)
    whole = long_manual.items[MANUAL]["details"]["child_section_groups"][0]["child_sections"]
    list_only(long_manual, 0)
    refresh(source)
    long_manual.items[MANUAL]["details"]["child_section_groups"][0]["child_sections"] = whole

    refresh(source)

    assert not Alarm.objects.filter(settled_at__isnull=True).exists()


def test_a_listing_that_shrinks_a_little_is_believed(long_manual, source):
    refresh(source)
    list_only(long_manual, 6)

    refresh(source)

    source.refresh_from_db()
    assert source.listed_count == 6
    assert not Alarm.objects.exists()


# --- what staff decided, and what the clock says -----------------------------------------------


def test_a_document_that_staff_withdrew_is_not_brought_back_by_a_refresh(site, source):
    refresh(source)
    document = Document.objects.get(url=f"https://www.gov.uk{MANUAL}/one")
    withdraw_document(document=document, who="paul", why="quashed by a court")
    site.add_section(MANUAL, "one", BODY.replace("21", "25"))

    refresh(source)

    document.refresh_from_db()
    assert (document.status, document.withdrawn_by) == (DocumentStatus.WITHDRAWN, "paul")
    assert not any("aged" in text for text in live_texts())


def test_a_document_that_staff_restored_is_live_after_the_next_refresh(site, source):
    refresh(source)
    document = Document.objects.get(url=f"https://www.gov.uk{MANUAL}/one")
    withdraw_document(document=document, who="paul", why="quashed by a court")
    document.refresh_from_db()
    restore_document(document=document, who="paul", why="the court was overruled")

    refresh(source)

    assert any("aged 21" in text for text in live_texts())


def test_a_source_without_success_for_days_alarms_until_it_is_read_again(site, source):
    source.last_success_at = timezone.now() - timedelta(days=4)
    source.save()
    site.faults[MANUAL] = [404]
    refresh(source)
    alarm = Alarm.objects.get()

    refresh(source)

    assert alarm.kind == "source_failing"
    assert not Alarm.objects.filter(settled_at__isnull=True).exists()


def test_a_source_that_failed_several_times_in_a_row_alarms(site, source):
    refresh(source)
    for _ in range(4):
        site.faults |= {path: [403] for path in site.items}
        refresh(source)
    assert not Alarm.objects.exists()
    site.faults |= {path: [403] for path in site.items}

    refresh(source)

    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.source) == ("source_failing", source)
    assert "tried 5 times" in alarm.text


def test_a_source_that_is_silent_for_longer_than_expected_alarms(site, source):
    source.expected_change_days = 30
    source.save()
    refresh(source)
    assert not Alarm.objects.exists()
    ago = timezone.now() - timedelta(days=40)
    Revision.objects.update(fetched_at=ago)

    refresh(source)

    assert Alarm.objects.get().kind == "source_silent"


def test_pages_fetched_side_by_side_are_taken_in_the_order_of_the_listing(
    site: GovukServer, source: Source
):
    names = [f"part-{number}" for number in range(20)]
    site.add_manual(MANUAL, {name: f"<p>Words of {name}.</p>" for name in names})
    # The first section is answered last, after all that fits beside it.
    gate = site.held[f"{MANUAL}/part-0"] = threading.Event()
    site.on_asked[f"{MANUAL}/part-3"] = gate.set

    report = refresh(source)

    assert (report.added, report.failures) == (21, [])
    revisions = Revision.objects.order_by("pk").values_list("document__url", flat=True)
    assert list(revisions) == [source.url, *(f"{source.url}/{name}" for name in names)]


def test_a_refresh_that_lost_its_run_stops_asking_and_leaves_whole_revisions(
    site: GovukServer, source: Source
):
    names = [f"part-{number}" for number in range(100)]
    site.add_manual(MANUAL, {name: f"<p>Words of {name}.</p>" for name in names})
    run = request_run(source=source)
    # Another process takes the run over when the fifth section has been asked for.
    site.on_asked[f"{MANUAL}/part-4"] = lambda: RefreshRun.objects.filter(pk=run.pk).update(
        holder="elsewhere:1:1"
    )

    with pytest.raises(RunLost):
        refresh_source(run=run)

    assert len(site.asked) < len(names)
    assert all(revision.passages.exists() for revision in Revision.objects.all())
    assert live_texts() == []
    run.refresh_from_db()
    assert (run.state, run.holder) == (RunState.RUNNING, "elsewhere:1:1")


def test_a_page_read_before_the_newest_revision_is_not_saved_over_it(
    site: GovukServer, source: Source
):
    def save_newer() -> None:
        """Another process reads the page's next edition while our request is under way."""
        body = BODY.replace("21", "25")
        url = f"{source.url}/one"
        parsed = parse_govuk_item(
            json.dumps(make_item(f"{MANUAL}/one", "Rules: one", "manual_section", body=body)),
            url=url,
        )
        reading = Reading(parsed=parsed, split=split_document(parsed), read_at=timezone.now())
        save_revision(source=source, reading=reading)
        connection.close()

    site.on_asked[f"{MANUAL}/one"] = save_newer

    report = refresh(source)

    document = Document.objects.get(url=f"{source.url}/one")
    assert "aged 25" in document.revisions.get().text
    assert report.failures == []
    assert any("aged 25" in text for text in live_texts())
