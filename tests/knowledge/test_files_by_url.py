"""Fetching and reading together: a source that is a file, is a law, or has files below it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from knowledge import govuk as govuk_module
from knowledge import legislation
from knowledge.ingestion import refresh_source
from knowledge.models import Document, Source
from knowledge.runs import request_run
from knowledge.types import RefreshReport, SourceKind
from tests.govuk_server import make_item
from tests.knowledge.files.making import make_guide
from tests.knowledge.test_legislation import SUBSECTIONS, make_law, make_section

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fake_embedding")]

PAGE = (
    b"<html><body><main><h1>Harbours</h1><p>This page has words enough to be taken for a page, "
    b"and says that the harbour is open on every day of the week but on Sunday, when the keeper "
    b"of the harbour rests and no boat may enter or leave it.</p></main></body></html>"
)


@contextmanager
def serve(answers: dict[str, tuple[str, bytes]]) -> Iterator[tuple[str, list[str]]]:
    """Files on loopback: path → (content type, body). Yields host:port and the paths asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            content_type, body = answers.get(self.path, ("text/plain", b""))
            self.send_response(200 if self.path in answers else 404)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Say nothing: the tests look at `asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def refresh(url: str, *, kind: SourceKind = SourceKind.WEB_PAGE) -> RefreshReport:
    source = Source.objects.create(
        slug="files", title="Files", kind=kind, url=url, publisher="Harbour office"
    )
    return refresh_source(run=request_run(source=source, asked_by="test"))


@pytest.mark.parametrize("content_type", ["application/pdf", "application/octet-stream", ""])
def test_a_pdf_is_read_as_a_file_whatever_its_server_calls_it(settings, content_type):
    with serve({"/a%20guide.pdf": (content_type, make_guide())}) as (host, _):
        settings.KNOWLEDGE_ALLOWED_HOSTS = [host]
        report = refresh(f"http://{host}/a%20guide.pdf")

    document = Document.objects.get()
    assert report.failures == []
    assert document.title == "Guide to the harbour permit"
    assert document.revisions.get().passages.get(position=1).url.endswith("guide.pdf#page=2")


def test_a_page_is_still_read_as_a_page(settings):
    with serve({"/harbours": ("text/html", PAGE)}) as (host, _):
        settings.KNOWLEDGE_ALLOWED_HOSTS = [host]
        report = refresh(f"http://{host}/harbours")

    assert report.failures == []
    assert Document.objects.get().document_type == "web_page"


@pytest.mark.parametrize(
    ("content_type", "body", "reason"),
    [
        ("application/pdf", b"%PDF-1.4 broken", "The file is damaged"),
        ("image/png", b"\x89PNG\r\n\x1a\n\x00", "This is a picture"),
        ("application/json", b'{"a": 1}', "the page is application/json"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_failure_of_that_file(
    settings, content_type, body, reason
):
    with serve({"/file": (content_type, body)}) as (host, _):
        settings.KNOWLEDGE_ALLOWED_HOSTS = [host]
        report = refresh(f"http://{host}/file")

    assert report.failures[0].reason.startswith(reason)
    assert not Document.objects.exists()


def test_the_files_of_a_publication_are_read_with_it(settings, monkeypatch, govuk):
    with serve({"/media/1/guide.pdf": ("application/pdf", make_guide())}) as (host, _):
        monkeypatch.setattr(govuk_module, "ASSETS", host)
        settings.KNOWLEDGE_ALLOWED_HOSTS = [host]
        item = make_item("/harbours", "Harbours", "publication", body="<p>About harbours.</p>")
        item["details"]["attachments"] = [
            {
                "attachment_type": "file",
                "content_type": "application/pdf",
                "title": "Guide",
                "url": f"http://{host}/media/1/guide.pdf",
            }
        ]
        govuk.items["/harbours"] = item
        report = refresh("https://www.gov.uk/harbours", kind=SourceKind.GOVUK)

    assert report.failures == []
    assert set(Document.objects.values_list("title", "publisher")) == {
        ("Harbours", "Ministry of Examples"),
        ("Guide to the harbour permit", "Harbour office"),
    }


def test_a_law_is_read_from_its_data_and_cited_by_its_page(settings, monkeypatch):
    law = make_law(make_section("5", "Lamps", SUBSECTIONS))
    monkeypatch.setattr(legislation, "HOST", "127.0.0.1")
    with serve({"/ukpga/1890/7/section/5/data.xml": ("application/xml", law)}) as (host, asked):
        settings.KNOWLEDGE_ALLOWED_HOSTS = [host]
        report = refresh(f"http://{host}/ukpga/1890/7/section/5")

    document = Document.objects.get()
    assert report.failures == []
    assert "/ukpga/1890/7/section/5" not in asked
    assert document.url == f"http://{host}/ukpga/1890/7/section/5"
    numbers = document.revisions.get().passages.first().numbers
    assert numbers[1][0] == "s.5(1)(a)"


def test_a_law_whose_data_programs_may_not_read_is_read_as_a_page(settings, monkeypatch):
    monkeypatch.setattr(legislation, "HOST", "127.0.0.1")
    answers = {
        "/robots.txt": ("text/plain", b"User-agent: *\nDisallow: /ukpga/7/data.xml\n"),
        "/ukpga/7": ("text/html", PAGE),
    }
    with serve(answers) as (host, _):
        settings.KNOWLEDGE_ALLOWED_HOSTS = [host]
        report = refresh(f"http://{host}/ukpga/7")

    assert report.failures == []
    assert Document.objects.get().document_type == "web_page"
