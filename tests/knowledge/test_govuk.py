"""Content items of GOV.UK, of our own making, and what is said about their text."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from knowledge.govuk import get_api_url, get_canonical_url, parse_govuk_item
from knowledge.parsing import PageUnreadable
from knowledge.types import DocumentStatus

API_ROOT = "http://127.0.0.1:8900/api/content"
URL = "https://www.gov.uk/ferries"


def make_item(schema="answer", details=None, **fields):
    return {
        "base_path": "/ferries",
        "title": "Ferries",
        "description": "All about ferries.",
        "schema_name": schema,
        "document_type": schema,
        "locale": "en",
        "details": {"body": "<p>Take the ferry.</p>"} if details is None else details,
    } | fields


def parse(item):
    return parse_govuk_item(json.dumps(item).encode(), url="https://www.gov.uk/asked-for")


# --- addresses ---------------------------------------------------------------------------------


def test_the_api_address_keeps_the_path_alone():
    url = get_api_url("https://www.gov.uk/ferries/prices/?a=1#top", API_ROOT)

    assert url == "http://127.0.0.1:8900/api/content/ferries/prices"


def test_an_address_elsewhere_has_no_api_address():
    with pytest.raises(ValueError, match="not an address on"):
        get_api_url("https://ferries.example/", API_ROOT)


@pytest.mark.parametrize(
    "given",
    [
        "/ferries",
        "/ferries/",
        "/api/content/ferries",
        "http://127.0.0.1:8900/api/content/ferries",
        "https://www.gov.uk/api/content/ferries",
        "https://www.gov.uk/ferries#prices",
    ],
)
def test_a_document_is_known_by_its_address_on_govuk(given):
    assert get_canonical_url(given, API_ROOT) == URL


def test_an_address_of_another_site_stays_as_it_is():
    url = "https://www.legislation.gov.uk/ukpga/2021/1"

    assert get_canonical_url(url, API_ROOT) == url


def test_the_items_own_path_goes_before_the_address_that_was_asked_for():
    assert parse(make_item()).url == URL
    assert parse(make_item(base_path=None)).url == "https://www.gov.uk/asked-for"


# --- what is said about the text ---------------------------------------------------------------


def test_dates_language_and_type_are_read():
    document = parse(
        make_item(
            document_type="guidance",
            locale="cy",
            public_updated_at="2021-05-06T07:08:09+01:00",
            first_published_at="2020-01-02T03:04:05Z",
        )
    )

    assert document.published_at == datetime(2021, 5, 6, 6, 8, 9, tzinfo=UTC)
    assert document.first_published_at == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (document.document_type, document.locale) == ("guidance", "cy")
    assert (document.title, document.description) == ("Ferries", "All about ferries.")


def test_a_date_that_cannot_be_read_is_no_date():
    assert parse(make_item(public_updated_at="soon")).published_at is None


def test_publishers_are_joined_and_said_once():
    links = {"organisations": [{"title": "Harbour Board"}, {"title": "Ferry Office"}] * 2}

    assert parse(make_item(links=links)).publisher == "Harbour Board, Ferry Office"


def test_publishers_of_older_items_stand_in_the_details():
    details = {"body": "<p>x</p>", "organisations": [{"title": "Harbour Board"}]}

    assert parse(make_item(details=details)).publisher == "Harbour Board"


def test_the_newest_change_note_is_read():
    history = [
        {"public_timestamp": "2020-01-01T00:00:00Z", "note": "First published."},
        {"public_timestamp": "2021-01-01T00:00:00Z", "note": "New prices."},
    ]

    assert parse(
        make_item(details={"body": "<p>x</p>", "change_history": history})
    ).change_note == ("New prices.")


def test_a_manuals_change_note_names_the_section():
    notes = [{"published_at": "2021-01-01T00:00:00Z", "title": "Prices", "change_note": "New."}]

    assert parse(make_item("manual", {"body": "<p>x</p>", "change_notes": notes})).change_note == (
        "Prices: New."
    )


@pytest.mark.parametrize(
    ("political", "current", "is_historic"),
    [(True, False, True), (True, True, False), (False, False, False)],
)
def test_history_mode_needs_a_political_page_of_an_earlier_government(
    political, current, is_historic
):
    item = make_item(
        details={"body": "<p>x</p>", "political": political},
        links={"government": [{"details": {"current": current}}]},
    )

    assert parse(item).is_historic is is_historic


# --- tombstones --------------------------------------------------------------------------------


def test_a_withdrawn_page_says_why_since_when_and_what_replaces_it():
    notice = {
        "explanation": '<div><p>Out of date. See <a href="/boats">boats</a>.</p></div>',
        "withdrawn_at": "2021-02-03T04:05:06Z",
    }

    document = parse(make_item(withdrawn_notice=notice))

    assert document.tombstone is not None
    assert document.tombstone.status is DocumentStatus.WITHDRAWN
    assert document.tombstone.reason == "Out of date. See boats."
    assert document.tombstone.replacement_url == "https://www.gov.uk/boats"
    assert document.tombstone.since == datetime(2021, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert document.sections


@pytest.mark.parametrize(
    "explanation",
    [
        '<p><a href="/boats">a</a> <a href="/ships">b</a></p>',
        '<p><a href="https://boats.example/">elsewhere</a></p>',
        "<p>No link.</p>",
    ],
)
def test_a_withdrawn_page_without_one_link_on_govuk_names_no_replacement(explanation):
    document = parse(make_item(withdrawn_notice={"explanation": explanation}))

    assert document.tombstone is not None
    assert document.tombstone.replacement_url == ""


@pytest.mark.parametrize("notice", [None, {}])
def test_an_empty_notice_withdraws_nothing(notice):
    assert parse(make_item(withdrawn_notice=notice)).tombstone is None


def test_a_page_that_is_gone_says_why_and_where_else_to_look():
    details = {"explanation": "<p>It sank.</p>", "alternative_path": "/boats"}

    document = parse(make_item("gone", details, title=None, description=None))

    assert document.tombstone is not None
    assert document.tombstone.status is DocumentStatus.GONE
    assert document.tombstone.reason == "It sank."
    assert document.tombstone.replacement_url == "https://www.gov.uk/boats"
    assert document.sections == ()


def test_a_redirect_names_the_target_of_its_own_path():
    redirects = [
        {"path": "/ferries/prices", "type": "exact", "destination": "/other"},
        {"path": "/ferries", "type": "exact", "destination": "/boats?from=ferries#top"},
    ]

    document = parse(make_item("redirect", {}, redirects=redirects, title=None))

    assert document.tombstone is not None
    assert document.tombstone.status is DocumentStatus.REDIRECTED
    assert document.tombstone.replacement_url == "https://www.gov.uk/boats"


# --- what belongs to a document ----------------------------------------------------------------


def test_the_sections_of_a_manual_are_its_children():
    details = {
        "body": "",
        "child_section_groups": [
            {"title": "Contents", "child_sections": [{"title": "A", "base_path": "/ferries/a"}]}
        ],
    }
    links = {"sections": [{"base_path": "/ferries/a"}, {"base_path": "/ferries/b"}]}

    document = parse(make_item("manual", details, links=links))

    assert document.children == (f"{URL}/a", f"{URL}/b")


def test_the_html_attachments_of_a_publication_are_its_children():
    details = {
        "body": "<p>x</p>",
        "attachments": [
            {"attachment_type": "html", "url": "/ferries/prices"},
            {"attachment_type": "html", "url": "https://www.gov.uk/ferries/times#top"},
            {"attachment_type": "html", "url": "https://elsewhere.example/"},
            {"attachment_type": "file", "url": "https://assets.example/a.pdf"},
        ],
        "documents": ['<section><a href="/ferries/old">Old</a><a href="/x">x</a></section>'],
    }
    links = {"children": [{"base_path": "/ferries/prices"}, {"base_path": "/ferries"}]}

    document = parse(make_item("publication", details, links=links))

    assert document.children == (f"{URL}/prices", f"{URL}/times", f"{URL}/old")


def test_the_files_of_a_publication_are_its_children_unless_a_page_says_the_same():
    assets = "https://assets.publishing.service.gov.uk/media"
    pdf = {"content_type": "application/pdf", "attachment_type": "file"}
    item = make_item(
        "publication",
        {
            "body": "<p>x</p>",
            "attachments": [
                {"attachment_type": "html", "url": "/ferries/times", "title": "Times"},
                {**pdf, "url": f"{assets}/1/times.pdf", "title": "times"},
                {**pdf, "url": f"{assets}/2/prices.pdf", "title": "Prices"},
                {**pdf, "url": "https://elsewhere.example/3/prices.pdf", "title": "Fares"},
                {**pdf, "url": f"{assets}/4/map.png", "content_type": "image/png", "title": "Map"},
            ],
        },
    )

    assert parse(item).children == (f"{URL}/times", f"{assets}/2/prices.pdf")


def test_the_documents_of_a_collection_are_its_children():
    links = {"documents": [{"base_path": "/boats"}, {"base_path": "/ships"}]}

    document = parse(make_item("document_collection", links=links))

    assert document.children == ("https://www.gov.uk/boats", "https://www.gov.uk/ships")


def test_pages_that_are_only_related_are_no_children():
    links = {"ordered_related_items": [{"base_path": "/boats"}], "parent": [{"base_path": "/x"}]}

    assert parse(make_item(links=links)).children == ()


# --- what can't be read ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html>", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[]", "no content item"),
        (b'{"details": []}', "no content item"),
        (b'{"details": {"body": "<p>x</p>", "parts": 7}}', "not shaped"),
        (b'{"schema_name": "smart_answer", "description": "d", "details": {}}', "smart_answer"),
        (b'{"details": {"body": "<p> </p>"}}', "holds no text"),
    ],
)
def test_what_holds_no_text_is_unreadable_with_a_reason(body, reason):
    with pytest.raises(PageUnreadable, match=reason):
        parse_govuk_item(body, url=URL)


def test_every_stored_item_can_be_read(shared):
    mirror = shared / "govuk_mirror"
    items = [*(mirror / "examples").glob("*.json"), *(mirror / "content").rglob("*.json")]

    for path in items:
        document = parse_govuk_item(path.read_bytes(), url=URL)

        has_text = any(block.text for section in document.sections for block in section.blocks)
        assert has_text or document.tombstone is not None, path
        assert document.url.startswith("https://www.gov.uk/")
    assert len(items) > 100
