"""What is known of the pilot's life: said with every answer that rests on the pilot's pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.answering.reading import read_units
from assistant.answering.sentences import cut_through, split_sentences
from knowledge.types import DocumentKind, RankedPassage

GOVUK = "https://www.gov.uk"
PILOT_PAGES = (
    f"{GOVUK}/guidance/immigration-rules/immigration-rules-appendix-uk-european-applicant-transfer",
    f"{GOVUK}/government/publications/uk-european-applicant-transfer-scheme-caseworker-guidance",
    f"{GOVUK}/government/publications/ukfrance-agreement-on-the-prevention-of-dangerous-journeys",
    f"{GOVUK}/government/publications/ukfrance-exchange-of-letters-amending",
)
STATUS_QUESTION = "Is the pilot still open? When was it due to end?"
SAYS_WHEN_IT_ENDS = re.compile(r"\bdue to end\b.*\b20\d\d\b", re.IGNORECASE | re.DOTALL)
IS_UNCONFIRMED = re.compile(
    r"\b(?:could|can|have|has)\s?not (?:been able to )?confirm", re.IGNORECASE
)


def rests_on_the_pilot(passages: Sequence[RankedPassage]) -> bool:
    """Say whether the passages are about what ends when the pilot does."""
    urls = [passage.url for passage in passages]
    urls += [support.url for passage in passages for support in passage.supports]
    return any(url.startswith(PILOT_PAGES) for url in urls)


def find_status_warning(passages: Sequence[RankedPassage]) -> tuple[RankedPassage, str] | None:
    """Return the fewest words of a briefing that say how much of the pilot's life is known."""
    found = [
        (passage, text)
        for passage in passages
        if passage.kind is DocumentKind.BRIEFING
        for text in read_runs_of_two(passage)
        if SAYS_WHEN_IT_ENDS.search(text) and IS_UNCONFIRMED.search(text)
    ]
    return min(found, key=lambda pair: len(pair[1]), default=None)


def read_runs_of_two(passage: RankedPassage) -> Iterator[str]:
    for unit in read_units(passage):
        sentences = split_sentences(unit.text)
        yield from sentences
        for first, second in pairwise(sentences):
            yield cut_through(unit.text, first, second)
