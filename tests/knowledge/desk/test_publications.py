from __future__ import annotations

import pytest
from django.db import OperationalError
from django.urls import reverse

from knowledge import publishing
from knowledge.models import (
    Act,
    Decision,
    HeldRevision,
    LivePeriod,
    Publication,
    PublicationState,
    Source,
)
from knowledge.publishing import find_current_publication, get_live_revisions, publish
from knowledge.services import retire_document
from knowledge.types import DocumentStatus, Tombstone
from tests.knowledge.desk.staff import get_document, hold_a_publication, make_member, make_source
from tests.knowledge.pages import save_page

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("fake_embedding"),
]
HOSTILE = '"><svg onload=alert(1)><img src=x onerror=alert(2)>'


@pytest.fixture
def source() -> Source:
    return make_source()


@pytest.fixture
def held(source: Source) -> Publication:
    return hold_a_publication(source, proposed_by="ada")


def get_url(publication: Publication) -> str:
    return reverse("desk:publication", args=[publication.pk])


def get_state(publication: Publication) -> str:
    publication.refresh_from_db()
    return publication.state


@pytest.fixture
def publisher(client):
    client.force_login(make_member("publishers", name="pat"))
    return client


@pytest.mark.parametrize("group", ["editors", "publishers", "auditors"])
def test_every_group_reads_publications_with_their_changes(client, held, group):
    client.force_login(make_member(group))
    change = reverse("desk:publication_change", args=[held.pk, get_document("fare").pk])

    pages = [client.get(url) for url in (reverse("desk:publications"), get_url(held), change)]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert "Waits for a person" in pages[0].content.decode()


@pytest.mark.parametrize("group", ["editors", "auditors"])
@pytest.mark.parametrize("act", ["approve", "refuse"])
def test_only_publishers_decide(client, held, group, act):
    client.force_login(make_member(group))

    response = client.post(get_url(held), {"act": act, "why": "Because."})
    back = client.get(reverse("desk:publication_roll_back", args=[held.base_id]))

    assert response.status_code == back.status_code == 403
    assert get_state(held) == PublicationState.HELD


def test_strangers_are_sent_to_the_login(client, held):
    response = client.post(get_url(held), {"act": "approve", "why": "Because."})

    assert response.status_code == 302
    assert get_state(held) == PublicationState.HELD


def test_a_held_one_shows_why_and_the_gold_question_before_and_after(publisher, held):
    page = publisher.get(get_url(held)).content.decode()

    assert "was answered rightly and would not be any more" in page
    assert "was right and would be wrong" in page
    assert "without &#x27;two coins&#x27;" in page
    before, after = page.index("<h4>Before</h4>"), page.index("<h4>After</h4>")
    assert before < page.index("The fare is two coins.", before) < after


def test_the_words_of_a_changed_document_are_compared_passage_by_passage(publisher, held):
    url = reverse("desk:publication_change", args=[held.pk, get_document("fare").pk])

    page = publisher.get(url).content.decode()

    assert "two </del>" in page.replace('<span class="visually-hidden">]</span>', "")
    assert "three </ins>" in page.replace('<span class="visually-hidden">]</span>', "")


@pytest.mark.parametrize("act", ["approve", "refuse", "refuse_some"])
@pytest.mark.parametrize("why", ["", "  \n "])
def test_nothing_is_decided_without_a_reason(publisher, held, act, why):
    document = get_document("fare").pk

    response = publisher.post(get_url(held), {"act": act, "why": why, "documents": document})

    assert response.status_code == 400
    assert "Write down the reason" in response.content.decode()
    assert get_state(held) == PublicationState.HELD


def test_an_approved_one_is_live_and_says_who_and_why(publisher, held):
    response = publisher.post(
        get_url(held), {"act": "approve", "why": "The fare did rise."}, follow=True
    )

    assert find_current_publication() == held
    assert "Live now" in response.content.decode()
    decision = Decision.objects.get(act=Act.APPROVED)
    assert (decision.who, decision.why) == ("pat", "The fare did rise.")


def test_approving_twice_is_done_once_and_told(publisher, held):
    publisher.post(get_url(held), {"act": "approve", "why": "Yes."})

    response = publisher.post(get_url(held), {"act": "approve", "why": "Yes."})

    assert "Somebody was faster" in response.content.decode()
    assert Decision.objects.filter(act=Act.APPROVED).count() == 1
    assert LivePeriod.objects.filter(publication=held).count() == 2


def test_nobody_approves_what_they_proposed_and_the_page_says_why(client, held):
    client.force_login(make_member("publishers", name="ada"))

    page = client.get(get_url(held)).content.decode()
    response = client.post(get_url(held), {"act": "approve", "why": "Mine."})

    assert "seen by two people" in page
    assert 'value="approve"' not in page
    assert response.status_code == 400
    assert "somebody else must approve it" in response.content.decode()
    assert get_state(held) == PublicationState.HELD


def test_refusing_keeps_what_was_live(publisher, held):
    before = get_live_revisions()

    publisher.post(get_url(held), {"act": "refuse", "why": "It is a mistake."})

    assert get_state(held) == PublicationState.REFUSED
    assert get_live_revisions() == before


def test_only_the_ticked_documents_are_refused_and_the_rest_goes_on(publisher, held):
    ticked = get_document("fare")

    response = publisher.post(
        get_url(held),
        {"act": "refuse_some", "why": "Not this one.", "documents": [ticked.pk]},
        follow=True,
    )

    assert [hold.revision.document for hold in HeldRevision.objects.all()] == [ticked]
    assert "The rest is live as publication" in response.content.decode()


def test_refusing_some_needs_a_tick_on_a_document_of_its_own(publisher, held):
    other = save_page(Source.objects.get(), "else", "Something else.")[0]

    for documents in ([], [other.pk], ["x"]):
        response = publisher.post(
            get_url(held), {"act": "refuse_some", "why": "Not it.", "documents": documents}
        )
        assert "Tick the documents" in response.content.decode()

    assert get_state(held) == PublicationState.HELD


@pytest.mark.parametrize(
    ("raised", "words"),
    [
        (publishing.PublicationOvertaken("gave up"), "Other changes went live in the meantime"),
        (OperationalError("database is locked"), "The database is busy"),
    ],
)
def test_what_prevents_a_decision_is_said_in_words(publisher, held, monkeypatch, raised, words):
    def fail(*args, **kwargs):
        raise raised

    monkeypatch.setattr(publishing, "approve", fail)

    response = publisher.post(get_url(held), {"act": "approve", "why": "Yes."})

    assert response.status_code == 400
    assert words in response.content.decode()
    assert "Yes." in response.content.decode()


def test_the_preview_of_going_back_is_what_going_back_does(publisher, source):
    save_page(source, "fare", "The fare is two coins.")
    gone, _ = save_page(source, "cats", "Cats travel free.")
    first = publish()
    save_page(source, "fare", "The fare is two shiny coins.")
    save_page(source, "new", "There is a new pier.")
    publish()
    retire_document(
        document=gone,
        tombstone=Tombstone(status=DocumentStatus.WITHDRAWN, reason="Out of date."),
        now=Publication.objects.latest("pk").published_at,
    )
    url = reverse("desk:publication_roll_back", args=[first.pk])

    preview = publisher.get(url)
    promised = {row.document.pk: row.after and row.after.pk for row in preview.context["changes"]}
    before = get_live_revisions()
    publisher.post(url, {"why": "The new ones are wrong."})

    after = get_live_revisions()
    done = {
        pk: after.get(pk) for pk in before.keys() | after.keys() if before.get(pk) != after.get(pk)
    }
    assert promised == done
    assert preview.context["withdrawn"] == [gone]
    assert "Out of date." in preview.content.decode()
    assert gone.pk not in after
    assert Decision.objects.get(act=Act.ROLLED_BACK).why == "The new ones are wrong."


def test_going_back_needs_a_reason_and_is_done_once(publisher, source):
    save_page(source, "fare", "The fare is two coins.")
    first = publish()
    save_page(source, "fare", "The fare is two shiny coins.")
    publish()
    url = reverse("desk:publication_roll_back", args=[first.pk])

    refused = publisher.post(url, {"why": ""})
    publisher.post(url, {"why": "Wrong."})
    again = publisher.post(url, {"why": "Wrong."})

    assert refused.status_code == 400
    assert again.status_code == 400
    assert Decision.objects.filter(act=Act.ROLLED_BACK).count() == 1


def test_hostile_words_come_out_as_words(publisher, source, held):
    Publication.objects.filter(pk=held.pk).update(note=HOSTILE)
    document, _ = save_page(source, "fare", f"The fare is {HOSTILE} coins.")
    document.title = HOSTILE
    document.save()
    held = publish()
    change = reverse("desk:publication_change", args=[held.pk, document.pk])
    old = Publication.objects.get(note=HOSTILE)
    urls = [reverse("desk:publications"), get_url(held), get_url(old), change]

    pages = [publisher.get(url).content.decode() for url in urls]
    pages.append(publisher.post(get_url(held), {"act": "x", "why": HOSTILE}).content.decode())

    assert all("<svg" not in page and "<img" not in page for page in pages)
    assert all("&lt;svg" in page for page in pages)


def test_strings_that_broke_others_come_out_as_words(publisher, held, shared):
    lines = (shared / "data/hostile/xss.txt").read_text().splitlines()
    lines = [line for line in lines if "<" in line]
    document = get_document("fare")
    assert lines

    for start in range(0, len(lines), 20):
        document.title = " ".join(lines[start : start + 20])[:500]
        document.save()
        page = publisher.get(get_url(held)).content.decode()
        assert not [
            line for line in lines if line in page and line.startswith("<") and ">" in line
        ]


def test_a_page_beyond_the_last_and_an_unknown_state_do_no_harm(publisher, held):
    url = reverse("desk:publications")

    assert publisher.get(url, {"page": "999", "state": "nonsense"}).status_code == 200
    assert publisher.get(get_url(held), {"page": "x"}).status_code == 200
    assert publisher.get(reverse("desk:publication", args=[10**6])).status_code == 404
