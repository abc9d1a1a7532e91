"""Makes a follow-up stand alone, without a model: what it leaves out comes from the last turns.

Every earlier question is resolved in its turn, so a chain of follow-ups keeps its subject. What
can take another's place, and what few words mean, stands in rephrasing.toml.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from assistant.answering.patterns import fold_words
from assistant.answering.picking import pick_choice
from assistant.answering.subjects import (
    ANOTHER_ROUTE,
    asks_again,
    find_route,
    is_relative,
    say_aspect,
    swap_subject,
)
from assistant.answering.triage import find_rule_by_words, is_too_vague
from assistant.answering.types import Outcome, Turn

# How far back a topic is looked for, and how much of it is taken along.
TURNS_LIMIT = 6
TOPIC_LIMIT_CHARACTERS = 240
HELPS_OR_PROTECTS = {Outcome.URGENT, Outcome.UNSAFE}
SHORT_LIMIT_WORDS = 14
BARE_WORDS = 3
# So few words with a 'that' among them say nothing to somebody who heard nothing before.
POINTING_WORDS = 4

SHORTENED = re.compile(r"\b(?:what (?:now|next)|now what|and now|so now)\s*[?!.]*$", re.IGNORECASE)
# Who comes along with the reader applies together with them; without this the search finds the
# rules of a wife who follows.
COMES_ALONG = re.compile(
    r"\b(?:can|could|may|will) (?:my|our) (?:husband|wife|partner|spouse|mother|mum|father|dad|"
    r"parents|son|daughter)(?: also| still)? (?:come|go|travel|apply) (?:together )?with (?:me|us)"
    r"(?: too| also| please)*[ ?!.]*$",
    re.IGNORECASE,
)
CONTINUES = re.compile(
    r"(?:and|but|or|also|so|then|even|only|what about|how about|what if|if|same for|the same for|"
    r"except|with|without|for|under|in|from|since|until|after|before|because|like|not|no)\b"
)
# One that begins so asks whole, even after an 'and'.
ASKS_WHOLE = re.compile(
    r"(?:(?:and|but|so|also|then|ok|okay|now) )*"
    r"(?:who|how|when|where|why|which|what (?!about|if)|is|are|was|were|does|do|did|can|could|"
    r"will|would|must|may|should|has|have|i|we|tell)\b"
)
POINTS_BACK = re.compile(
    r"\b(?:it|its|this|that|these|those|they|them|their|he|him|his|she|her|same|such|then|"
    r"(?<!is )(?<!are )(?<!was )there)\b"
)
# A clause with a subject and a verb of its own: 'how do I cook rice', 'can my aunt vote in Leeds'.
CLAUSE = re.compile(
    r"(?:(?:so|then|ok|okay|now) )*(?:(?:who|how|when|where|why|which|what)(?: \w+){0,2} )?"
    r"(?:do|does|did|can|could|will|would|must|may|should) (?P<subject>\w+) \w"
)
WHOLE_CLAUSE_WORDS = 2
SAYS_I = {"i", "we", "my", "our"}
# Who asks 'can you …?' goes on talking to whoever heard the rest; so does who names 'the form'.
SPOKEN_TO = {"you", "u"}
POINTS_AT_A_THING = re.compile(
    r"\bthe (?:agent|answer|appeal|application|boat|captain|crossing|date|deadline|decision|"
    r"driver|fee|flight|form|interview|journey|law|letter|limit|lorry|man|message|money|notice|number|"
    r"paper|place|plane|price|refusal|rule|truck|visa)s?\b"
)
ASKS_FOR_FIGURES = re.compile(r"^(?:and |so )?how many\b")
CAN_BE_APPLIED_FOR = re.compile(
    r"\b(?:appl\w+|visas?|schemes?|routes?|ways?|reunion|expression|permi\w+|settle\w*|status|"
    r"resettle\w*|sponsor\w*|asylum)\b"
)
# 'Yes' answers something, and greets nobody; in need only these words end it.
ANSWERS = re.compile(r"\b(?:yes|no|maybe)\b")
GREETS_OR_THANKS = re.compile(
    r"\b(?:hi|hello|hey|hallo|salaam|salam|bonjour|(?:good )?(?:morning|afternoon|evening|night)|"
    r"than(?:k|ks|x)|thn?x|tnx|merci|shukran|bye|goodbye)\b"
)
# However much else is said, these need what came before.
POINTS_AT_WHAT_WAS_SAID = re.compile(
    r"\b(?:(?:do|did|done|doing) (?:that|this)|(?:do|done|doing) it|"
    r"(?:that|this|the same|it) (?:also |really )?(?:happens?|appl(?:y|ies)|counts?|goes|go)\b|"
    r"same (?:thing|rule|rules)|"
    r"(?:about|like|in|of|after|under|against) (?:that|this|it)\b|(?:that|this) (?:rule|case|one))"
)
# A question with words of a subject stands alone, however short it is.
NAMES_ITS_SUBJECT = re.compile(
    r"\b(?:asylum|scheme|schemes|legal (?:way|route)s?|safe (?:way|route)s?|ueats|expression|eoi|"
    r"reunion|returned|sent back|deport\w*|inadmiss\w*|resettle\w*|sponsorship|homes for|"
    r"adviser\w*|advisor\w*|lawyer\w*|solicitor\w*|detention|detained|quota|figures|statistics|"
    r"modern slavery|traffick\w*|dublin|ofpra|spada|guda|screening|settlement|rwanda)\b"
)
APPLIES = re.compile(r"\b(?:appl\w+)\b")
# Words that say nothing of the subject.
EMPTY_WORDS = frozenset(
    fold_words(
        "a an the i me my mine we our us you your he she it they him her his them their its is "
        "are was were be been am do does did done can could will would should must may might "
        "shall of in on at to for from with without by and or but so if not no yes when what "
        "which who whom whose how why where there here this that these those have has had "
        "having about under over after before until since get gets got any some as than then s "
        "t re ll ve m d same also even only still already now again ever else more much many "
        "long soon early often please pls plz just really maybe ok okay one ones thing things "
        "way other another such too very all both each every because between into out up down "
        "back off happen happens happened mean means go goes going come comes came want wants "
        "need needs know tell say says said ask asks give gives make makes take takes find use "
        "try let lets people person persons someone somebody anyone anybody everyone man men "
        "woman women boy girl guy guys alone old years year age aged adult adults time times "
        "day days possible allowed able true sure right good bad"
    ).split()
)
AGE = re.compile(r"^(?:\d{1,2}|ten|(?:thir|four|fif|six|seven|eigh|nine)teen|eleven|twelve)$")

# What people misspell in a follow-up; names and rarer words are the search's business.
SPELLED = tuple(
    fold_words(
        "and what about how long much many where when why who which does have take cost same also "
        "children child wife husband brother sister mother father family son daughter partner "
        "without before after refuse refused appeal apply free fee costs "
        "ukraine ukrainians afghanistan afghans rwanda reunion resettlement sponsorship families"
    ).split()
)
SHORT_FOR = {
    "wat": "what", "wot": "what", "waht": "what", "wut": "what", "hw": "how", "abt": "about",
    "an": "and", "n": "and", "nd": "and", "wen": "when", "wer": "where", "wy": "why", "y": "why",
    "u": "you", "ur": "your", "r": "are", "cn": "can", "dose": "does", "lng": "long",
}  # fmt: skip


# --- which question needs another -------------------------------------------------------------


def correct(words: str) -> str:
    """Put right what is misspelt in the small words that a follow-up is made of."""
    return " ".join(map(correct_word, words.split()))


@lru_cache(maxsize=2048)
def correct_word(word: str) -> str:
    if word in SHORT_FOR:
        return SHORT_FOR[word]
    if len(word) < 3 or word in EMPTY_WORDS or word in SPELLED:
        return word
    return next(iter(get_close_matches(word, SPELLED, n=1, cutoff=0.8)), word)


def list_content(text: str) -> list[str]:
    """List the words that say what is asked about; persons of a family and ages don't."""
    return [
        word
        for word in fold_words(text).split()
        if word not in EMPTY_WORDS and not AGE.match(word) and not is_relative(word)
    ]


def is_follow_up(question: str) -> bool:
    """Say whether a question needs the turns before it to be understood."""
    words = correct(fold_words(question))
    count = len(words.split())
    if not words:
        return False
    if asks_again(words) or POINTS_AT_WHAT_WAS_SAID.search(words):
        return True
    if count > SHORT_LIMIT_WORDS:
        return False
    content = list_content(words)
    is_named = bool(NAMES_ITS_SUBJECT.search(words) or find_route(words))
    begins_with_and = words.startswith(("and ", "but ", "also "))
    has_pointer = bool(POINTS_BACK.search(words))
    if is_whole_clause(words) and not is_advice(question):
        return False
    if ASKS_WHOLE.match(words):
        if is_named:
            goes_on = begins_with_and and not find_route(words) and len(content) <= 1
            return goes_on or (has_pointer and len(content) <= 2)
        return len(content) <= (3 if has_pointer else 1 if APPLIES.search(words) else 2)
    is_fragment = len(content) <= 2 and not is_named
    return bool(CONTINUES.match(words)) or is_fragment or (has_pointer and len(content) <= 3)


def is_whole_clause(words: str) -> bool:
    """Say whether folded words have a subject and a verb of their own, and point at nothing."""
    clause = CLAUSE.match(words)
    if clause is None or points_back(words) or clause["subject"] in SPOKEN_TO:
        return False
    return len(list_content(words)) >= WHOLE_CLAUSE_WORDS


def is_advice(question: str) -> bool:
    """Say whether words ask for advice on a case: what was said before tells which."""
    rule = find_rule_by_words(question)
    return rule is not None and rule.outcome is Outcome.INDIVIDUAL_ADVICE


def points_back(words: str) -> bool:
    return bool(POINTS_BACK.search(words) or POINTS_AT_A_THING.search(words))


@lru_cache(maxsize=1024)
def goes_on(question: str, topic: str) -> bool:
    """Say whether a question goes on from this topic, rather than beginning another."""
    return is_follow_up(question) and not begins_anew(question, topic)


def begins_anew(question: str, topic: str) -> bool:
    """Say whether few words still say all: a greeting, something to refuse, 'can I apply?'."""
    words, about = correct(fold_words(question)), fold_words(topic)
    rule, before = find_rule_by_words(question), find_rule_by_words(topic)
    in_danger = before is not None and before.outcome in HELPS_OR_PROTECTS
    if rule is not None:
        if rule.outcome is Outcome.UNSAFE:
            return True
        if rule.topic in {"greeting", "thanks"} and not ANSWERS.search(words):
            return not in_danger or bool(GREETS_OR_THANKS.search(words))
        if rule.outcome in {Outcome.OUT_OF_SCOPE, Outcome.INDIVIDUAL_ADVICE}:
            # 'What should I do?' asks it of the danger. Elsewhere the topic says which case.
            is_refused = rule.outcome is Outcome.OUT_OF_SCOPE
            has_its_own = bool(list_content(words)) and not points_back(words)
            return has_its_own and (in_danger or is_refused)
    clause = CLAUSE.match(words)
    says_what = bool(list_content(words)) or any(map(is_relative, words.split()))
    if clause is None or points_back(words) or not says_what:
        return False
    if APPLIES.search(words) and not (CAN_BE_APPLIED_FOR.search(about) or find_route(about)):
        return True
    return bool(ASKS_FOR_FIGURES.match(about)) and clause["subject"] in SAYS_I


def leaves_something_out(question: str) -> bool:
    """Say whether a question points at something, or is no whole question."""
    words = correct(fold_words(question))
    return is_follow_up(question) and bool(
        POINTS_BACK.search(words) or not ASKS_WHOLE.match(words)
    )


def says_nothing_alone(question: str) -> bool:
    """Say whether a question without turns before it names nothing to look for."""
    words = correct(fold_words(question))
    begins_in_the_middle = CONTINUES.match(words) or (
        POINTS_BACK.search(words) and len(words.split()) <= POINTING_WORDS
    )
    return not words or bool(begins_in_the_middle and not list_content(CONTINUES.sub("", words)))


# --- putting back what it leaves out ------------------------------------------------------------


@dataclass(frozen=True)
class Topic:
    """What the turns so far are about: a whole question, and what was added to it last."""

    question: str = ""
    condition: str = ""

    def __str__(self) -> str:
        return f"{self.question} {self.condition}".strip()[:TOPIC_LIMIT_CHARACTERS]


def find_topic(history: Sequence[Turn]) -> Topic:
    """Return what the last turns were about; nothing if they asked nothing."""
    topic = Topic()
    choices: tuple[str, ...] = ()
    for turn in history[-TURNS_LIMIT:]:
        chosen = pick_choice(turn.question, choices)
        question = turn.question.strip()
        choices = turn.choices
        says_nothing = is_too_vague(question) or says_nothing_alone(question)
        if chosen:
            topic = Topic(chosen)
        elif topic.question or not says_nothing:
            _, topic = resolve(question, topic)
    return topic


def make_standalone(question: str, history: Sequence[Turn]) -> str:
    """Return the question as somebody would ask it who had said nothing before."""
    chosen = pick_choice(question, history[-1].choices) if history else ""
    if chosen:
        return chosen
    standalone, _ = resolve(question, find_topic(history))
    return spell_out(standalone) if len(standalone.split()) > BARE_WORDS else standalone


def list_topics(question: str, history: Sequence[Turn]) -> list[str]:
    """List what a follow-up goes on from; nothing if the question stands alone.

    It may have put another subject in the place of a dangerous one, and still ask that of it.
    """
    topic = find_topic(history)
    if not topic.question or pick_choice(question, history[-1].choices):
        return []
    if not goes_on(question, str(topic)):
        return []
    # Another route is another topic, whatever was asked before.
    is_new = make_standalone(question, history).startswith(ANOTHER_ROUTE)
    return [] if is_new else [topic.question]


def resolve(question: str, topic: Topic) -> tuple[str, Topic]:
    """Return a question with what it leaves out, and what the turns are about after it."""
    if not topic.question or not goes_on(question, str(topic)):
        return question, Topic(question)
    words = correct(fold_words(question))
    if asks_again(words):
        return str(topic), topic
    swapped = swap_subject(words, str(topic))
    if swapped:
        return swapped, Topic(swapped)
    aspect = say_aspect(words)
    if aspect:
        return f"{topic.question} {aspect}", topic
    standalone = add(question, str(topic))
    if ASKS_WHOLE.match(words):
        return standalone, topic
    return standalone, Topic(topic.question, question)


def add(question: str, topic: str) -> str:
    """Put a follow-up behind its topic: twice, if it has words of its own and is shorter.

    Said once, a longer topic drowns it. tests/gold/followups.jsonl chose this: of the half for
    tuning 46 follow-ups of 52 then find their own evidence, against 42.
    """
    weighs_less = len(question) < len(topic)
    times = 2 if weighs_less and list_content(question) else 1
    return " ".join([topic, *[question] * times])


def spell_out(question: str) -> str:
    """Say in full what people shorten, since a search knows only words: 'It failed. What now?'"""
    if COMES_ALONG.search(question):
        question = f"{question.rstrip(' ?!.')} as a family group?"
    return SHORTENED.sub("What can I do now?", question)
