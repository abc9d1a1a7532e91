from __future__ import annotations

from datetime import date

import pytest

from knowledge.models import Document, Passage, Source
from knowledge.publishing import get_live_revisions
from knowledge.starter import loading
from knowledge.starter.loading import load_starter
from knowledge.starter.reading import Briefing, BriefingParagraph, RestsOn

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("fake_embedding"),
]


def make_briefing(slug: str = "fees", text: str = "Nobody has to pay.") -> Briefing:
    paragraph = BriefingParagraph(
        id="free",
        heading="Is there a fee?",
        text=text,
        asks=("How much does it cost?", "Must I pay?"),
        fact_date=date(2026, 1, 2),
        checked=date(2026, 3, 4),
        confidence="official",
        source_note="EX 2.1: no fee.",
        rests_on=(RestsOn(url="https://www.gov.uk/rules/two", paragraph="EX 2.1", digest=""),),
    )
    return Briefing(slug=slug, title="What it costs", paragraphs=(paragraph,))


@pytest.fixture
def briefings(monkeypatch) -> list[Briefing]:
    written = [make_briefing()]
    monkeypatch.setattr(loading, "read_briefings", lambda: tuple(written))
    return written


def test_a_briefing_becomes_a_live_document_that_knows_what_it_rests_on(briefings):
    load_starter()

    document = Document.objects.get(url="/briefings/fees")
    assert document.pk in get_live_revisions()
    passage = Passage.objects.get(revision__document=document)
    assert passage.url == "/briefings/fees#free"
    assert passage.rests_on == [
        {"url": "https://www.gov.uk/rules/two", "paragraph": "EX 2.1", "digest": ""}
    ]
    assert (passage.fact_on, passage.checked_on) == (date(2026, 1, 2), date(2026, 3, 4))


def test_loading_again_changes_nothing(briefings):
    load_starter()

    assert load_starter() is None


def test_an_edited_briefing_replaces_the_old_words(briefings):
    load_starter()
    briefings[:] = [make_briefing(text="It is free.")]

    load_starter()

    live = Passage.objects.filter(revision__in=get_live_revisions().values())
    assert [passage.text for passage in live] == ["It is free."]


def test_a_briefing_that_was_removed_is_no_longer_live(briefings):
    load_starter()
    briefings[:] = [make_briefing(slug="other")]

    load_starter()

    assert Document.objects.get(url="/briefings/fees").status == "withdrawn"
    assert len(get_live_revisions()) == 1


def test_a_source_that_staff_have_edited_is_left_as_they_want_it(briefings):
    load_starter()
    source = Source.objects.official().first()
    source.url = "https://www.gov.uk/corrected"
    source.save()

    load_starter()

    source.refresh_from_db()
    assert source.url == "https://www.gov.uk/corrected"


def test_a_source_says_within_how_many_days_a_change_is_expected(briefings):
    load_starter()

    days = dict(Source.objects.values_list("slug", "expected_change_days"))
    assert days["immigration-rules"] == 120
    assert days["treaty"] is None


def test_the_real_starter_knowledge_loads_and_every_paragraph_is_one_passage(db):
    load_starter()

    from knowledge.starter.reading import read_briefings

    paragraphs = [paragraph for briefing in read_briefings() for paragraph in briefing.paragraphs]
    passages = Passage.objects.filter(revision__in=get_live_revisions().values())
    assert sorted(passages.values_list("text", flat=True)) == sorted(
        paragraph.text for paragraph in paragraphs
    )
