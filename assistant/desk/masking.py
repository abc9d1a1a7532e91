"""Makes a reader's question fit to be shown to staff: no names, numbers, addresses or dates. Pure.

What is not known to be harmless is hidden, so that a new kind of personal data is hidden too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from assistant.personal_data.hiding import PLACEHOLDER

HIDDEN = "[…]"
ADDRESS = re.compile(r"\S*(?:@|://|www\.)\S*|\b[\w-]+(?:\.[\w-]+)+/\S*", re.IGNORECASE)
# What was hidden before the question was stored is one word, which is shown.
TOKEN = re.compile(PLACEHOLDER.pattern + r"|\w+(?:['’.,/\-]\w+)*|[^\w\s]|\s+")
# After these stand names, also such as are ordinary words: Grace, Hope, Will.
INTRODUCTION = re.compile(
    r"\b(?:name(?:['’]?s)?(?: is)?|named|called|known as|mr|mrs|ms|miss|dr|sir|signed)\b[ :.]*$",
    re.IGNORECASE,
)
INTRODUCTION_REACH = 30
NAMES_HIDDEN_AFTER_INTRODUCTION = 3
# Capitalised, and no one person's.
COMMON_NAMES_TEXT = """
uk eu gov france french britain british england english scotland wales ireland calais dunkirk
dover channel home office i
"""
# Words of questions that official texts, the measure of what is ordinary, seldom use.
EVERYDAY_TEXT = """
a am an and are ask at be been but by can come could did do does for from get give go got had
has have he hello help her here hi him his how if in is it know let like live long make may me
might mine money much must my need no not now of on or our out pay please say see send shall she
should so stay stop take tell than thank thanks that the their them then there they this to too
travel until us wait want was we were what when where which who whom why will with work would
yes you your baby boyfriend brother children dad daughter father fiancé friend girlfriend
husband kids mother mum parents partner sister son wife
"""
COMMON_NAMES = frozenset(COMMON_NAMES_TEXT.split())
EVERYDAY = frozenset(EVERYDAY_TEXT.split())
CONTRACTION = re.compile(r"(?:n['’]t|['’](?:s|re|ve|ll|d|m))$")
# A question in capital letters says nothing by them.
SHOUTED_SHARE = 0.6


def mask_question(text: str, plain_words: Collection[str]) -> str:
    """Replace all but ordinary words; neighbours that are hidden are one mark."""
    text = ADDRESS.sub(" 0 ", text)
    if is_shouted(text):
        text = text.lower()
    shown: list[str] = []
    left_to_hide = 0
    is_beginning = True
    for match in TOKEN.finditer(text):
        token = match[0]
        if PLACEHOLDER.fullmatch(token):
            shown.append(token)
            is_beginning = False
            continue
        if not is_word(token):
            left_to_hide = 0 if token in ".,;!?" else left_to_hide
            is_beginning = is_beginning or token in ".!?:\n"
            shown.append(token)
            continue
        if INTRODUCTION.search(text, max(0, match.start() - INTRODUCTION_REACH), match.start()):
            left_to_hide = NAMES_HIDDEN_AFTER_INTRODUCTION
        is_plain = is_harmless(token, plain_words, is_beginning=is_beginning)
        is_hidden = not is_plain or left_to_hide > 0
        shown.append(HIDDEN if is_hidden else token)
        left_to_hide -= 1
        is_beginning = False
    hidden = re.escape(HIDDEN)
    joined = re.sub(rf"{hidden}(?:[\s'’.,/\-]*{hidden})+", HIDDEN, "".join(shown))
    return " ".join(joined.split())


class AnyWord(Collection[str]):
    """Every word is ordinary: then only what looks like a name or a number is hidden."""

    def __contains__(self, word: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def strip_names(text: str) -> str:
    """Leave the subject of a question, to compare by: names would make strangers alike."""
    masked = mask_question(PLACEHOLDER.sub(" ", text), AnyWord())
    return " ".join(masked.replace(HIDDEN, " ").split())


def is_word(token: str) -> bool:
    return any(sign.isalnum() for sign in token)


def is_harmless(word: str, plain_words: Collection[str], *, is_beginning: bool) -> bool:
    if any(sign.isdigit() for sign in word):
        return False
    lower = word.lower()
    if CONTRACTION.sub("", lower) in COMMON_NAMES:
        return True
    if word != lower and not is_beginning:
        return False
    return all(part in plain_words or part in EVERYDAY for part in split_compound(lower))


def split_compound(word: str) -> list[str]:
    """'asylum-seeker' is two words, 'don’t' is 'do'."""
    return re.split(r"[-/.,]", CONTRACTION.sub("", word))


def is_shouted(text: str) -> bool:
    letters = [sign for sign in text if sign.isalpha()]
    return len(letters) > 3 and sum(map(str.isupper, letters)) >= SHOUTED_SHARE * len(letters)
