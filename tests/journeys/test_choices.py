"""An unclear question is asked back, and one touch on a choice asks that."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assistant.answering.clarifying import get_rules, list_start
from tests.journeys.site import Site
from tests.journeys.test_ask_and_cite import ask, wait_for_end

UNCLEAR = "can I apply?"


def list_choices() -> list[str]:
    choices = [choice for rule in get_rules().rules for choice in rule.choices]
    return list(dict.fromkeys([*choices, *list_start()]))


def is_wider_than_its_window(page: Page) -> bool:
    root = "document.documentElement"
    return bool(page.evaluate(f"{root}.scrollWidth > {root}.clientWidth"))


def test_an_unclear_question_shows_choices_and_a_touch_asks_one(page: Page):
    page.goto("/")

    ask(page, UNCLEAR)
    wait_for_end(page)

    choices = page.locator(".turn").first.locator(".choices button")
    expect(page.locator(".turn").first).to_have_attribute("data-outcome", "clarification_needed")
    assert choices.count() >= 2
    assert not is_wider_than_its_window(page)
    text = choices.first.inner_text()
    choices.first.click()
    wait_for_end(page)
    turn = page.locator(".turn").last
    expect(turn.locator(".question")).to_contain_text(text)
    expect(turn).to_have_attribute("data-outcome", "answered")
    expect(turn.locator(".citation").first).to_be_visible()
    expect(turn.locator(".choices")).to_have_count(0)


def test_the_choices_are_there_after_a_reload_and_can_be_typed(page: Page):
    page.goto("/")
    ask(page, UNCLEAR)
    wait_for_end(page)

    page.reload()
    text = page.locator(".choices button").nth(1).inner_text()
    ask(page, "the second")
    wait_for_end(page)

    turn = page.locator(".turn").last
    expect(turn).to_have_attribute("data-outcome", "answered")
    expect(turn.locator(".question")).to_contain_text(text)
    chosen = turn.locator(".citation").first.inner_text()
    ask(page, text)
    wait_for_end(page)
    assert page.locator(".turn").last.locator(".citation").first.inner_text() == chosen


def test_without_javascript_a_choice_is_asked_by_form(new_page: Callable[..., Page]):
    page = new_page(java_script_enabled=False, viewport={"width": 360, "height": 640})
    page.goto("/")
    page.get_by_role("textbox").fill(UNCLEAR)
    page.get_by_role("button", name="Ask", exact=True).click()
    choice = page.locator(".choices button").first
    text = choice.inner_text()

    choice.click()

    turn = page.locator(".turn").last
    expect(turn.locator(".question")).to_contain_text(text)
    expect(turn).to_have_attribute("data-outcome", "answered")


def test_a_page_with_choices_can_be_used_by_everyone(
    page: Page, find_violations: Callable[[Page], list[str]]
):
    page.goto("/")
    ask(page, UNCLEAR)
    wait_for_end(page)

    assert find_violations(page) == []


@pytest.mark.model
def test_every_choice_that_is_ever_offered_is_answered_with_citations(site: Site, tmp_path: Path):
    gold = tmp_path / "choices.jsonl"
    gold.write_text(
        "\n".join(
            json.dumps({"id": choice, "question": choice, "outcome": ["answered"]})
            for choice in list_choices()
        )
    )

    report = json.loads(site.read("evaluate", "answers", str(gold), "--json"))

    failed = [(row["id"], row["reasons"]) for row in report["rows"] if not row["passed"]]
    assert failed == []
    assert report["total"] == len(list_choices())
