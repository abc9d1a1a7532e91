"""The GOV.UK-like server for many pages: answers are made once, so it is not what is measured."""

from __future__ import annotations

import hashlib
import json
import socketserver
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from tests.scale.pages import Item


class ManyPages:
    """`answers`: path → ETag and body."""

    def __init__(self, items: dict[str, Item]) -> None:
        self.items = items
        self.answers: dict[str, tuple[str, bytes]] = {}
        self.asked = 0
        self.port = 0
        self.put(items)

    @property
    def api_root(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/content"

    def put(self, paths: Iterable[str]) -> None:
        for path in paths:
            body = json.dumps(self.items[path]).encode()
            tag = '"' + hashlib.sha256(body).hexdigest()[:20] + '"'
            self.answers[f"/api/content{path}"] = tag, body


@contextmanager
def serve_pages(items: dict[str, Item]) -> Iterator[ManyPages]:
    pages = ManyPages(items)

    class Handler(socketserver.StreamRequestHandler):
        """HTTP/1.1 as far as our own client speaks it: GET, kept open."""

        def handle(self) -> None:
            while request := self.rfile.readline():
                path = request.split(b" ")[1].decode()
                known = ""
                while (line := self.rfile.readline()) not in {b"\r\n", b""}:
                    name, _, value = line.decode("latin-1").partition(":")
                    if name.lower() == "if-none-match":
                        known = value.strip()
                self.wfile.write(self.answer(path, known))

        def answer(self, path: str, known: str) -> bytes:
            pages.asked += 1
            if path not in pages.answers:
                return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
            tag, body = pages.answers[path]
            if known == tag:
                return f"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n".encode()
            head = f"HTTP/1.1 200 OK\r\nETag: {tag}\r\nContent-Type: application/json\r\n"
            return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Handler) as server:
        pages.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield pages
        finally:
            server.shutdown()
            thread.join()
