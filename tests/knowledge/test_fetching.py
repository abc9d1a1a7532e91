"""HTTP as a polite, careful guest: against a real server on loopback, without ever sleeping."""

from __future__ import annotations

import email.utils
import gzip
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from knowledge.fetching import (
    FetchedPage,
    FetchFailed,
    FetchRefused,
    FetchSettings,
    Missing,
    Moved,
    NotModified,
    PageFetcher,
)

PAGE = "/api/content/ferries"


class Site:
    """`answers`: path → a list of (status, headers, body); the last one is given again."""

    def __init__(self, port):
        self.port = port
        self.answers = {}
        self.asked = []
        self.slept = []
        self.at_once = 0
        self.most_at_once = 0
        self.together = None
        self.lock = threading.Lock()

    def url(self, path=PAGE):
        return f"http://127.0.0.1:{self.port}{path}"

    def answer(self, path, *answers):
        self.answers[path] = list(answers)

    def take(self, path):
        answers = self.answers.get(path, [(404, {}, b"none")])
        return answers.pop(0) if len(answers) > 1 else answers[0]


@pytest.fixture
def site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            with state.lock:
                state.at_once += 1
                state.most_at_once = max(state.most_at_once, state.at_once)
                state.asked.append((self.path, dict(self.headers)))
                status, headers, body = state.take(self.path)
            if state.together:
                state.together.wait()
            self.send_response(status)
            length = headers.pop("Content-Length", len(body)) if headers else len(body)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            with state.lock:
                state.at_once -= 1
            self.wfile.write(body)
            self.close_connection = int(length) != len(body)

        def log_message(self, *args):
            """The tests look at `asked`."""

    class QuietServer(ThreadingHTTPServer):
        def handle_error(self, request, client_address):
            """A client that hangs up on a body that is too large is what we test."""

    server = QuietServer(("127.0.0.1", 0), Handler)
    state = Site(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def fetcher(site):
    with PageFetcher(make_settings(site), sleep=site.slept.append) as fetcher:
        yield fetcher


def make_settings(site, **changes):
    values = {
        "allowed_hosts": frozenset([f"127.0.0.1:{site.port}"]),
        "timeout_seconds": 5,
        "response_limit_bytes": 1000,
        "contact": "harbour@ferries.example",
    }
    return FetchSettings(**(values | changes))


def test_a_page_comes_with_what_a_conditional_request_needs(site, fetcher):
    headers = {"Content-Type": "text/html", "ETag": '"1"', "Last-Modified": "then"}
    site.answer(PAGE, (200, headers, b"words"))

    page = fetcher.fetch(site.url())

    assert page == FetchedPage(site.url(), b"words", "text/html", '"1"', "then")


def test_a_request_says_who_asks_and_how_to_reach_them(site, fetcher):
    site.answer(PAGE, (200, {}, b""))

    fetcher.fetch(site.url())

    agent = site.asked[0][1]["User-Agent"]
    assert agent == "one-in-one-out-assistant/0.1 (+harbour@ferries.example)"


def test_a_page_that_has_not_changed_is_not_sent_again(site, fetcher):
    site.answer(PAGE, (304, {}, b""))

    result = fetcher.fetch(site.url(), etag='"1"', last_modified="then")

    assert result == NotModified(site.url())
    headers = site.asked[0][1]
    assert (headers["If-None-Match"], headers["If-Modified-Since"]) == ('"1"', "then")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_reported_and_not_followed(site, fetcher, status):
    site.answer(PAGE, (status, {"Location": "/api/content/boats"}, b""))

    result = fetcher.fetch(site.url())

    assert result == Moved(site.url(), site.url("/api/content/boats"))
    assert len(site.asked) == 1


def test_a_redirect_to_another_host_is_refused(site, fetcher):
    site.answer(PAGE, (301, {"Location": "http://169.254.169.254/secrets"}, b""))

    with pytest.raises(FetchRefused, match="not one of the allowed hosts") as refused:
        fetcher.fetch(site.url())

    assert "169.254.169.254" in refused.value.reason


def test_a_redirect_to_nowhere_fails(site, fetcher):
    site.answer(PAGE, (301, {}, b""))

    with pytest.raises(FetchFailed, match="does not say where"):
        fetcher.fetch(site.url())


@pytest.mark.parametrize("status", [404, 410])
def test_a_missing_page_is_a_value_with_its_words(site, fetcher, status):
    site.answer(PAGE, (status, {}, b"gone because"))

    assert fetcher.fetch(site.url()) == Missing(site.url(), status, b"gone because")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/a",
        "file:///etc/passwd",
        "https://elsewhere.example/",
        "http://user:secret@127.0.0.1/",
        "not an address",
        "",
    ],
)
def test_an_address_that_is_not_allowed_is_refused_without_asking(site, fetcher, url):
    with pytest.raises(FetchRefused):
        fetcher.fetch(url)

    assert site.asked == []


def test_a_page_that_is_too_large_is_refused_at_once(site, fetcher):
    site.answer(PAGE, (200, {}, b"x" * 1001))

    with pytest.raises(FetchRefused, match="larger than 1000 bytes"):
        fetcher.fetch(site.url())

    assert len(site.asked) == 1


def test_the_limit_counts_what_is_unpacked(site, fetcher):
    body = gzip.compress(b"x" * 100_000)
    site.answer(PAGE, (200, {"Content-Encoding": "gzip"}, body))

    assert len(body) < 1000
    with pytest.raises(FetchRefused, match="larger"):
        fetcher.fetch(site.url())


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_failure_is_tried_again(site, fetcher, status):
    site.answer(PAGE, (status, {}, b""), (200, {}, b"words"))

    assert fetcher.fetch(site.url()).body == b"words"
    assert len(site.slept) == 1


def test_a_body_that_breaks_off_is_tried_again(site, fetcher):
    site.answer(PAGE, (200, {"Content-Length": "20"}, b"half"), (200, {}, b"words"))

    assert fetcher.fetch(site.url()).body == b"words"


def test_a_body_that_cannot_be_unpacked_is_tried_again(site, fetcher):
    broken = (200, {"Content-Encoding": "gzip"}, b"no gzip")
    site.answer(PAGE, broken, (200, {}, b"words"))

    assert fetcher.fetch(site.url()).body == b"words"


def test_a_body_that_is_not_what_it_should_be_is_tried_again(site, fetcher):
    def validate(body):
        if body != b"words":
            raise ValueError("not the words")

    site.answer(PAGE, (200, {}, b"garbage"), (200, {}, b"words"))

    assert fetcher.fetch(site.url(), validate=validate).body == b"words"


def test_attempts_are_bounded_and_wait_longer_each_time(site, fetcher):
    site.answer(PAGE, (500, {}, b""))

    with pytest.raises(FetchFailed, match=r"answered 500 \(tried 4 times\)"):
        fetcher.fetch(site.url())

    assert len(site.asked) == 4
    for wait, longest in zip(site.slept, (0.5, 1.0, 2.0), strict=True):
        assert longest / 2 <= wait <= longest


def test_a_lasting_failure_is_not_tried_again(site, fetcher):
    site.answer(PAGE, (403, {}, b""))

    with pytest.raises(FetchFailed, match="answered 403"):
        fetcher.fetch(site.url())

    assert len(site.asked) == 1


def test_we_wait_as_long_as_we_are_asked_to(site, fetcher):
    site.answer(PAGE, (429, {"Retry-After": "7"}, b""), (200, {}, b"words"))

    fetcher.fetch(site.url())

    assert site.slept == [7.0]


def test_we_wait_until_the_date_that_we_are_told(site, fetcher):
    until = datetime.now(UTC) + timedelta(seconds=30)
    headers = {"Retry-After": email.utils.format_datetime(until, usegmt=True)}
    site.answer(PAGE, (503, headers, b""), (200, {}, b"words"))

    fetcher.fetch(site.url())

    assert 20 < site.slept[0] <= 30


def test_asked_to_wait_too_long_we_come_back_another_time(site, fetcher):
    site.answer(PAGE, (429, {"Retry-After": "3600"}, b""))

    with pytest.raises(FetchFailed, match="asked to wait 3600 seconds"):
        fetcher.fetch(site.url())

    assert (site.slept, len(site.asked)) == ([], 1)


def test_a_server_that_is_not_there_is_a_failure_in_words(site):
    settings = make_settings(site, allowed_hosts=frozenset(["127.0.0.1:1"]), retries=0)

    with (
        PageFetcher(settings) as fetcher,
        pytest.raises(FetchFailed, match="could not be reached"),
    ):
        fetcher.fetch("http://127.0.0.1:1/api/content/x")


def test_an_answer_that_drips_is_given_up(site):
    site.answer(PAGE, (200, {}, b"words"))
    # Our turn, the start of the request, a look after the first piece, the end.
    moments = iter([0.0, 0.0, 100.0, 100.0])

    with (
        PageFetcher(make_settings(site, retries=0), clock=lambda: next(moments)) as fetcher,
        pytest.raises(FetchFailed, match="took too long"),
    ):
        fetcher.fetch(site.url())


def fetch_at_once(fetcher, site, path, count):
    threads = [
        threading.Thread(target=fetcher.fetch, args=(site.url(path),)) for _ in range(count)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_the_pages_of_a_site_are_asked_for_one_at_a_time(site, fetcher):
    site.answer("/public", (200, {}, b"words"))

    fetch_at_once(fetcher, site, "/public", 6)

    assert (len(site.asked), site.most_at_once) == (1 + 6, 1)


def test_an_interface_for_programs_is_asked_several_things_at_once_and_not_more(site):
    site.answer(PAGE, (200, {}, b"words"))
    # Nobody is answered before two have asked; a third would find the barrier broken.
    site.together = threading.Barrier(2, timeout=10)

    with PageFetcher(make_settings(site, connections_per_host=2)) as fetcher:
        fetch_at_once(fetcher, site, PAGE, 6)

    assert (len(site.asked), site.most_at_once) == (6, 2)


def test_there_is_a_pause_between_two_questions_to_a_public_host(site, monkeypatch):
    monkeypatch.setattr("knowledge.fetching.is_private_name", lambda host: False)
    site.answer("/robots.txt", (404, {}, b""))
    site.answer("/public", (200, {}, b"words"))

    with PageFetcher(
        make_settings(site, gap_seconds=2), sleep=site.slept.append, clock=lambda: 100.0
    ) as fetcher:
        fetcher.fetch(site.url("/public"))

    assert site.slept == [2.0]


def test_several_connections_share_the_pause(site, monkeypatch):
    monkeypatch.setattr("knowledge.fetching.is_private_name", lambda host: False)
    site.answer(PAGE, (200, {}, b"words"))

    with PageFetcher(
        make_settings(site, gap_seconds=2, connections_per_host=4),
        sleep=site.slept.append,
        clock=lambda: 100.0,
    ) as fetcher:
        for _ in range(3):
            fetcher.fetch(site.url())

    assert site.slept == [0.5, 1.0]


def test_when_one_is_asked_to_wait_the_others_wait_too(site):
    site.answer(PAGE, (429, {"Retry-After": "7"}, b""), (200, {}, b"words"))

    with PageFetcher(make_settings(site), sleep=site.slept.append, clock=lambda: 100.0) as fetcher:
        fetcher.fetch(site.url())
        fetcher.fetch(site.url())

    assert site.slept == [7.0, 7.0]


def test_a_fetcher_that_is_stopped_asks_nothing_more(site, fetcher):
    site.answer(PAGE, (200, {}, b"words"))

    fetcher.stop()

    with pytest.raises(FetchFailed, match="stopped"):
        fetcher.fetch(site.url())
    assert site.asked == []


def test_a_copy_on_this_machine_is_asked_without_pause(site, fetcher):
    site.answer(PAGE, (200, {}, b"words"))

    fetcher.fetch(site.url())
    fetcher.fetch(site.url())

    assert site.slept == []


def test_a_name_that_leads_into_a_private_network_is_refused(site, fetcher, monkeypatch):
    monkeypatch.setattr("knowledge.addresses.is_private_name", lambda host: False)
    site.answer(PAGE, (200, {}, b"secrets"))

    with pytest.raises(FetchRefused, match="private network"):
        fetcher.fetch(site.url())


# --- robots.txt --------------------------------------------------------------------------------


def test_a_page_that_robots_may_not_read_is_refused(site, fetcher):
    site.answer("/robots.txt", (200, {}, b"User-agent: *\nDisallow: /private"))
    site.answer("/public", (200, {}, b"words"))

    assert fetcher.fetch(site.url("/public")).body == b"words"
    with pytest.raises(FetchRefused, match=r"robots\.txt"):
        fetcher.fetch(site.url("/private"))
    assert [path for path, _ in site.asked] == ["/robots.txt", "/public"]


def test_without_robots_txt_all_may_be_read(site, fetcher):
    site.answer("/public", (200, {}, b"words"))

    assert fetcher.fetch(site.url("/public")).body == b"words"


def test_while_robots_txt_fails_nothing_is_read(site, fetcher):
    site.answer("/robots.txt", (500, {}, b""))

    with pytest.raises(FetchFailed, match="answered 500"):
        fetcher.fetch(site.url("/public"))

    assert {path for path, _ in site.asked} == {"/robots.txt"}


def test_a_robots_txt_that_moved_is_followed(site, fetcher):
    site.answer("/robots.txt", (301, {"Location": "/rules"}, b""))
    site.answer("/rules", (200, {}, b"User-agent: *\nDisallow: /"))

    with pytest.raises(FetchRefused, match=r"robots\.txt"):
        fetcher.fetch(site.url("/public"))


def test_an_interface_for_programs_needs_no_robots_txt(site, fetcher):
    site.answer(PAGE, (200, {}, b"words"))

    fetcher.fetch(site.url())

    assert [path for path, _ in site.asked] == [PAGE]
