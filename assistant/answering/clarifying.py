"""Asks back, with choices, where a question can mean several things; else we would be guessing.

The rules stand in clarifying.toml: few words that say nothing of their subject. Where no rule is,
the evidence decides: two or three words that fit two subjects about as well are asked back too.
Whatever asks a whole question is answered.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.answering.content import content_words
from assistant.answering.patterns import compile_pattern, fold_words
from assistant.answering.rephrasing import (
    ASKS_WHOLE,
    correct,
    leaves_something_out,
    says_nothing_alone,
)
from assistant.answering.triage import find_rule_by_words
from assistant.answering.weighing import Fit
from knowledge.types import DocumentKind, RankedPassage

RULES_PATH = Path(__file__).with_name("clarifying.toml")
# Where there is no evidence: how near (cosine) a briefing must be for its question to be
# suggested, how far behind the nearest, and how many are.
SUGGESTION_FLOOR = 0.66
SUGGESTION_BEHIND = 0.06
SUGGESTIONS_LIMIT = 3
# So few words that ask nothing ('fingerprints', 'closing date') are asked back if a briefing on
# another subject is at least so likely beside the best. tests/gold/terse.jsonl chose it.
TERSE_WORDS = 3
SPLIT_LIKELIHOOD = 0.6
SPLIT_FLOOR = 0.64
CHOICES_LIMIT = 4
# Whole questions; not the beginning of somebody's story.
ASKS = re.compile(
    r"(?:Who|How|What|Which|Where|When|Why|Is|Are|Was|Were|Do|Does|Did|Can|Could|Will|Must|May|"
    r"Has|Have)\b.*\?$"
)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Words that can mean several things, and the questions that they may stand for."""

    name: str
    words: tuple[re.Pattern[str], ...]
    choices: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """All of clarifying.toml."""

    around: re.Pattern[str]
    start: tuple[str, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Unclear:
    """What the notice says (a topic of wording), and the whole questions to choose from."""

    topic: str
    choices: tuple[str, ...]


@cache
def get_rules() -> Rules:
    content = tomllib.loads(RULES_PATH.read_text(encoding="utf-8"))
    return Rules(
        around=compile_pattern("(" + "|".join(content["around"]) + ")"),
        start=tuple(content["start"]),
        rules=tuple(
            Rule(
                name=entry["name"],
                words=tuple(map(compile_pattern, entry["words"])),
                choices=tuple(entry["choices"]),
            )
            for entry in content["rule"]
        ),
    )


def find_unclear(question: str) -> Unclear | None:
    """Return the choices for a standalone question that can mean several things."""
    words = correct(fold_words(question))
    rules = get_rules()
    bare = " ".join(rules.around.sub(" ", words).split())
    for rule in rules.rules:
        if any(
            pattern.fullmatch(text) for text in (words, bare) if text for pattern in rule.words
        ):
            return Unclear("unclear", rule.choices)
    if says_nothing_alone(question):
        return Unclear("follow_up", rules.start)
    return None


def list_start() -> tuple[str, ...]:
    """List what somebody who asked nothing yet can ask."""
    return get_rules().start


def is_terse(question: str) -> bool:
    """Say whether a question is a mere word or two that ask nothing."""
    words = fold_words(question)
    return 0 < len(words.split()) <= TERSE_WORDS and not ASKS_WHOLE.match(words)


def find_split(question: str, fits: Sequence[Fit]) -> tuple[str, ...]:
    """Return the questions of the briefings that fit about as well, if they differ in subject.

    `fits` are the briefings, the best first.
    """
    near = [
        fit.passage
        for fit in fits
        if fit.chance >= SPLIT_LIKELIHOOD * fits[0].chance and fit.passage.dense >= SPLIT_FLOOR
    ]
    if len({name_subject(briefing) for briefing in near}) < 2:
        return ()
    choices = list_asks(question, near)[:CHOICES_LIMIT]
    return choices if len(choices) > 1 else ()


def name_subject(briefing: RankedPassage) -> str:
    # 'The legal route from France: who can apply' and '…: how to apply' are one subject.
    return briefing.title.partition(":")[0]


def list_asks(question: str, briefings: Iterable[RankedPassage]) -> tuple[str, ...]:
    asks = (choose_ask(question, briefing) for briefing in briefings)
    return tuple(dict.fromkeys(filter(None, asks)))


def suggest_questions(question: str, passages: Sequence[RankedPassage]) -> tuple[str, ...]:
    """List questions near the reader's that do have an answer, where that one has none."""
    near = sorted(
        (
            passage
            for passage in passages
            if passage.kind is DocumentKind.BRIEFING and passage.dense >= SUGGESTION_FLOOR
        ),
        key=lambda passage: -passage.dense,
    )
    if not near:
        return ()
    floor = near[0].dense - SUGGESTION_BEHIND
    return list_asks(question, [each for each in near if each.dense >= floor])[:SUGGESTIONS_LIMIT]


def ask_for_more(question: str, passages: Sequence[RankedPassage]) -> Unclear | None:
    """Return what to ask back where nothing was found, if the question left something out."""
    suggested = suggest_questions(question, passages)
    if is_terse(question) and len(suggested) > 1:
        return Unclear("unclear", suggested)
    return (
        Unclear("follow_up", suggested) if suggested and leaves_something_out(question) else None
    )


def choose_ask(question: str, briefing: RankedPassage) -> str:
    """Return the briefing's question that shares most words, of those simply answered."""
    asked = content_words(question)
    asks = [ask for ask in briefing.asks if ASKS.match(ask) and is_plain(ask)]
    return max(asks, key=lambda ask: len(asked & content_words(ask)), default="")


def is_plain(question: str) -> bool:
    """Say whether a question is neither triaged nor unclear itself."""
    return find_rule_by_words(question) is None and find_unclear(question) is None
