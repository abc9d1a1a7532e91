from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from knowledge.comparing import DiffKind
from knowledge.indexing import digest_paragraph
from knowledge.live_sets import NOW
from knowledge.models import LivePeriod
from knowledge.quote_changes import ChangeKind, QuotedWords, find_changes
from knowledge.services import retire_document
from knowledge.supports import resolve_supports
from knowledge.types import DocumentStatus, Support, Tombstone
from tests.factories import (
    DocumentFactory,
    LivePeriodFactory,
    PassageFactory,
    PublicationFactory,
    RevisionFactory,
)
from tests.knowledge.test_supports import TEXT, URL, make_briefing, make_rules, rest

pytestmark = pytest.mark.django_db

DAY = datetime(2026, 5, 3, 12, tzinfo=UTC)
QUOTE = "A member may keep a bicycle for six days."


def put_live(document, text, *, at, numbers=()):
    """A revision with one passage, live from the moment on, without an index."""
    revision = RevisionFactory(document=document, text=text)
    passage = PassageFactory(
        revision=revision, numbers=[[number, 0, len(text)] for number in numbers]
    )
    LivePeriod.objects.filter(document=document, live_until=None).update(live_until=at)
    publication = PublicationFactory(live=True, published_at=at)
    LivePeriodFactory(revision=revision, publication=publication, live_from=at)
    return passage


def quote_of(passage, words=QUOTE, **more):
    return QuotedWords(passage.revision_id, passage.pk, words, **more)


def get_text(parts):
    return "".join(part.text for part in parts)


def test_words_that_are_live_have_not_changed():
    passage = put_live(DocumentFactory(), QUOTE, at=DAY)

    assert find_changes([quote_of(passage)]) == {}


def test_words_that_stand_in_the_newer_revision_have_not_changed():
    document = DocumentFactory()
    passage = put_live(document, QUOTE, at=DAY)
    put_live(document, f"Welcome.\n{QUOTE}\nGood bye.", at=DAY + timedelta(days=1))

    assert find_changes([quote_of(passage)]) == {}


def test_changed_words_are_shown_beside_those_that_took_their_place():
    document = DocumentFactory()
    passage = put_live(document, f"{QUOTE} It costs ten coins.", at=DAY, numbers=["4"])
    put_live(
        document,
        "A member may keep a bicycle for nine days. It costs ten coins.",
        at=DAY + timedelta(days=1),
        numbers=["4"],
    )

    change = find_changes([quote_of(passage)])[quote_of(passage)]

    assert change.kind is ChangeKind.REWORDED
    assert change.since == DAY + timedelta(days=1)
    assert get_text(change.old) == QUOTE
    assert get_text(change.new) == "A member may keep a bicycle for nine days."
    assert [part.text.strip() for part in change.parts if part.kind is DiffKind.ADDED] == ["nine"]


def test_the_day_of_the_change_is_the_day_on_which_these_words_changed():
    document = DocumentFactory()
    passage = put_live(document, QUOTE, at=DAY)
    put_live(document, f"{QUOTE}\nBring a lamp.", at=DAY + timedelta(days=1))
    put_live(document, "Nobody may keep a bicycle for six days.", at=DAY + timedelta(days=2))
    put_live(document, "Nobody may keep a bicycle for long.", at=DAY + timedelta(days=3))

    change = find_changes([quote_of(passage)])[quote_of(passage)]

    assert change.since == DAY + timedelta(days=2)


def test_words_without_a_successor_are_removed():
    document = DocumentFactory()
    passage = put_live(document, QUOTE, at=DAY)
    RevisionFactory(document=document, text="Cake is sold on Sundays.")
    put_live(document, "Cake is sold on Sundays only.", at=DAY + timedelta(days=1))
    changed = find_changes([quote_of(passage)])[quote_of(passage)]

    # One passage at one address, so it became the other.
    assert changed.kind is ChangeKind.REWORDED

    revision = RevisionFactory(document=document, text="Elsewhere.")
    PassageFactory(revision=revision, url=f"{document.url}#elsewhere")
    LivePeriod.objects.filter(live_until=None).update(live_until=DAY + timedelta(days=2))
    LivePeriodFactory(revision=revision, live_from=DAY + timedelta(days=2))
    changed = find_changes([quote_of(passage)])[quote_of(passage)]

    assert changed.kind is ChangeKind.REMOVED
    assert get_text(changed.old) == QUOTE
    assert changed.new == ()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (DocumentStatus.WITHDRAWN, ChangeKind.WITHDRAWN),
        (DocumentStatus.GONE, ChangeKind.GONE),
        (DocumentStatus.NOT_FOUND, ChangeKind.NOT_FOUND),
        (DocumentStatus.REDIRECTED, ChangeKind.MOVED),
    ],
)
def test_the_end_of_a_page_is_told_with_its_reason_day_and_replacement(status, kind):
    document = DocumentFactory()
    passage = put_live(document, QUOTE, at=DAY)
    there = put_live(DocumentFactory(), f"Welcome. {QUOTE}", at=DAY)
    replacement_url = there.revision.document.url
    tombstone = Tombstone(
        status=status,
        reason="Bicycles moved.",
        replacement_url=replacement_url,
        since=DAY + timedelta(days=4),
    )
    retire_document(document=document, tombstone=tombstone, now=DAY + timedelta(days=5))

    change = find_changes([quote_of(passage)])[quote_of(passage)]

    assert (change.kind, change.reason) == (kind, "Bicycles moved.")
    assert change.since == DAY + timedelta(days=4)
    assert change.replacement_url == replacement_url
    assert change.stands_there


def test_words_that_were_rolled_back_to_have_not_changed():
    document = DocumentFactory()
    passage = put_live(document, QUOTE, at=DAY)
    put_live(document, "Nobody may.", at=DAY + timedelta(days=1))
    LivePeriod.objects.filter(live_until=None).update(live_until=DAY + timedelta(days=2))
    LivePeriodFactory(revision=passage.revision, live_from=DAY + timedelta(days=2))

    assert find_changes([quote_of(passage)]) == {}


def test_a_page_that_only_a_roll_back_ended_is_unused():
    passage = put_live(DocumentFactory(), QUOTE, at=DAY)
    LivePeriod.objects.filter(live_until=None).update(live_until=DAY + timedelta(days=2))

    change = find_changes([quote_of(passage)])[quote_of(passage)]

    assert (change.kind, change.since) == (ChangeKind.UNUSED, DAY + timedelta(days=2))


def test_the_introduction_of_a_list_is_looked_for_where_it_stands():
    document = DocumentFactory()
    revision = RevisionFactory(document=document, text="Bring all of:\na lamp;\na bell.")
    PassageFactory(revision=revision, text="Bring all of:\na lamp;", url=f"{document.url}#1")
    item = PassageFactory(revision=revision, text="a bell.", url=f"{document.url}#2")
    LivePeriodFactory(revision=revision, live_from=DAY)
    newer = RevisionFactory(document=document, text="Bring one of:\na lamp;\na bell.")
    PassageFactory(revision=newer, text="Bring one of:\na lamp;", url=f"{document.url}#1")
    PassageFactory(revision=newer, text="a bell.", url=f"{document.url}#2")
    LivePeriod.objects.filter(live_until=None).update(live_until=DAY + timedelta(days=1))
    LivePeriodFactory(revision=newer, live_from=DAY + timedelta(days=1))

    change = find_changes([quote_of(item, "Bring all of:")])[quote_of(item, "Bring all of:")]

    assert get_text(change.new) == "Bring one of:"


def test_a_briefing_whose_official_words_changed_is_shown_with_those():
    rules = make_rules()
    LivePeriodFactory(revision=rules, live_from=DAY)
    briefing = make_briefing(rest(digest=digest_paragraph(rules, "4.1")))
    (support,) = resolve_supports(NOW).of_passage[briefing.pk]
    quote = quote_of(briefing, "You need a visa.", supports=(support,))
    assert find_changes([quote], resolve_supports(NOW)) == {}
    LivePeriod.objects.filter(revision=rules).update(live_until=DAY + timedelta(days=1))
    newer = make_rules(TEXT.replace("for work", "for holidays"))
    LivePeriodFactory(revision=newer, live_from=DAY + timedelta(days=1))

    change = find_changes([quote], resolve_supports(NOW))[quote]

    assert change.kind is ChangeKind.SUPPORT
    assert change.since == DAY + timedelta(days=1)
    assert get_text(change.old) == support.quote
    assert "(a) for holidays;" in get_text(change.new)


def test_a_briefing_whose_official_words_we_never_had_is_marked_without_them():
    rules = make_rules()
    briefing = make_briefing(rest(digest=digest_paragraph(rules, "4.1")))
    LivePeriodFactory(revision=make_rules(TEXT.replace("for work", "for holidays")))
    quote = quote_of(briefing, "You need a visa.", supports=(Support(URL, ""),))

    change = find_changes([quote], resolve_supports(NOW))[quote]

    assert (change.kind, change.url, change.parts) == (ChangeKind.SUPPORT, URL, ())


def test_many_quotes_cost_as_many_queries_as_few(django_assert_max_num_queries):
    document = DocumentFactory()
    quotes = []
    for number in range(20):
        passage = put_live(document, f"Rule {number} holds.", at=DAY + timedelta(days=number))
        quotes.append(quote_of(passage, f"Rule {number} holds."))

    with django_assert_max_num_queries(8):
        changes = find_changes(quotes)

    assert len(changes) == 19
