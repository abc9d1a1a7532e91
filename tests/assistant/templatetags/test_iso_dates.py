from datetime import UTC, date, datetime

import pytest

from assistant.templatetags.iso_dates import iso_date


@pytest.mark.parametrize(
    "value",
    [
        "2025-11-25",
        "2025-11-25T23:30:00+00:00",
        date(2025, 11, 25),
        datetime(2025, 11, 25, tzinfo=UTC),
    ],
)
def test_a_date_is_written_in_words_whatever_its_form(value):
    assert iso_date(value) == "25 November 2025"


@pytest.mark.parametrize("value", ["", None])
def test_a_missing_date_is_nothing(value):
    assert iso_date(value) == ""


def test_what_is_no_date_is_shown_as_it_came():
    assert iso_date("spring 2026") == "spring 2026"
