"""What a passage's kind and date are worth: rules before news, the asked month, the newest figure.

A small prior on scores that are near one another, never a filter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
TEXTS_REMEMBERED = 4000
_MONTH_NAMES = "|".join(f"{month[:3]}(?:{month[3:]})?" for month in MONTHS)
_MONTH = re.compile(
    rf"\b({_MONTH_NAMES})\b\.?(?:\s+(\d{{1,2}})(?:st|nd|rd|th)?(?![\d:]),?)?(?:\s+((?:19|20)\d\d)\b)?",
    re.IGNORECASE,
)
_DAY_BEFORE = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?$")
_YEAR = re.compile(r"(?:19|20)\d\d")
_BEFORE_A_MONTH = re.compile(r"\b(?:in|since|until|from|of|last|during)\s+$", re.IGNORECASE)
_ISO_DATE = re.compile(r"\b(20\d\d)-(\d\d)(?:-(\d\d))?\b")
LONGEST_DAY = len(" 31st of ")
_FIGURES = re.compile(r"\d[\d,.]*")
_WORD = re.compile(r"[a-z]{2,}|#")


@dataclass(frozen=True, kw_only=True)
class WeighingSettings:
    """In standard deviations, as the fused score; docs/evaluation.md, 'A question's words'.

    Between the first of a question's passages and the twelfth lie 1.8 of them in the middle.
    """

    # A press release says what was planned, the rules say what holds.
    news: float = 0.2
    # The page says itself that an earlier government published it.
    historic: float = 0.2
    names_asked_date: float = 0.35
    names_other_date: float = 0.35
    # How much of their words two passages share that say the same for different dates, and how
    # far apart they may stand.
    alike: float = 0.7
    alike_reach: float = 0.7
    news_types: frozenset[str] = frozenset(
        {
            "news_story", "press_release", "world_news_story", "news_article", "speech",
            "authored_article", "oral_statement", "written_statement", "written_question",
            "fatality_notice", "case_study", "foi_release", "correspondence", "blog_post",
        }
    )  # fmt: skip
    # Besides news: what these say is of the day on which it was published.
    figure_types: frozenset[str] = frozenset(
        {
            "briefing", "official_statistics", "national_statistics", "statistics",
            "statistical_data_set", "statistics_announcement", "transparency", "html_publication",
            "corporate_report", "research",
        }
    )  # fmt: skip


WEIGHING = WeighingSettings()


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """What is weighed of a passage; `text` begins with its title and headings."""

    score: float
    text: str
    document_type: str = ""
    is_historic: bool = False
    published: date | None = None


@dataclass(frozen=True, order=True)
class NamedDate:
    """A month that a text names, with its year and day where it names them; or 0."""

    year: int
    month: int
    day: int = 0

    def fits(self, other: NamedDate) -> bool:
        """What either leaves out may be anything."""
        return self.month == other.month and all(
            not one or not two or one == two
            for one, two in ((self.year, other.year), (self.day, other.day))
        )


# The same passages are found again and again.
@lru_cache(maxsize=TEXTS_REMEMBERED)
def read_dates(text: str) -> frozenset[NamedDate]:
    return frozenset(_read_dates(text))


def _read_dates(text: str) -> Iterator[NamedDate]:
    for match in _MONTH.finditer(text):
        name, day, year = match.groups()
        before = text[max(0, match.start() - LONGEST_DAY) : match.start()]
        if found := _DAY_BEFORE.search(before):
            day = found[1]
        # 'They may' is no month.
        is_verb = name.lower() == "may" and not (year or day)
        if is_verb and not _BEFORE_A_MONTH.search(before):
            continue
        month = next(i for i, each in enumerate(MONTHS, 1) if each.startswith(name[:3].lower()))
        yield NamedDate(int(year or 0), month, int(day or 0))
    for year, month, day in _ISO_DATE.findall(text):
        yield NamedDate(int(year), int(month), int(day or 0))


def weigh(
    question: str, passages: Sequence[Weighed], *, settings: WeighingSettings = WEIGHING
) -> list[float]:
    """The score of each with what its kind and its dates are worth."""
    asked = read_dates(question)
    return [_weigh(passage, asked, settings) for passage in passages]


def _weigh(passage: Weighed, asked: frozenset[NamedDate], settings: WeighingSettings) -> float:
    score = passage.score
    if passage.document_type in settings.news_types:
        score -= settings.news
    if passage.is_historic:
        score -= settings.historic
    if asked and (named := read_dates(passage.text)):
        fits = any(one.fits(other) for one in asked for other in named)
        score += settings.names_asked_date if fits else -settings.names_other_date
    return score


def put_newest_first(
    question: str,
    passages: Sequence[Weighed],
    order: Sequence[int],
    *,
    settings: WeighingSettings = WEIGHING,
) -> list[int]:
    """Of those that say the same for different dates the newest takes the first of their places.

    Nothing is moved where the question names a date: then the date that fits was weighed.
    """
    ranked = list(order)
    if read_dates(question):
        return ranked
    dates = {place: _get_newest(passages[place], settings) for place in ranked}
    words = {place: _read_frame(passages[place].text) for place in ranked if dates[place]}
    left = [place for place, frame in words.items() if frame]
    while left:
        first, *left = left
        reached = passages[first].score - settings.alike_reach
        alike = [
            each
            for each in left
            if passages[each].score >= reached
            and _are_alike(words[first], words[each], settings.alike)
        ]
        if alike:
            left = [each for each in left if each not in alike]
            group = [first, *alike]
            places = sorted(ranked.index(each) for each in group)
            # Stable: of equal dates the better score stays first.
            group.sort(key=dates.__getitem__, reverse=True)
            for place, each in zip(places, group, strict=True):
                ranked[place] = each
    return ranked


@lru_cache(maxsize=TEXTS_REMEMBERED)
def _read_frame(text: str) -> frozenset[str]:
    """The words of a text without its figures and dates; empty where it has no figure."""
    frame = _FIGURES.sub("#", _MONTH.sub("#", text.lower()))
    return frozenset(_WORD.findall(frame)) if "#" in frame else frozenset()


def _are_alike(one: frozenset[str], other: frozenset[str], share: float) -> bool:
    return len(one & other) >= share * len(one | other)


def _get_newest(passage: Weighed, settings: WeighingSettings) -> tuple[int, ...]:
    """The newest date with a year that it names, or else when it was published; () for none."""
    has_year = _YEAR.search(passage.text)
    named = [each for each in read_dates(passage.text) if each.year] if has_year else []
    if named:
        newest = max(named)
        return newest.year, newest.month, newest.day
    is_of_its_day = passage.document_type in settings.news_types | settings.figure_types
    if not (is_of_its_day and passage.published):
        return ()
    return passage.published.year, passage.published.month, passage.published.day
