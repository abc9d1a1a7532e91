"""An editor looks at what would be read, and words of one are approved by another."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.site import Site

PASSWORD = "a password for one journey"


def log_in(page: Page, name: str) -> None:
    page.goto("/staff/login/?next=/desk/briefings/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def add_staff(site: Site, name: str) -> None:
    site.manage(
        *("createsuperuser", "--noinput", "--username", name, "--email", f"{name}@example.org"),
        DJANGO_SUPERUSER_PASSWORD=PASSWORD,
    )


def test_a_briefing_is_edited_by_one_and_approved_by_another(
    site: Site, new_page: Callable[..., Page], find_violations: Callable[[Page], list[str]]
):
    add_staff(site, "ada")
    add_staff(site, "bea")
    ada = new_page(viewport={"width": 820, "height": 1180})
    log_in(ada, "ada")
    ada.goto("/desk/briefings/advice/en/")
    ada.get_by_label("Text").first.fill("We lend every reader a lamp.")
    ada.get_by_role("button", name="Preview", exact=True).last.click()
    expect(ada.locator("#preview")).to_contain_text("We lend every reader a lamp.")
    assert find_violations(ada) == []
    ada.get_by_role("button", name="Propose it").click()
    expect(ada.get_by_text("Somebody else decides on it.")).to_be_visible()

    bea = new_page(viewport={"width": 820, "height": 1180})
    log_in(bea, "bea")
    bea.goto(ada.url)
    bea.get_by_role("button", name="Approve").click()

    expect(bea.locator(".messages")).to_contain_text("It is being published.")
    assert find_violations(bea) == []
