"""Staff of the desk's groups, and a publication that the gate holds, for the pages' tests."""

from __future__ import annotations

from django.contrib.auth.models import Group, User

from knowledge.models import Document, GoldQuestion, Publication, Source
from knowledge.publishing import publish
from tests.knowledge.pages import save_page


def make_member(*groups: str, name: str = "") -> User:
    user = User.objects.create_user(name or f"of-{groups[0]}", password="x", is_staff=True)
    user.groups.add(*Group.objects.filter(name__in=groups))
    return user


def make_source() -> Source:
    return Source.objects.create(
        slug="ferry", title="Ferry", kind="govuk", url="https://www.gov.uk/ferry", publisher="Port"
    )


def hold_a_publication(source: Source, *, proposed_by: str = "") -> Publication:
    """A page loses what a gold question stands on, so the publication waits."""
    GoldQuestion.objects.create(
        slug="fare", question="What is the fare?", outcomes=["answered"], facts=[["two coins"]]
    )
    save_page(source, "fare", "The fare is two coins.")
    save_page(source, "dogs", "Dogs are welcome on board.")
    publish()
    save_page(source, "fare", "The fare is three coins.")
    save_page(source, "dogs", "Dogs are welcome on deck.")
    held = publish(proposed_by=proposed_by)
    assert held is not None
    return held


def get_document(name: str) -> Document:
    return Document.objects.get(url=f"https://www.gov.uk/{name}")
