"""Where a language model writes, the page says so, and who runs it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import PATIENCE_MS
from tests.journeys.site import Site
from tests.journeys.test_ask_and_cite import QUESTION, ask, wait_for_end
from tests.llm_server import Handler, serve_llm

PASSAGE = re.compile(r'<passage number="(\d+)">\n[^\n]*\n(.*?)\n</passage>', re.DOTALL)
LABEL = "Written by AI and checked against the sources"


def quote_the_first_passages(handler: Handler) -> None:
    """Say the first sentence of three passages, word for word."""
    asked = str(handler.server.requests[-1]["messages"][-1]["content"])
    handler.begin()
    for number, text in PASSAGE.findall(asked)[:3]:
        quote = re.split(r"(?<=[.])\s", text)[0]
        relies_on = [{"passage": int(number), "quote": quote}]
        handler.send_text(json.dumps({"text": quote, "relies_on": relies_on}) + "\n")
    handler.finish_stream()


@pytest.fixture
def model_page(browser: Browser, running_site: Site) -> Iterator[Page]:
    """A page of the same site, started beside it with a language model."""
    with serve_llm() as llm:
        llm.script(quote_the_first_passages)
        settings = {
            "ASSISTANT_LLM": "openai",
            "ASSISTANT_LLM_MODEL": "scripted",
            "ASSISTANT_LLM_URL": llm.url,
        }
        site = Site(running_site.environment | settings, running_site.hold_file)
        site.start()
        context = browser.new_context(
            base_url=site.url, viewport={"width": 360, "height": 640}, reduced_motion="reduce"
        )
        context.set_default_timeout(PATIENCE_MS)
        yield context.new_page()
        context.close()
        site.end()


@pytest.mark.model
def test_a_models_sentence_is_named_as_such_and_can_be_used_by_everyone(
    model_page: Page, find_violations: Callable[[Page], list[str]]
):
    model_page.goto("/")

    ask(model_page, QUESTION)
    wait_for_end(model_page)

    sentence = model_page.locator('.sentence[data-label="model"]').first
    expect(model_page.locator(".voice").first).to_have_text(LABEL)
    expect(sentence.locator(".mark").first).to_be_visible()
    assert find_violations(model_page) == []
    model_page.reload()
    expect(model_page.locator(".voice").first).to_have_text(LABEL)
    model_page.goto("/about")
    expect(model_page.get_by_text("a language model (scripted)")).to_be_visible()
    assert find_violations(model_page) == []
