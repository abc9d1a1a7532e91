"""A server that speaks OpenAI's protocol on loopback and says what a test scripts it to say."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PIECE_CHARACTERS = 23
LIMIT_PIECES = 200_000

# What a test scripts: writes a response.
Behaviour = Callable[["Handler"], None]


class LlmServer(ThreadingHTTPServer):
    """Each request gets the next behaviour; the last one stays."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviours: list[Behaviour] = [says("")]
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        # Set when the test is over: whoever stalls gives up.
        self.is_over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def script(self, *behaviours: Behaviour) -> None:
        self.behaviours = list(behaviours)

    def take(self) -> Behaviour:
        return self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of the play."""


class Handler(BaseHTTPRequestHandler):
    server: LlmServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append(json.loads(body))
        self.server.headers.append(dict(self.headers))
        self.server.take()(self)

    def log_message(self, format: str, *args: object) -> None:
        """Silence."""

    def begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def send_delta(self, **delta: Any) -> None:
        chunk = {
            "id": "1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "scripted",
            "choices": [{"index": 0, "delta": delta, "finish_reason": None}],
        }
        self.send_raw(f"data: {json.dumps(chunk)}\n\n".encode())

    def send_raw(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def send_text(self, text: str) -> None:
        for start in range(0, len(text), PIECE_CHARACTERS):
            self.send_delta(content=text[start : start + PIECE_CHARACTERS])

    def finish_stream(self) -> None:
        self.send_raw(b"data: [DONE]\n\n")


def says(text: str) -> Behaviour:
    def behave(handler: Handler) -> None:
        handler.begin()
        handler.send_text(text)
        handler.finish_stream()

    return behave


def say_sentences(*entries: dict[str, Any]) -> Behaviour:
    return says("\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries))


def stalls(after: str = "") -> Behaviour:
    """Say some words, then nothing more until the test is over."""

    def behave(handler: Handler) -> None:
        handler.begin()
        handler.send_text(after)
        handler.server.is_over.wait()

    return behave


def never_ends(text: str) -> Behaviour:
    def behave(handler: Handler) -> None:
        handler.begin()
        for _ in range(LIMIT_PIECES):
            if handler.server.is_over.is_set():
                return
            handler.send_delta(content=text)

    return behave


def refuses(status: int, message: str = "no") -> Behaviour:
    def behave(handler: Handler) -> None:
        body = json.dumps({"error": {"message": message, "type": "x", "code": "x"}}).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return behave


def calls_a_tool(handler: Handler) -> None:
    handler.begin()
    handler.send_delta(
        tool_calls=[
            {
                "index": 0,
                "id": "t",
                "type": "function",
                "function": {"name": "delete", "arguments": "{}"},
            }
        ]
    )
    handler.finish_stream()


def sends_bytes(data: bytes) -> Behaviour:
    def behave(handler: Handler) -> None:
        handler.begin()
        handler.send_raw(data)

    return behave


def hangs_up(handler: Handler) -> None:
    handler.close_connection = True


@contextlib.contextmanager
def serve_llm() -> Iterator[LlmServer]:
    server = LlmServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.is_over.set()
        server.shutdown()
        server.server_close()
        thread.join()
