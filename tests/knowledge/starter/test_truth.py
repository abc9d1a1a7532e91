"""What ships says no more than its source notes, in our own words, and never that it is open."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from lxml import html

from knowledge.starter.reading import (
    BriefingParagraph,
    read_briefings,
    read_secondary_keys,
    read_sources,
)

PARAGRAPHS = [
    pytest.param(paragraph, id=f"{briefing.slug}#{paragraph.id}")
    for briefing in read_briefings()
    for paragraph in briefing.paragraphs
]
every_paragraph = pytest.mark.parametrize("paragraph", PARAGRAPHS)

MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
DATE = re.compile(rf"\b\d{{1,2}}(?:–\d{{1,2}})? (?:{MONTHS})(?: \d{{4}})?\b")
# A number with what is glued to it: '1,087', '£29,000', '80B', '2.3'; '50%' counts as '50'.
NUMBER = re.compile(r"[£€]?\d[\d,.]*\d[A-Za-z]*|[£€]?\d[A-Za-z]*")
# 'One' is a pronoun and half the scheme's name; quantities of one are written as figures.
WORD_NUMBERS = {
    word: str(value)
    for value, word in enumerate(
        ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
        start=2,
    )
} | {"twelve": "12", "twenty": "20", "thirty": "30", "fifty": "50"}
# Pages that briefings may name although they hold no rules to quote, so no source reads them.
PAGES_WITHOUT_TEXT = {
    "https://www.register-uk-european-applicant-transfer-scheme.homeoffice.gov.uk/start",
    "https://www.gov.uk/government/organisations/maritime-and-coastguard-agency",
}
# Names are nobody's sentences: they are cut out before words are compared.
NAMES = re.compile(
    r"Nationality, Immigration and Asylum Act( 2002)?"
    r"|Asylum and Immigration \(Treatment of Claimants, etc\.\) Act( 2004)?"
    r"|Immigration and Asylum Act( 1999)?"
    r"|Appendix UK/European Applicant Transfer Scheme"
)
WORDS_IN_A_ROW = 8
# 'Closed on 1 July 2025' is a dated fact; 'is closed' would be a claim about the reader's today.
SAYS_A_STATUS = re.compile(
    r"\b(?:is|are|remains?|stays?) (?:now |still |currently |already |no longer )?"
    r"(?:open|closed|running|over|finished)\b"
    r"|\b(?:pilot|scheme|treaty|agreement|UEATS) has (?:now |already )?"
    r"(?:ended|closed|stopped|lapsed|been (?:renewed|replaced|ended|closed))\b",
    re.IGNORECASE,
)
STATUS = "The scheme was due to end on 1 October 2026; check before you rely on it."


def find_numbers(text: str) -> set[str]:
    figures = set(NUMBER.findall(DATE.sub(" ", text)))
    words = {
        WORD_NUMBERS[word] for word in re.findall(r"[a-z]+", text.lower()) if word in WORD_NUMBERS
    }
    return figures | words


def find_words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def find_runs(text: str) -> Iterator[tuple[str, ...]]:
    """Every WORDS_IN_A_ROW words that follow each other in the text."""
    words = find_words(text)
    for start in range(len(words) - WORDS_IN_A_ROW + 1):
        yield tuple(words[start : start + WORDS_IN_A_ROW])


def find_texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from find_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from find_texts(inner)


@cache
def read_official_runs(folder: Path) -> frozenset[tuple[str, ...]]:
    runs: set[tuple[str, ...]] = set()
    for file in folder.rglob("*.json"):
        for text in find_texts(json.loads(file.read_text())["details"]):
            if "<" in text:
                runs.update(find_runs(html.fromstring(f"<div>{text}</div>").text_content()))
    return frozenset(runs)


def test_there_is_enough_to_start_with() -> None:
    sources = read_sources()
    paragraphs = [paragraph for briefing in read_briefings() for paragraph in briefing.paragraphs]

    assert len(sources) >= 30
    assert len(paragraphs) >= 45


@every_paragraph
def test_every_date_of_a_paragraph_stands_in_its_source_note(paragraph: BriefingParagraph) -> None:
    dates = DATE.findall(paragraph.text)

    missing = [found for found in dates if found not in paragraph.source_note]

    assert not missing


@every_paragraph
def test_every_number_of_a_paragraph_stands_in_its_source_note(
    paragraph: BriefingParagraph,
) -> None:
    stated = find_numbers(paragraph.text) | find_numbers(paragraph.heading)

    # Once more with the dates in it, since a heading may give a year or a day alone.
    noted = find_numbers(paragraph.source_note) | set(NUMBER.findall(paragraph.source_note))

    assert stated <= noted


@every_paragraph
def test_a_paragraph_is_short_dated_and_asked_for_in_many_ways(
    paragraph: BriefingParagraph,
) -> None:
    asks = [" ".join(find_words(ask)) for ask in paragraph.asks]

    assert len(paragraph.text.split()) <= 80
    assert 4 <= len(asks) <= 30
    assert len(set(asks)) == len(asks)
    assert date(2020, 1, 1) <= paragraph.fact_date <= paragraph.checked


@every_paragraph
def test_a_paragraph_rests_on_official_pages_that_are_read(paragraph: BriefingParagraph) -> None:
    sources = [source.url for source in read_sources()]

    unread = [
        rest.url
        for rest in paragraph.rests_on
        if rest.url not in PAGES_WITHOUT_TEXT
        and not any(rest.url == url or rest.url.startswith(f"{url}/") for url in sources)
    ]

    assert not unread


def test_sources_and_pages_are_at_hosts_that_we_may_read() -> None:
    urls = [source.url for source in read_sources()] + [
        rest.url
        for briefing in read_briefings()
        for paragraph in briefing.paragraphs
        for rest in paragraph.rests_on
        if rest.url not in PAGES_WITHOUT_TEXT
    ]

    hosts = {urlsplit(url).hostname for url in urls}

    assert hosts <= set(settings.KNOWLEDGE_ALLOWED_HOSTS)


@every_paragraph
def test_no_briefing_says_that_the_pilot_is_open_or_closed(paragraph: BriefingParagraph) -> None:
    claims = SAYS_A_STATUS.findall(paragraph.text)

    assert not claims


@pytest.mark.parametrize(
    "claim",
    [
        "The scheme is open.",
        "It is now closed.",
        "UEATS is still running.",
        "The pilot has ended.",
    ],
)
def test_a_claim_that_it_is_open_or_closed_would_be_noticed(claim: str) -> None:
    assert SAYS_A_STATUS.search(claim)


def test_what_is_said_about_applying_carries_the_end_date() -> None:
    briefings = [
        briefing for briefing in read_briefings() if briefing.slug in ("apply-who", "apply-how")
    ]

    without = [
        f"{briefing.slug}#{paragraph.id}"
        for briefing in briefings
        for paragraph in briefing.paragraphs
        if not paragraph.text.endswith(STATUS)
    ]

    assert briefings
    assert not without


def test_every_key_in_a_source_note_is_explained() -> None:
    official = "\n".join(source.note for source in read_sources()) + " D5 D6 D18"
    secondary = read_secondary_keys()
    notes = "\n".join(param.values[0].source_note for param in PARAGRAPHS)

    keys = set(re.findall(r"\b[DSRLCJF]\d{1,2}[abc]?\b", notes))

    unknown = {key for key in keys if key not in secondary}
    assert {key for key in unknown if not re.search(rf"\b{key}\b", official)} == set()


def test_no_ask_stands_in_two_paragraphs() -> None:
    seen: dict[str, str] = {}
    doubles = []

    for param in PARAGRAPHS:
        for ask in param.values[0].asks:
            place = seen.setdefault(" ".join(find_words(ask)), str(param.id))
            if place != param.id:
                doubles.append((ask, place, param.id))

    assert not doubles


def test_no_words_of_official_texts_are_copied(shared: Path) -> None:
    official = read_official_runs(shared / "govuk_mirror" / "content")

    copied = [
        (param.id, " ".join(run))
        for param in PARAGRAPHS
        for text in (param.values[0].text, param.values[0].source_note, *param.values[0].asks)
        for piece in NAMES.sub("\n", text).split("\n")
        for run in find_runs(piece)
        if run in official
    ]

    assert official
    assert not copied


def test_no_question_to_measure_with_is_among_the_asks(shared: Path) -> None:
    lines = (shared / "gold" / "questions.jsonl").read_text().splitlines()
    gold = {" ".join(find_words(json.loads(line)["question"])) for line in lines if line.strip()}

    copied = [
        ask
        for param in PARAGRAPHS
        for ask in param.values[0].asks
        if " ".join(find_words(ask)) in gold
    ]

    assert not copied
