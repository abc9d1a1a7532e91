from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from knowledge.models import Decision, GoldQuestion, Publication, Source
from knowledge.publishing import find_current_publication, publish
from knowledge.types import SourceKind
from tests.knowledge.pages import save_page as save

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("fake_embedding"),
]

FARE = "https://www.gov.uk/fare"


def run(*args: str) -> str:
    out = StringIO()
    call_command("publications", *args, stdout=out)
    return out.getvalue()


@pytest.fixture
def held(db) -> Publication:
    """One is live; the next would lose the fare and waits."""
    source = Source.objects.create(
        slug="s", title="S", kind=SourceKind.GOVUK, url="https://www.gov.uk/s", publisher="P"
    )
    GoldQuestion.objects.create(
        slug="fare", question="What is the fare?", outcomes=["answered"], facts=[["two coins"]]
    )
    save(source, "fare", "The fare is two coins.")
    save(source, "dogs", "Dogs are welcome.")
    publish(note="first")
    save(source, "fare", "Ask the skipper.")
    save(source, "dogs", "Cats are welcome.")
    return publish(note="refresh")


def test_the_list_marks_what_readers_get_and_says_what_waits(held):
    newest, oldest = run("list").splitlines()

    assert newest.startswith(f"  {held.pk} ")
    assert "waits for a person" in newest
    assert oldest.startswith(f"* {held.base_id} ")


def test_show_has_the_reasons_the_changes_and_both_answers(held):
    shown = run("show", str(held.pk))

    assert "waits because: “What is the fare?”" in shown
    assert f"{FARE}: revision 1 → 2" in shown
    assert "Gold questions: 0 of 1 answered rightly, 1 changed" in shown
    assert shown.index("The fare is two coins.") < shown.index("wrong: without 'two coins'")


def test_show_can_be_had_as_json(held):
    shown = json.loads(run("show", str(held.pk), "--json"))

    assert shown["state"] == "held"
    assert [change["url"] for change in shown["changes"]] == ["https://www.gov.uk/dogs", FARE]
    assert shown["gate"]["reasons"][0]["gold_question"] == "fare"
    assert [each["act"] for each in shown["decisions"]] == ["held"]


def test_approve_makes_it_live_under_the_name_and_the_reason_given(held):
    said = run("approve", str(held.pk), "--why", "It moved.", "--who", "bea")

    assert "went live" in said
    assert find_current_publication() == held
    decision = Decision.objects.first()
    assert (decision.who, decision.why) == ("bea", "It moved.")


def test_refuse_may_name_documents_and_the_rest_goes_on(held):
    said = run("refuse", str(held.pk), "--why", "Broken.", "--document", FARE)

    assert "went live" in said
    assert find_current_publication().changes.get().document.url.endswith("/dogs")


def test_refuse_everything_leaves_nothing_waiting(held):
    assert run("refuse", str(held.pk), "--why", "Broken.") == "Nothing else was waiting.\n"


def test_roll_back_is_previewed_and_done(held):
    run("approve", str(held.pk), "--why", "It moved.")

    previewed = run("roll-back", str(held.base_id), "--preview")
    done = json.loads(run("roll-back", str(held.base_id), "--why", "No.", "--json"))

    assert f"{FARE}: revision 2 → 1" in previewed
    assert (done["state"], done["restores"]) == ("published", held.base_id)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["approve", "{held}"], "say why"),
        (["approve", "{live}", "--why", "x"], "does not wait"),
        (["roll-back", "{live}", "--why", "x"], "live already"),
        (["refuse", "{held}", "--why", "x", "--document", "https://x.test/"], "no document has"),
        (["show", "999999"], "there is no publication 999999"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(held, args, message):
    filled = [arg.format(held=held.pk, live=held.base_id) for arg in args]

    with pytest.raises(CommandError, match=message):
        run(*filled)
