"""The ordinary words of the live texts. Names stand there too, but with a capital letter.

So a word that is not among these may say who somebody is, and is not shown to others.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from knowledge.live_sets import NOW, is_in
from knowledge.models import Passage

WORD = re.compile(r"(?<![\w'’-])[a-z]+(?:['’-][a-z]+)*(?![\w'’-])")
# More of them hold few words that these don't; a word that is missed is only hidden needlessly.
PASSAGES_READ = 20_000
# A word that stands in one passage alone may be a misprint, or a name without its capital.
PASSAGES_WITH_A_PLAIN_WORD = 2


@lru_cache(maxsize=2)
def read_plain_words(publication_id: int) -> frozenset[str]:
    """Words that stand in small letters in several live passages. Once a publication."""
    rows = Passage.objects.filter(is_in(NOW)).order_by("pk").values_list("text", "asks")
    counts: Counter[str] = Counter()
    for text, asks in rows[:PASSAGES_READ].iterator():
        counts.update(set(WORD.findall(" ".join([text, *asks]))))
    return frozenset(word for word, count in counts.items() if count >= PASSAGES_WITH_A_PLAIN_WORD)
