from __future__ import annotations

import json

import pytest
from django.urls import reverse

from knowledge import briefing_proposals as proposals
from knowledge.models import BriefingProposal, ProposalState, Revision
from knowledge.publishing import publish
from knowledge.retrieval import retrieve
from tests.knowledge.desk.staff import get_document, make_member, make_source
from tests.knowledge.pages import save_page
from tests.knowledge.test_briefing_proposals import make_words

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("fake_embedding"),
]
EDITOR = "/desk/briefings/lamps/en/"


@pytest.fixture(autouse=True)
def sent(monkeypatch, settings) -> list[tuple[str, list]]:
    settings.KNOWLEDGE_GATE = "never_ask"
    tasks: list[tuple[str, list]] = []
    monkeypatch.setattr(
        "celery.current_app.send_task", lambda name, args, **options: tasks.append((name, args))
    )
    return tasks


@pytest.fixture
def official():
    save_page(make_source(), "lamps", "A keeper is lent a lamp for nothing.")
    publish()
    return get_document("lamps")


@pytest.fixture
def editor(client):
    client.force_login(make_member("editors"))
    return client


def make_post(*rests, seen="", **given):
    return {
        "title": "Lamps",
        "why": "",
        "seen": seen,
        "p-TOTAL_FORMS": "1",
        "p-INITIAL_FORMS": "0",
        "p-0-anchor": "lamps",
        "p-0-heading": "Lamps",
        "p-0-text": "You don’t pay for a lamp.",
        "p-0-asks": "Is a lamp free?\n\n",
        "p-0-fact_on": "2026-01-02",
        "p-0-checked_on": "2026-01-02",
        "p-0-rests": json.dumps(rests),
    } | given


def choose_quote(client, document):
    """Find the document, look inside, take the first passage: what a page then carries."""
    found = client.post(EDITOR, make_post(find="0", quote_words="lent a lamp"))
    assert found.context["found"] == [document]
    opened = client.post(EDITOR, make_post(open=f"0:{document.pk}"))
    digest = opened.context["quotable"][0].digest
    picked = client.post(EDITOR, make_post(pick=f"0:{document.pk}:{digest}"))
    assert "A keeper is lent a lamp for nothing." in picked.content.decode()
    [rest] = picked.context["rows"][0]["form"].get_rests()
    assert rest == {"url": document.url, "paragraph": "", "digest": digest}
    return rest


def test_a_quote_is_chosen_from_the_live_text_and_a_preview_saves_nothing(editor, official):
    rest = choose_quote(editor, official)
    before = Revision.objects.count()

    page = editor.post(EDITOR, make_post(rest, act="preview"))

    assert page.status_code == 200
    assert (
        page.context["preview"][0]["supports"][0].quote == "A keeper is lent a lamp for nothing."
    )
    assert Revision.objects.count() == before
    assert not BriefingProposal.objects.exists()


def test_an_editor_proposes_and_another_approves(editor, client, official, sent):
    editor.post(EDITOR, make_post(choose_quote(editor, official), act="propose"))
    proposal = BriefingProposal.objects.get()
    url = reverse("desk:briefing_proposal", args=[proposal.pk])
    assert editor.post(url, {"act": "approve"}).status_code == 403

    client.force_login(make_member("publishers"))
    client.post(url, {"act": "approve"})

    proposal.refresh_from_db()
    assert proposal.state == ProposalState.APPROVED
    assert sent == [("knowledge.publication.publish", ["briefing: Lamps (en)", "of-editors"])]


def test_own_words_are_not_approved_by_whoever_holds_both_rights(client, official):
    both = make_member("editors", "publishers", name="both")
    client.force_login(both)
    client.post(EDITOR, make_post(choose_quote(client, official), act="propose"))
    url = reverse("desk:briefing_proposal", args=[BriefingProposal.objects.get().pk])

    response = client.post(url, {"act": "approve"})

    assert response.status_code == 400
    assert "somebody else has to decide" in response.content.decode()


def test_a_paragraph_needs_something_to_rest_on(editor):
    response = editor.post(EDITOR, make_post(act="propose"))

    assert response.status_code == 400
    assert "at least one official text" in response.content.decode()
    assert not BriefingProposal.objects.exists()


@pytest.mark.parametrize(
    "forged",
    ['{"url": 1}', "no json", '[{"url": "javascript:alert(1)", "paragraph": "", "digest": ""}]'],
)
def test_forged_pins_are_left_out(editor, forged):
    response = editor.post(EDITOR, make_post(act="propose") | {"p-0-rests": forged})

    assert response.status_code == 400
    assert 'href="javascript:' not in response.content.decode()


def test_words_written_over_a_newer_revision_are_refused_and_kept_in_the_page(editor, official):
    rest = choose_quote(editor, official)
    save_briefing(rest)

    response = editor.post(EDITOR, make_post(rest, act="propose", seen=""))

    assert response.status_code == 400
    assert "A newer revision came in" in response.content.decode()
    assert "You don’t pay for a lamp." in response.content.decode()


@pytest.mark.parametrize("group", ["publishers", "auditors"])
def test_only_editors_write(client, group):
    client.force_login(make_member(group))

    assert client.get(EDITOR).status_code == 200
    assert client.post(EDITOR, make_post(act="preview")).status_code == 403


def save_briefing(rest, language="en", text="You don’t pay for a lamp."):
    newest = proposals.find_newest("lamps", language)
    proposal = proposals.propose(
        slug="lamps",
        language=language,
        title="Lamps",
        paragraphs=[make_words(text, rests_on=(rest,))],
        who="ada",
        seen=newest and newest.pk,
    )
    return proposals.approve(proposal, who="bea")


def test_a_paragraph_whose_words_changed_is_listed_with_then_and_now(editor, official):
    save_briefing(choose_quote(editor, official))
    publish()
    page = editor.get(reverse("desk:stale_briefings")).content.decode()
    assert "You don’t pay" not in page

    save_page(official.source, "lamps", "A keeper is lent a lamp for one coin.")
    publish()
    [stale] = editor.get(reverse("desk:stale_briefings")).context["stale"]

    assert stale.pins[0].then == "A keeper is lent a lamp for nothing."
    page = editor.get(reverse("desk:stale_briefings")).content.decode()
    assert "<del>" in page
    assert "one coin" in page


def test_english_stands_beside_a_translation_with_its_change_since(editor, official):
    rest = choose_quote(editor, official)
    save_briefing(rest)
    save_briefing(rest, "fr", "Une lampe ne coûte rien.")
    save_briefing(rest, text="You don’t pay for the first lamp.")

    page = editor.get("/desk/briefings/lamps/fr/").content.decode()

    assert "Une lampe ne coûte rien." in page
    assert "changed since" in page
    assert "first " in page


def test_a_translation_is_read_by_readers_and_not_retrieved(editor, client, official):
    rest = choose_quote(editor, official)
    save_briefing(rest, "en")
    save_briefing(rest, "fr", "You don’t pay for a lamp, en français.")
    publish()

    found = retrieve("Do you pay for a lamp?", limit=10)

    assert "en français" not in " ".join(passage.text for passage in found.passages)
    assert "en français" in client.get("/briefings/lamps.fr").content.decode()
