"""fetch → parse → save revision → publish: the order, and what each answer of a publisher means.

Nothing is ever removed because it was not listed; only a publisher's own word about a page
(withdrawn, gone, moved, twice not found) retires it. A page that can't be read is reported and
keeps what it had.
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from knowledge.alarms import LISTING_KINDS, AlarmKind, clear_alarms, raise_alarm
from knowledge.chunking import split_document
from knowledge.faults import name_fault
from knowledge.fetching import (
    FetchedPage,
    FetchFailed,
    FetchRefused,
    FetchSettings,
    HostUnreachable,
    Missing,
    Moved,
    NotModified,
    PageFetcher,
)
from knowledge.files.kinds import is_web_page
from knowledge.files.reading import FileRefused, read_file
from knowledge.govuk import get_api_url, get_canonical_url, parse_govuk_item
from knowledge.legislation import (
    get_data_url,
    get_page_url,
    is_legislation,
    parse_legislation,
)
from knowledge.models import Document, RefreshRun, RunState, Source
from knowledge.parsing import PageUnreadable
from knowledge.publishing import describe_held, publish
from knowledge.runs import RunProgress, claim_run, finish_run
from knowledge.services import Reading, retire_document, save_revision
from knowledge.types import (
    DocumentStatus,
    Failure,
    ParsedDocument,
    Progress,
    ProgressCallback,
    RefreshReport,
    SourceKind,
    Tombstone,
)
from knowledge.watching import tell_staff
from knowledge.web_pages import parse_web_page

logger = logging.getLogger("knowledge.ingestion")

# Raised when parsing or chunking changes: pages are then read again although not modified.
READING_VERSION = 2
# How far from the source's own page we follow sections and attachments.
DEPTH_LIMIT = 3
# A page is retired when two refreshes at least this far apart found nothing.
MISSING_PATIENCE = timedelta(hours=1)
RETRY_AFTER_FAILURE = timedelta(hours=1)
# A listing of fewer than this part of what the last whole one named is not believed.
LISTING_SHARE = 0.5
# Of a short listing, half is soon gone without anything being wrong.
LISTING_FLOOR = 4
# Pages asked for ahead of the one that is looked at, for each connection: a slow one then holds
# nothing up, and little is in memory.
ASKED_AHEAD = 4
ROWS_A_WRITE = 500
# What a walk needs to know of a document.
WHAT_IS_KNOWN = (
    "url",
    "status",
    "etag",
    "last_modified",
    "reading_version",
    "children",
    "missing_since",
)


def get_fetch_settings() -> FetchSettings:
    api_host = urlsplit(settings.GOVUK_API_ROOT).netloc
    return FetchSettings(
        allowed_hosts=frozenset([*settings.KNOWLEDGE_ALLOWED_HOSTS, api_host]),
        timeout_seconds=settings.KNOWLEDGE_REQUEST_TIMEOUT_SECONDS,
        response_limit_bytes=settings.KNOWLEDGE_RESPONSE_LIMIT_BYTES,
        contact=settings.KNOWLEDGE_CONTACT,
        connections_per_host=settings.KNOWLEDGE_CONNECTIONS_PER_HOST,
    )


def find_unreachable_hosts(sources: Iterable[Source]) -> set[str]:
    """The hosts of the sources to which there is no connection now."""
    addresses = {urlsplit(address).netloc: address for address in map(get_first_address, sources)}
    with PageFetcher(get_fetch_settings()) as fetcher:
        return {host for host, address in addresses.items() if not fetcher.can_reach(address)}


def get_first_address(source: Source) -> str:
    """What a refresh of the source fetches first."""
    is_govuk = source.kind == SourceKind.GOVUK
    return get_api_url(source.url, settings.GOVUK_API_ROOT) if is_govuk else source.url


def refresh_source(*, run: RefreshRun, watcher: ProgressCallback | None = None) -> RefreshReport:
    """Refresh the run's source and publish what changed. Raises SourceIsBusy, RefreshBroken."""
    claim_run(run, now=timezone.now())
    source = run.source
    progress = RunProgress(run, watcher=watcher)
    report = RefreshReport(source=source.slug)
    publication = None
    state = RunState.FAILED
    try:
        with PageFetcher(get_fetch_settings()) as fetcher:
            SourceReader(source, fetcher, report, progress).read_all()
        embedded = EmbeddingCounter(progress)
        publication = publish(note=f"refresh of {source.slug}", on_progress=embedded)
        report.passages_embedded = embedded.count
        report.publication = publication.pk if publication else None
        report.held = describe_held(publication)
        state = RunState.FINISHED
    except (DatabaseError, OSError) as error:
        broken = name_fault(error)
        if broken is None:
            raise
        report.failures.append(Failure(source.url, str(broken)))
        logger.error("knowledge.source.broken run=%s %s", run.pk, broken)
        raise broken from error
    finally:
        # The same fault may keep us from saying so; the run is then given up by the next one.
        with contextlib.suppress(DatabaseError):
            schedule_next_check(source, report, now=timezone.now(), succeeded=state == "finished")
            finish_run(run, state=state, report=report, publication=publication)
            tell_staff(source, now=timezone.now(), succeeded=state == "finished")
        logger.info("knowledge.source.refreshed run=%s state=%s %s", run.pk, state, report)
    return report


def schedule_next_check(
    source: Source, report: RefreshReport, *, now: datetime, succeeded: bool
) -> None:
    read_any = report.fetched + report.not_modified > 0
    changes: dict[str, datetime] = {}
    if succeeded and not report.failures:
        changes["next_check_at"] = now + timedelta(hours=source.check_every_hours)
    else:
        changes["next_check_at"] = now + RETRY_AFTER_FAILURE
    if succeeded and read_any:
        changes["last_success_at"] = now
    Source.objects.filter(pk=source.pk).update(**changes)


class EmbeddingCounter:
    """Passes progress on and remembers how many passages were embedded."""

    def __init__(self, inner: ProgressCallback) -> None:
        self.inner = inner
        self.count = 0
        self.done = 0

    def __call__(self, progress: Progress) -> None:
        if progress.step == "embedding":
            # It is embedded in several goes, each of which counts from the beginning.
            self.count += progress.done - (self.done if progress.done > self.done else 0)
            self.done = progress.done
        self.inner(progress)


FetchResult = FetchedPage | NotModified | Moved | Missing


@dataclass(frozen=True)
class Asked:
    """A page on its way: asked for, and not looked at yet."""

    url: str
    depth: int
    # Before the request: what it brings is at least as new as this.
    at: datetime
    result: Future[FetchResult]


@dataclass
class SourceReader:
    """One walk through a source: its page, what belongs to it, and all we knew of it before.

    Pages are fetched side by side, and looked at one after another in the order in which they
    were asked for, by the one thread that writes.
    """

    source: Source
    fetcher: PageFetcher
    report: RefreshReport
    progress: ProgressCallback
    queue: deque[tuple[str, int]] = field(default_factory=deque)
    asked: deque[Asked] = field(default_factory=deque)
    seen: set[str] = field(default_factory=set)
    not_modified: list[int] = field(default_factory=list)
    unreachable: set[str] = field(default_factory=set)
    left_out: Counter[str] = field(default_factory=Counter)
    done: int = 0

    def read_all(self) -> None:
        documents = Document.objects.filter(source=self.source).exclude(
            status=DocumentStatus.REDIRECTED
        )
        self.known = {document.url: document for document in documents.only(*WHAT_IS_KNOWN)}
        self.enqueue([self.source.url], depth=0)
        self.enqueue(self.known, depth=DEPTH_LIMIT)
        connections = max(1, settings.KNOWLEDGE_CONNECTIONS_PER_HOST)
        with ThreadPoolExecutor(connections, thread_name_prefix="fetching") as pool:
            try:
                # The source's own page first: without it there is little sense in the others.
                self.ask(pool, limit=1)
                while self.asked:
                    self.look_at(self.asked.popleft())
                    self.ask(pool, limit=connections * ASKED_AHEAD)
            except BaseException:
                self.fetcher.stop()
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        self.progress(Progress("fetching", self.done, len(self.seen)))
        for host, count in self.left_out.items():
            reason = f"{count} more pages of the host were not tried"
            self.report.failures.append(Failure(f"https://{host}/", reason))
        self.note_not_modified()

    def ask(self, pool: ThreadPoolExecutor, *, limit: int) -> None:
        while self.queue and len(self.asked) < limit:
            url, depth = self.queue.popleft()
            if self.get_host(url) in self.unreachable:
                self.leave_out(url)
                continue
            result = pool.submit(self.fetch, url)
            self.asked.append(Asked(url, depth, timezone.now(), result))

    def look_at(self, asked: Asked) -> None:
        self.progress(Progress("fetching", self.done, len(self.seen), asked.url))
        try:
            self.take(asked)
        except (FetchFailed, PageUnreadable) as error:
            host = self.get_host(asked.url)
            if isinstance(error, HostUnreachable) and host in self.unreachable:
                self.leave_out(asked.url)
                return
            self.report.failures.append(Failure(asked.url, error.reason))
            logger.warning("knowledge.document.failed url=%s reason=%s", asked.url, error.reason)
            if asked.url == self.source.url and isinstance(error, PageUnreadable):
                self.check_listing(())
            if isinstance(error, HostUnreachable):
                self.unreachable.add(host)
        self.done += 1

    def note_not_modified(self) -> None:
        """A few writes for all the pages that answered so."""
        now = timezone.now()
        for begin in range(0, len(self.not_modified), ROWS_A_WRITE):
            batch = self.not_modified[begin : begin + ROWS_A_WRITE]
            Document.objects.filter(pk__in=batch).update(checked_at=now)

    def get_host(self, url: str) -> str:
        return urlsplit(self.get_fetch_url(url)).netloc

    def leave_out(self, url: str) -> None:
        """A page of a host that can't be connected to: each would wait as long as the first."""
        self.left_out[self.get_host(url)] += 1
        self.done += 1

    def enqueue(self, urls: Iterable[str], *, depth: int) -> None:
        for url in urls:
            if url in self.seen:
                continue
            if len(self.seen) >= settings.KNOWLEDGE_DOCUMENT_LIMIT:
                reason = f"more than {settings.KNOWLEDGE_DOCUMENT_LIMIT} documents in one source"
                self.report.failures.append(Failure(url, reason))
                return
            self.seen.add(url)
            self.queue.append((url, depth))

    def fetch(self, url: str) -> FetchResult:
        """In a thread of its own: no database here."""
        document = self.known.get(url)
        is_fresh = (
            document is not None
            and document.reading_version == READING_VERSION
            and document.missing_since is None
        )
        return self.fetch_page(
            url,
            etag=document.etag if document and is_fresh else "",
            last_modified=document.last_modified if document and is_fresh else "",
            validate=json.loads if self.is_govuk(url) else None,
        )

    def take(self, asked: Asked) -> None:
        url, depth, result = asked.url, asked.depth, asked.result.result()
        document = self.known.get(url)
        match result:
            case NotModified() if document is not None:
                self.report.not_modified += 1
                self.not_modified.append(document.pk)
                if url == self.source.url:
                    self.check_listing(document.children)
                self.follow(document.children, depth)
            case FetchedPage():
                self.report.fetched += 1
                self.save(result, asked)
            case Moved():
                self.move(result, url, document, depth)
            case Missing():
                self.miss(result, url, document)
            case NotModified():
                raise FetchFailed(url, "answered 'not modified' to a first request")

    def fetch_page(
        self, url: str, **conditions: Any
    ) -> FetchedPage | NotModified | Moved | Missing:
        address = self.get_fetch_url(url)
        try:
            return self.fetcher.fetch(address, **conditions)
        except FetchRefused:
            if address != get_data_url(url) or address == url:
                raise
            # A law whose data programs may not read can still be read as a page.
            return self.fetcher.fetch(url, **conditions)

    def is_govuk(self, url: str) -> bool:
        return self.source.kind == SourceKind.GOVUK and urlsplit(url).netloc == "www.gov.uk"

    def get_fetch_url(self, url: str) -> str:
        if self.is_govuk(url):
            return get_api_url(url, settings.GOVUK_API_ROOT)
        return get_data_url(url)

    def parse(self, page: FetchedPage, url: str) -> ParsedDocument:
        if self.is_govuk(url):
            return parse_govuk_item(page.body, url=url)
        if is_legislation(page.body):
            return parse_legislation(page.body, url=url)
        name = unquote(PurePosixPath(urlsplit(url).path).name)
        if is_web_page(page.body, name=name, media_type=page.content_type):
            return parse_web_page(page.body, url=url, content_type=page.content_type)
        try:
            return read_file(page.body, name=name, media_type=page.content_type, url=url)
        except FileRefused as error:
            raise PageUnreadable(url, error.reason) from error

    def save(self, page: FetchedPage, asked: Asked) -> None:
        url, depth = asked.url, asked.depth
        parsed = self.parse(page, url)
        if parsed.tombstone is not None:
            self.retire(url, parsed.tombstone, depth, title=parsed.title)
            return
        reading = Reading(
            parsed=parsed,
            split=split_document(parsed),
            read_at=asked.at,
            etag=page.etag,
            last_modified=page.last_modified,
            reading_version=READING_VERSION,
        )
        _, revision = save_revision(source=self.source, reading=reading)
        if revision is None:
            self.report.same_text += 1
        elif revision.number == 1:
            self.report.added += 1
        else:
            self.report.revised += 1
        if url == self.source.url:
            self.check_listing(parsed.children)
        self.follow(parsed.children, depth)

    def check_listing(self, children: Sequence[str]) -> None:
        """Compare how many documents the source's page names with what it named before.

        Nothing is removed for not being listed; a listing that shrank is more likely broken, and
        what it named before is still followed.
        """
        before, listed = self.source.listed_count, len(children)
        if before < LISTING_FLOOR or listed >= before * LISTING_SHARE:
            clear_alarms(*LISTING_KINDS, source=self.source)
            Source.objects.filter(pk=self.source.pk).update(listed_count=listed)
            return
        text = _(
            "%(title)s listed %(before)d documents and now lists %(listed)d. Nothing was removed. "
            "Look at the page, then settle this: the next listing is believed."
        ) % {"title": self.source.title, "before": before, "listed": listed}
        kind = AlarmKind.LISTING_SHRUNK if listed else AlarmKind.LISTING_EMPTY
        raise_alarm(kind, source=self.source, text=text)
        self.report.failures.append(Failure(self.source.url, text))
        known = self.known.get(self.source.url)
        if known is not None:
            both = list(dict.fromkeys([*children, *known.children]))
            # Without its ETag the page is looked at whole the next time, changed or not.
            Document.objects.filter(pk=known.pk).update(children=both, etag="", last_modified="")
            self.follow(known.children, 0)

    def follow(self, children: Iterable[str], depth: int) -> None:
        if depth < DEPTH_LIMIT:
            self.enqueue(children, depth=depth + 1)

    def move(self, moved: Moved, url: str, document: Document | None, depth: int) -> None:
        target = get_page_url(moved.target)
        if self.is_govuk(url):
            target = get_canonical_url(target, settings.GOVUK_API_ROOT)
        if target == url:
            raise FetchFailed(url, "redirects to itself")
        tombstone = Tombstone(
            status=DocumentStatus.REDIRECTED, replacement_url=target, since=timezone.now()
        )
        self.retire(url, tombstone, depth)

    def miss(self, missing: Missing, url: str, document: Document | None) -> None:
        now = timezone.now()
        if missing.status == 410:
            tombstone = Tombstone(status=DocumentStatus.GONE)
            if self.is_govuk(url) and missing.body:
                try:
                    tombstone = parse_govuk_item(missing.body, url=url).tombstone or tombstone
                except PageUnreadable:
                    logger.info("knowledge.document.gone_without_words url=%s", url)
            self.retire(url, tombstone, DEPTH_LIMIT)
            return
        if document is None or document.status != DocumentStatus.LIVE:
            raise FetchFailed(url, "not found (404)")
        if document.missing_since is None:
            Document.objects.filter(pk=document.pk).update(missing_since=now)
            raise FetchFailed(url, "not found (404); kept until a later refresh finds it missing")
        if now - document.missing_since < MISSING_PATIENCE:
            raise FetchFailed(url, "not found (404) again; kept for at least an hour")
        tombstone = Tombstone(status=DocumentStatus.NOT_FOUND, since=document.missing_since)
        self.retire(url, tombstone, DEPTH_LIMIT)

    def retire(self, url: str, tombstone: Tombstone, depth: int, *, title: str = "") -> None:
        now = timezone.now()
        # A page that was never live is known by its title, where it still has one.
        known = {"source": self.source, "publisher": self.source.publisher, "title": title[:500]}
        document, _created = Document.objects.get_or_create(url=url, defaults=known)
        if retire_document(document=document, tombstone=tombstone, now=now):
            self.report.retired += 1
        # What replaces a page is read in its place.
        if tombstone.replacement_url and depth < DEPTH_LIMIT + 2:
            self.enqueue([tombstone.replacement_url], depth=depth + 1)
