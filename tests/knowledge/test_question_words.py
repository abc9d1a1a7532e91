from datetime import UTC, datetime

import pytest

from knowledge.retrieval import mend_question, retrieve, retrieve_each
from knowledge.types import DocumentKind
from tests.factories import DocumentFactory, PassageFactory, RevisionFactory, put_live

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_embedding")]

# More than the two searches propose.
MANY = 250


def make_revision(text, *, document=None, **fields):
    revision = RevisionFactory(document=document or DocumentFactory(), text=text)
    PassageFactory(revision=revision, **fields)
    return revision


def make_news(text, *, published=datetime(2026, 1, 2, tzinfo=UTC)):
    document = DocumentFactory(document_type="press_release")
    revision = RevisionFactory(document=document, text=text, published_at=published)
    PassageFactory(revision=revision)
    return revision


def get_texts(question, **options):
    return [passage.text for passage in retrieve(question, **options).passages]


def test_a_paragraph_that_is_named_comes_first_though_others_are_nearer():
    named = make_revision("Lamps are lit.", numbers=[["ABC 2.3(b)", 0, 14]])
    put_live(named, *(make_revision(f"What abc says of pears {n}.") for n in range(MANY)))

    retrieval = retrieve("What does abc2.3 say of pears?", limit=3)

    assert retrieval.passages[0].text == "Lamps are lit."
    assert len(retrieval.passages) == 3
    assert retrieval.references == ("abc2.3",)
    assert retrieval.named_passages == {retrieval.passages[0].passage_id}
    assert retrieval.unknown_references == ()


def test_a_paragraph_that_no_search_proposes_has_its_likeness_all_the_same():
    named = make_revision("Lamps say little of pears.", numbers=[["ABC 2.3", 0, 26]])
    put_live(named, *(make_revision(f"Say it: pears, pears {n}.") for n in range(MANY)))

    (first, *_) = retrieve("say ABC 2.3 pears", limit=3).passages

    assert first.text == "Lamps say little of pears."
    assert first.dense > 0


def test_each_kind_has_its_own_named_first():
    briefing = make_revision(
        "Ask for a lamp.",
        document=DocumentFactory(briefing=True),
        asks=["What does section 90B mean?"],
    )
    section = make_revision("A lamp may be had.", numbers=[["s.90B", 0, 18]])
    others = [make_revision(f"Section of pears {n}.") for n in range(5)]
    put_live(briefing, section, *others)

    found = retrieve_each(
        "s 90b", limits={DocumentKind.BRIEFING: 2, DocumentKind.OFFICIAL: 2}
    ).passages

    assert [passage.text for passage in found[:2]] == ["Ask for a lamp.", "A lamp may be had."]


def test_what_is_named_and_no_longer_live_is_not_found():
    first = make_revision("Lamps are lit.", numbers=[["427AB", 0, 14]])
    put_live(first)
    put_live(make_revision("Nothing is lit.", document=first.document))

    retrieval = retrieve("paragraph 427AB")

    assert [passage.text for passage in retrieval.passages] == ["Nothing is lit."]
    assert retrieval.unknown_references == ("paragraph 427AB",)


def test_what_names_takes_not_all_the_places():
    named = [make_revision(f"Lamp {n}.", numbers=[["7", 0, 7]]) for n in range(9)]
    put_live(*named, make_revision("Pears are explained."))

    assert "Pears are explained." in get_texts("paragraph 7 of pears", limit=6)


def test_a_reference_that_nothing_has_is_told_and_one_that_words_mention_is_not():
    put_live(
        make_revision("This was changed by CP 1999."),
        make_revision("Pears are green.", numbers=[["ABC 1.1", 0, 16]]),
    )

    assert retrieve("What did CP 1999 say of pears?").unknown_references == ()
    assert get_texts("What did CP 1999 say of pears?")[0] == "This was changed by CP 1999."
    assert retrieve("pears of CP 1998").unknown_references == ("CP 1998",)
    assert retrieve("pears of ABC 99.1").unknown_references == ("ABC 99.1",)


def test_official_terms_find_what_readers_words_do_not():
    put_live(
        make_revision("A spouse is a partner."), *(make_revision(f"Pears {n}.") for n in range(5))
    )

    retrieval = retrieve("my wife")

    assert retrieval.passages[0].text == "A spouse is a partner."
    assert "spouse" in retrieval.official_terms
    # No evidence: the reader said neither.
    assert retrieval.best_lexical == 0


def test_rules_come_before_news_that_says_the_same():
    news = make_news("Pears are free for children.")
    rules = make_revision(
        "Pears are free for children!", document=DocumentFactory(document_type="manual")
    )
    put_live(news, rules)

    assert get_texts("free pears")[0] == "Pears are free for children!"


def test_a_superseded_figure_comes_after_the_newer_one():
    old = make_news("Over 300 people were returned so far.")
    new = make_news(
        "Over 900 people were returned so far.", published=datetime(2026, 6, 11, tzinfo=UTC)
    )
    put_live(old, new)

    assert get_texts("How many people were returned?")[0].startswith("Over 900")


def test_the_month_asked_for_comes_before_a_newer_one():
    months = ("March", "April", "May", "June")
    put_live(*(make_revision(f"In {month} 2026 there were 40 returns.") for month in months))

    assert get_texts("returns in april 2026")[0].startswith("In April")


def test_a_misspelt_question_is_mended_towards_live_words():
    put_live(
        make_revision("You may claim asylum in France."), make_revision("Asylum in France is it.")
    )

    assert mend_question("Can I claim asilum in frnace?") == "Can I claim asylum in france?"


def test_without_a_publication_a_question_stays_as_it_is():
    assert mend_question("asilum") == "asilum"
