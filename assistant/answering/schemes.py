"""Which schemes and subjects a text names. The words stand in schemes.toml."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from assistant.answering.patterns import compile_patterns, fold_words

WORDS_PATH = Path(__file__).with_name("schemes.toml")


@cache
def get_words() -> dict[str, re.Pattern[str]]:
    content = tomllib.loads(WORDS_PATH.read_text(encoding="utf-8"))
    patterns = {name: compile_patterns(entry["words"]) for name, entry in content.items()}
    return {name: pattern for name, pattern in patterns.items() if pattern}


@cache
def get_schemes_for_some() -> frozenset[str]:
    """Those for a group of people: who doesn't belong to it says nothing of it."""
    content = tomllib.loads(WORDS_PATH.read_text(encoding="utf-8"))
    return frozenset(name for name, entry in content.items() if entry.get("is_for_some"))


def find_schemes(text: str) -> frozenset[str]:
    words = fold_words(text)
    return frozenset(name for name, pattern in get_words().items() if pattern.search(words))
