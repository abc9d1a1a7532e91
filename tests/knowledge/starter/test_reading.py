"""The starter files are read whole or refused with the file and the place."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import date
from pathlib import Path

import pytest

from knowledge.starter.reading import (
    Confidence,
    StarterUnreadable,
    read_briefings,
    read_sources,
)
from knowledge.types import SourceKind

SOURCE = """
[[source]]
slug = "park-rules"
title = "Park rules"
kind = "govuk"
url = "https://www.gov.uk/park-rules"
publisher = "Parks Office"
licence = "Open Government Licence v3.0"
check_every_hours = 24
is_url_checked = true
note = "Opening times."
"""
BRIEFING = """
slug = "park"
title = "The park"

[[paragraph]]
id = "opening"
heading = "When the park opens"
text = "The park opens at 8."
asks = ["When does the park open?"]
fact_date = 2026-01-02
checked = 2026-03-04
confidence = "official"
source_note = "Park rules: 8 in the morning."

[[paragraph.rests_on]]
url = "https://www.gov.uk/park-rules"
paragraph = "PARK 1.1"
digest = ""
"""


def write_briefing(folder: Path, text: str, name: str = "park.toml") -> Path:
    (folder / "briefings").mkdir(exist_ok=True)
    (folder / "briefings" / name).write_text(text, encoding="utf-8")
    return folder


def write_sources(folder: Path, text: str) -> Path:
    (folder / "sources.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_source_is_read_with_everything_it_says(tmp_path: Path) -> None:
    folder = write_sources(tmp_path, SOURCE)

    (entry,) = read_sources(folder)

    assert (entry.slug, entry.kind, entry.check_every_hours) == (
        "park-rules",
        SourceKind.GOVUK,
        24,
    )
    assert entry.is_url_checked


def test_a_briefing_is_read_with_its_paragraphs_in_order(tmp_path: Path) -> None:
    second = BRIEFING[BRIEFING.index("[[paragraph]]") :].replace("opening", "closing")
    folder = write_briefing(tmp_path, BRIEFING + second)

    (briefing,) = read_briefings(folder)

    assert [paragraph.id for paragraph in briefing.paragraphs] == ["opening", "closing"]


def test_a_paragraph_keeps_its_dates_and_what_it_rests_on(tmp_path: Path) -> None:
    folder = write_briefing(tmp_path, BRIEFING)

    paragraph = read_briefings(folder)[0].paragraphs[0]

    assert (paragraph.fact_date, paragraph.checked) == (date(2026, 1, 2), date(2026, 3, 4))
    assert paragraph.confidence is Confidence.OFFICIAL
    assert paragraph.rests_on[0].paragraph == "PARK 1.1"


def test_what_was_read_cannot_be_changed(tmp_path: Path) -> None:
    (briefing,) = read_briefings(write_briefing(tmp_path, BRIEFING))

    with pytest.raises(FrozenInstanceError):
        briefing.title = "Another"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("good", "bad", "problem"),
    [
        ('id = "opening"\n', "", "paragraph 1: 'id' must be a text"),
        ('id = "opening"', 'id = "The Opening"', "lower-case words joined by hyphens"),
        ('text = "The park opens at 8."', 'text = " "', "opening: 'text' must be a text"),
        ("opens at 8.", "opens  at 8.", "one line without doubled spaces"),
        ('asks = ["When does the park open?"]', "asks = []", "'asks' must be a list of texts"),
        ("fact_date = 2026-01-02", 'fact_date = "2026"', "'fact_date' must be a date"),
        ("checked = 2026-03-04\n", "", "'checked' must be a date"),
        ('confidence = "official"', 'confidence = "sure"', "one of official, secondary"),
        ("https://", "http://", "an https address without a fragment"),
        ("/park-rules", "/park-rules#top", "an https address without a fragment"),
        ("[[paragraph.rests_on]]", "[paragraph.other]", "'rests_on' must be at least one table"),
        ('slug = "park"', 'slug = "meadow"', "slug is 'meadow' and not the file's name"),
        ("[[paragraph]]", "[[paragraph", "is not TOML"),
    ],
)
def test_an_incomplete_briefing_is_refused_with_the_reason(
    tmp_path: Path, good: str, bad: str, problem: str
) -> None:
    folder = write_briefing(tmp_path, BRIEFING.replace(good, bad))

    with pytest.raises(StarterUnreadable) as refused:
        read_briefings(folder)

    assert problem in str(refused.value)
    assert refused.value.file.name == "park.toml"


@pytest.mark.parametrize(
    ("good", "bad", "problem"),
    [
        ('kind = "govuk"', 'kind = "feed"', "park-rules: 'kind' must be one of govuk"),
        ("= 24", "= 0", "park-rules: 'check_every_hours' must be a whole number above zero"),
        ("= true", '= "yes"', "park-rules: 'is_url_checked' must be true or false"),
    ],
)
def test_an_incomplete_source_is_refused_with_the_reason(
    tmp_path: Path, good: str, bad: str, problem: str
) -> None:
    folder = write_sources(tmp_path, SOURCE.replace(good, bad))

    with pytest.raises(StarterUnreadable) as refused:
        read_sources(folder)

    assert problem in str(refused.value)


def test_the_same_source_twice_is_refused(tmp_path: Path) -> None:
    folder = write_sources(tmp_path, SOURCE + SOURCE)

    with pytest.raises(StarterUnreadable) as refused:
        read_sources(folder)

    assert "slug 'park-rules' stands twice" in str(refused.value)


def test_the_same_paragraph_twice_is_refused(tmp_path: Path) -> None:
    second = BRIEFING[BRIEFING.index("[[paragraph]]") :]
    folder = write_briefing(tmp_path, BRIEFING + second)

    with pytest.raises(StarterUnreadable) as refused:
        read_briefings(folder)

    assert "id 'opening' stands twice" in str(refused.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StarterUnreadable) as refused:
        read_sources(tmp_path)

    assert str(refused.value) == "sources.toml: is not there"


def test_a_folder_without_briefings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StarterUnreadable) as refused:
        read_briefings(tmp_path)

    assert "holds no briefing" in str(refused.value)
