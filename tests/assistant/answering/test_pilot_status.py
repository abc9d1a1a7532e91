from __future__ import annotations

from assistant.answering.pilot_status import (
    PILOT_PAGES,
    find_status_warning,
    rests_on_the_pilot,
)
from knowledge.types import Support
from tests.assistant.answering.samples import make_briefing, make_passage

ENDS = "The scheme was due to end on 3 May 2026, and we could not confirm what came next."


def test_the_fewest_words_that_say_what_is_known_are_the_warning():
    long = make_briefing(f"{ENDS} Ask again later.", passage_id=1)
    split = make_briefing(
        "It was due to end on 3 May 2026. We could not confirm more.", passage_id=2
    )

    passage, text = find_status_warning([long, split])

    assert passage is split
    assert text == split.text


def test_a_day_without_what_is_unknown_is_no_warning():
    assert find_status_warning([make_briefing("It was due to end on 3 May 2026.")]) is None
    assert find_status_warning([make_passage(ENDS)]) is None


def test_what_rests_on_a_page_of_the_pilot_ends_with_it():
    about = make_briefing("A bell.", supports=(Support(f"{PILOT_PAGES[0]}-scheme", ""),))

    assert rests_on_the_pilot([about])
    assert not rests_on_the_pilot([make_briefing("A bell.")])
