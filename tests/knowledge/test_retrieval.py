from __future__ import annotations

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from knowledge.indexing import digest_paragraph
from knowledge.models import Document, LivePeriod
from knowledge.passage_texts import get_embedded_text
from knowledge.retrieval import (
    QuotedWords,
    embed_question,
    embed_texts,
    find_changes,
    find_first_day,
    get_revision_text,
    list_briefings,
    retrieve,
    retrieve_each,
)
from knowledge.types import DocumentKind, DocumentStatus
from tests.factories import (
    DocumentFactory,
    PassageFactory,
    PublicationFactory,
    RevisionFactory,
    put_live,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_embedding")]

NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)


def make_revision(text: str, document: Document | None = None, **fields):
    revision = RevisionFactory(document=document or DocumentFactory(), text=text)
    PassageFactory(revision=revision, **fields)
    return revision


def get_texts(question: str, **options) -> list[str]:
    return [passage.text for passage in retrieve(question, **options).passages]


def test_the_passage_that_answers_comes_first():
    put_live(make_revision("Apples are free."), make_revision("Pears cost two coins."))

    assert get_texts("What do pears cost?")[0] == "Pears cost two coins."


def test_what_is_asked_weighs_more_than_the_story_before_it():
    put_live(
        make_revision("Snow fell on the old harbour and the boats."),
        make_revision("Pears cost two coins."),
        make_revision("Winter and storms are cold."),
    )
    story = "Snow fell on the harbour last winter. What do pears cost?"

    first = retrieve(story).passages[0]

    assert first.text == "Pears cost two coins."
    embedded = get_embedded_text(first.title, first.heading_path, (), first.text)
    assert first.dense == pytest.approx(float(embed_question(story) @ embed_question(embedded)))


def test_without_a_publication_nothing_is_found():
    make_revision("Apples are free.")

    retrieval = retrieve("apples")

    assert retrieval.passages == ()
    assert retrieval.publication_id is None


def test_a_new_publication_counts_at_once():
    first = make_revision("Apples are free.")
    put_live(first)
    assert get_texts("apples") == ["Apples are free."]

    publication = put_live(make_revision("Apples cost a coin.", first.document))

    assert get_texts("apples") == ["Apples cost a coin."]
    assert retrieve("apples").publication_id == publication.pk
    assert retrieve("apples").published_at == publication.published_at


def test_a_candidate_is_not_found_before_it_goes_live():
    put_live(make_revision("Apples are free."))
    make_revision("Apples cost a coin.")

    assert get_texts("apples") == ["Apples are free."]


def test_words_that_ended_after_the_index_was_written_are_dropped():
    revision = make_revision("Apples are free.")
    put_live(revision, make_revision("Pears cost two coins."))

    LivePeriod.objects.filter(revision=revision).update(live_until=timezone.now())

    assert get_texts("apples") == ["Pears cost two coins."]


def test_dropped_passages_make_room_for_the_next():
    old = [make_revision(f"Apples are free on day {number}.") for number in range(60)]
    put_live(*old, make_revision("Apples are sold by the gate at noon on any other day."))
    LivePeriod.objects.filter(revision__in=old).update(live_until=timezone.now())

    assert len(get_texts("apples free day", limit=1)) == 1


def test_a_past_day_is_answered_with_what_was_live_at_its_end():
    first = make_revision("Apples are free.")
    put_live(first, at=NOON)
    put_live(make_revision("Apples cost a coin.", first.document), at=NOON + timedelta(hours=6))
    put_live(make_revision("Apples cost ten coins.", first.document), at=NOON + timedelta(days=1))

    assert get_texts("apples", as_of=date(2026, 6, 9)) == []
    assert get_texts("apples", as_of=date(2026, 6, 10)) == ["Apples cost a coin."]
    assert get_texts("apples", as_of=date(2026, 6, 11)) == ["Apples cost ten coins."]
    assert get_texts("apples", as_of=date.max) == ["Apples cost ten coins."]


def test_no_more_passages_than_asked_for():
    put_live(*(make_revision(f"Apples of kind {number}.") for number in range(5)))

    passages = retrieve("apples", limit=3).passages

    assert [passage.rank for passage in passages] == [1, 2, 3]
    assert passages[0].score >= passages[1].score >= passages[2].score


def test_only_the_wanted_kind_is_found():
    briefing = make_revision("Ask for apples.", DocumentFactory(briefing=True))
    put_live(briefing, make_revision("Apples are free."))

    assert get_texts("apples", kinds=[DocumentKind.BRIEFING]) == ["Ask for apples."]
    assert get_texts("apples", kinds=[DocumentKind.OFFICIAL]) == ["Apples are free."]


def test_a_passage_carries_what_its_citation_needs():
    document = DocumentFactory(
        title="Fruit", publisher="The Orchard", checked_at=datetime(2026, 7, 8, tzinfo=UTC)
    )
    text = "Apples\nYou pay if you:\nare 18 or over"
    revision = RevisionFactory(document=document, text=text)
    PassageFactory(
        revision=revision,
        text="are 18 or over",
        url=f"{document.url}#apples",
        heading_path=["Apples"],
        lead_ins=[[7, 22]],
        numbers=[["1.2", 23, 37]],
    )
    put_live(revision)

    (passage,) = retrieve("who pays for apples").passages

    assert passage.title == "Fruit"
    assert passage.publisher == "The Orchard"
    assert passage.licence == document.source.licence
    assert passage.url.endswith("#apples")
    assert passage.heading_path == ("Apples",)
    assert passage.lead_ins == ("You pay if you:",)
    assert passage.numbers[0].number == "1.2"
    assert revision.text[passage.start :] == passage.text
    assert passage.published == date(2026, 1, 2)
    assert passage.checked == date(2026, 7, 8)
    assert passage.dense > 0
    assert passage.lexical > 0


def test_a_briefing_carries_the_date_of_its_fact_and_when_it_was_checked():
    put_live(
        make_revision(
            "Ask for apples.",
            DocumentFactory(briefing=True),
            fact_on=date(2026, 2, 1),
            checked_on=date(2026, 3, 1),
        )
    )

    (passage,) = retrieve("apples").passages

    assert (passage.published, passage.checked) == (date(2026, 2, 1), date(2026, 3, 1))


def test_of_a_past_day_we_claim_only_that_the_words_were_read():
    revision = make_revision("Apples are free.")
    put_live(revision, at=NOON)

    (passage,) = retrieve("apples", as_of=NOON.date()).passages

    assert passage.checked == revision.fetched_at.date()


def make_briefing_on(rules, text: str = "Ask for apples at the gate."):
    pin = {
        "url": rules.document.url,
        "paragraph": "4",
        "digest": digest_paragraph(rules, "4"),
    }
    return make_revision(text, DocumentFactory(briefing=True), rests_on=[pin])


def make_rules(text: str, document: Document | None = None):
    return make_revision(text, document, numbers=[["4", 0, len(text)]])


def test_a_briefing_comes_with_the_official_words_that_it_rests_on():
    rules = make_rules("4 Apples are given at the gate.")
    put_live(rules, make_briefing_on(rules))

    (passage,) = retrieve("apples", kinds=[DocumentKind.BRIEFING]).passages

    assert passage.supports[0].quote == "4 Apples are given at the gate."


def test_a_briefing_is_dropped_as_soon_as_its_official_words_change():
    rules = make_rules("4 Apples are given at the gate.")
    put_live(rules, make_briefing_on(rules))
    assert "Ask for apples at the gate." in get_texts("apples gate")

    put_live(make_rules("4 Apples are no longer given.", rules.document))

    assert get_texts("apples gate") == ["4 Apples are no longer given."]


def test_a_briefing_is_dropped_as_soon_as_its_page_is_withdrawn():
    rules = make_rules("4 Apples are given at the gate.")
    put_live(rules, make_briefing_on(rules))
    assert len(get_texts("apples gate")) == 2

    Document.objects.filter(pk=rules.document_id).update(status=DocumentStatus.WITHDRAWN)
    LivePeriod.objects.filter(revision=rules).update(live_until=timezone.now())

    assert get_texts("apples gate") == []


def test_a_lost_index_is_made_again_by_the_question(settings):
    put_live(make_revision("Apples are free."))
    shutil.rmtree(settings.KNOWLEDGE_INDEX_DIR)

    assert get_texts("apples") == ["Apples are free."]


def test_the_best_scores_are_those_of_the_passages():
    put_live(make_revision("Apples are free."), make_revision("Pears cost two coins."))

    retrieval = retrieve("apples")

    assert retrieval.best_dense == max(passage.dense for passage in retrieval.passages)
    assert retrieval.best_lexical == max(passage.lexical for passage in retrieval.passages)


def test_a_question_of_other_words_has_no_lexical_evidence():
    put_live(make_revision("Apples are free."))

    retrieval = retrieve("zebra")

    assert retrieval.best_lexical == 0
    assert retrieval.best_dense < 0.1


def test_a_warm_question_costs_two_queries(django_assert_num_queries):
    put_live(*(make_revision(f"Apples of kind {number}.") for number in range(5)))
    retrieve("pears")

    with django_assert_num_queries(2):
        retrieve("apples")


def test_a_vector_that_the_caller_has_is_used(monkeypatch):
    put_live(make_revision("Apples are free."), make_revision("Pears cost two coins."))

    texts = get_texts("zebra", vector=embed_question("pears"))

    assert texts[0] == "Pears cost two coins."


def test_a_passage_stands_where_it_says_in_the_text_of_its_revision():
    put_live(make_revision("Apples are free."))
    (passage,) = retrieve("apples").passages

    text = get_revision_text(passage.revision_id)

    assert text[passage.start :].startswith(passage.text)


def test_texts_are_embedded_to_be_compared_with_questions():
    likeness = embed_texts(["apples", "pears"]) @ embed_question("apples")

    assert likeness.tolist() == pytest.approx([1, 0])


@pytest.mark.django_db(transaction=True)
def test_many_threads_may_ask_at_once():
    put_live(make_revision("Apples are free."), make_revision("Pears cost two coins."))

    def ask(number: int) -> str:
        try:
            return get_texts(["apples", "pears"][number % 2])[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(40)))

    assert found == ["Apples are free.", "Pears cost two coins."] * 20


def test_importing_retrieval_does_not_import_llama_index():
    code = (
        "import sys, django; django.setup(); import knowledge.retrieval; "
        "sys.exit('llama_index' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_each_kind_is_ranked_apart_and_none_crowds_out_the_other():
    briefing = DocumentFactory(kind=DocumentKind.BRIEFING)
    put_live(
        make_revision("Pears: pears cost two coins."),
        make_revision("What do pears cost? Pears cost two coins."),
        make_revision("Fruit has its price.", briefing),
    )

    found = retrieve_each(
        "What do pears cost?", limits={DocumentKind.BRIEFING: 1, DocumentKind.OFFICIAL: 1}
    )

    assert [passage.text for passage in found.passages] == [
        "Fruit has its price.",
        "What do pears cost? Pears cost two coins.",
    ]
    assert [passage.rank for passage in found.passages] == [1, 1]


def test_passages_that_are_no_longer_live_give_way_to_those_that_are():
    gone = [make_revision(f"Pears cost {count} coins.") for count in range(20)]
    kept = make_revision("A pear is a fruit.")
    put_live(*gone, kept)
    LivePeriod.objects.filter(revision__in=gone).update(live_until=timezone.now())

    assert get_texts("What do pears cost?", limit=1) == ["A pear is a fruit."]


def test_a_withdrawal_is_a_change_of_what_is_live():
    revision = make_revision("Apples are free.")
    put_live(revision, make_revision("Pears cost two coins."))
    before = retrieve("apples").live_since

    LivePeriod.objects.filter(revision=revision).update(live_until=timezone.now())

    assert retrieve("apples").live_since > before


def test_the_first_day_is_that_of_the_first_publication():
    assert find_first_day() is None
    PublicationFactory(live=True, published_at=NOON)
    PublicationFactory(live=True, published_at=NOON + timedelta(days=4))
    PublicationFactory()

    assert find_first_day() == NOON.date()


def test_every_live_briefing_is_listed_with_its_asks_and_nothing_else():
    briefing = make_revision(
        "Apples are free.", DocumentFactory(briefing=True), asks=["What do apples cost?"]
    )
    translated = make_revision(
        "Les pommes sont gratuites.", DocumentFactory(briefing=True, locale="fr")
    )
    put_live(briefing, translated, make_revision("Pears cost two coins."))
    make_revision("Plums are not live.", DocumentFactory(briefing=True))

    listed = list_briefings()

    assert [(each.text, each.asks) for each in listed] == [
        ("Apples are free.", ("What do apples cost?",))
    ]


def test_quotes_are_compared_with_what_is_live_now():
    document = DocumentFactory()
    passage = PassageFactory(revision=RevisionFactory(document=document, text="Two coins."))
    put_live(passage.revision, at=NOON)
    quote = QuotedWords(passage.revision_id, passage.pk, "Two coins.")
    assert find_changes([]) == find_changes([quote]) == {}
    newer = PassageFactory(revision=RevisionFactory(document=document, text="Nine coins."))
    put_live(newer.revision, at=NOON + timedelta(days=1))

    assert find_changes([quote])[quote].since == NOON + timedelta(days=1)
