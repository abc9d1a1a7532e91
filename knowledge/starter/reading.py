"""Reads the starter knowledge into frozen values, and refuses a file that is not complete.

A paragraph without a date or without an official page behind it must never reach a reader, so
nothing here has a default: what is missing is an error that names the file and the place.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from knowledge.types import SourceKind

STARTER_DIR = Path(__file__).resolve().parent
Choice = TypeVar("Choice", bound=StrEnum)
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class StarterUnreadable(Exception):
    """A file of the starter knowledge can't be used; the message says which and why."""

    def __init__(self, file: Path, problem: str) -> None:
        super().__init__(f"{file.name}: {problem}")
        self.file = file
        self.problem = problem


class Confidence(StrEnum):
    """Where the facts of a paragraph were seen."""

    OFFICIAL = "official"
    SECONDARY = "secondary"
    GENERAL = "general"
    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, kw_only=True)
class SourceEntry:
    """An official source to read. `is_url_checked` is false for an address nobody has seen yet."""

    slug: str
    title: str
    kind: SourceKind
    url: str
    publisher: str
    licence: str
    check_every_hours: int
    is_url_checked: bool
    note: str
    # Silence for longer is worth a look; None where nobody can say.
    expected_change_days: int | None = None


@dataclass(frozen=True, kw_only=True)
class RestsOn:
    """The official words behind a paragraph; `digest` pins them and is '' until they are known."""

    url: str
    paragraph: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class BriefingParagraph:
    """Plain words with one thing to say. `asks` are other ways to ask for it."""

    id: str
    heading: str
    text: str
    asks: tuple[str, ...]
    fact_date: date
    checked: date
    confidence: Confidence
    source_note: str
    rests_on: tuple[RestsOn, ...]


@dataclass(frozen=True, kw_only=True)
class Briefing:
    slug: str
    title: str
    paragraphs: tuple[BriefingParagraph, ...]


def read_sources(folder: Path = STARTER_DIR) -> tuple[SourceEntry, ...]:
    file = folder / "sources.toml"
    entries = tuple(
        read_source(table, f"source {number}")
        for number, table in enumerate(load(file).tables("source"), start=1)
    )
    refuse_doubles(file, "slug", (entry.slug for entry in entries))
    refuse_doubles(file, "url", (entry.url for entry in entries))
    return entries


def read_secondary_keys(folder: Path = STARTER_DIR) -> dict[str, str]:
    """What the short keys of the secondary sources in source notes stand for."""
    table = load(folder / "sources.toml").table("secondary_keys")
    return {key: table.text(key) for key in table.values}


def read_briefings(folder: Path = STARTER_DIR) -> tuple[Briefing, ...]:
    files = sorted((folder / "briefings").glob("*.toml"))
    if not files:
        raise StarterUnreadable(folder / "briefings", "holds no briefing")
    return tuple(read_briefing(file) for file in files)


def read_briefing(file: Path) -> Briefing:
    table = load(file)
    slug = table.slug("slug")
    if slug != file.stem:
        raise StarterUnreadable(file, f"slug is '{slug}' and not the file's name")
    paragraphs = tuple(
        read_paragraph(paragraph, f"paragraph {number}")
        for number, paragraph in enumerate(table.tables("paragraph"), start=1)
    )
    refuse_doubles(file, "id", (paragraph.id for paragraph in paragraphs))
    return Briefing(slug=slug, title=table.text("title"), paragraphs=paragraphs)


def read_source(table: Table, place: str) -> SourceEntry:
    slug = table.slug("slug", place)
    return SourceEntry(
        slug=slug,
        title=table.text("title", slug),
        kind=table.choice("kind", SourceKind, slug),
        url=table.url("url", slug),
        publisher=table.text("publisher", slug),
        licence=table.text("licence", slug),
        check_every_hours=table.positive("check_every_hours", slug),
        is_url_checked=table.flag("is_url_checked", slug),
        note=table.text("note", slug),
        expected_change_days=table.positive("expected_change_days", slug)
        if "expected_change_days" in table.values
        else None,
    )


def read_paragraph(table: Table, place: str) -> BriefingParagraph:
    id = table.slug("id", place)
    return BriefingParagraph(
        id=id,
        heading=table.text("heading", id),
        text=table.text("text", id),
        asks=table.texts("asks", id),
        fact_date=table.date("fact_date", id),
        checked=table.date("checked", id),
        confidence=table.choice("confidence", Confidence, id),
        source_note=table.text("source_note", id),
        rests_on=tuple(
            RestsOn(
                url=rest.url("url", id),
                paragraph=rest.text("paragraph", id, may_be_empty=True),
                digest=rest.text("digest", id, may_be_empty=True),
            )
            for rest in table.tables("rests_on", id)
        ),
    )


def refuse_doubles(file: Path, what: str, values: Iterable[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise StarterUnreadable(file, f"{what} '{value}' stands twice")
        seen.add(value)


def load(file: Path) -> Table:
    try:
        return Table(file, tomllib.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError as absent:
        raise StarterUnreadable(file, "is not there") from absent
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise StarterUnreadable(file, f"is not TOML: {broken}") from broken


@dataclass(frozen=True)
class Table:
    """One TOML table, read key by key; a key that is absent or of the wrong sort is refused."""

    file: Path
    values: dict[str, Any]

    def text(self, key: str, place: str = "", *, may_be_empty: bool = False) -> str:
        value = self.values.get(key)
        if not isinstance(value, str) or not (value.strip() or may_be_empty):
            raise self.refusal(key, place, "a text")
        if value != " ".join(value.split()):
            raise self.refusal(key, place, "one line without doubled spaces")
        return value

    def slug(self, key: str, place: str = "") -> str:
        value = self.text(key, place)
        if not SLUG.fullmatch(value):
            raise self.refusal(key, place, "lower-case words joined by hyphens")
        return value

    def url(self, key: str, place: str = "") -> str:
        value = self.text(key, place)
        address = urlsplit(value)
        if address.scheme != "https" or not address.hostname or address.fragment:
            raise self.refusal(key, place, "an https address without a fragment")
        return value

    def texts(self, key: str, place: str = "") -> tuple[str, ...]:
        value = self.values.get(key)
        if not isinstance(value, list) or not value:
            raise self.refusal(key, place, "a list of texts")
        if not all(isinstance(one, str) and one.strip() for one in value):
            raise self.refusal(key, place, "a list of texts")
        return tuple(value)

    def date(self, key: str, place: str = "") -> date:
        value = self.values.get(key)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.refusal(key, place, "a date")
        return value

    def positive(self, key: str, place: str = "") -> int:
        value = self.values.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise self.refusal(key, place, "a whole number above zero")
        return value

    def flag(self, key: str, place: str = "") -> bool:
        value = self.values.get(key)
        if not isinstance(value, bool):
            raise self.refusal(key, place, "true or false")
        return value

    def choice(self, key: str, choices: type[Choice], place: str = "") -> Choice:
        value = self.text(key, place)
        if value not in list(choices):
            raise self.refusal(key, place, "one of " + ", ".join(choices))
        return choices(value)

    def table(self, key: str) -> Table:
        value = self.values.get(key)
        if not isinstance(value, dict):
            raise self.refusal(key, "", "a table")
        return Table(self.file, value)

    def tables(self, key: str, place: str = "") -> list[Table]:
        value = self.values.get(key)
        if not isinstance(value, list) or not value:
            raise self.refusal(key, place, "at least one table")
        return [Table(self.file, one) for one in value]

    def refusal(self, key: str, place: str, wanted: str) -> StarterUnreadable:
        where = f"{place}: " if place else ""
        return StarterUnreadable(self.file, f"{where}'{key}' must be {wanted}")
