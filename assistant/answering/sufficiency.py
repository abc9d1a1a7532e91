"""Decides whether what was found speaks to the question, or nothing here does.

One sum of what was measured to part them, against one floor (docs/evaluation.md has the curves).
Questions of other domains are known by examples: theirs stand in other_domains.toml, our own are
those of triage. Refusing a frightened reader's true question is as bad as answering one about
taxes, so the floor is set where both are rare.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np
from django.conf import settings

from assistant.answering.evidence import Knowledge, Vector, embed_remembered
from assistant.answering.patterns import fold_words
from assistant.answering.triage import get_rules
from assistant.answering.types import Outcome
from knowledge.retrieval import Retrieval

EXAMPLES_PATH = Path(__file__).with_name("other_domains.toml")
# Rules for these outcomes have examples that are about anything.
OF_ANY_DOMAIN = {Outcome.OUT_OF_SCOPE, Outcome.CLARIFICATION_NEEDED}
NEAREST = 3
ASKS_FOR_A_DETAIL = re.compile(
    r"\b(how (many|much|old|big|far)|(what|which) (share|percentage|proportion|part|number|date|"
    r"day|time|price|salary|wage|fee|airline|hotel|company|officer|minister)|"
    r"(phone|mobile|flight|telephone) number|(name|address|price|salary|wage)s? of)\b",
    re.IGNORECASE,
)
# No document knows the figures of a day to come.
NOT_YET = re.compile(
    r"\b(tomorrow|tonight|next (week|month|\w+day|(\w+ )?(flight|plane|charter|boat|crossing)))\b",
    re.IGNORECASE,
)
# Inside a sentence, where a capital letter means something; and numbers.
NAME = re.compile(r"(?<=[\w,] )[A-Z][\w’'()-]+(?: [A-Z][\w’'()-]+)*|\b\d[\d/.]*\b")
# 'How do I …', not 'I am a refugee in Malaysia': that reader may be resettled to the UK.
DISTANT_COUNTRY = re.compile(
    r"^(how|what|which|where|who|do|does|is|are|can)\b[^.?!]*"
    r"\b(asylum|visas?|citizenship|(work|residence) permit)( \w+){0,4} (in|to|for) (the )?"
    r"(united states|(?-i:USA?)|america|canada|mexico|brazil|argentina|australia|new zealand|"
    r"japan|china|korea|singapore|malaysia|thailand|dubai|qatar|saudi arabia|south africa)\b",
    re.IGNORECASE,
)
OUR_COUNTRIES = re.compile(
    r"\b(uk|u\.k\.|united kingdom|britain|british|england|english|scotland|wales|ireland|france|"
    r"french|calais|channel|pilot|one in|home office|here|come|join|bring|resettle\w*)\b",
    re.IGNORECASE,
)
# A passage as near as this speaks to the question, whatever it names; long stories name much
# that they don't ask about.
NEAR_IN_ANY_CASE = 0.76
DETAIL_LIMIT_WORDS = 25


@dataclass(frozen=True, kw_only=True)
class Weights:
    """What each sign counts for beside the nearest passage, which counts 1.

    A regularised logistic regression over answerable and unanswerable questions chose them; they
    were rounded afterwards. Other signs were tried and paid nothing: the margin over the typical
    passage, the share of the question's words that the best passages hold, unknown words, and
    whether both searches have the same best passage.
    """

    elsewhere: float = 0.75
    domain: float = 0.1
    words: float = 0.02
    words_limit: float = 4.0
    # How strictly examples are fitted: more, and single examples count for less.
    smoothness: float = 10.0


WEIGHTS = Weights()


@dataclass(frozen=True, kw_only=True)
class Signs:
    """What speaks for and against evidence."""

    # The cosine of the nearest passage.
    nearest: float
    # The likeness to the nearest examples of other domains.
    elsewhere: float
    # About 1 for a question like ours, about -1 for one like those of other domains.
    domain: float
    # BM25 of the best passage for each word: by the root, for each new word is less likely in it.
    words: float

    @property
    def weight(self) -> float:
        """In cosine: 0.01 is as much as a passage that much nearer."""
        return (
            self.nearest
            - WEIGHTS.elsewhere * self.elsewhere
            + WEIGHTS.domain * self.domain
            + WEIGHTS.words * min(self.words, WEIGHTS.words_limit)
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Domains:
    """The embeddings of our own examples and of others, and the direction that parts them."""

    own: Vector
    other: Vector
    middle: Vector
    direction: Vector

    def measure(self, vector: Vector) -> float:
        """Read the sign `domain`."""
        return float((vector - self.middle) @ self.direction)


@cache
def get_other_examples() -> tuple[str, ...]:
    content = tomllib.loads(EXAMPLES_PATH.read_text(encoding="utf-8"))
    return tuple(example for examples in content.values() for example in examples)


@cache
def get_own_examples() -> tuple[str, ...]:
    return tuple(
        example
        for example, rule in get_rules().examples
        if rule is None or rule.outcome not in OF_ANY_DOMAIN
    )


def has_evidence(
    question: str, retrieval: Retrieval, knowledge: Knowledge, *, floor: float | None = None
) -> bool:
    """Say whether the best passages are near enough to the question to speak to it at all."""
    if not retrieval.passages:
        return False
    if is_about_a_distant_country(question) or misses_a_detail(question, retrieval):
        return False
    floor = settings.ASSISTANT_EVIDENCE_FLOOR if floor is None else floor
    return read_signs(question, retrieval, knowledge).weight >= floor


def is_about_a_distant_country(question: str) -> bool:
    """Say whether it asks how to go to, or stay in, a country that has no part in our subject.

    Countries of Europe do have one: who asked for asylum there may be returned.
    """
    return bool(DISTANT_COUNTRY.search(question)) and not OUR_COUNTRIES.search(question)


def misses_a_detail(question: str, retrieval: Retrieval) -> bool:
    """Say whether a figure or a name is asked of something that no passage found so much as names.

    'How many beds are there in Oldport?' is like every passage about beds. The figures of a day
    to come stand in none.
    """
    if not ASKS_FOR_A_DETAIL.search(question):
        return False
    if NOT_YET.search(question):
        return True
    is_long = len(question.split()) > DETAIL_LIMIT_WORDS
    if is_long or retrieval.best_dense >= NEAR_IN_ANY_CASE:
        return False
    found = " ".join(
        " ".join((passage.title, *passage.heading_path, passage.text))
        for passage in retrieval.passages
    )
    words = f" {fold_words(found)}"
    names = [fold_words(name).split() for name in NAME.findall(question)]
    # One word of a name is enough: it may be put in another way.
    return any(not any(f" {word.rstrip('s')}" in words for word in name) for name in names if name)


def read_signs(question: str, retrieval: Retrieval, knowledge: Knowledge) -> Signs:
    vector = knowledge.embed_question(question)
    domains = find_domains(knowledge)
    return Signs(
        nearest=retrieval.best_dense,
        elsewhere=get_likeness(vector, domains.other),
        domain=domains.measure(vector),
        words=retrieval.best_lexical / max(1, len(question.split())) ** 0.5,
    )


def is_of_another_domain(vector: Vector, knowledge: Knowledge) -> bool:
    """Say whether a question is nearer to other domains than to what we are asked."""
    domains = find_domains(knowledge)
    return get_likeness(vector, domains.own) < get_likeness(vector, domains.other)


def get_likeness(vector: Vector, examples: Vector) -> float:
    """The mean of the nearest few: one alone may share no more than a way to put it."""
    return float(np.sort(examples @ vector)[-NEAREST:].mean())


_domains: WeakKeyDictionary[Knowledge, Domains] = WeakKeyDictionary()


def find_domains(knowledge: Knowledge) -> Domains:
    """Embed the examples, once in a process."""
    if knowledge not in _domains:
        own, other = get_own_examples(), get_other_examples()
        vectors = embed_remembered([*own, *other], knowledge)
        _domains[knowledge] = separate(vectors[: len(own)], vectors[len(own) :])
    return _domains[knowledge]


def separate(own: Vector, other: Vector) -> Domains:
    """Ridge regression on 1 for ours and -1 for others; both sides weigh the same."""
    vectors = np.concatenate([own, other])
    sides = np.repeat([1.0, -1.0], [len(own), len(other)])
    counts = np.repeat([len(own), len(other)], [len(own), len(other)])
    shares = len(vectors) / (2 * counts)
    middle = np.average(vectors, axis=0, weights=shares)
    centred = vectors - middle
    likenesses = centred @ centred.T + np.diag(WEIGHTS.smoothness / shares)
    direction = centred.T @ np.linalg.solve(likenesses, sides)
    return Domains(own=own, other=other, middle=middle, direction=direction)
