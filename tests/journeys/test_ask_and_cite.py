"""A reader asks, and sees on what each sentence stands."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

QUESTION = "Which documents do I need to apply from France?"


def ask(page: Page, question: str) -> None:
    page.get_by_role("textbox").fill(question)
    page.keyboard.press("Enter")


def wait_for_end(page: Page) -> None:
    expect(page.locator(".turn[data-open]")).to_have_count(0)


def test_each_sentence_of_an_answer_opens_the_quote_that_it_stands_on(page: Page):
    page.goto("/")

    ask(page, QUESTION)
    wait_for_end(page)

    sentences = page.locator(".turn .sentence:not([data-label=notice])")
    assert sentences.count() >= 1
    for sentence in sentences.all():
        expect(sentence.locator(".citation, .mark")).not_to_have_count(0)
    citation = page.locator(".turn .citation").first
    expect(citation.locator(".card")).to_be_hidden()
    citation.locator("summary").click()
    expect(citation.locator("blockquote").first).not_to_be_empty()
    expect(citation.locator("dl")).to_contain_text(re.compile(r"Checked by us\s*\d+ \w+ 20\d\d"))
    expect(citation.get_by_role("link").first).to_be_visible()


def test_a_quote_can_be_read_in_its_place_and_the_conversation_is_there_on_the_way_back(
    page: Page,
):
    page.goto("/")
    ask(page, QUESTION)
    wait_for_end(page)
    citation = page.locator(".citation").first
    citation.locator("summary").click()
    quote = citation.locator(".card > blockquote").inner_text()

    citation.get_by_role("link", name="Read it in its place").click()

    mark = page.locator("mark#quote")
    expect(mark).to_contain_text(quote.split("\n")[0])
    expect(page.locator("h1")).not_to_be_empty()
    page.get_by_role("link", name="Back to your questions").click()
    expect(page.locator(".question")).to_contain_text(QUESTION)
    expect(page.locator(".sentence").first).to_be_visible()


def test_each_suggested_question_is_asked_with_one_touch_and_has_an_answer(page: Page):
    page.goto("/")

    for suggestion in page.locator("button.suggestion").all():
        suggestion.click()
        wait_for_end(page)

        turn = page.locator(".turn").last
        expect(turn.locator(".question")).to_contain_text(suggestion.inner_text())
        expect(turn).to_have_attribute("data-outcome", "answered")
        expect(turn.locator(".citation").first).to_be_visible()


def test_focus_stays_in_the_box_while_an_answer_comes(page: Page):
    page.goto("/")

    ask(page, QUESTION)
    wait_for_end(page)

    expect(page.get_by_role("textbox")).to_be_focused()
    expect(page.locator("#progress")).to_have_text("The answer is complete.")


def test_a_call_for_help_gets_help_first(page: Page):
    page.goto("/")

    ask(page, "we are in a small boat and it is sinking please help")
    wait_for_end(page)

    turn = page.locator(".turn")
    expect(turn).to_have_attribute("data-outcome", "urgent")
    expect(turn.locator(".outcome")).to_have_text("First, get help")
    expect(turn.locator(".sentence").first).to_contain_text("112")


def test_what_a_reader_types_is_never_markup(page: Page):
    page.goto("/")

    ask(page, "<b id=injected>Who</b> can be returned to France?")
    wait_for_end(page)
    page.reload()

    expect(page.locator(".question")).to_contain_text("<b id=injected>")
    expect(page.locator("#injected")).to_have_count(0)


def test_a_question_that_is_too_long_stays_in_the_box_and_is_not_sent(page: Page):
    page.goto("/")

    ask(page, "too long " * 100)

    expect(page.locator("#question-error")).to_contain_text("too long")
    expect(page.locator("#question-count")).to_contain_text("Characters too many: 299")
    expect(page.get_by_role("textbox")).to_have_value("too long " * 100)
    expect(page.locator(".turn")).to_have_count(0)


def test_shift_and_enter_begin_a_line_instead_of_sending(page: Page):
    page.goto("/")
    box = page.get_by_role("textbox")

    box.fill("first")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("second")

    expect(box).to_have_value("first\nsecond")
    expect(page.locator(".turn")).to_have_count(0)


def test_a_new_conversation_is_empty(page: Page):
    page.goto("/")
    ask(page, QUESTION)
    wait_for_end(page)

    page.get_by_role("button", name="New conversation").click()

    expect(page.locator("#intro")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(0)


def test_the_first_view_weighs_less_than_60_kilobytes(page: Page):
    sizes: dict[str, int] = {}
    page.on("response", lambda response: sizes.update({response.url: len(response.body())}))

    page.goto("/", wait_until="networkidle")

    assert {"connection.js", "turns.js", "chat.js", "chat.css"} <= {
        url.rpartition("/")[2] for url in sizes
    }
    assert sum(sizes.values()) < 60_000, sizes
