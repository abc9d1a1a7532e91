from __future__ import annotations

import pytest
from django.http import QueryDict

from knowledge.desk.briefing_forms import add_rest, read_rests, remove_rest

PIN = {"url": "https://www.gov.uk/a", "paragraph": "HH 1.1", "digest": "a" * 64}


@pytest.mark.parametrize("forged", ["", "{", "[1]", '[{"url": "javascript:x"}]', '"x"'])
def test_what_is_no_pin_is_left_out(forged):
    assert read_rests(forged) == []


def test_the_same_paragraph_chosen_again_takes_its_old_pins_place():
    data = QueryDict(mutable=True)
    add_rest(data, 0, PIN)

    add_rest(data, 0, PIN | {"digest": "b" * 64})

    assert read_rests(str(data["p-0-rests"])) == [PIN | {"digest": "b" * 64}]


def test_a_pin_is_left_out_by_its_place():
    data = QueryDict(mutable=True)
    add_rest(data, 0, PIN)

    remove_rest(data, 0, 0)

    assert read_rests(str(data["p-0-rests"])) == []
