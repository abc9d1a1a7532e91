from __future__ import annotations

import pytest

from assistant.personal_data.numbers import find_codes, find_long_numbers, find_numbers
from assistant.personal_data.types import Kind


def cut(find, text):
    return [(found.kind, text[found.start : found.end]) for found in find(text)][:1]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("GWF000000001 refused", Kind.CASE, "GWF000000001"),
        ("share code W00 TES T00", Kind.SHARE_CODE, "W00 TES T00"),
        (
            "the code is w one two three four t k p q",
            Kind.SHARE_CODE,
            "w one two three four t k p q",
        ),
        ("to FR7600000000000000000000000", Kind.BANK, "FR7600000000000000000000000"),
    ],
)
def test_a_code_is_known_by_its_shape(text, kind, words):
    assert cut(find_codes, text) == [(kind, words)]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("my passport no. is A00000000", Kind.DOCUMENT, "A00000000"),
        ("UAN 3434-0000-0000-0000", Kind.CASE, "3434-0000-0000-0000"),
        ("Home Office reference Z0000000", Kind.CASE, "Z0000000"),
        ("QQ 12 34 56 C", Kind.INSURANCE, "QQ 12 34 56 C"),
        ("brp ZU 1234567", Kind.DOCUMENT, "ZU 1234567"),
    ],
)
def test_a_number_is_known_by_the_words_before_it_or_by_its_shape(text, kind, words):
    assert cut(find_numbers, text) == [(kind, words)]


@pytest.mark.parametrize(
    "text",
    [
        "paragraph 327AB and UEATS 2.3",
        "CP 1373, HC 1691 and SI 2025/899",
        "my application of 2025",
        "the claim for 49.18 pounds",
        "1500000 tomans",
        "200000 Ukrainians",
        "Regulation (EU) No 604/2013",
        "appeal within 14 or 28 days",
        "between 2019 and 2023",
        "[2023] UKSC 42",
    ],
)
def test_sums_counts_years_and_numbers_of_rules_are_nobody_s(text):
    found = [*find_codes(text), *find_numbers(text), *find_long_numbers(text)]

    assert found == []


def test_a_long_number_that_nothing_explains_is_hidden_too():
    assert cut(find_long_numbers, "they gave me 1234567 today") == [(Kind.NUMBER, "1234567")]
