from __future__ import annotations

import pytest
from django.urls import reverse

from knowledge.gate import GateReport, GoldAnswer, GoldRow
from knowledge.models import Act, Decision, GoldQuestion, Publication
from knowledge.publishing import publish
from tests.factories import PublicationFactory
from tests.knowledge.desk.staff import hold_a_publication, make_member, make_source
from tests.knowledge.pages import save_page

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("fake_embedding"),
]
HOSTILE = '"><svg onload=alert(1)>'
WRITTEN = {
    "question": "What does the ferry cost?",
    "slug": "ferry-cost",
    "audience": "public",
    "outcomes": ["answered"],
    "facts": "two coins",
    "why": "Readers ask it.",
}


@pytest.fixture
def of_files() -> GoldQuestion:
    return GoldQuestion.objects.create(
        slug="fare", question="What is the fare?", outcomes=["answered"], facts=[["two coins"]]
    )


@pytest.fixture
def of_staff() -> GoldQuestion:
    return GoldQuestion.objects.create(
        slug="pier", question="Where is the pier?", outcomes=["answered"], written_by="ada"
    )


@pytest.fixture
def log_in(client):
    def as_member_of(*groups: str):
        client.force_login(make_member(*groups))
        return client

    return as_member_of


def get_url(name: str, gold: GoldQuestion | None = None) -> str:
    return reverse(f"desk_answers:{name}", args=[gold.slug] if gold else [])


def test_the_list_has_the_last_answer_on_what_is_live(log_in, of_files, of_staff):
    wrong = GoldAnswer(passed=False, outcome="no_evidence", reasons=("without a fare",))
    row = GoldRow(id="fare", question="What is the fare?", before=None, after=wrong)
    PublicationFactory(live=True, gate=GateReport(rows=(row,)).as_data())

    page = log_in("auditors").get(get_url("gold_questions")).content.decode()
    failing = log_in("editors").get(get_url("gold_questions"), {"show": "failing"})

    assert "0 of 1 were answered rightly" in page
    assert "without a fare" in page
    assert [row.gold for row in failing.context["rows"]] == [of_files]


def test_editors_write_a_question_and_it_is_told_who_did(log_in):
    response = log_in("editors").post(get_url("gold_add"), WRITTEN, follow=True)

    gold = GoldQuestion.objects.get()
    assert response.status_code == 200
    assert (gold.slug, gold.written_by, gold.facts) == (
        "ferry-cost",
        "of-editors",
        [["two coins"]],
    )
    decision = Decision.objects.get()
    assert (decision.who, decision.act) == ("of-editors", Act.ADDED)
    assert "Readers ask it." in decision.why


def test_a_question_without_a_reason_is_not_saved(log_in):
    response = log_in("editors").post(get_url("gold_add"), WRITTEN | {"why": ""})

    assert response.status_code == 400
    assert not GoldQuestion.objects.exists()


def test_staffs_questions_are_changed_and_the_files_are_not(log_in, of_files, of_staff):
    editor = log_in("editors")

    editor.post(get_url("gold_change", of_staff), WRITTEN)
    refused = editor.post(get_url("gold_change", of_files), WRITTEN)

    of_staff.refresh_from_db()
    assert of_staff.question == WRITTEN["question"]
    assert of_staff.written_by == "ada"
    assert refused.status_code == 403
    assert Decision.objects.get().act == Act.CHANGED


@pytest.mark.parametrize("group", ["publishers", "auditors"])
def test_only_editors_write(log_in, of_staff, group):
    member = log_in(group)

    assert member.post(get_url("gold_add"), WRITTEN).status_code == 403
    assert member.post(get_url("gold_change", of_staff), WRITTEN).status_code == 403


@pytest.mark.parametrize("group", ["editors", "auditors"])
def test_whoever_may_not_approve_may_not_weaken_the_gate_either(log_in, of_files, group):
    response = log_in(group).post(get_url("gold_switch", of_files), {"to": "off", "why": "x"})

    of_files.refresh_from_db()
    assert response.status_code == 403
    assert of_files.is_enabled


def test_publishers_switch_one_off_and_on_with_a_reason(log_in, of_files):
    publisher = log_in("publishers")
    url = get_url("gold_switch", of_files)

    assert publisher.post(url, {"to": "off", "why": " "}).status_code == 400
    publisher.post(url, {"to": "off", "why": "The ferry is gone."})
    publisher.post(url, {"to": "off", "why": "Sent twice."})
    of_files.refresh_from_db()
    was_enabled = of_files.is_enabled
    publisher.post(url, {"to": "on", "why": "It is back."})

    of_files.refresh_from_db()
    assert not was_enabled
    assert of_files.is_enabled
    whys = [decision.why for decision in Decision.objects.order_by("pk")]
    assert len(whys) == 2
    assert "The ferry is gone." in whys[0]


@pytest.mark.parametrize("group", ["editors", "publishers", "auditors"])
def test_one_is_tried_live_and_on_a_candidate_and_nothing_is_kept(log_in, monkeypatch, group):
    held = hold_a_publication(make_source())
    gold = GoldQuestion.objects.get()
    asked: list[int | None] = []

    def answer(entry, *, candidate=None):
        asked.append(candidate)
        return GoldAnswer(passed=True, outcome="answered", answer=f"Asked: {entry.facts}")

    monkeypatch.setattr("assistant.desk.gold_questions.answer_gold_question", answer)
    member = log_in(group)
    before = Decision.objects.count()

    live = member.post(get_url("gold_try", gold), {"candidate": ""})
    tried = member.post(get_url("gold_try", gold), {"candidate": held.pk})
    unknown = member.post(get_url("gold_try", gold), {"candidate": held.base_id})

    assert asked == [None, held.pk]
    assert "Asked: ((&#x27;two coins&#x27;,),)" in live.content.decode()
    assert tried.status_code == 200
    assert unknown.status_code == 400
    assert Decision.objects.count() == before
    assert Publication.objects.count() == 2


def test_one_is_tried_through_the_real_pipeline(log_in, of_files):
    save_page(make_source(), "fare", "The fare of the ferry is two coins.")
    publish()

    response = log_in("auditors").post(get_url("gold_try", of_files), {"candidate": ""})

    assert response.context["tried"].outcome
    assert response.context["tried"].answer


def test_hostile_words_come_out_as_words(log_in, of_staff):
    GoldQuestion.objects.filter(pk=of_staff.pk).update(
        question=HOSTILE,
        facts=[[HOSTILE]],
        avoid=[HOSTILE],
        cites_any=[HOSTILE],
        history=[{"question": HOSTILE, "answer": HOSTILE}],
        written_by=HOSTILE,
    )
    client = log_in("editors")
    names = ("gold_question", "gold_change")

    pages = [client.get(get_url(name, of_staff)).content.decode() for name in names]
    pages.append(client.get(get_url("gold_questions")).content.decode())
    pages.append(
        client.post(
            get_url("gold_add"), WRITTEN | {"slug": HOSTILE, "why": HOSTILE}
        ).content.decode()
    )

    assert all("<svg" not in page and "&lt;svg" in page for page in pages)
