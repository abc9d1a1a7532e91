"""A real browser on a real site. Skipped where there is no Chromium, unless REQUIRE_JOURNEYS=1."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.journeys.site import Site, prepare_site

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A cold start reads the model from the disk.
PATIENCE_MS = 30_000
# axe-core's rules for WCAG 2.2 AA, and its advice.
AXE_OPTIONS = {
    "runOnly": {
        "type": "tag",
        "values": [
            "wcag2a",
            "wcag2aa",
            "wcag21a",
            "wcag21aa",
            "wcag22aa",
            "best-practice",
        ],
    }
}

expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/journeys/" in item.path.as_posix():
            item.add_marker("journey")


# Package, not session: while Playwright runs, no event loop can be started for the async tests.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        reason = f"no browser on the PATH: {', '.join(BROWSERS)}"
        if os.environ.get("REQUIRE_JOURNEYS") == "1":
            pytest.fail(f"REQUIRE_JOURNEYS=1, but {reason}")
        pytest.skip(reason)
    with sync_playwright() as playwright:
        # Root, as in a container, has no sandbox.
        sandbox = [] if os.geteuid() else ["--no-sandbox"]
        chromium = playwright.chromium.launch(executable_path=path, args=sandbox)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def running_site(
    browser: Browser, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    site = prepare_site(tmp_path_factory.mktemp("site"), redis_url=redis_url)
    site.start()
    yield site
    site.end()


@pytest.fixture
def site(running_site: Site) -> Site:
    """The site, started again if the journey before has ended it."""
    if running_site.process is None:
        running_site.start()
    return running_site


@pytest.fixture
def new_page(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Open pages of new readers; fail if one breaks, or asks another host for anything."""
    contexts, faults = [], []

    def open_page(**options: object) -> Page:
        context = browser.new_context(base_url=site.url, **options)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        page.on(
            "console",
            lambda line: (
                faults.append(line.text) if "Content Security Policy" in line.text else None
            ),
        )
        host = urlsplit(site.url).netloc
        page.on(
            "request",
            lambda request: (
                faults.append(f"asked {request.url}")
                if urlsplit(request.url).netloc not in {host, ""}
                else None
            ),
        )
        return page

    yield open_page

    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A reader's page on a phone."""
    return new_page(viewport={"width": 360, "height": 640})


@pytest.fixture
def find_violations() -> Callable[[Page], list[str]]:
    """What axe-core finds wrong with a page as it is now, hidden parts opened."""

    def run(page: Page) -> list[str]:
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        page.evaluate(AXE_SCRIPT)
        found = page.evaluate("options => axe.run(options)", AXE_OPTIONS)
        return [
            f"{violation['id']}: {node['html'][:200]}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    return run
