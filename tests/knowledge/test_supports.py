from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from knowledge.indexing import digest_paragraph
from knowledge.live_sets import NOW, LiveSet
from knowledge.models import Document, LivePeriod
from knowledge.supports import cut_quote, resolve_supports
from knowledge.types import DocumentStatus
from tests.factories import (
    DocumentFactory,
    LivePeriodFactory,
    PassageFactory,
    RevisionFactory,
)

URL = "https://www.gov.uk/rules"
TEXT = "Entry\n4.1 You may enter with a visa:\n(a) for work;\n(b) for study.\n4.2 Fees apply."


def make_rules(text: str = TEXT, document: Document | None = None):
    document = document or Document.objects.filter(url=URL).first() or DocumentFactory(url=URL)
    revision = RevisionFactory(document=document, text=text)
    entry, _, rest = text.partition("\n")
    PassageFactory(revision=revision, text=entry)
    numbers, place = [], len(entry) + 1
    for number, line in zip(["4.1", "4.1(a)", "4.1(b)", "4.2"], rest.split("\n"), strict=True):
        numbers.append([number, place, place + len(line)])
        place += len(line) + 1
    PassageFactory(revision=revision, text=rest, url=f"{URL}#entry", numbers=numbers)
    return revision


def make_briefing(*rests_on: dict[str, str]):
    revision = RevisionFactory(document=DocumentFactory(briefing=True), text="You need a visa.")
    LivePeriodFactory(revision=revision)
    return PassageFactory(revision=revision, rests_on=list(rests_on))


def rest(paragraph: str = "4.1", digest: str | None = None) -> dict[str, str]:
    return {"url": URL, "paragraph": paragraph, "digest": digest or ""}


@pytest.mark.django_db
def test_a_briefing_is_supported_by_the_words_of_its_paragraph_and_their_anchor():
    rules = make_rules()
    LivePeriodFactory(revision=rules)
    briefing = make_briefing(rest(digest=digest_paragraph(rules, "4.1")))

    supports = resolve_supports(NOW)

    (support,) = supports.of_passage[briefing.pk]
    assert support.url == f"{URL}#entry"
    assert support.quote == "4.1 You may enter with a visa:\n(a) for work;\n(b) for study."
    assert not supports.stale


@pytest.mark.django_db
def test_a_briefing_whose_words_have_changed_is_stale():
    briefing = make_briefing(rest(digest=digest_paragraph(make_rules(), "4.1")))
    LivePeriodFactory(revision=make_rules(TEXT.replace("work", "holidays")))

    assert resolve_supports(NOW).stale == {briefing.pk}


@pytest.mark.django_db
def test_a_briefing_whose_paragraph_is_gone_is_stale():
    briefing = make_briefing(rest("9.9", digest="0" * 64))
    LivePeriodFactory(revision=make_rules())

    assert resolve_supports(NOW).stale == {briefing.pk}


@pytest.mark.django_db
def test_a_briefing_is_not_stale_when_other_words_of_the_page_change():
    pinned = digest_paragraph(make_rules(), "4.1")
    make_briefing(rest(digest=pinned))
    LivePeriodFactory(revision=make_rules(TEXT.replace("Fees apply", "No fees apply")))

    assert not resolve_supports(NOW).stale


@pytest.mark.django_db
def test_a_briefing_whose_page_was_never_read_is_used_without_a_quote():
    briefing = make_briefing(rest(digest="0" * 64))

    supports = resolve_supports(NOW)

    assert supports.of_passage[briefing.pk][0].quote == ""
    assert supports.of_passage[briefing.pk][0].url == URL
    assert not supports.stale


@pytest.mark.django_db
def test_a_briefing_whose_page_was_withdrawn_is_stale():
    rules = make_rules()
    LivePeriodFactory(revision=rules, superseded=True)
    Document.objects.filter(pk=rules.document_id).update(status=DocumentStatus.WITHDRAWN)
    briefing = make_briefing(rest(digest=digest_paragraph(rules, "4.1")))

    assert resolve_supports(NOW).stale == {briefing.pk}


@pytest.mark.django_db
def test_a_briefing_without_a_pin_is_never_stale():
    LivePeriodFactory(revision=make_rules())
    briefing = make_briefing(rest("4.2"))

    supports = resolve_supports(NOW)

    assert not supports.stale
    assert supports.of_passage[briefing.pk][0].quote == "4.2 Fees apply."


@pytest.mark.django_db
def test_one_stale_support_of_two_is_enough():
    rules = make_rules()
    LivePeriodFactory(revision=rules)
    briefing = make_briefing(
        rest(digest=digest_paragraph(rules, "4.1")), rest("4.2", digest="0" * 64)
    )

    assert resolve_supports(NOW).stale == {briefing.pk}


@pytest.mark.django_db
def test_as_of_a_day_the_words_of_that_day_count():
    now = timezone.now()
    first = make_rules()
    second = make_rules(TEXT.replace("work", "holidays"))
    briefing = make_briefing(rest(digest=digest_paragraph(first, "4.1")))
    LivePeriod.objects.filter(revision=briefing.revision).update(
        live_from=now - timedelta(days=30)
    )
    LivePeriodFactory(
        revision=first, live_from=now - timedelta(days=20), live_until=now - timedelta(days=5)
    )
    LivePeriodFactory(revision=second, live_from=now - timedelta(days=5))

    assert not resolve_supports(LiveSet(now - timedelta(days=10))).stale
    assert resolve_supports(NOW).stale == {briefing.pk}


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow_with_the_briefings(django_assert_num_queries):
    LivePeriodFactory(revision=make_rules())
    for _ in range(5):
        make_briefing(rest())

    with django_assert_num_queries(5):
        resolve_supports(NOW)


def test_a_long_paragraph_is_cut_where_an_item_ends():
    items = ["4.1 You must:", *(f"({number}) {'word ' * 40}end;" for number in range(6))]
    text = "\n".join(items)
    spans, place = [], 0
    for item in items:
        spans.append((place, place + len(item)))
        place += len(item) + 1

    quote = cut_quote(text, spans)

    assert text.startswith(quote)
    assert quote.endswith("end;")
    assert 200 < len(quote) <= 600


def test_a_long_block_is_cut_where_a_sentence_ends():
    text = "First sentence of the block. " + "A longer sentence without an end " * 30

    assert cut_quote(text, [(0, len(text))]) == "First sentence of the block."


def test_a_quote_does_not_run_over_words_between_its_parts():
    text = "4.1 One." + " other words" * 20 + " 4.1(a) Two."

    assert cut_quote(text, [(0, 8), (text.index("4.1(a)"), len(text))]) == "4.1 One."
