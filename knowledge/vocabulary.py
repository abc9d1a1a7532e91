"""The words of the live texts: the ordinary ones, and how many passages have each.

Names stand there too, but with a capital letter. So a word that is not among the ordinary ones may
say who somebody is, and is not shown to others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from knowledge.live_sets import NOW, is_in
from knowledge.models import Passage
from knowledge.types import DocumentKind

LETTERS = re.compile(r"[a-z]{2,}")
WORD = re.compile(r"(?<![\w'’-])[a-z]+(?:['’-][a-z]+)*(?![\w'’-])")
# More of them hold few words that these don't; a word that is missed is only hidden needlessly.
PASSAGES_READ = 20_000
# A word that stands in one passage alone may be a misprint, or a name without its capital.
PASSAGES_WITH_A_PLAIN_WORD = 2
# Briefings say things as readers do, so their words are likelier in a question.
BRIEFING_WEIGHT = 20


@lru_cache(maxsize=2)
def read_plain_words(publication_id: int) -> frozenset[str]:
    """Words that stand in small letters in several live passages. Once a publication."""
    rows = Passage.objects.filter(is_in(NOW)).order_by("pk").values_list("text", "asks")
    counts: Counter[str] = Counter()
    for text, asks in rows[:PASSAGES_READ].iterator():
        counts.update(set(WORD.findall(" ".join([text, *asks]))))
    return frozenset(word for word, count in counts.items() if count >= PASSAGES_WITH_A_PLAIN_WORD)


@lru_cache(maxsize=2)
def count_live_words(publication_id: int, published_at: datetime | None) -> Mapping[str, int]:
    """How often each word stands in live passages, in any case. Once a publication."""
    rows = Passage.objects.filter(is_in(NOW), revision__document__locale="en")
    # 'briefing' before 'official'
    rows = rows.order_by("revision__document__kind", "pk")
    counts: Counter[str] = Counter()
    found = rows.values_list("text", "asks", "revision__title", "revision__document__kind")
    for text, asks, title, kind in found[:PASSAGES_READ].iterator():
        words = set(LETTERS.findall(" ".join([title, text, *asks]).lower()))
        weight = BRIEFING_WEIGHT if kind == DocumentKind.BRIEFING else 1
        counts.update(dict.fromkeys(words, weight))
    return counts
