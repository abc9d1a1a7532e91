from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from assistant import wording
from assistant.answering import triage
from assistant.answering.types import Outcome
from assistant.personal_data.types import Kind
from assistant.wording import get_hidden_notices
from knowledge.retrieval import RetiredDocument
from knowledge.types import DocumentStatus


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_wording_with_a_next_step(outcome):
    notices = wording.get_notices(outcome)

    assert notices
    assert all(notice and isinstance(notice, str) for notice in notices)
    if outcome is not Outcome.ANSWERED:
        assert len(notices) >= 2


@pytest.mark.parametrize("rule", triage.get_rules().rules, ids=lambda rule: rule.topic)
def test_every_topic_of_triage_has_wording(rule):
    assert wording.get_notices(rule.outcome, rule.topic)


@pytest.mark.parametrize("topic", wording.NOTICES[Outcome.UNSAFE])
def test_every_refusal_names_the_emergency_numbers_and_the_legal_routes(topic):
    text = " ".join(wording.get_notices(Outcome.UNSAFE, topic))

    assert all(words in text for words in ("112", "999", "196", "legal routes"))


@pytest.mark.parametrize("topic", wording.NOTICES[Outcome.URGENT])
def test_every_urgent_answer_names_an_emergency_number_at_once(topic):
    text = " ".join(wording.get_notices(Outcome.URGENT, topic))

    assert "112" in text
    assert "999" in text


def test_advice_about_a_person_points_to_an_adviser():
    for topic in wording.NOTICES[Outcome.INDIVIDUAL_ADVICE]:
        assert "adviser" in " ".join(wording.get_notices(Outcome.INDIVIDUAL_ADVICE, topic))


def test_an_unknown_topic_gets_the_outcomes_own_wording():
    assert wording.get_notices(Outcome.UNSAFE, "something new") == wording.get_notices(
        Outcome.UNSAFE
    )


@pytest.mark.parametrize(("code", "language"), [("en", "en"), ("en-gb", "en"), ("xx", "en")])
def test_a_language_that_we_lack_becomes_ours(code, language):
    assert wording.choose_language(code) == language


def test_official_words_are_introduced_as_such():
    first = wording.introduce_official("100 % of bells ring.", is_first=True)
    again = wording.introduce_official("So do horns.", is_first=False)

    assert first == "The official text says: “100 % of bells ring.”"
    assert again == "It also says: “So do horns.”"


@pytest.mark.parametrize("status", [status for status in DocumentStatus if status != "live"])
def test_each_way_in_which_a_page_ends_has_words_with_its_title_and_day(status):
    retired = RetiredDocument(
        document_id=1,
        title="Bells",
        url="https://www.gov.uk/bells",
        status=status,
        reason="",
        since=datetime(2026, 6, 1, tzinfo=UTC),
        is_ours=False,
        replacement_url="https://www.gov.uk/horns",
        replacement_title="",
        likeness=0.9,
    )

    ended, replaced = wording.describe_retired(retired)

    assert "“Bells”" in ended
    assert "1 June 2026" in ended
    assert replaced == "Its publisher points to https://www.gov.uk/horns"


def test_a_day_before_all_texts_is_told_the_first_one_that_has_some():
    day, first = date(2025, 12, 31), date(2026, 1, 1)

    notices = wording.get_too_early_notices(day, first=first)

    assert "1 January 2026" in notices[0]
    assert "31 December 2025" in notices[0]
    nothing = wording.get_notices(Outcome.NO_EVIDENCE)
    assert wording.get_too_early_notices(day, first=None) == nothing


def test_what_was_hidden_is_said_once_and_in_a_sentence():
    assert get_hidden_notices(()) == ()
    assert get_hidden_notices((Kind.NAME, Kind.PHONE, Kind.BIRTH)) == (
        "I removed a name, a phone number and a date of birth before keeping your question. "
        "You don't need to give them here.",
    )


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_of_personal_data_has_its_words(kind):
    (notice,) = get_hidden_notices((kind,))

    assert "need to give it here" in notice
