from __future__ import annotations

import numpy as np

from assistant.answering.weighing import WEIGHTS, Weigher, learn_directions
from tests.assistant.answering.samples import embed, make_briefing

BELLS = make_briefing(
    "You need a bell to ride.",
    passage_id=1,
    heading="Bells",
    asks=("Is a bell needed?", "Must a rider ring?"),
)
MAY = make_briefing("In May 2026, 40 were lent.", passage_id=2, heading="May", title="Loans")
JUNE = make_briefing("In June 2026, 55 were lent.", passage_id=3, heading="June", title="Loans")
COST = make_briefing("A loan costs £4.", passage_id=4, heading="Cost", title="Loans")


def embed_all(texts):
    return np.stack([embed(text) for text in texts])


def rank(question, *briefings):
    return Weigher(briefings, embed_all).rank(question, embed(question))


def test_the_briefing_that_is_asked_for_comes_first():
    fits = rank("Is a bell needed?", COST, BELLS, MAY)

    assert fits[0].passage.passage_id == BELLS.passage_id
    assert round(sum(fit.chance for fit in fits), 6) == 1.0


def test_the_month_that_is_named_decides_between_months():
    assert rank("How many were lent in May?", JUNE, MAY)[0].passage.text == MAY.text
    assert rank("How many were lent in June?", MAY, JUNE)[0].passage.text == JUNE.text


def test_a_briefing_that_offers_the_amount_asked_for_gains():
    free = make_briefing("A loan costs you.", passage_id=5, heading="Cost", title="Loans")

    assert rank("How much is a loan?", free, COST)[0].passage.text == COST.text


def test_the_likeness_is_that_of_the_nearest_ask():
    (fit,) = rank("Is a bell needed?", BELLS)

    assert fit.passage.dense > 0.99
    assert {"bell", "need"} <= fit.held


def test_an_ask_that_is_left_out_counts_nothing():
    weigher = Weigher([BELLS, COST], embed_all)
    question = BELLS.asks[0]

    whole = weigher.measure(question, embed(question))
    without = weigher.measure(question, embed(question), without=0)

    assert whole.shape == (2, len(vars(WEIGHTS)))
    assert without[0, 0] < whole[0, 0]
    assert (without[1, :3] == whole[1, :3]).all()


def test_words_that_few_briefings_hold_say_more():
    weigher = Weigher([BELLS, MAY, JUNE, COST], embed_all)

    assert weigher.measure_rarity(["bell"]) > weigher.measure_rarity(["lent"])
    assert weigher.measure_rarity(["unicorn"]) > weigher.measure_rarity(["bell"])


def test_nothing_is_ranked_where_there_is_no_briefing():
    assert rank("Is a bell needed?") == []


def test_directions_in_which_asks_of_one_thing_differ_are_pressed_together():
    generator = np.random.RandomState(1)
    owners = np.repeat(np.arange(40), 4)
    centres = np.array([0.0, 1.0, 0.0]) * generator.normal(size=(40, 1))
    noise = generator.normal(size=(160, 3)) * np.array([3.0, 0.1, 0.1])

    press = learn_directions((centres[owners] + noise).astype(np.float32), owners)

    lengths = np.linalg.norm(press, axis=0)
    assert lengths[0] < lengths[1]


def test_too_few_asks_teach_nothing():
    press = learn_directions(np.eye(5, dtype=np.float32)[:2], np.array([0, 0]))

    assert (press == np.eye(5)).all()
