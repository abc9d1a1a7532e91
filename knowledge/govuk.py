"""Read GOV.UK's Content API: an item of any schema becomes a ParsedDocument.

Where an item is fetched from (GOVUK_API_ROOT) never shows: a document is known, and cited, by its
address on www.gov.uk.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from knowledge.govuk_text import Item, get_details, get_links, read_rich_text, read_sections
from knowledge.markup import fold_space, get_text, read_html
from knowledge.parsing import PageUnreadable, parse_html
from knowledge.types import DocumentStatus, ParsedDocument, Tombstone

SITE = "https://www.gov.uk"
API_PATH = "/api/content"
# Where the files of publications are.
ASSETS = "assets.publishing.service.gov.uk"
READABLE_ATTACHMENTS = frozenset(
    [
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.spreadsheet",
        "text/csv",
        "text/plain",
    ]
)


def get_api_url(canonical_url: str, api_root: str) -> str:
    parts = urlsplit(canonical_url)
    if parts.hostname not in {"www.gov.uk", "gov.uk"}:
        raise ValueError(f"{canonical_url} is not an address on www.gov.uk")
    return api_root.rstrip("/") + (parts.path.rstrip("/") or "/")


def get_canonical_url(base_path_or_api_url: str, api_root: str) -> str:
    """The address on www.gov.uk; an address of another site is its own."""
    address = urldefrag(base_path_or_api_url).url
    parts = urlsplit(address)
    root = urlsplit(api_root)
    if parts.netloc not in {"", root.netloc, "www.gov.uk", "gov.uk"}:
        return address
    path = parts.path
    for prefix in (root.path.rstrip("/"), API_PATH):
        if prefix and path.startswith(prefix + "/"):
            path = path.removeprefix(prefix)
            break
    return SITE + path.rstrip("/")


def parse_govuk_item(body: bytes, *, url: str) -> ParsedDocument:
    item = _read_item(body, url)
    try:
        return _parse_item(item, url)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        # A field of another shape than GOV.UK documents: for staff to see, not a crash.
        raise PageUnreadable(
            url, f"the item is not shaped as its schema says ({error})"
        ) from error


def _parse_item(item: Item, url: str) -> ParsedDocument:
    base_path = item.get("base_path")
    if isinstance(base_path, str) and base_path.startswith("/"):
        url = SITE + base_path.rstrip("/")
    schema = str(item.get("schema_name") or item.get("document_type") or "")
    tombstone = _read_tombstone(item, url)
    is_removed = tombstone is not None and tombstone.status is not DocumentStatus.WITHDRAWN
    sections = () if is_removed else tuple(read_sections(item, schema=schema, url=url))
    children = tuple(dict.fromkeys(_read_children(item, schema, url)))
    description = fold_space(item.get("description") or "")
    is_landing_page = bool(children) or "body" in get_details(item)
    if not sections and not is_removed and description and is_landing_page:
        sections = parse_html(f"<p>{escape(description)}</p>", url=url)
    if not sections and tombstone is None:
        raise PageUnreadable(url, f"the item ({schema or 'no schema'}) holds no text")
    return ParsedDocument(
        url=url,
        title=fold_space(item.get("title") or ""),
        sections=sections,
        description=description,
        publisher=_read_publisher(item),
        document_type=str(item.get("document_type") or schema),
        locale=str(item.get("locale") or "en"),
        published_at=_read_published_at(item),
        first_published_at=_read_time(
            item.get("first_published_at") or get_details(item).get("first_public_at")
        ),
        change_note=_read_change_note(item),
        children=children,
        tombstone=tombstone,
        is_historic=_is_historic(item),
    )


def _read_item(body: bytes, url: str) -> Item:
    try:
        item = json.loads(body)
    except ValueError as error:
        raise PageUnreadable(url, f"the answer is not JSON ({error})") from error
    if not isinstance(item, dict) or not isinstance(item.get("details", {}), dict):
        raise PageUnreadable(url, "the answer is JSON, but no content item")
    return item


# --- what is said about the text ---------------------------------------------------------------


def _read_tombstone(item: Item, url: str) -> Tombstone | None:
    details = get_details(item)
    since = _read_time(item.get("public_updated_at") or item.get("updated_at"))
    kind = item.get("document_type") or item.get("schema_name")
    if kind == "redirect":
        redirects = item.get("redirects") or []
        own = [redirect for redirect in redirects if SITE + str(redirect.get("path")) == url]
        target = (own or redirects or [{}])[0].get("destination") or ""
        return Tombstone(
            status=DocumentStatus.REDIRECTED, replacement_url=_make_absolute(target), since=since
        )
    if kind == "gone":
        return Tombstone(
            status=DocumentStatus.GONE,
            reason=_read_plain_text(details.get("explanation")),
            replacement_url=_make_absolute(details.get("alternative_path") or ""),
            since=since,
        )
    notice = item.get("withdrawn_notice") or details.get("withdrawn_notice")
    if notice:
        return Tombstone(
            status=DocumentStatus.WITHDRAWN,
            reason=_read_plain_text(notice.get("explanation")),
            replacement_url=_find_only_link(notice.get("explanation")),
            since=_read_time(notice.get("withdrawn_at")),
        )
    return None


def _read_plain_text(html: Any) -> str:
    return fold_space(get_text(read_html(read_rich_text(html))))


def _find_only_link(html: Any) -> str:
    """The GOV.UK page that a notice names; of two, either would be a guess."""
    hrefs = (link.get("href") for link in read_html(read_rich_text(html)).iter("a"))
    links = {urljoin(SITE, href) for href in hrefs if href}
    only = links.pop() if len(links) == 1 else ""
    return only if only.startswith(SITE + "/") else ""


def _make_absolute(target: str | None) -> str:
    """A document's address: what a redirect adds to it (a query, an anchor) is no part of it."""
    return urljoin(SITE, target).split("#")[0].split("?")[0].rstrip("/") if target else ""


def _read_publisher(item: Item) -> str:
    named = get_links(item, "organisations") or get_details(item).get("organisations") or []
    titles = [fold_space(organisation.get("title") or "") for organisation in named]
    return ", ".join(dict.fromkeys(title for title in titles if title))


def _read_change_note(item: Item) -> str:
    details = get_details(item)
    dated = [
        (_read_time(change.get("public_timestamp") or change.get("published_at")), change)
        for change in details.get("change_history") or details.get("change_notes") or []
    ]
    known = [(moment, change) for moment, change in dated if moment]
    if not known:
        return fold_space(details.get("change_description") or details.get("change_note") or "")
    change = max(known, key=lambda pair: pair[0])[1]
    note = fold_space(change.get("note") or change.get("change_note") or "")
    title = fold_space(change.get("title") or "")
    return f"{title}: {note}" if title else note


def _read_published_at(item: Item) -> datetime | None:
    return _read_time(item.get("public_updated_at") or get_details(item).get("public_timestamp"))


def _read_time(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_historic(item: Item) -> bool:
    details = get_details(item)
    governments = [link.get("details") or {} for link in get_links(item, "government")]
    governments = governments or [details.get("government") or {}]
    return bool(details.get("political")) and governments[0].get("current") is False


# --- what belongs to it ------------------------------------------------------------------------


def _read_children(item: Item, schema: str, url: str) -> Iterator[str]:
    for path in _read_child_paths(item, schema):
        address = urldefrag(urljoin(SITE, unquote(path))).url
        if urlsplit(address).netloc == "www.gov.uk" and address != url:
            yield address.rstrip("/")
    yield from _find_files(get_details(item).get("attachments") or [])


def _find_files(attachments: list[Any]) -> Iterator[str]:
    """The files that we can read, unless the same words stand there as a page as well."""
    pages = {
        fold_space(attachment.get("title") or "").lower()
        for attachment in attachments
        if attachment.get("attachment_type") == "html" and attachment.get("title")
    }
    for attachment in attachments:
        address = attachment.get("url") or ""
        if (
            attachment.get("content_type") in READABLE_ATTACHMENTS
            and urlsplit(address).netloc == ASSETS
            and fold_space(attachment.get("title") or "").lower() not in pages
        ):
            yield address


def _read_child_paths(item: Item, schema: str) -> Iterator[str]:
    details = get_details(item)
    for group in details.get("child_section_groups") or []:
        for child in group.get("child_sections") or []:
            yield child.get("base_path") or ""
    if schema == "document_collection":
        yield from (link.get("base_path") or "" for link in get_links(item, "documents"))
    if schema in {"manual", "hmrc_manual"}:
        yield from (link.get("base_path") or "" for link in get_links(item, "sections"))
    if schema in {"publication", "statistical_data_set", "consultation", "call_for_evidence"}:
        for attachment in details.get("attachments") or []:
            if attachment.get("attachment_type") == "html":
                yield attachment.get("url") or ""
        yield from _find_html_attachments(details.get("documents") or [], item)
        for link in get_links(item, "children"):
            if link.get("document_type", "html_publication") == "html_publication":
                yield link.get("base_path") or ""


def _find_html_attachments(attachments: list[Any], item: Item) -> Iterator[str]:
    """Older publications list their attachments as HTML; the page's own lie under its path."""
    base_path = f"{item.get('base_path')}/"
    for attachment in attachments:
        for link in read_html(read_rich_text(attachment)).iter("a"):
            path = urlsplit(link.get("href") or "").path
            if path.startswith(base_path):
                yield path
