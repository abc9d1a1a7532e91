"""What would be read at an address, before anybody decides to. Nothing is saved.

The same fetching and the same reading as a refresh, of one page, with less patience: a person
waits for it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urldefrag, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from knowledge.chunking import split_document
from knowledge.fetching import FetchedPage, FetchFailed, Missing, Moved, PageFetcher
from knowledge.govuk import get_canonical_url
from knowledge.ingestion import SourceReader, get_fetch_settings
from knowledge.models import Document, Source
from knowledge.types import ParsedDocument, RefreshReport, SourceKind

TIMEOUT_SECONDS = 10.0
MOVES_LIMIT = 3
HEADINGS_SHOWN = 40
PASSAGES_SHOWN = 3


@dataclass(frozen=True)
class PreviewedPassage:
    heading: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Preview:
    """One page as it would be read. `children` would be read with it."""

    url: str
    # Where staff said that it stands, if it has moved from there.
    moved_from: str
    kind: SourceKind
    title: str
    publisher: str
    published_at: datetime | None
    headings: tuple[str, ...]
    heading_count: int
    passages: tuple[PreviewedPassage, ...]
    passage_count: int
    children: tuple[str, ...]
    # The publisher says that the page is no longer in use, with its reason.
    is_ended: bool
    ended_reason: str
    # The title of the source that reads it already.
    read_by: str


def preview_page(address: str) -> Preview:
    """Raises FetchFailed or PageUnreadable, both with a reason in words."""
    first = tidy_address(address)
    url = first
    patience = replace(get_fetch_settings(), timeout_seconds=TIMEOUT_SECONDS, retries=0)
    with PageFetcher(patience) as fetcher:
        for _hop in range(MOVES_LIMIT + 1):
            reader = make_reader(url, fetcher)
            result = fetcher.fetch(
                reader.get_fetch_url(url), validate=json.loads if reader.is_govuk(url) else None
            )
            match result:
                case FetchedPage():
                    parsed = reader.parse(result, url)
                    return describe(parsed, url, first, SourceKind(reader.source.kind))
                case Moved():
                    url = tidy_address(get_canonical_url(result.target, settings.GOVUK_API_ROOT))
                case Missing():
                    raise FetchFailed(url, _("there is no page at this address (any more)"))
                case _:
                    raise FetchFailed(url, _("the server sent no page"))
    raise FetchFailed(url, _("the page leads from one address to the next, without an end"))


def tidy_address(address: str) -> str:
    """The address that stands for the page, however it was copied."""
    url = urldefrag(address.strip()).url
    if urlsplit(url).hostname in {"www.gov.uk", "gov.uk"}:
        return get_canonical_url(url, settings.GOVUK_API_ROOT)
    return url


def get_kind(url: str) -> SourceKind:
    return SourceKind.GOVUK if urlsplit(url).netloc == "www.gov.uk" else SourceKind.WEB_PAGE


def make_reader(url: str, fetcher: PageFetcher) -> SourceReader:
    """A reader of a source that is in no database; only what writes nothing is used of it."""
    source = Source(url=url, kind=get_kind(url))
    return SourceReader(source, fetcher, RefreshReport(source=url), lambda progress: None)


def describe(parsed: ParsedDocument, url: str, first: str, kind: SourceKind) -> Preview:
    passages = split_document(parsed).passages
    paths = dict.fromkeys(section.heading_path for section in parsed.sections)
    headings = [" › ".join(path) for path in paths if path]
    return Preview(
        url=url,
        moved_from=first if first != url else "",
        kind=kind,
        title=parsed.title,
        publisher=parsed.publisher,
        published_at=parsed.published_at,
        headings=tuple(headings[:HEADINGS_SHOWN]),
        heading_count=len(headings),
        passages=tuple(
            PreviewedPassage(" › ".join(passage.heading_path), passage.text)
            for passage in passages[:PASSAGES_SHOWN]
        ),
        passage_count=len(passages),
        children=parsed.children,
        is_ended=parsed.tombstone is not None,
        ended_reason=parsed.tombstone.reason if parsed.tombstone else "",
        read_by=find_reader(url),
    )


def find_reader(url: str) -> str:
    source = Source.objects.filter(url=url).first()
    if source is None:
        document = Document.objects.filter(url=url).select_related("source").first()
        source = document.source if document else None
    return source.title if source else ""
