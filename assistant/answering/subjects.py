"""What a follow-up can put in another's place: routes, countries, relatives, months.

'Is ARAP still open?', 'and for Ukraine?' asks the same of another subject, so the old one must not
stay in the question and drown the new. The words stand in rephrasing.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.answering.patterns import compile_pattern, fold_words

RULES_PATH = Path(__file__).with_name("rephrasing.toml")
# The little words before the name: 'and what about people who came from …'.
LEADS_IN = re.compile(
    r"^(?:(?:and|but|or|also|so|then|even|ok|what about|how about|what if|same|the same|it is|"
    r"it s|is it|for|in|from|with|by|on|of|under|to|people|those|refugees|who|came|come|if|they|"
    r"someone|comes|the case)(?: |$))+"
)

ANOTHER_ROUTE = "What about the"

Patterns = tuple[re.Pattern[str], ...]


@dataclass(frozen=True, kw_only=True)
class Route:
    """A way to the UK with rules of its own, and how it and its people are called."""

    scheme: str
    people: str
    words: Patterns
    people_words: Patterns


@dataclass(frozen=True, kw_only=True)
class Rules:
    """All of rephrasing.toml."""

    routes: tuple[Route, ...]
    swaps: Mapping[str, Patterns]
    aspects: tuple[tuple[str, Patterns], ...]
    again: Patterns


def compile_all(patterns: Iterable[str]) -> Patterns:
    return tuple(map(compile_pattern, patterns))


@cache
def get_rules() -> Rules:
    content = tomllib.loads(RULES_PATH.read_text(encoding="utf-8"))
    return Rules(
        routes=tuple(
            Route(
                scheme=entry["scheme"],
                people=entry["people"],
                words=compile_all(entry["words"]),
                people_words=compile_all(entry.get("people_words", ())),
            )
            for entry in content["route"]
        ),
        swaps={kind: compile_all(patterns) for kind, patterns in content["swaps"].items()},
        aspects=tuple((entry["says"], compile_all(entry["words"])) for entry in content["aspect"]),
        again=compile_all(content["again"]),
    )


def find_route(words: str) -> Route | None:
    """Return the route that is named, if any."""
    for route in get_rules().routes:
        if any(pattern.search(words) for pattern in (*route.people_words, *route.words)):
            return route
    return None


def is_relative(word: str) -> bool:
    """Say whether a word names somebody of a family."""
    return matches_whole(word, get_rules().swaps["relative"])


def matches_whole(words: str, patterns: Patterns) -> bool:
    return any(pattern.fullmatch(words) for pattern in patterns)


def swap_subject(words: str, topic: str) -> str:
    """Put what a follow-up names in the place of its like in the topic; '' if there is none."""
    named = LEADS_IN.sub("", words)
    for route in get_rules().routes:
        if matches_whole(named, (*route.people_words, *route.words)):
            return swap_route(route, topic)
    for kind, patterns in get_rules().swaps.items():
        if matches_whole(named, patterns):
            return swap_named(kind, named, topic)
    return ""


def swap_route(route: Route, topic: str) -> str:
    """Ask of one route what was asked of another; else the old topic has nothing to say of it."""
    for other in get_rules().routes:
        for patterns, name in ((other.people_words, route.people), (other.words, route.scheme)):
            span = find_span(topic, patterns) if other is not route else None
            if span:
                return topic[: span[0]] + name + topic[span[1] :]
    return f"{ANOTHER_ROUTE} {route.scheme}?"


def swap_named(kind: str, named: str, topic: str) -> str:
    span = find_span(topic, get_rules().swaps[kind])
    if span is None:
        return ""
    old = fold_words(topic[span[0] : span[1]])
    if old == named:
        return ""
    if kind == "month" and old[-1].isdigit() and not named[-1].isdigit():
        named = f"{named} {old.split()[-1]}"
    return topic[: span[0]] + named + topic[span[1] :]


def find_span(text: str, patterns: Patterns) -> tuple[int, int] | None:
    """Find where a pattern over folded words stands in the text as it was written."""
    tokens = list(re.finditer(r"\w+", text))
    starts: dict[int, int] = {}
    folded = ""
    for place, token in enumerate(tokens):
        starts[len(folded)] = place
        folded += fold_words(token.group()) + " "
    folded = folded.rstrip()
    for pattern in patterns:
        found = pattern.search(folded)
        if found and found.start() in starts:
            first = starts[found.start()]
            last = first + len(found.group().split()) - 1
            return tokens[first].start(), tokens[last].end()
    return None


def say_aspect(words: str) -> str:
    """Return in full what few words ask: 'is it free?'; '' if they ask something else."""
    return next(
        (says for says, patterns in get_rules().aspects if matches_whole(words, patterns)), ""
    )


def asks_again(words: str) -> bool:
    """Say whether somebody only wants to hear the last answer again, or more of it."""
    bare = re.sub(r"(?:^| )(?:please|pls|plz|sorry|thanks)(?= |$)", "", words).strip()
    return matches_whole(bare, get_rules().again)
