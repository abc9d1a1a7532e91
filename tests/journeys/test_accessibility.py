"""What can be tested of WCAG 2.2 AA: axe-core on every page and state, keyboard, zoom."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.site import Site
from tests.journeys.test_ask_and_cite import QUESTION, ask, wait_for_end

FindViolations = Callable[[Page], list[str]]

SCHEMES = ["light", "dark"]
# A window of 1280 by 1024 at 400 %.
ZOOMED = {"width": 320, "height": 256}


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    "path",
    ["/", "/about", "/briefings/pilot-status", "/delete", "/deleted", "/there-is-no-such-page"],
)
def test_axe_finds_nothing_on_a_page_as_it_opens(
    new_page: Callable[..., Page], find_violations: FindViolations, path: str, scheme: str
):
    page = new_page(color_scheme=scheme)

    page.goto(path)

    assert find_violations(page) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_on_answers_of_every_kind_and_on_a_quote_in_its_place(
    new_page: Callable[..., Page], find_violations: FindViolations, scheme: str
):
    page = new_page(color_scheme=scheme, viewport={"width": 360, "height": 640})
    page.goto("/")
    for question in (
        QUESTION,
        "we are in a small boat and it is sinking please help",
        "Will I win my case?",
        "Where can I buy a false passport?",
        "How do I contest a parking fine?",
    ):
        ask(page, question)
        wait_for_end(page)

    assert find_violations(page) == []
    page.locator(".citation").first.get_by_role("link", name="Read it in its place").click()
    page.wait_for_selector("mark#quote")
    assert find_violations(page) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_on_choices_hidden_words_and_the_question_before_deleting(
    new_page: Callable[..., Page], find_violations: FindViolations, scheme: str
):
    page = new_page(color_scheme=scheme, viewport={"width": 360, "height": 640})
    page.goto("/")
    for question in ("can I apply?", "2", "My phone is 07700 900123. Who can be sent back?"):
        ask(page, question)
        wait_for_end(page)

    expect(page.locator(".choices button").first).to_be_visible()
    expect(page.locator(".question").last).to_contain_text("[phone number]")
    assert find_violations(page) == []
    page.get_by_role("button", name="Delete this conversation").click()
    expect(page.get_by_role("button", name="Yes, delete it")).to_be_visible()
    assert find_violations(page) == []


def test_axe_finds_nothing_while_an_answer_is_written_or_refused(
    page: Page, site: Site, find_violations: FindViolations
):
    page.goto("/")

    with site.holding():
        ask(page, QUESTION)
        expect(page.locator(".turn .sentence")).to_have_count(1)
        ask(page, "another")

        assert find_violations(page) == []
    wait_for_end(page)


def test_everything_can_be_done_with_the_keyboard(page: Page):
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the main part")).to_be_focused()
    page.keyboard.press("Enter")

    page.keyboard.press("Tab")
    expect(page.get_by_role("textbox")).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    wait_for_end(page)
    page.keyboard.press("Shift+Tab")
    expect(page.locator(".feedback").get_by_role("button", name="No")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    last = page.locator(".citation").last
    expect(last.locator("summary")).to_be_focused()
    page.keyboard.press("Enter")

    expect(last.locator(".card")).to_be_visible()


def test_stopping_with_the_keyboard_leaves_focus_in_the_box(page: Page, site: Site):
    page.goto("/")

    with site.holding():
        ask(page, QUESTION)
        stop = page.get_by_role("button", name="Stop")
        stop.focus()
        page.keyboard.press("Enter")
        wait_for_end(page)

    expect(page.get_by_role("textbox")).to_be_focused()


def test_new_sentences_are_announced_politely_and_quotes_are_not(page: Page):
    page.goto("/")
    ask(page, QUESTION)
    wait_for_end(page)

    log = page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(log.locator(".words").first).to_be_visible()
    expect(log.locator(".card").first).to_have_attribute("aria-live", "off")


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_nothing_is_cut_off_or_covered_when_zoomed_in(
    new_page: Callable[..., Page], direction: str
):
    page = new_page(viewport=ZOOMED)
    page.goto("/")
    page.evaluate("direction => { document.documentElement.dir = direction }", direction)
    ask(page, QUESTION)
    wait_for_end(page)
    for summary in page.locator(".citation summary").all():
        summary.click()

    overflow = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    pinned = page.evaluate(
        "[...document.querySelectorAll('*')]"
        ".filter(e => ['fixed', 'sticky'].includes(getComputedStyle(e).position)).length"
    )

    assert overflow == 0
    assert pinned == 0


def test_touch_targets_are_at_least_24_pixels(page: Page):
    page.goto("/")
    ask(page, QUESTION)
    wait_for_end(page)

    small = page.evaluate(
        """[...document.querySelectorAll('button, summary, .emergency a, textarea')]
        .filter(e => e.offsetParent !== null)
        .filter(e => e.getBoundingClientRect().height < 24 || e.getBoundingClientRect().width < 24)
        .map(e => e.outerHTML.slice(0, 100))"""
    )

    assert small == []
