"""An answer is the reader's: it can be stopped, and it survives whatever the network does."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.site import Site
from tests.journeys.test_ask_and_cite import QUESTION, ask, wait_for_end


def read_positions(page: Page) -> list[str]:
    return page.locator(".turn .sentence").evaluate_all("all => all.map(s => s.dataset.position)")


def expect_whole_answer_once(page: Page) -> None:
    """More than the sentence that was there at first, and none of them twice."""
    wait_for_end(page)
    positions = read_positions(page)
    assert len(positions) > 1
    assert len(set(positions)) == len(positions)


def ask_and_see_the_first_sentence(page: Page) -> None:
    ask(page, QUESTION)
    expect(page.locator(".turn .sentence")).to_have_count(1)


def test_a_stopped_answer_ends_at_once_and_the_next_question_can_be_asked(page: Page, site: Site):
    page.goto("/")

    with site.holding():
        ask_and_see_the_first_sentence(page)
        page.get_by_role("button", name="Stop").click()
        wait_for_end(page)

    expect(page.locator(".turn .outcome")).to_have_text("You stopped this answer")
    expect(page.locator("#send")).not_to_have_attribute("aria-disabled", "true")
    ask(page, QUESTION)
    wait_for_end(page)
    expect(page.locator(".turn").last.locator(".sentence").nth(1)).to_be_visible()


def test_one_question_is_answered_at_a_time_and_the_page_says_so(page: Page, site: Site):
    page.goto("/")

    with site.holding():
        ask_and_see_the_first_sentence(page)
        ask(page, "And what does it cost?")

        expect(page.locator("#send")).to_have_attribute("aria-disabled", "true")
        expect(page.locator("#question-error")).to_contain_text("One question at a time")
        expect(page.get_by_role("textbox")).to_have_value("And what does it cost?")
    wait_for_end(page)
    expect(page.locator("#question-error")).to_be_empty()


def test_a_reload_in_the_middle_of_an_answer_loses_and_doubles_nothing(page: Page, site: Site):
    page.goto("/")

    with site.holding():
        ask_and_see_the_first_sentence(page)
        page.reload()
        expect(page.locator(".turn .sentence")).to_have_count(1)

    expect_whole_answer_once(page)


def test_a_lost_connection_is_named_and_the_answer_goes_on_afterwards(page: Page, site: Site):
    page.goto("/")

    with site.holding():
        ask_and_see_the_first_sentence(page)
        page.context.set_offline(True)
        expect(page.locator("#connection")).to_contain_text("Your question is kept")
    page.context.set_offline(False)

    expect_whole_answer_once(page)
    expect(page.locator("#connection")).to_be_empty()


def test_a_question_asked_without_a_connection_is_sent_when_there_is_one(page: Page):
    page.goto("/")
    ask(page, QUESTION)
    wait_for_end(page)

    page.context.set_offline(True)
    ask(page, "Who can be returned to France?")
    expect(page.locator("#connection")).to_contain_text("Your question is kept")
    page.context.set_offline(False)

    wait_for_end(page)
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.locator(".turn").last.locator(".sentence").first).to_be_visible()


def test_an_answer_whose_server_dies_is_given_whole_by_the_next_one(page: Page, site: Site):
    page.goto("/")

    with site.holding():
        ask_and_see_the_first_sentence(page)
        site.end()
    site.start()

    expect_whole_answer_once(page)


def test_a_question_asked_in_one_tab_is_answered_in_the_other_too(page: Page):
    page.goto("/")
    other = page.context.new_page()
    other.goto("/")

    ask(page, QUESTION)

    expect(other.locator(".question")).to_contain_text(QUESTION)
    wait_for_end(page)
    wait_for_end(other)
    assert read_positions(other) == read_positions(page)


def test_where_sockets_are_blocked_the_plain_form_does_the_work(new_page: Callable[..., Page]):
    page = new_page()
    page.route_web_socket("**/ws/chat/", lambda socket: socket.close())
    page.goto("/")

    ask(page, QUESTION)

    expect_whole_answer_once(page)
    expect(page.locator(".turn")).to_have_count(1)


def test_a_reader_without_a_cookie_is_given_one_and_answered(page: Page):
    page.goto("/")
    page.context.clear_cookies(name="conversation")
    page.context.set_offline(True)
    ask(page, QUESTION)
    page.context.set_offline(False)

    wait_for_end(page)

    expect(page.locator(".turn .sentence").first).to_be_visible()
