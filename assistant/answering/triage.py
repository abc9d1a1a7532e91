"""Decides whether and how a question is answered, before anything is searched for.

The rules and their examples stand in triage.toml. Words decide first, in the order of the file;
where none match, the nearest examples do, and only if they are clearly nearer than the ordinary
questions. A question that no rule claims is ordinary.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.answering.language import is_clearly_not_english
from assistant.answering.types import Outcome

RULES_PATH = Path(__file__).with_name("triage.toml")
FEW_WORDS = 2
GAP = r"(?: \S+){0,8}? "

Vector = npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One kind of question that is not simply searched for."""

    topic: str
    outcome: Outcome
    words: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]
    examples: tuple[str, ...]
    search: str | None = None

    def matches(self, words: str) -> bool:
        return any(pattern.search(words) for pattern in self.words) and not any(
            pattern.search(words) for pattern in self.unless
        )


@dataclass(frozen=True, kw_only=True)
class Rules:
    """All of triage.toml."""

    nearness: tuple[tuple[float, float], ...]
    nearness_individual: tuple[tuple[float, float], ...]
    rules: tuple[Rule, ...]
    ordinary: tuple[str, ...]

    @cached_property
    def examples(self) -> tuple[tuple[str, Rule | None], ...]:
        """Every example with its rule; the ordinary questions have none."""
        return tuple(
            [(example, rule) for rule in self.rules for example in rule.examples]
            + [(example, None) for example in self.ordinary]
        )


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What triage found. `search` replaces the question in the search, unless it is None."""

    outcome: Outcome
    topic: str = ""
    search: str | None = None


ORDINARY = Verdict(outcome=Outcome.ANSWERED)


def fold_words(text: str) -> str:
    """Reduce a text to lower-case words with single spaces between: 'Can't?' → 'can t'."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.findall(r"\w+", plain))


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Turn a pattern of triage.toml into a regular expression over folded words."""
    expression = re.sub(r"(?<=\w)\*", r"\\w*", pattern.strip())
    return re.compile(rf"(?<!\S)(?:{expression.replace(' .. ', GAP)})(?!\S)")


def read_rule(entry: Mapping[str, Any]) -> Rule:
    return Rule(
        topic=entry["topic"],
        outcome=Outcome(entry["outcome"]),
        words=tuple(compile_pattern(pattern) for pattern in entry["words"]),
        unless=tuple(compile_pattern(pattern) for pattern in entry.get("unless", ())),
        examples=tuple(entry["examples"]),
        search=entry.get("search"),
    )


@cache
def get_rules() -> Rules:
    content = tomllib.loads(RULES_PATH.read_text(encoding="utf-8"))
    return Rules(
        nearness=tuple(map(tuple, content["nearness"])),
        nearness_individual=tuple(map(tuple, content["nearness_individual"])),
        rules=tuple(read_rule(entry) for entry in content["rule"]),
        ordinary=tuple(content["ordinary"]["examples"]),
    )


def find_rule_by_words(*texts: str) -> Rule | None:
    """Return the first rule that claims one of the texts by its words.

    Only the last text can be too vague: a follow-up isn't, once its topic stands before it.
    """
    folded = [fold_words(text) for text in texts]
    for rule in get_rules().rules:
        is_about_vagueness = rule.outcome is Outcome.CLARIFICATION_NEEDED
        if any(rule.matches(words) for words in (folded[-1:] if is_about_vagueness else folded)):
            return rule
    return None


def is_too_vague(text: str) -> bool:
    """Say whether a text, by its words, is a greeting or asks nothing."""
    rule = find_rule_by_words(text)
    return rule is not None and rule.outcome is Outcome.CLARIFICATION_NEEDED


def find_rule_by_likeness(vector: Vector, examples: Vector) -> Rule | None:
    """Return the rule of the nearest example, if it is near and no ordinary question is."""
    rules = get_rules()
    likenesses = (examples @ vector).tolist()
    owners = [rule for _, rule in rules.examples]
    ordinary = max(like for like, rule in zip(likenesses, owners, strict=True) if rule is None)
    nearest, owner = max(
        ((like, rule) for like, rule in zip(likenesses, owners, strict=True) if rule),
        key=lambda pair: pair[0],
    )
    is_individual = owner.outcome is Outcome.INDIVIDUAL_ADVICE
    pairs = rules.nearness_individual if is_individual else rules.nearness
    is_near = any(
        nearest >= likeness and nearest - ordinary >= margin for likeness, margin in pairs
    )
    return owner if is_near else None


def decide(texts: Sequence[str], *, vector: Vector, examples: Vector) -> Verdict:
    """Name the outcome that a question calls for; ANSWERED means that it is to be searched for.

    `texts` are the question as sent and the standalone question, whose embedding `vector` is.
    """
    if not fold_words(texts[-1]):
        return Verdict(outcome=Outcome.CLARIFICATION_NEEDED, topic="vague")
    rule = find_rule_by_words(*texts)
    # The embedding knows English alone; of other words it would accuse a reader at random.
    # A word or two are near to anything.
    is_telling = len(fold_words(texts[-1]).split()) > FEW_WORDS
    if rule is None and is_telling and not any(map(is_clearly_not_english, texts)):
        rule = find_rule_by_likeness(vector, examples)
    if rule is None:
        return ORDINARY
    return Verdict(outcome=rule.outcome, topic=rule.topic, search=rule.search)
