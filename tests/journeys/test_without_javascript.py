"""The page works by form and reload alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_ask_and_cite import QUESTION


@pytest.fixture
def plain_page(new_page: Callable[..., Page]) -> Page:
    return new_page(java_script_enabled=False, viewport={"width": 360, "height": 640})


def test_a_question_is_answered_and_its_quotes_can_be_opened(plain_page: Page):
    plain_page.goto("/")

    plain_page.get_by_role("textbox").fill(QUESTION)
    plain_page.get_by_role("button", name="Ask").click()

    expect(plain_page.locator(".question")).to_contain_text(QUESTION)
    citation = plain_page.locator(".citation").first
    citation.locator("summary").click()
    expect(citation.locator("blockquote").first).to_be_visible()
    citation.get_by_role("link", name="Read it in its place").click()
    expect(plain_page.locator("mark#quote")).to_be_visible()


def test_a_suggested_question_is_asked_with_one_touch(plain_page: Page):
    plain_page.goto("/")
    suggestion = plain_page.locator("button.suggestion").first
    text = suggestion.inner_text()

    suggestion.click()

    expect(plain_page.locator(".question")).to_contain_text(text)
    expect(plain_page.locator(".sentence").first).to_be_visible()


def test_a_question_that_is_too_long_comes_back_to_be_made_shorter(plain_page: Page):
    plain_page.goto("/")

    plain_page.get_by_role("textbox").fill("too long " * 100)
    plain_page.get_by_role("button", name="Ask").click()

    expect(plain_page.get_by_role("alert")).to_contain_text("too long")
    assert plain_page.get_by_role("textbox").input_value().startswith("too long")
    expect(plain_page.locator(".turn")).to_have_count(0)


def test_the_conversation_grows_and_can_be_left(plain_page: Page):
    plain_page.goto("/")
    for _ in range(2):
        plain_page.get_by_role("textbox").fill(QUESTION)
        plain_page.get_by_role("button", name="Ask").click()
    expect(plain_page.locator(".turn")).to_have_count(2)

    plain_page.get_by_role("button", name="New conversation").click()

    expect(plain_page.locator(".turn")).to_have_count(0)
