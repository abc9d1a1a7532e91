"""A reader asks as of a day, comes back after a source has changed, and says whether it helped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.site import Site
from tests.journeys.test_ask_and_cite import QUESTION, wait_for_end

REWORD = """
from django.utils import timezone
from assistant.models import Citation
from knowledge.models import Passage, Revision
from knowledge.publishing import publish

cited = Citation.objects.order_by("-pk").first()
old = Revision.objects.get(pk=cited.revision)
word = cited.quote.split()[-2]
quote = cited.quote.replace(word, "rewritten")
place, moved = old.text.index(cited.quote), len(quote) - len(cited.quote)
new = Revision.objects.create(
    document=old.document, number=old.number + 1, title=old.title,
    text=old.text.replace(cited.quote, quote, 1), text_digest="reworded",
    fetched_at=timezone.now(),
)
for passage in old.passages.order_by("position"):
    start = passage.start + (moved if passage.start > place else 0)
    end = passage.end + (moved if passage.end > place else 0)
    Passage.objects.create(
        revision=new, position=passage.position, start=start, end=end,
        text=new.text[start:end], heading_path=passage.heading_path, url=passage.url,
        fact_on=passage.fact_on, checked_on=passage.checked_on, digest=f"reworded-{start}",
    )
assert publish()
"""


def ask(page: Page, question: str) -> None:
    page.locator("#question").fill(question)
    page.locator("#question").press("Enter")


@pytest.fixture
def plain_page(new_page: Callable[..., Page]) -> Page:
    return new_page(java_script_enabled=False, viewport={"width": 360, "height": 640})


def test_a_question_as_of_a_day_is_labelled_with_it_also_after_a_reload(page: Page):
    today = datetime.now(UTC).date()
    page.goto("/")
    page.get_by_text("Ask as of an earlier day").click()
    page.get_by_label("What did the texts say on this day?").fill(today.isoformat())

    ask(page, QUESTION)
    wait_for_end(page)

    day = f"{today.day} {today:%B %Y}"
    turn = page.locator(".turn").last
    expect(turn.locator(".as-of")).to_contain_text(day)
    expect(turn.locator(".sentence").first).to_contain_text(day)
    # It counts for one question only.
    expect(page.locator("#as-of")).to_have_value("")
    page.reload()
    expect(page.locator(".turn").last.locator(".as-of")).to_contain_text(day)
    ask(page, QUESTION)
    wait_for_end(page)
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.locator(".turn").last.locator(".as-of")).to_have_count(0)


def test_a_day_to_come_is_refused_in_words_beside_the_box(page: Page):
    page.goto("/")
    page.get_by_text("Ask as of an earlier day").click()
    page.locator("#as-of").fill("2999-01-01")

    ask(page, QUESTION)

    expect(page.locator("#question-error")).to_contain_text("not come yet")
    expect(page.locator("#as-of")).to_have_value("2999-01-01")
    expect(page.get_by_role("textbox").first).to_have_value(QUESTION)
    expect(page.locator(".turn")).to_have_count(0)


def test_a_question_as_of_a_day_needs_no_script(plain_page: Page):
    today = datetime.now(UTC).date()
    plain_page.goto("/")
    plain_page.get_by_text("Ask as of an earlier day").click()
    plain_page.locator("#as-of").fill(today.isoformat())

    plain_page.locator("#question").fill(QUESTION)
    plain_page.get_by_role("button", name="Ask", exact=True).click()

    expect(plain_page.locator(".turn .as-of")).to_contain_text(f"{today.day} {today:%B %Y}")


def test_feedback_needs_no_script(plain_page: Page):
    plain_page.goto("/")
    plain_page.locator("#question").fill(QUESTION)
    plain_page.get_by_role("button", name="Ask", exact=True).click()

    plain_page.get_by_role("button", name="No", exact=True).click()
    plain_page.get_by_role("button", name="It is out of date").click()

    form = plain_page.locator(".turn .feedback")
    expect(form.get_by_role("button", name="It is out of date")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(form).to_contain_text("Thank you.")
    assert "#turn-" in plain_page.url


def test_feedback_is_taken_without_leaving_the_page(page: Page):
    page.goto("/")
    ask(page, QUESTION)
    wait_for_end(page)
    form = page.locator(".turn .feedback")

    form.get_by_role("button", name="No", exact=True).click()
    form.get_by_role("button", name="It is wrong").click()
    expect(form.get_by_role("button", name="It is wrong")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.reload()

    expect(form.get_by_role("button", name="It is wrong")).to_have_attribute(
        "aria-pressed", "true"
    )
    form.get_by_role("button", name="Yes", exact=True).click()
    expect(form.get_by_role("button", name="It is wrong")).to_be_hidden()


def test_an_answer_opened_again_shows_what_its_source_says_now(
    page: Page, site: Site, find_violations: Callable[[Page], list[str]]
):
    page.goto("/")
    ask(page, "Where can a person find a legal adviser?")
    wait_for_end(page)
    expect(page.locator(".change")).to_have_count(0)

    site.manage("shell", "-c", REWORD)
    page.reload()

    expect(page.locator(".changed").first).to_contain_text("The source has changed since.")
    sides = page.locator(".change").last
    sides.evaluate("element => { element.open = true }")
    expect(sides.locator("del").first).to_be_visible()
    expect(sides.locator("ins").first).to_contain_text("rewritten")
    expect(page.locator(".citation .changed-since").first).to_be_visible()
    assert find_violations(page) == []
