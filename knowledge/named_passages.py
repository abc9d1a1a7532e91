"""Which passages a question names: by the number of a paragraph, a heading, an anchor or a title.

Names are remembered once for a publication. They propose, as the index does: whether a passage is
live is decided by the tables, and one number may belong to several.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from django.db.models import F

from knowledge.lexical import split_words
from knowledge.live_sets import LiveSet, is_in
from knowledge.models import Passage
from knowledge.references import (
    ANOTHER,
    ECHR,
    Reference,
    get_series,
    list_keys,
    read_references,
)

# So many words name a title that they don't begin: 'Victim of Trafficking'.
WORDS_IN_A_TITLE = 2
_NAMED_TITLE = re.compile(r"\b(?:appendix|part)\b[ :–-]*([^:]+)", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_CONVENTION = re.compile(r"human rights|\bECHR\b|european convention", re.IGNORECASE)

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Title:
    """A document that questions may name by its title."""

    title: str
    # Stemmed, with and without what stands in brackets.
    names: tuple[tuple[str, ...], ...]
    # 'ueats', 'v'
    short: frozenset[str]
    passage_ids: tuple[int, ...]


@dataclass(frozen=True)
class Names:
    """Every name of every passage: two columns, sorted by the name's hash, in reading order."""

    hashes: Ids
    passage_ids: Ids
    titles: tuple[Title, ...] = ()

    def find(self, name: str) -> list[int]:
        wanted = hash(name)
        begin = np.searchsorted(self.hashes, wanted, side="left")
        end = np.searchsorted(self.hashes, wanted, side="right")
        return list(dict.fromkeys(self.passage_ids[begin:end].tolist()))


@dataclass(frozen=True)
class Named:
    """What a question names. `missing` are surely references, and no heading or number is so."""

    # Paragraphs of that number, in the order of the question and then of reading.
    numbered: tuple[int, ...] = ()
    # Named by a heading, an anchor, a title or a way to ask; the ranking says which comes first.
    headed: frozenset[int] = frozenset()
    found: tuple[str, ...] = ()
    missing: tuple[Reference, ...] = ()

    @property
    def ids(self) -> frozenset[int]:
        return self.headed.union(self.numbered)


NOTHING_NAMED = Named()


def find_named_passages(
    references: Sequence[Reference], titles: Sequence[Sequence[str]], names: Names
) -> Named:
    """Resolve all that a question names."""
    of_titles: set[int] = set()
    numbered: list[int] = []
    headed: set[int] = set()
    found: list[str] = []
    missing: list[Reference] = []
    for words in titles:
        held_titles = find_titles(words, names.titles)
        of_titles.update(pk for title in held_titles for pk in title.passage_ids)
        found += [title.title for title in held_titles]
        written = name_title(words)
        if written and not held_titles:
            missing.append(Reference(written, (), is_sure=True))
    for reference in references:
        of_number = find_numbered(reference, names, of_titles)
        of_heading = find_headed(reference, names)
        numbered += of_number
        headed.update(of_heading)
        if of_number or of_heading:
            found.append(reference.written)
        elif reference.is_sure or (reference.series and names.find(f"~{reference.series}")):
            missing.append(reference)
    return Named(
        tuple(dict.fromkeys(numbered)),
        frozenset(headed | of_titles),
        tuple(found),
        tuple(missing),
    )


def find_numbered(reference: Reference, names: Names, of_titles: set[int]) -> list[int]:
    """The passages of the number, or else of what it stands under, in a named title if in any."""
    if reference.treaty == ECHR:
        return []
    for key in _list_all_keys(reference):
        held = names.find(key)
        if of_titles:
            # 'Paragraph 2.3 of Appendix UEATS' leaves the letters to the title.
            of_both = [pk for pk in [*held, *names.find(f"#{key}")] if pk in of_titles]
            held = list(dict.fromkeys(of_both)) or held
        if held:
            return held
    return []


def find_headed(reference: Reference, names: Names) -> list[int]:
    """The passages that a heading, an anchor, a title or a way to ask gives the name."""
    mark = "@echr" if reference.treaty == ECHR else "@"
    for key in _list_all_keys(reference):
        held = names.find(f"{key}{mark}")
        if reference.treaty == ANOTHER:
            of_echr = set(names.find(f"{key}@echr"))
            held = [pk for pk in held if pk not in of_echr]
        if held:
            return held
    return []


def _list_all_keys(reference: Reference) -> list[str]:
    return [key for each in reference.keys for key in list_keys(each)]


def find_titles(words: Sequence[str], titles: Sequence[Title]) -> list[Title]:
    """The titles whose name begins the words, or else holds their beginning."""
    stems = tuple(split_words(" ".join(words)))
    # 'Which appendix is for children' names none.
    if words[0].islower() and not split_words(words[0]):
        return []
    begun = [
        (len(name), title)
        for title in titles
        for name in title.names
        if name and stems[: len(name)] == name
    ]
    longest = max((length for length, _ in begun), default=0)
    found = [title for length, title in begun if length == longest]
    if not found:
        found = [title for title in titles if words[0].lower() in title.short]
    for length in range(len(stems), WORDS_IN_A_TITLE - 1, -1):
        if not found:
            wanted = set(stems[:length])
            found = [
                title for title in titles if any(wanted <= set(name) for name in title.names)
            ][:1]
    return found


def name_title(words: Sequence[str]) -> str:
    """The name as far as its capital letters go; empty where it has none, and may be none."""
    length = 0
    for place, word in enumerate(words, start=1):
        if word[0].isupper() or word[0].isdigit():
            length = place
        elif word not in {"of", "and", "the", "for", "who", "is", "a", "in", "to", "with"}:
            break
    return f"Appendix {' '.join(words[:length])}" if length else ""


def is_mentioned(reference: Reference, text: str) -> bool:
    """Do the words of a passage name it, though no number or heading does?"""
    if not reference.keys:
        return reference.written.lower() in text.lower()
    if reference.treaty == ECHR and not _CONVENTION.search(text):
        return False
    wanted = set(reference.keys)
    return any(
        not wanted.isdisjoint(list_keys(key))
        for each in read_references(text)
        for key in each.keys
    )


_reading = threading.Lock()


def get_names(publication_id: int, published_at: datetime | None, live_set: LiveSet) -> Names:
    """Those of a publication's passages; one thread reads them, the others wait for it."""
    with _reading:
        return _read_names(publication_id, published_at, live_set)


@lru_cache(maxsize=4)
def _read_names(publication_id: int, published_at: datetime | None, live_set: LiveSet) -> Names:
    rows = (
        Passage.objects.filter(is_in(live_set))
        .order_by("revision_id", "position")
        .values("pk", "revision_id", "numbers", "url", "heading_path", "asks", "rests_on")
        .annotate(title=F("revision__title"))
    )
    hashes: list[int] = []
    passage_ids: list[int] = []
    titled: dict[int, tuple[str, list[int]]] = {}
    for row in rows.iterator():
        names = list_names(row)
        hashes += map(hash, names)
        passage_ids += [row["pk"]] * len(names)
        if _NAMED_TITLE.search(row["title"]):
            titled.setdefault(row["revision_id"], (row["title"], []))[1].append(row["pk"])
    column = np.array(hashes, dtype=np.int64)
    order = np.argsort(column, kind="stable")
    return Names(
        column[order],
        np.array(passage_ids, dtype=np.int64)[order],
        tuple(make_title(title, pks) for title, pks in titled.values()),
    )


def list_names(row: Mapping[str, object]) -> set[str]:
    """All names of a passage.

    '~' stands before a series, '#' before a number without its own, '@' after what a heading says.
    """
    names: set[str] = set()
    numbers, rests_on = row["numbers"], row["rests_on"]
    assert isinstance(numbers, list)
    assert isinstance(rests_on, list)
    for number, *_ in numbers:
        names.update(_list_number_names(str(number)))
    for rest in rests_on:
        names.update(f"{key}@" for key in list_keys(rest["paragraph"]))
    for text in _list_texts(row):
        if _DIGIT.search(text):
            names.update(_list_text_names(text))
    return names


def _list_texts(row: Mapping[str, object]) -> Iterator[str]:
    headings, asks = row["heading_path"], row["asks"]
    assert isinstance(headings, Iterable)
    assert isinstance(asks, Iterable)
    yield str(row["title"])
    yield from headings
    yield from asks
    yield str(row["url"]).partition("#")[2].replace("-", " ")


def _list_number_names(number: str) -> Iterator[str]:
    series = get_series(number)
    if series:
        yield f"~{series}"
    for key in list_keys(number):
        yield key
        if series:
            yield f"#{key.removeprefix(series)}"


# Passages that follow one another share their headings.
@lru_cache(maxsize=1000)
def _list_text_names(text: str) -> tuple[str, ...]:
    keys = [
        key
        for reference in read_references(text)
        for each in reference.keys
        for key in list_keys(each)
    ]
    is_of_convention = _CONVENTION.search(text)
    marks = ("@", "@echr") if is_of_convention else ("@",)
    return tuple(f"{key}{mark}" for key in keys for mark in marks)


def make_title(title: str, passage_ids: Sequence[int]) -> Title:
    found = _NAMED_TITLE.search(title)
    name = found[1] if found else title
    words = re.findall(r"\w+", name)
    initials = "".join(word[0] for word in words if word[0].isupper())
    bracketed = re.findall(r"\(([A-Z]{2,})\)", title)
    return Title(
        title,
        tuple({tuple(split_words(name)), tuple(split_words(re.sub(r"\([^)]*\)", "", name)))}),
        frozenset(each.lower() for each in (initials, "".join(words), *bracketed)),
        tuple(passage_ids),
    )
