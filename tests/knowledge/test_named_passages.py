import pytest

from knowledge.live_sets import NOW
from knowledge.models import Publication
from knowledge.named_passages import find_named_passages, get_names, is_mentioned
from knowledge.references import read_references, read_title_names
from tests.factories import (
    DocumentFactory,
    LivePeriodFactory,
    PassageFactory,
    RevisionFactory,
)

pytestmark = pytest.mark.django_db


def make_live(text="Some words.", *, title="A page", **fields):
    revision = RevisionFactory(document=DocumentFactory(title=title), text=text)
    passage = PassageFactory(revision=revision, **fields)
    LivePeriodFactory(revision=revision)
    return passage.pk


def find(question):
    publication = Publication.objects.latest("published_at")
    names = get_names(publication.pk, publication.published_at, NOW)
    return find_named_passages(read_references(question), read_title_names(question), names)


def number(name):
    return [[name, 0, 5]]


def test_a_paragraph_is_found_by_its_number_and_by_those_that_it_stands_under():
    first = make_live(numbers=number("ABC 2.3(a)"))
    second = make_live(numbers=number("ABC 2.3(b)"))
    make_live(numbers=number("ABC 2.30"))

    assert find("abc2.3").numbered == (first, second)
    assert find("ABC 2.3(b)").numbered == (second,)
    # The item has no number of its own in our reading, but its paragraph is held.
    assert find("ABC 2.3(z)").numbered == (first, second)


def test_one_number_may_belong_to_several_documents():
    pages = [make_live(numbers=number("7")) for _ in range(2)]

    assert find("paragraph 7").numbered == tuple(pages)


def test_a_title_says_which_of_them_is_meant():
    make_live(numbers=number("7"), title="Rules Appendix Red")
    wanted = make_live(numbers=number("7"), title="Rules Appendix Blue Moon: lights")
    other = make_live(numbers=number("BM 2.4"), title="Rules Appendix Blue Moon")

    assert find("paragraph 7 of Appendix Blue Moon").numbered == (wanted,)
    assert find("paragraph 2.4 of Appendix BM").numbered == (other,)


@pytest.mark.parametrize(
    "question",
    [
        "appendix blue moon for my wife",
        "What does Appendix BMV say?",
        "Appendix Moon Victims",
    ],
)
def test_a_document_is_found_by_its_title_its_initials_or_words_of_it(question):
    wanted = make_live(title="Rules Appendix Blue Moon Victim: lights")
    make_live(title="Rules Appendix Red")

    named = find(question)

    assert named.headed == {wanted}
    assert named.found == ("Rules Appendix Blue Moon Victim: lights",)


def test_headings_anchors_and_ways_to_ask_name_a_passage_too():
    heading = make_live(heading_path=["Article 7: lights"])
    anchor = make_live(url="https://www.gov.uk/law#section-90B")
    ask = make_live(asks=["What is CP 1999?"])
    rests = make_live(rests_on=[{"url": "https://x.org", "paragraph": "s.91(2)"}])

    assert find("art 7").headed == {heading}
    assert find("s 90b").headed == {anchor}
    assert find("cp1999").headed == {ask}
    assert find("section 91").headed == {rests}


def test_an_article_of_another_treaty_is_not_the_conventions():
    convention = make_live(heading_path=["Article 8 of the Human Rights Convention"])
    treaty = make_live(heading_path=["Article 8"])

    assert find("Article 8 ECHR").headed == {convention}
    assert find("Article 8 of the agreement").headed == {treaty}
    assert find("Article 8").headed == {convention, treaty}


def test_what_is_surely_a_reference_and_not_held_is_missing():
    make_live(numbers=number("ABC 2.3"), title="Rules Appendix Red")

    missing = find("paragraph 999Z, ABC 99.1, IELTS 6.5, 512F and Appendix Moonshine").missing

    assert [each.written for each in missing] == [
        "Appendix Moonshine",
        "paragraph 999Z",
        "ABC 99.1",
    ]


def test_what_is_not_live_names_nothing():
    make_live(numbers=number("7A"))
    PassageFactory(numbers=number("8A"))

    assert find("paragraph 8A").numbered == ()


def test_words_may_mention_what_nothing_is_called():
    (reference,) = read_references("CP 1999")

    assert is_mentioned(reference, "Changes were made by cp1999.")
    assert not is_mentioned(reference, "Changes were made by CP 1998.")


def test_the_conventions_article_is_mentioned_only_beside_the_convention():
    (reference,) = read_references("Article 8 ECHR")

    assert is_mentioned(reference, "Article 8 of the Human Rights Convention")
    assert not is_mentioned(reference, "Article 8 of the agreement")
