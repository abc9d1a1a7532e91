"""What identifies a reader is taken out, and what was asked can be deleted."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.site import Site
from tests.journeys.test_ask_and_cite import QUESTION, ask, wait_for_end

PERSONAL = f"My name is Hoda Testova, GWF000000001, call 07700 900123. {QUESTION}"
HIDDEN = f"My name is [name], [case number], call [phone number]. {QUESTION}"


def delete(page: Page) -> None:
    page.get_by_role("button", name="Delete this conversation").click()
    page.get_by_role("button", name="Yes, delete it").click()
    expect(page.get_by_role("heading", name="Your conversation is deleted")).to_be_visible()


def test_personal_data_is_taken_out_and_the_reader_is_told(page: Page):
    page.goto("/")

    ask(page, PERSONAL)
    wait_for_end(page)

    expect(page.locator(".question")).to_contain_text(HIDDEN)
    expect(page.locator(".turn .sentence").last).to_contain_text(
        "I removed a name, a case number and a phone number before keeping your question."
    )
    expect(page.locator(".sentence[data-label=briefing]").first).to_be_visible()
    assert "Testova" not in page.content()
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0
    page.reload()
    expect(page.locator(".question")).to_contain_text(HIDDEN)


def test_a_conversation_is_deleted_after_a_question_of_ours(page: Page):
    page.goto("/")
    ask(page, QUESTION)
    wait_for_end(page)

    page.get_by_role("button", name="Delete this conversation").click()
    page.get_by_role("link", name="No, keep it").click()
    expect(page.locator(".turn")).to_have_count(1)
    delete(page)

    page.get_by_role("link", name="Ask a new question").click()
    expect(page.locator(".turn")).to_have_count(0)
    ask(page, QUESTION)
    wait_for_end(page)
    expect(page.locator(".turn")).to_have_count(1)


def test_deleting_in_one_tab_clears_the_other_while_an_answer_is_being_written(
    page: Page, site: Site
):
    page.goto("/")
    with site.holding():
        ask(page, QUESTION)
        expect(page.locator(".turn .sentence")).to_have_count(1)
        other = page.context.new_page()
        other.goto("/")
        expect(other.locator(".turn .sentence")).to_have_count(1)

        delete(other)

        expect(page.locator(".turn")).to_have_count(0)
        expect(page.locator("#deleted")).to_have_text(
            "This conversation was deleted. You can begin a new one."
        )
        expect(page.locator("#progress")).to_be_empty()
    ask(page, QUESTION)
    wait_for_end(page)
    expect(page.locator(".turn")).to_have_count(1)
    expect(page.locator("#deleted")).to_be_empty()


def test_a_tab_that_was_away_is_cleared_when_it_comes_back(page: Page):
    page.goto("/")
    ask(page, QUESTION)
    wait_for_end(page)
    other = page.context.new_page()
    other.goto("/")
    # Only this tab: the other must reach the server.
    page.evaluate("dispatchEvent(new Event('pagehide'))")

    delete(other)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")

    expect(page.locator(".turn")).to_have_count(0)


def test_deleting_needs_no_script(new_page: Callable[..., Page]):
    page = new_page(java_script_enabled=False, viewport={"width": 360, "height": 640})
    page.goto("/")
    page.get_by_role("textbox").fill(PERSONAL)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".question")).to_contain_text(HIDDEN)

    delete(page)
    page.goto("/")

    expect(page.locator(".turn")).to_have_count(0)
