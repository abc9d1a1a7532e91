import pytest

from knowledge.vocabulary import read_plain_words
from tests.factories import LivePeriodFactory, PassageFactory, RevisionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_remembered():
    read_plain_words.cache_clear()


def make_live(text, **fields):
    passage = PassageFactory(revision=RevisionFactory(text=text), **fields)
    LivePeriodFactory(revision=passage.revision)


def test_a_word_is_plain_when_several_live_passages_have_it_in_small_letters():
    make_live("The bicycle of Mr Karimi is asylum-blue.")
    make_live("Karimi has a bicycle, and don’t ask: asylum-blue. Rare.")

    assert read_plain_words(1) == {"bicycle", "asylum-blue"}


def test_words_in_which_staff_expect_questions_are_plain_too():
    make_live("A text.", asks=["Is my wife allowed?"])
    make_live("Another text.", asks=["Can my wife come?"])

    assert {"my", "wife"} <= read_plain_words(1)


def test_texts_that_are_not_live_count_for_nothing():
    for text in ("A bicycle.", "The bicycle."):
        PassageFactory(revision=RevisionFactory(text=text))

    assert read_plain_words(1) == frozenset()
