from __future__ import annotations

import pytest

from assistant.answering.claims.clauses import read_sentence
from assistant.answering.claims.order import has_other_order
from assistant.answering.claims.sources import make_source


@pytest.mark.parametrize(
    ("said", "claimed"),
    [
        ("Small boats give way to ferries.", "Ferries give way to small boats."),
        ("A skipper warns the harbour.", "The harbour warns a skipper."),
        ("Ferries leave from the north pier and land at the south pier.",
         "Ferries leave from the south pier."),
        ("Claims are decided without a hearing.", "Claims are decided with a hearing."),
    ],
)  # fmt: skip
def test_words_that_change_places_change_what_is_said(said, claimed):
    assert has_other_order(read_sentence(claimed), make_source(said))


@pytest.mark.parametrize(
    ("said", "claimed"),
    [
        ("In spring ferries leave from the pier.", "Ferries leave from the pier in spring."),
        ("Passes that are lost are replaced.", "Lost passes are replaced."),
        ("Bring a letter from the office.", "Bring an office letter."),
        ("The office first checks the form.", "First the office checks the form."),
    ],
)
def test_phrases_with_a_preposition_and_adverbs_may_move(said, claimed):
    assert not has_other_order(read_sentence(claimed), make_source(said))
