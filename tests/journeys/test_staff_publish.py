"""A held publication is looked at, approved by another person, and readers get the new words."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.site import Site
from tests.journeys.test_ask_and_cite import ask, wait_for_end

FindViolations = Callable[[Page], list[str]]

PASSWORD = "a password for two people"
QUESTION = "How often must a buoy keeper paint the buoy?"
TABLET = {"width": 820, "height": 1180}
PREPARE = """
from django.contrib.auth.models import Group, User
from knowledge.models import GoldQuestion, Source
from knowledge.publishing import publish
from tests.knowledge.pages import save_page

for name, group in (("eve", "editors"), ("eve", "publishers"), ("pia", "publishers")):
    user, _ = User.objects.get_or_create(username=name, is_staff=True)
    user.set_password({password!r})
    user.save()
    user.groups.add(Group.objects.get(name=group))
source = Source.objects.create(
    slug="buoys", title="Buoys", kind="web_page", url="https://www.gov.uk/buoys", publisher="Port"
)
publish()
save_page(source, "buoys", "A buoy keeper must paint the buoy every 9 weeks.")
publish()
GoldQuestion.objects.all().update(is_enabled=False)
GoldQuestion.objects.create(
    slug="buoy-paint", question={question!r}, outcomes=["answered"], facts=[["every 9 weeks"]]
)
save_page(source, "buoys", "A buoy keeper must paint the buoy every 5 weeks.")
held = publish(proposed_by="eve")
print("publication", held.pk, held.state)
assert held.state == "held"
"""


def log_in(page: Page, name: str) -> None:
    page.goto("/desk/publications/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def open_held(page: Page) -> None:
    page.goto("/desk/publications/?state=held")
    page.get_by_role("link", name="Publication").last.click()


def measure_overflow(page: Page) -> int:
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def test_a_held_publication_is_approved_by_another_and_readers_get_its_words(
    site: Site, new_page: Callable[..., Page], find_violations: FindViolations
):
    site.manage("shell", "-c", PREPARE.format(password=PASSWORD, question=QUESTION))
    proposer = new_page(viewport=TABLET)
    log_in(proposer, "eve")
    open_held(proposer)
    expect(proposer.get_by_text("seen by two people")).to_be_visible()
    expect(proposer.get_by_role("button", name="Approve")).to_have_count(0)

    publisher = new_page(viewport=TABLET)
    log_in(publisher, "pia")
    expect(publisher.get_by_text("Waits for a person").first).to_be_visible()
    assert find_violations(publisher) == []
    open_held(publisher)
    expect(publisher.get_by_text("was right and would be wrong")).to_be_visible()
    assert find_violations(publisher) == []
    for name in ("Search debugger", "Gold questions", "Decisions"):
        publisher.get_by_role("link", name=name, exact=True).click()
        assert find_violations(publisher) == []
        publisher.set_viewport_size({"width": 360, "height": 640})
        assert measure_overflow(publisher) == 0
        publisher.set_viewport_size(TABLET)
    open_held(publisher)
    publisher.get_by_role("link", name="See the words").click()
    expect(publisher.locator("ins")).to_contain_text("5")
    assert find_violations(publisher) == []
    publisher.go_back()
    publisher.get_by_label("Reason").fill("The port says so on its page.")
    publisher.get_by_role("button", name="Approve").click()
    expect(publisher.get_by_text("Live now")).to_be_visible()
    expect(publisher.get_by_text("The port says so on its page.").first).to_be_visible()

    reader = new_page(viewport={"width": 360, "height": 640})
    reader.goto("/")
    ask(reader, QUESTION)
    wait_for_end(reader)
    expect(reader.locator(".sentence[data-label=official]").first).to_contain_text("every 5 weeks")


def test_what_a_reader_is_told_is_taken_apart_at_the_desk(
    site: Site, new_page: Callable[..., Page]
):
    site.manage(
        *("createsuperuser", "--noinput", "--username", "sam", "--email", "sam@example.org"),
        DJANGO_SUPERUSER_PASSWORD=PASSWORD,
    )
    # The searching must not need a script.
    page = new_page(viewport={"width": 360, "height": 640}, java_script_enabled=False)
    log_in(page, "sam")
    page.goto("/desk/search/")

    page.get_by_label("Question", exact=True).fill("Is the pilot still open?")
    page.get_by_role("button", name="Look").click()

    expect(page.get_by_text("What was understood")).to_be_visible()
    expect(page.get_by_role("heading", name="Briefings")).to_be_visible()
