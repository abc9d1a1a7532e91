import pytest

from assistant.answering.types import Outcome
from assistant.desk.gold_forms import OUTCOMES, GoldQuestionForm, make_free_slug
from knowledge.models import GoldQuestion

pytestmark = pytest.mark.django_db

WRITTEN = {
    "question": "What does the ferry cost?",
    "audience": "public",
    "outcomes": ["answered", "no_evidence"],
    "facts": "two coins | 2 coins\n\n on board |",
    "avoid": "free of charge\n",
    "cites_any": "https://www.gov.uk/fare",
    "history": "Is there a ferry? | Yes, at noon.\nWhere?",
    "why": "Readers ask it.",
}


def test_lines_become_the_lists_of_the_files_and_lines_again():
    form = GoldQuestionForm(WRITTEN)
    assert form.is_valid(), form.errors

    gold = form.save()

    assert gold.facts == [["two coins", "2 coins"], ["on board"]]
    assert gold.avoid == ["free of charge"]
    assert gold.outcomes == ["answered", "no_evidence"]
    assert gold.history == [
        {"question": "Is there a ferry?", "answer": "Yes, at noon."},
        {"question": "Where?", "answer": ""},
    ]
    again = GoldQuestionForm(instance=gold)
    assert again["facts"].value() == "two coins | 2 coins\non board"
    assert again["history"].value() == "Is there a ferry? | Yes, at noon.\nWhere?"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("question", ""),
        ("outcomes", []),
        ("outcomes", ["failed"]),
        ("why", ""),
        ("cites_any", "javascript:alert(1)"),
        ("audience", "nobody"),
        ("slug", "has blanks"),
    ],
)
def test_what_no_gold_question_can_have_is_refused(name, value):
    form = GoldQuestionForm(WRITTEN | {name: value})

    assert list(form.errors) == [name]


def test_a_short_name_is_made_and_is_free():
    GoldQuestion.objects.create(slug="what-does-the-ferry-cost", question="x")

    assert make_free_slug("What does the ferry cost?") == "what-does-the-ferry-cost-2"
    assert make_free_slug("متى؟") == "question"


def test_a_short_name_that_is_taken_is_refused():
    GoldQuestion.objects.create(slug="fare", question="x")

    assert list(GoldQuestionForm(WRITTEN | {"slug": "fare"}).errors) == ["slug"]


def test_the_short_name_stays_when_a_question_is_changed():
    gold = GoldQuestion.objects.create(slug="fare", question="x")

    form = GoldQuestionForm(WRITTEN | {"slug": "other"}, instance=gold)

    assert form.is_valid()
    assert form.save().slug == "fare"


def test_every_outcome_that_a_question_can_lead_to_is_offered():
    circumstances = {Outcome.BUSY, Outcome.STOPPED, Outcome.FAILED}

    assert set(OUTCOMES) == set(Outcome) - circumstances
