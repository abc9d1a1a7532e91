"""What kind of thing a question asks for: a day, an amount, how long; and what words offer it.

It decides what comes first in an answer; nothing is left out because of it.
"""

from __future__ import annotations

import re
from enum import StrEnum

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
MONTH = "|".join(month.title() for month in MONTHS)
NUMBER = r"\d[\d,.]*"
UNIT = r"(?:hours?|days?|weeks?|months?|years?)"
WORD_NUMBER = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve)"


class Asked(StrEnum):
    """What a question asks for."""

    WHEN = "when"
    HOW_LONG = "how long"
    HOW_MANY = "how many"
    HOW_MUCH = "how much"


ASKS = {
    Asked.WHEN: r"\b(?:when|since when|what date|which date|what day|which day|from what date)\b",
    Asked.HOW_LONG: r"\bhow (?:long|fast|quick(?:ly)?|soon)\b|\bhow (?:many|much) "
    r"(?:more )?(?:hours?|days?|weeks?|months?|years?|time)\b|\bdeadlines?\b|\btime limits?\b",
    Asked.HOW_MANY: r"\bhow many\b|\bnumbers? of\b|\bwhat (?:number|share|percentage)\b",
    Asked.HOW_MUCH: r"\bhow much\b(?! (?:time|notice|warning))|"
    r"\b(?:fees?|costs?|price|wages?|salary|salaries)\b",
}
OFFERS = {
    Asked.WHEN: rf"\b(?:{MONTH})\b|\b20\d\d\b",
    Asked.HOW_LONG: rf"\b(?:\d+|{WORD_NUMBER})[ -](?:\w+ )?{UNIT}\b|\b24 hours\b",
    Asked.HOW_MANY: r"(?<![\w-])\d[\d,.]*(?![\w-])",
    Asked.HOW_MUCH: rf"[£€$] ?\d|\b{NUMBER} ?(?:%|per cent|pounds|euros?|million)|"
    r"\bfree\b|\bno (?:fee|charge|cost)s?\b|\bfees?\b",
}
_ASKS = {asked: re.compile(words, re.IGNORECASE) for asked, words in ASKS.items()}
_OFFERS = {
    asked: re.compile(words, re.NOFLAG if asked is Asked.WHEN else re.IGNORECASE)
    for asked, words in OFFERS.items()
}

# 'how', 'what', … at the beginning: a 'yes' or 'no' doesn't answer it.
ASKS_FOR_MORE_THAN_YES = re.compile(
    r"\W*(?:\w+\W+){0,2}(?:how|what|when|where|who|whom|whose|which|why)\b", re.IGNORECASE
)
SAYS_YES = re.compile(r"(?:yes|no)\b", re.IGNORECASE)

# 'may' is a verb as well, so it is a month beside a year or a day, or after 'in' and the like.
_NAMED_MONTH = re.compile(
    rf"\b({'|'.join(month for month in MONTHS if month != 'may')})\b|"
    r"\b(?:in|since|until|till|of|by|from|during|last|\d{1,2}) (may)\b|"
    r"\b(may) (?:20\d\d|figures)\b",
    re.IGNORECASE,
)
_PERIOD = re.compile(rf"\b({MONTH}) (20\d\d)\b", re.IGNORECASE)
_DAY = re.compile(rf"\b(?:\d{{1,2}} )?(?:{MONTH})(?: 20\d\d)?\b|\b20\d\d\b")
_YEAR = re.compile(r"\b(20\d\d)\b")


def find_asked(question: str) -> frozenset[Asked]:
    found = {asked for asked, words in _ASKS.items() if words.search(question)}
    if Asked.HOW_LONG in found:
        # 'How many days' asks for no count, 'how much time' for no money.
        found -= {Asked.HOW_MANY, Asked.HOW_MUCH}
    return frozenset(found)


def offers(text: str, asked: Asked) -> bool:
    """Say whether the words hold such a thing as is asked for."""
    if asked is Asked.HOW_MANY:
        # A day is no count.
        text = _DAY.sub("", text)
    return bool(_OFFERS[asked].search(text))


def find_months(text: str) -> frozenset[str]:
    """The months that are named, in small letters."""
    return frozenset(
        month.lower() for match in _NAMED_MONTH.finditer(text) for month in match.groups() if month
    )


def find_years(text: str) -> frozenset[str]:
    return frozenset(_YEAR.findall(text))


def find_periods(text: str) -> frozenset[tuple[str, str]]:
    """The months that stand beside a year, with it: ('august', '2025')."""
    return frozenset((month.lower(), year) for month, year in _PERIOD.findall(text))


def find_newest_period(text: str) -> tuple[int, int]:
    """The latest year and month that are named together, or year; (0, 0) without one."""
    months = [
        (int(year), MONTHS.index(month.lower()) + 1) for month, year in _PERIOD.findall(text)
    ]
    return max([*months, *((int(year), 0) for year in find_years(text))], default=(0, 0))


def names_period(text: str) -> bool:
    return bool(find_months(text) or find_years(text))
