from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from knowledge.passage_context import find_passage_in_context
from tests.factories import (
    DocumentFactory,
    LivePeriodFactory,
    PassageFactory,
    RevisionFactory,
)

pytestmark = pytest.mark.django_db

TEXT = "Before all.\nFirst words.\nSecond words.\nThird words.\nAfter all."


def make_passages(text: str = TEXT, **document) -> dict[str, object]:
    """Each line a passage; the three in the middle are one section."""
    revision = RevisionFactory(document=DocumentFactory(**document), text=text)
    lines = text.split("\n")
    return {
        line: PassageFactory(
            revision=revision,
            text=line,
            heading_path=[] if line in {lines[0], lines[-1]} else ["Words"],
        )
        for line in lines
    }


def find(passage):
    return find_passage_in_context(passage.pk, passage.revision_id)


def test_a_passage_is_shown_in_its_section():
    context = find(make_passages()["Second words."])

    assert context.before == "First words.\n"
    assert context.passage == "Second words."
    assert context.after == "\nThird words."
    assert context.heading_path == ("Words",)


def test_the_three_parts_stand_in_the_text_as_one_piece():
    context = find(make_passages()["Second words."])

    whole = context.before + context.passage + context.after
    assert TEXT[context.start - len(context.before) :].startswith(whole)


def test_a_long_section_is_cut_at_the_end_of_a_block():
    middle = [f"Block {number}. " + "word " * 100 for number in range(30)]
    passages = make_passages("\n".join(["Before.", *middle, "After."]))

    context = find(passages[middle[15]])

    assert 2000 < len(context.before) <= 3000
    assert 2000 < len(context.after) <= 3000
    assert context.before.startswith("Block ")
    assert context.after.splitlines()[-1] in middle


def test_a_passage_of_another_revision_is_not_found():
    passage = make_passages()["Second words."]

    assert find_passage_in_context(passage.pk, passage.revision_id + 1) is None
    assert find_passage_in_context(passage.pk + 999, passage.revision_id) is None


def test_live_words_were_checked_when_the_page_was():
    passage = make_passages(checked_at=datetime(2026, 5, 6, tzinfo=UTC))["Second words."]
    LivePeriodFactory(revision=passage.revision)

    context = find(passage)

    assert context.is_live
    assert context.superseded_at is None
    assert context.checked == date(2026, 5, 6)


def test_superseded_words_were_checked_when_they_were_read():
    passage = make_passages(checked_at=datetime(2026, 5, 6, tzinfo=UTC))["Second words."]
    period = LivePeriodFactory(revision=passage.revision, superseded=True)

    context = find(passage)

    assert not context.is_live
    assert context.superseded_at == period.live_until
    assert context.checked == passage.revision.fetched_at.date()


def test_a_withdrawn_page_says_why():
    context = find(make_passages(withdrawn=True)["Second words."])

    assert context.tombstone == "This page is out of date."
