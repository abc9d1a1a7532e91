"""Each sentence of the briefings, changed by one word: the change must not pass."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

from assistant.answering.claims.checking import find_claim_fault
from assistant.answering.claims.form import is_plain_sentence
from assistant.answering.claims.sources import make_source
from assistant.answering.sentences import split_sentences

# What is changed, into what, and how many of a hundred may pass: long sentences hide a few.
CHANGES = {
    "must becomes may": (r"\bmust (?!not)", "may ", 0),
    "may becomes will": (r"\bmay (?!not)", "will ", 0),
    "a not is lost": (r"\b(must|may|will|is|are|does|do|has|have|was|were) not\b", r"\1", 2),
    "a not is added": (r"\b(must|may|will|is|are|was|were|can) (?!not)", r"\1 not ", 0),
    "a number is another": (r"\b(\d+)\b", r"7\1", 2),
    "before becomes after": (r"\bbefore\b", "after", 0),
    "after becomes before": (r"\bafter\b", "before", 0),
    "at least becomes at most": (r"\bat least\b", "at most", 0),
    "days become weeks": (r"\bdays\b", "weeks", 0),
    "only is lost": (r"\bonly ", "", 8),
    "France becomes the UK": (r"\bFrance\b", "the UK", 3),
    "legal becomes illegal": (r"\blegal", "illegal", 8),
    "or becomes and": (r" or ", " and ", 16),
    "a cause is added": (r"\.$", " because it is the law.", 0),
}


def read_briefing_sentences() -> list[str]:
    paths = sorted(Path(settings.BASE_DIR, "knowledge/starter/briefings").glob("*.toml"))
    texts = [
        paragraph["text"]
        for path in paths
        for paragraph in tomllib.loads(path.read_text("utf-8"))["paragraph"]
    ]
    sentences = [each for text in texts for each in split_sentences(text)]
    return [each for each in sentences if is_plain_sentence(each, source=each)]


SENTENCES = read_briefing_sentences()


def passes(text: str, source: str) -> bool:
    return find_claim_fault(text, [make_source(source)]) is None


def test_a_sentence_as_it_is_passes():
    lost = [each for each in SENTENCES if not passes(each, each)]

    assert len(lost) <= 0.03 * len(SENTENCES), lost


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_sentence_falls(change):
    pattern, instead, limit = CHANGES[change]
    changed = [
        (re.sub(pattern, instead, each, count=1), each)
        for each in SENTENCES
        if re.search(pattern, each)
    ]

    shown = [text for text, source in changed if passes(text, source)]

    assert len(changed) >= 2
    assert len(shown) <= limit * len(changed) / 100, (len(changed), shown)
