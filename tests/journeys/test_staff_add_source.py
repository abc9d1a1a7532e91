"""Staff paste an address, see what would be read, add it, watch it, and compare its revisions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.govuk_server import GovukServer, make_item
from tests.journeys.site import Site
from tests.worker import running_worker

PASSWORD = "a password for one journey"
PAGE = "/guidance/lighthouse-lamps"
FindViolations = Callable[[Page], list[str]]


@pytest.fixture
def site(running_site: Site, govuk: GovukServer) -> Iterator[Site]:
    """Another web process of the site, which reaches the publisher."""
    environment = running_site.environment | {"GOVUK_API_ROOT": govuk.api_root}
    other = Site(environment, running_site.hold_file)
    other.start()
    yield other
    other.end()


def log_in(page: Page, name: str) -> None:
    page.goto("/desk/sources/add/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def set_lamp(govuk: GovukServer, words: str) -> None:
    govuk.items[PAGE] = make_item(PAGE, "Lighthouse lamps", "guide", body=f"<p>{words}</p>")


def test_a_source_is_seen_before_it_is_added_then_read_and_its_revisions_compared(
    site: Site,
    new_page: Callable[..., Page],
    govuk: GovukServer,
    find_violations: FindViolations,
):
    set_lamp(govuk, "A lighthouse keeper polishes the lamp every 12 days.")
    site.manage(
        *("createsuperuser", "--noinput", "--username", "dora", "--email", "dora@example.org"),
        DJANGO_SUPERUSER_PASSWORD=PASSWORD,
    )
    staff = new_page(viewport={"width": 820, "height": 1180})
    log_in(staff, "dora")
    address = staff.get_by_label("Address of the page")

    address.fill("https://elsewhere.example/lamps")
    staff.get_by_role("button", name="Look at it").click()
    expect(staff.get_by_role("alert")).to_contain_text("is not one of the allowed hosts")
    assert find_violations(staff) == []

    address.fill(f"https://www.gov.uk{PAGE}")
    staff.get_by_role("button", name="Look at it").click()
    expect(staff.get_by_role("region", name="What would be read")).to_contain_text(
        "polishes the lamp every 12 days"
    )
    assert find_violations(staff) == []

    with running_worker(site.environment):
        staff.get_by_role("button", name="Add the source").click()
        expect(staff.get_by_role("heading", level=1)).to_contain_text("Lighthouse lamps")
        expect(staff.locator("#refresh-state")).to_have_text("finished")
        set_lamp(govuk, "A lighthouse keeper polishes the lamp every 20 days.")
        staff.get_by_role("button", name="Refresh now").click()
        expect(staff.locator("#refresh-state")).to_have_text("finished")
    staff.reload()
    assert find_violations(staff) == []

    staff.get_by_role("link", name="Lighthouse lamps", exact=True).click()
    staff.get_by_role("button", name="Compare").click()
    expect(staff.locator("del")).to_contain_text("12")
    expect(staff.locator("ins")).to_contain_text("20")
    assert find_violations(staff) == []
