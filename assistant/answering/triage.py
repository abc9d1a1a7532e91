"""Decides whether and how a question is answered, before anything is searched for.

The English rules and their examples stand in triage.toml, the words of other languages in
triage_words/. Words decide first, in the order of triage.toml; where none match, the nearest
examples do, and only if they are clearly nearer than the ordinary questions. A question that no
rule claims is ordinary.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.answering import learnt_likeness
from assistant.answering.language import is_clearly_english, is_clearly_not_english
from assistant.answering.patterns import (
    compile_patterns,
    fold_spoken,
    list_scripts,
)
from assistant.answering.patterns import (
    fold_words as fold_words,
)
from assistant.answering.respelling import Respeller
from assistant.answering.types import Outcome

RULES_PATH = Path(__file__).with_name("triage.toml")
WORDS_FOLDER = Path(__file__).with_name("triage_words")

FEW_WORDS = 2
STRETCH_WORDS = 28
# What is looked up for a crisis of which no word says what it is.
HELP_TO_SEARCH = "What are the emergency numbers?"

Vector = npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class FoldedText:
    """A stretch of a text as the rules read it."""

    words: str
    english: str
    scripts: frozenset[str]
    # So that no other language's words are heard in it.
    is_english: bool


@dataclass(frozen=True, kw_only=True)
class RuleWords:
    """The patterns of one rule in one language."""

    language: str
    script: str
    words: re.Pattern[str] | None
    unless: re.Pattern[str] | None

    def match(self, text: FoldedText) -> bool:
        if self.words is None or self.script not in text.scripts:
            return False
        if self.language != "en" and text.is_english:
            return False
        words = text.english if self.language == "en" else text.words
        if not self.words.search(words):
            return False
        return self.unless is None or not self.unless.search(words)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One kind of question that is not simply searched for."""

    topic: str
    outcome: Outcome
    words: tuple[RuleWords, ...]
    examples: tuple[str, ...]
    search: str | None = None

    def matches(self, stretches: Sequence[FoldedText]) -> bool:
        return any(words.match(text) for text in stretches for words in self.words)


@dataclass(frozen=True, kw_only=True)
class Rules:
    """All of triage.toml, with the words of every language."""

    nearness: tuple[tuple[float, float], ...]
    nearness_individual: tuple[tuple[float, float], ...]
    rules: tuple[Rule, ...]
    ordinary: tuple[str, ...]
    elsewhere: tuple[str, ...]
    respeller: Respeller

    @cached_property
    def examples(self) -> tuple[tuple[str, Rule | None], ...]:
        """Every example with its rule; the ordinary questions have none."""
        return tuple(
            [(example, rule) for rule in self.rules for example in rule.examples]
            + [(example, None) for example in self.ordinary]
        )

    def fold(self, text: str) -> tuple[FoldedText, ...]:
        """Fold a text, a long one in stretches: what stands far apart says nothing together."""
        is_english = is_clearly_english(text)
        return tuple(
            FoldedText(
                words=words,
                english=self.respeller.respell(words),
                scripts=list_scripts(words),
                is_english=is_english,
            )
            for words in split_stretches(fold_spoken(text))
        )


def split_stretches(words: str) -> list[str]:
    """Cut folded words into stretches that overlap by half."""
    listed = words.split()
    if len(listed) <= STRETCH_WORDS:
        return [words]
    step = STRETCH_WORDS // 2
    return [
        " ".join(listed[begin : begin + STRETCH_WORDS])
        for begin in range(0, len(listed) - step, step)
    ]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What triage found. `search` replaces the question in the search, unless it is None."""

    outcome: Outcome
    topic: str = ""
    search: str | None = None


ORDINARY = Verdict(outcome=Outcome.ANSWERED)


def read_toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def read_words(language: str, topic: Mapping[str, Any], content: Mapping[str, Any]) -> RuleWords:
    """Compile a topic's patterns with the vocabulary of its language's file."""
    vocabulary, prefixes = content.get("vocabulary", {}), content.get("prefixes", "")
    return RuleWords(
        language=language,
        script=content.get("script", "LATIN"),
        words=compile_patterns(topic.get("words", ()), vocabulary, prefixes),
        unless=compile_patterns(topic.get("unless", ()), vocabulary, prefixes),
    )


@cache
def get_rules() -> Rules:
    content = read_toml(RULES_PATH)
    others = {path.stem: read_toml(path) for path in sorted(WORDS_FOLDER.glob("*.toml"))}
    known = {entry["topic"] for entry in content["rule"]}
    for language, other in others.items():
        if strangers := set(other["topic"]) - known:
            raise ValueError(f"triage.toml has no {', '.join(sorted(strangers))} ({language})")
    return Rules(
        nearness=tuple(map(tuple, content["nearness"])),
        nearness_individual=tuple(map(tuple, content["nearness_individual"])),
        rules=tuple(
            Rule(
                topic=entry["topic"],
                outcome=Outcome(entry["outcome"]),
                words=(
                    read_words("en", entry, content),
                    *(
                        read_words(language, other["topic"][entry["topic"]], other)
                        for language, other in others.items()
                        if entry["topic"] in other["topic"]
                    ),
                ),
                examples=tuple(entry["examples"]),
                search=entry.get("search"),
            )
            for entry in content["rule"]
        ),
        ordinary=tuple(content["ordinary"]["examples"]),
        elsewhere=tuple(content["elsewhere"]["examples"]),
        respeller=Respeller(
            content["short_forms"],
            content["read_though_misspelt"],
            but_not=content["not_misspelt"],
        ),
    )


def find_rule_by_words(*texts: str) -> Rule | None:
    """Return the first rule that claims one of the texts by its words.

    Only the last text can be too vague: a follow-up isn't, once its topic stands before it.
    """
    rules = get_rules()
    folded = [rules.fold(text) for text in dict.fromkeys(texts)]
    for rule in rules.rules:
        is_about_vagueness = rule.outcome is Outcome.CLARIFICATION_NEEDED
        if any(rule.matches(text) for text in (folded[-1:] if is_about_vagueness else folded)):
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
        heard = None if rule else learnt_likeness.hear(vector)
        if heard is not None:
            search = HELP_TO_SEARCH if heard is Outcome.URGENT else None
            return Verdict(outcome=heard, search=search)
    if rule is None:
        return ORDINARY
    return Verdict(outcome=rule.outcome, topic=rule.topic, search=rule.search)
