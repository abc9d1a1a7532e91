"""A small server that answers as GOV.UK's Content API does, with pages of our own making.

It runs on loopback in a thread; a test changes `items` or `faults` while it runs.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class GovukServer:
    """`items`: base path → content item. `faults`: base path → statuses to answer with first."""

    def __init__(self) -> None:
        self.items: dict[str, dict[str, Any]] = {}
        self.faults: dict[str, list[int]] = {}
        self.asked: list[tuple[str, int]] = []
        # Base path → a request for it waits here; `reached` says that one does.
        self.held: dict[str, threading.Event] = {}
        self.reached = threading.Event()
        # Base path → what happens while a request for it is under way, once.
        self.on_asked: dict[str, Callable[[], object]] = {}
        self.port = 0

    @property
    def api_root(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/content"

    def add_manual(self, path: str, sections: dict[str, str], title: str = "Rules") -> None:
        """A manual and its sections; `sections` maps a name to the HTML of its body."""
        self.items[path] = make_item(path, title, "manual", body="") | {
            "details": {
                "body": "",
                "child_section_groups": [
                    {
                        "title": "Contents",
                        "child_sections": [
                            {"title": name, "base_path": f"{path}/{name}"} for name in sections
                        ],
                    }
                ],
            }
        }
        for name, body in sections.items():
            self.add_section(path, name, body)

    def add_section(self, path: str, name: str, body: str) -> None:
        self.items[f"{path}/{name}"] = make_item(
            f"{path}/{name}", f"Rules: {name}", "manual_section", body=body
        )

    def remove(self, path: str) -> None:
        del self.items[path]

    def wait_if_held(self, path: str) -> None:
        happen = self.on_asked.pop(path.removeprefix("/api/content"), None)
        if happen is not None:
            happen()
        gate = self.held.get(path.removeprefix("/api/content"))
        if gate is not None:
            self.reached.set()
            gate.wait(timeout=60)

    def answer(self, path: str, etag: str) -> tuple[int, bytes, dict[str, str]]:
        base_path = path.removeprefix("/api/content")
        if self.faults.get(base_path):
            return self.faults[base_path].pop(0), b"{}", {}
        item = self.items.get(base_path)
        if item is None:
            return 404, b"{}", {}
        body = json.dumps(item).encode()
        if item["document_type"] == "gone":
            return 410, body, {}
        if item["document_type"] == "redirect":
            target = "/api/content" + item["redirects"][0]["destination"]
            return 301, b"", {"Location": target}
        tag = '"' + hashlib.sha256(body).hexdigest()[:20] + '"'
        if etag == tag:
            return 304, b"", {"ETag": tag}
        return 200, body, {"ETag": tag}


def make_item(path: str, title: str, schema: str, *, body: str) -> dict[str, Any]:
    return {
        "base_path": path,
        "title": title,
        "description": "",
        "schema_name": schema,
        "document_type": schema,
        "locale": "en",
        "first_published_at": "2024-01-02T03:04:05Z",
        "public_updated_at": "2026-05-06T07:08:09Z",
        "details": {"body": body},
        "links": {"organisations": [{"title": "Ministry of Examples"}]},
    }


@contextmanager
def serve_govuk() -> Iterator[GovukServer]:
    site = GovukServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.wait_if_held(self.path)
            status, body, headers = site.answer(self.path, self.headers.get("If-None-Match", ""))
            site.asked.append((self.path.removeprefix("/api/content"), status))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Say nothing: the tests look at `asked`."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing: a client that was killed in the middle is part of some tests."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
