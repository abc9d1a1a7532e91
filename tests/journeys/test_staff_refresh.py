"""Staff ask for a refresh, see the worker's progress live, and readers get the new words."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.govuk_server import GovukServer
from tests.journeys.site import Site
from tests.journeys.test_ask_and_cite import ask, wait_for_end
from tests.worker import running_worker

RULES = "/guidance/immigration-rules"
SOURCE = "immigration-rules"
PASSWORD = "a password for one journey"


def log_in(page: Page) -> None:
    page.goto("/staff/")
    page.get_by_label("Username").fill("staff")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def ask_for_refresh(page: Page) -> None:
    page.goto(f"/staff/knowledge/source/?q={SOURCE}")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name=SOURCE, exact=True))
    row.get_by_role("checkbox").check()
    page.locator("select[name=action]").select_option(label="Refresh now")
    page.get_by_role("button", name=re.compile("^(Run|Go)$")).click()


def test_staff_watch_a_refresh_and_its_words_are_answered_at_once(
    site: Site, new_page: Callable[..., Page], govuk: GovukServer
):
    govuk.add_manual(
        RULES,
        {
            "one": "<p>ZZ 1.1. A lighthouse keeper must own a lamp.</p>",
            "two": "<p>ZZ 2.1. A lighthouse keeper must polish the lamp every 12 days.</p>",
        },
    )
    gate = govuk.held[f"{RULES}/two"] = threading.Event()
    site.manage(
        *("createsuperuser", "--noinput", "--username", "staff", "--email", "staff@example.org"),
        DJANGO_SUPERUSER_PASSWORD=PASSWORD,
    )
    staff = new_page(viewport={"width": 1024, "height": 768})
    log_in(staff)

    with running_worker(site.environment | {"GOVUK_API_ROOT": govuk.api_root}):
        ask_for_refresh(staff)
        expect(staff.locator("#refresh-state")).to_have_text("running")
        expect(staff.locator("#refresh-step")).to_have_text(
            re.compile(r"reading pages: \d+ / \d+")
        )
        gate.set()
        expect(staff.locator("#refresh-state")).to_have_text("finished")
        expect(staff.locator("#refresh-summary")).to_contain_text("3 new")

    reader = new_page(viewport={"width": 360, "height": 640})
    reader.goto("/")
    ask(reader, "How often must a lighthouse keeper polish the lamp?")
    wait_for_end(reader)
    expect(reader.locator(".sentence[data-label=official]").first).to_contain_text(
        "polish the lamp every 12 days"
    )
