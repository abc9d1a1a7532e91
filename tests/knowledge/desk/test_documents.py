from __future__ import annotations

import pytest
from django.urls import reverse

from knowledge.models import Act, Decision, Document, HeldRevision, LivePeriod
from knowledge.publishing import publish
from tests.factories import put_live
from tests.knowledge.desk.staff import get_document, make_member, make_source
from tests.knowledge.pages import save_page

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("fake_embedding"),
]


@pytest.fixture
def fare() -> Document:
    """A document with two revisions that were live one after the other."""
    source = make_source()
    save_page(source, "fare", "The fare is two coins.", "Dogs are free.")
    publish()
    save_page(source, "fare", "The fare is three coins.", "Dogs are free.")
    publish()
    return get_document("fare")


@pytest.fixture
def sent(monkeypatch) -> list[tuple[object, ...]]:
    tasks: list[tuple[object, ...]] = []

    def send(name: str, *arguments: object) -> bool:
        tasks.append((name, *arguments))
        return True

    monkeypatch.setattr("knowledge.desk.queueing.send", send)
    monkeypatch.setattr("knowledge.desk.documents.send", send)
    return tasks


@pytest.fixture
def publisher(client):
    client.force_login(make_member("publishers", name="pat"))
    return client


def open_page(client, name: str, *arguments: object, **query: object) -> str:
    return client.get(reverse(f"desk:{name}", args=arguments), query).content.decode()


@pytest.mark.parametrize("group", ["editors", "publishers", "auditors"])
def test_every_group_sees_what_was_live_when_and_by_which_publication(client, fare, group):
    client.force_login(make_member(group))

    page = open_page(client, "document", fare.pk)

    for period in LivePeriod.objects.filter(document=fare):
        assert reverse("desk:publication", args=[period.publication_id]) in page
    assert page.count("Live now") == 2
    assert ("Take it out of use" in page) == (group == "publishers")


def test_two_revisions_are_compared_by_words_whichever_was_chosen_first(publisher, fare):
    page = open_page(publisher, "document_compare", fare.pk, before=2, after=1)

    deleted, added = page.index("<del>"), page.index("<ins>")
    assert "two " in page[deleted:added]
    assert "three " in page[added : added + 200]
    assert "Dogs are free." not in page


@pytest.mark.parametrize("query", [{}, {"before": "x"}, {"before": 1, "after": 1}])
def test_a_comparison_of_nothing_leads_back_to_the_document(publisher, fare, query):
    answered = publisher.get(reverse("desk:document_compare", args=[fare.pk]), query)

    assert answered["Location"] == reverse("desk:document", args=[fare.pk])


def test_a_document_is_found_by_words_state_and_source(publisher, fare):
    save_page(fare.source, "dogs", "Dogs are welcome.")

    assert "/fare" in open_page(publisher, "documents", q="FARE gov.uk")
    assert "/dogs" not in open_page(publisher, "documents", q="fare")
    assert "gov.uk/fare" not in open_page(publisher, "documents", status="gone")
    assert "/dogs" in open_page(publisher, "documents", source=fare.source.slug, status="live")


def test_a_document_is_found_by_words_as_they_stand_in_its_live_text(publisher, fare):
    document, _ = save_page(fare.source, "dogs", "Dogs are welcome on deck.")
    revision = document.revisions.get()

    assert "gov.uk/dogs" not in open_page(publisher, "documents", q="welcome on deck")

    put_live(revision)
    assert "gov.uk/dogs" in open_page(publisher, "documents", q="WELCOME on deck")
    assert "gov.uk/dogs" not in open_page(publisher, "documents", q="deck on welcome")


def test_taking_out_of_use_needs_a_reason(publisher, fare):
    url = reverse("desk:document_withdraw", args=[fare.pk])

    refused = publisher.post(url, {"why": " "})
    assert refused.status_code == 400
    assert "Write down the reason." in refused.content.decode()
    assert LivePeriod.objects.filter(document=fare, live_until=None).exists()

    publisher.post(url, {"why": "It is wrong."})
    assert not LivePeriod.objects.filter(document=fare, live_until=None).exists()
    page = open_page(publisher, "document", fare.pk)
    assert "pat took it out of use" in page
    assert "It is wrong." in page
    assert Decision.objects.get(document=fare).act == Act.WITHDRAWN


def test_what_staff_took_out_of_use_comes_back_with_a_publication(publisher, fare, sent):
    publisher.post(reverse("desk:document_withdraw", args=[fare.pk]), {"why": "wrong"})

    publisher.post(reverse("desk:document_restore", args=[fare.pk]), {"why": "right after all"})

    fare.refresh_from_db()
    assert fare.status == "live"
    assert [task[0] for task in sent] == ["knowledge.publication.publish"]


def test_a_revision_is_held_back_and_released_by_the_worker(publisher, fare, sent):
    revision = fare.revisions.get(number=2)
    url = reverse("desk:revision_hold", args=[revision.pk])

    publisher.post(url, {"why": "", "act": "hold"})
    assert sent == []
    publisher.post(url, {"why": "doubtful", "act": "hold"})
    publisher.post(url, {"why": "checked", "act": "release"})

    assert sent == [
        ("knowledge.revision.hold_back", revision.pk, "pat", "doubtful"),
        ("knowledge.revision.release", revision.pk, "pat", "checked"),
    ]


def test_a_held_revision_is_shown_with_who_and_why(publisher, fare):
    HeldRevision.objects.create(revision=fare.revisions.last(), held_by="pat", why="doubtful")

    page = open_page(publisher, "document", fare.pk)

    assert "Held back" in page
    assert "doubtful" in page


@pytest.mark.parametrize("group", ["editors", "auditors"])
def test_only_publishers_decide_on_documents(client, fare, sent, group):
    client.force_login(make_member(group))
    revision = fare.revisions.get(number=2)

    answers = [
        client.post(reverse(f"desk:{name}", args=[pk]), {"why": "x"}).status_code
        for name, pk in (
            ("document_withdraw", fare.pk),
            ("document_restore", fare.pk),
            ("revision_hold", revision.pk),
        )
    ]

    assert answers == [403, 403, 403]
    assert not sent
