"""Numbers, dates, amounts, units and what compares them ('at least', 'before'), read from text.

A number of a claim must stand in its source with the same unit and the same comparison.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

TENS_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
ONES_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
ONES, TENS = ONES_WORDS.split(), TENS_WORDS.split()
NUMBER_WORDS = {word: value for value, word in enumerate(ONES)} | {
    word: 20 + 10 * place for place, word in enumerate(TENS)
}
SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000}
MONTHS_WORDS = (
    "january february march april may june july august september october november december"
)
MONTHS = MONTHS_WORDS.split()
MONTH = "|".join([*MONTHS, *(f"{name[:3]}" for name in MONTHS), "sept"])
UNITS = (
    "working day|business day|calendar day|day|week|month|year|hour|minute|second|kilometre|"
    "metre|mile|kilogram|kilo|pound|euro|dollar|pence|penny|times?|place"
)
CURRENCIES = {"£": "£", "€": "€", "$": "$", "pound": "£", "euro": "€", "dollar": "$", "gbp": "£"}

DATE_WORDS = re.compile(
    rf"\b(?:(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({MONTH})\.?,?(?: (\d{{4}}))?|"
    rf"({MONTH})\.? (\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (\d{{4}}))?|({MONTH})\.?,? (\d{{4}}))\b",
    re.IGNORECASE,
)
DATE_DIGITS = re.compile(r"\b(?:(\d{1,2})[/.](\d{1,2})[/.](\d{4})|(\d{4})-(\d{2})-(\d{2}))\b")
NUMBER = re.compile(
    r"(?<![\w.])(?P<ref>\d+[A-Z]{1,3}(?:\.\d+[A-Z]{0,2})+)|(?P<currency>[£€$])?\s?(?<![\w.])(?P<digits>\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<suffix>[A-Za-z]{0,3}\b)?(?P<plus>\+)?"
)
NUMBER_WORD = re.compile(
    rf"\b(?:(?:{'|'.join(TENS)})[- ](?:{'|'.join(ONES[1:10])})|{'|'.join([*ONES[1:], *TENS])})\b",
    re.IGNORECASE,
)
AFTER = re.compile(
    rf"\s?(?:(?P<scale>hundred|thousand|million|billion|m|bn|k)\b\s?)?(?P<percent>%)?"
    rf"(?:[- ]?(?P<unit>{UNITS})s?\b(?P<age>[- ](?:old|of age))?)?\s?"
    r"(?P<more>(?:or|and) (?:over|older|more|above)\b|(?:or|and) (?:under|younger|less|fewer)\b|"
    r"at (?:the )?most\b|at least\b|ago\b|before\b)?",
    re.IGNORECASE,
)
COUNTS = re.compile(
    r" (?!(?:of|or|and|in|out|who|that|is|was|has|must|may|can|another|to|way|by) )[a-z]+"
)
RATE = re.compile(rf"\b(?:per|each|every|a|an) ({UNITS})\b", re.IGNORECASE)
# What stands right before a number, the longest first.
COMPARISONS = [
    (r"no more than|not more than|no longer than|not longer than|at (?:the )?most|up to|"
     r"a maximum of|no later than|not later than|within|not exceeding|not over", "at most"),
    (r"no less than|not less than|no fewer than|at (?:the )?least|a minimum of", "at least"),
    (r"more than|longer than|greater than|older than|over|above|exceeding", "more than"),
    (r"less than|fewer than|shorter than|younger than|under|below", "less than"),
    (r"earlier than|before|prior to", "before"),
    (r"later than|after", "after"),
    (r"until|till", "until"),
    (r"between|from|since", "from"),
    (r"by", "by"),
    (r"about|around|approximately|roughly|nearly|almost", "about"),
]  # fmt: skip
BEFORE = [
    (
        re.compile(
            rf"\b(?:{words})(?: the age of| an age of| the| age| a| another)?\s*$", re.IGNORECASE
        ),
        name,
    )
    for words, name in COMPARISONS
]
FOLLOWING = {"over": "at least", "older": "at least", "more": "at least", "above": "at least",
             "under": "at most", "younger": "at most", "less": "at most", "fewer": "at most",
             "most": "at most", "least": "at least", "ago": "ago", "before": "before"}  # fmt: skip


@dataclass(frozen=True)
class Quantity:
    """A number or date with all that makes it what it is; `start` and `end` are its places."""

    value: str
    unit: str
    comparison: str
    start: int
    end: int

    def is_same_amount(self, other: Quantity) -> bool:
        """Say whether the number and its unit are the same; a date may leave out its day."""
        if self.unit == other.unit == "date":
            mine, theirs = self.value.split("-"), other.value.split("-")
            blanks = ("?", "?", "00")
            return all(m in (t, b) for m, t, b in zip(mine, theirs, blanks, strict=True))
        return (self.value, self.unit) == (other.value, other.unit)

    def is_same(self, other: Quantity) -> bool:
        return self.is_same_amount(other) and self.comparison == other.comparison


def read_quantities(text: str) -> list[Quantity]:
    """Return the numbers and dates of a text, in order; each place is read once."""
    found: list[Quantity] = []

    def is_free(start: int, end: int) -> bool:
        return all(end <= each.start or start >= each.end for each in found)

    for match in DATE_WORDS.finditer(text):
        day, month, year, month2, day2, year2, month3, year3 = match.groups()
        name = (month or month2 or month3).lower()
        if "may" in (month, month2, month3):
            continue  # the verb: 'children under 18 may'
        value = name_date(year or year2 or year3, number_month(name), day or day2)
        found.append(_make(text, value, "date", match.start(), match.end()))
    for match in DATE_DIGITS.finditer(text):
        day, month, year, year2, month2, day2 = match.groups()
        if is_free(match.start(), match.end()):
            value = name_date(year or year2, int(month or month2), day or day2)
            found.append(_make(text, value, "date", match.start(), match.end()))
    for match in NUMBER.finditer(text):
        if match["ref"]:
            # A paragraph's name, '21A.2', is compared as a whole.
            if is_free(match.start(), match.end()):
                found.append(Quantity(match["ref"].lower(), "", "", match.start(), match.end()))
            continue
        if not is_free(match.start("digits"), match.end()):
            continue
        digits = match["digits"].replace(",", "")
        suffix = (match["suffix"] or "").lower()
        if suffix in {"st", "nd", "rd", "th"}:
            suffix = "th"
        if suffix in {"m", "k", "bn"}:
            found.append(_read_after(text, digits, match.end("digits"), match))
            continue
        found.append(_read_after(text, trim_zeros(digits) + suffix, match.end(), match))
    for match in NUMBER_WORD.finditer(text):
        words = match[0].lower().replace("-", " ").split()
        value = str(sum(NUMBER_WORDS[word] for word in words))
        after = AFTER.match(text, match.end())
        has_unit = bool(after and (after["unit"] or after["scale"] or after["percent"]))
        # 'one' alone is mostly no number: 'one of them', 'should wear one'.
        counts = words != ["one"] or has_unit or COUNTS.match(text, match.end())
        if is_free(match.start(), match.end()) and counts:
            found.append(_read_after(text, value, match.end(), match))
    found.sort(key=lambda each: each.start)
    for place in range(1, len(found)):
        # 'from 1 May until 3 June' is 'from 1 May to 3 June'.
        if found[place - 1].comparison == "from" and found[place].comparison == "until":
            found[place] = replace(found[place], comparison="")
    return found


def read_rates(text: str) -> set[str]:
    """'£5 a week', 'each month' → {'week', 'month'}"""
    return {match[1].lower() for match in RATE.finditer(text)}


def trim_zeros(digits: str) -> str:
    whole, _, part = digits.partition(".")
    return f"{int(whole)}.{part}" if part.strip("0") else str(int(whole))


def number_month(name: str) -> int:
    return next(place for place, month in enumerate(MONTHS, 1) if month.startswith(name[:3]))


def name_date(year: str | None, month: int, day: str | None) -> str:
    return f"{year or '?'}-{month:02}-{int(day) if day else 0:02}"


def _read_after(text: str, value: str, end: int, match: re.Match[str]) -> Quantity:
    groups = match.groupdict()
    after = AFTER.match(text, end)
    unit, more = "", ""
    if after:
        scale = {"m": "million", "bn": "billion", "k": "thousand"}.get(
            (after["scale"] or "").lower(), (after["scale"] or "").lower()
        )
        if scale and value.replace(".", "", 1).isdigit():
            value = f"{float(value) * SCALES[scale]:.0f}"
        unit = (after["unit"] or "").lower()
        if after["age"]:
            unit = ""
        unit = "%" if after["percent"] else CURRENCIES.get(unit, unit)
        more = (after["more"] or "").lower()
        end = after.end() if after[0].strip() else end
    unit = groups.get("currency") or unit
    if groups.get("plus"):
        more = "or over"
    return _make(text, value, unit, match.start(), end, more)


def _make(text: str, value: str, unit: str, start: int, end: int, more: str = "") -> Quantity:
    before = text[:start].rstrip("£€$ ") + " "
    comparison = FOLLOWING[more.split()[-1]] if more else ""
    if not comparison:
        for words, name in BEFORE:
            if found := words.search(before):
                comparison, start = name, found.start()
                break
    return Quantity(value, unit, comparison, start, end)
