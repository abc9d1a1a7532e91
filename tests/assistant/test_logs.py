"""Error reports and log lines without the words that an error repeats."""

from __future__ import annotations

import logging
import sys
import uuid

import pytest
from django.conf import settings as project
from django.test import RequestFactory
from django.urls import reverse

from assistant import services
from assistant.identity import COOKIE, sign_conversation_id
from assistant.logs import NothingInDetail, WordlessFormatter, WordlessReporter

MARKED = "zebrafinch"
QUESTION = f"Do I need a bell to borrow a {MARKED}?"


def break_it(**values):
    raise ValueError(f"failing row contains ({QUESTION})")


def raise_with_words():
    text = QUESTION
    try:
        raise ValueError(text)
    except ValueError as error:
        raise RuntimeError(f"at {text}") from error


def catch():
    try:
        raise_with_words()
    except RuntimeError:
        return sys.exc_info()


def test_a_report_names_the_error_and_no_words():
    request = RequestFactory().post("/ask", {"text": QUESTION}, HTTP_REFERER=f"/?{MARKED}")
    request.COOKIES = {COOKIE: sign_conversation_id(uuid.uuid4())}
    reporter = WordlessReporter(request, *catch())

    for report in (reporter.get_traceback_text(), reporter.get_traceback_html()):
        assert "RuntimeError" in report
        assert "raise_with_words" in report
        assert MARKED not in report
        assert request.COOKIES[COOKIE] not in report


@pytest.mark.django_db
def test_the_mail_to_the_administrators_has_no_words(client, settings, mailoutbox, monkeypatch):
    settings.ADMINS = [("Ada", "ada@example.org")]
    monkeypatch.setattr(services, "give_feedback", break_it)
    client.cookies[COOKIE] = sign_conversation_id(uuid.uuid4())
    client.raise_request_exception = False
    handler = next(
        each for each in logging.getLogger("django").handlers if "mail" in each.name.lower()
    )

    response = client.post(
        reverse("feedback"), {"question": "1", "helped": "yes", "text": QUESTION}
    )

    assert response.status_code == 500
    assert handler.level == logging.ERROR
    (mail,) = mailoutbox
    assert "ValueError" in mail.body
    assert MARKED not in mail.subject + mail.body + str(mail.alternatives)


def test_our_log_lines_name_an_error_and_not_what_it_says():
    record = logging.LogRecord("any", logging.ERROR, "", 0, "it broke", (), catch())

    line = WordlessFormatter("%(message)s").format(record)

    assert line.startswith("it broke\nRuntimeError")
    assert "after ValueError" in line
    assert MARKED not in line
    assert "raise_with_words" in line


@pytest.mark.parametrize("name", ["django.db.backends", "websockets.server", "uvicorn.error"])
def test_no_logger_tells_details_even_when_the_level_is_debug(name):
    logger = logging.getLogger(name)
    record = logger.makeRecord(name, logging.DEBUG, "", 0, QUESTION, (), None)

    assert not logger.isEnabledFor(logging.DEBUG) or not logger.filter(record)


def test_every_handler_of_ours_prints_without_an_error_s_words():
    printers = {handler["formatter"] for handler in project.LOGGING["handlers"].values()}

    assert {project.LOGGING["formatters"][name]["()"] for name in printers} == {
        "assistant.logs.WordlessFormatter"
    }


def test_who_asks_for_a_page_is_in_no_log():
    access = logging.getLogger("uvicorn.access")

    assert not access.propagate
    # pytest adds its own, which print nothing.
    assert not any(type(handler) is logging.StreamHandler for handler in access.handlers)


def test_the_address_of_a_socket_is_in_no_log():
    said = '%s - "WebSocket %s" [accepted]'
    opened = logging.LogRecord(
        "uvicorn.error", logging.INFO, "", 1, said, ("192.0.2.7", "/"), None
    )
    started = logging.LogRecord("uvicorn.error", logging.INFO, "", 1, "running", (), None)

    assert not NothingInDetail().filter(opened)
    assert NothingInDetail().filter(started)
