"""Hides personal data: `hide` puts '[phone number]' where the number stood.

A text that was hidden before comes out as it is, and still tells what kinds were in it: so every
place through which a reader's words pass may hide them, and none needs to know of the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.personal_data.contacts import find_accounts, find_emails, find_phones
from assistant.personal_data.names import find_names
from assistant.personal_data.numbers import find_codes, find_long_numbers, find_numbers
from assistant.personal_data.places import find_addresses, find_births
from assistant.personal_data.types import Find, Found, Kind

# Where two overlap the earlier rule has the say: what is surer stands first.
RULES: tuple[Find, ...] = (
    find_emails,
    find_accounts,
    find_codes,
    find_births,
    find_addresses,
    find_numbers,
    find_phones,
    find_long_numbers,
    find_names,
)
PLACEHOLDER = re.compile(r"\[(?:" + "|".join(re.escape(kind) for kind in Kind) + r")\]")
# What only leads up to something hidden says nothing about what is asked. Each part is bounded,
# so that no text makes it slow.
LEADING_WORDS = (
    r"my|his|her|our|is|was|are|i|am|i'm|i’m|it's|this|and|the|on|at|no|number|nr|n°|code|ref|"
    r"reference|name|names|called|phone|mobile|tel|telephone|whatsapp|email|e-mail|mail|address|"
    r"born|dob|birth|date|of|mr|mrs|ms|miss|dear|call|me|regards|kind|je|m'appelle|m’appelle|"
    r"mon|nom|est|né|née|le"
)
INTRODUCED = re.compile(
    rf"(?:(?<!\w)(?:{LEADING_WORDS})[\s:.,#]{{1,3}}){{0,8}}(?:{PLACEHOLDER.pattern})"
    r"(?:\s+(?:is|was|est)\b)?",
    re.IGNORECASE,
)
LEFT_BEHIND = re.compile(r"^[\s.,;:!)\]-]+|[\s,;:(\[-]+$")
BEFORE_A_SIGN = re.compile(r"\s+(?=[,.;:?!])")


@dataclass(frozen=True)
class Hidden:
    """A text without personal data, and the kinds that were in it, in the order of the text."""

    text: str
    kinds: tuple[Kind, ...]

    @property
    def words(self) -> str:
        """The reader's own words alone: without what stands in place of the hidden."""
        return tidy(PLACEHOLDER.sub(" ", self.text)) if self.kinds else self.text

    @property
    def search(self) -> str:
        """What is asked: without the words, too, that only led up to the hidden."""
        return tidy(INTRODUCED.sub(" ", self.text)) if self.kinds else self.text


def hide(text: str) -> Hidden:
    """Put the name of its kind where personal data stands."""
    parts: list[str] = []
    at = 0
    for start, end, kind in choose(find_all(text), fixed=find_placeholders(text)):
        parts += [text[at:start], f"[{kind}]"]
        at = end
    hidden = "".join([*parts, text[at:]])
    return Hidden(hidden, find_kinds(hidden))


def find_kinds(text: str) -> tuple[Kind, ...]:
    """Name the kinds that were hidden in a text, each once."""
    found = (Kind(match[0][1:-1]) for match in PLACEHOLDER.finditer(text))
    return tuple(dict.fromkeys(found))


def find_all(text: str) -> Iterable[Found]:
    for find in RULES:
        yield from find(text)


def find_placeholders(text: str) -> list[Found]:
    matches = PLACEHOLDER.finditer(text)
    return [Found(match.start(), match.end(), Kind(match[0][1:-1])) for match in matches]


def choose(found: Iterable[Found], *, fixed: Iterable[Found] = ()) -> list[Found]:
    """Drop what overlaps something surer, and put the rest in order. Pure."""
    chosen = list(fixed)
    kept = len(chosen)
    for each in found:
        if all(each.end <= other.start or other.end <= each.start for other in chosen):
            chosen.append(each)
    return sorted(chosen[kept:])


def tidy(text: str) -> str:
    """Take away what is left of a sentence's signs when words were taken out of it."""
    text = BEFORE_A_SIGN.sub("", " ".join(text.split()))
    return LEFT_BEHIND.sub("", text)
