"""Guesses whether a question is in English: a hint for a kind word, never a reason to refuse.

Readers write broken English with words of three languages; only what is clearly another language
counts, so an error is a missing hint.
"""

from __future__ import annotations

import re
import unicodedata

ENGLISH_WORDS = (
    "the a an is are am was were be been to of in on at for from with by and or not no do does "
    "did can could will would should have has had i you he she it we they my your his her our "
    "their me him us them this that these those what which who when where why how if but so as "
    "about after before there here more still any some all get go come apply say need want help "
    "uk england france people paper family wife children boat form time person"
)
# The short words of languages that our readers write in Latin letters.
OTHER_WORDS = (
    "le la les un une des du est sont je tu il nous vous ils mon ma mes dans pour avec sur que "
    "qui quoi comment quand pourquoi puis peux peut suis ai au aux et ou pas ne ce cette si "
    "el los las una es son yo ella mi mis por para con como cuando donde puedo quiero soy en y "
    "lo gli uno sono io che chi come quando dove posso voglio per di del della e non "
    "der die das ein eine ist sind ich wir sie mein meine und oder nicht wie wann wo kann mit "
    "ne te per nga me dhe une jam eshte si kur ku mund do te nuk dua familja "
    "ve bir bu ne nasil icin ben biz var mi mu ile nerede zaman "
    "toi ban va khong la cho cua nguoi lam sao duoc o "
    "ez tu em li bi u ji ci cawa kengi "
    "waa iyo in ka ku maxaa sidee halkee goorma ma waxaan"
)
ENGLISH = frozenset(ENGLISH_WORDS.split())
OTHERS = frozenset(OTHER_WORDS.split())
SHARE_OF_OTHER_LETTERS = 0.3
WORDS_TO_JUDGE_BY = 3


def is_clearly_not_english(text: str) -> bool:
    """Say whether a text is in other letters, or in the words of another language."""
    letters = [letter for letter in text if letter.isalpha()]
    if not letters:
        return False
    other = sum(not unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    if other / len(letters) > SHARE_OF_OTHER_LETTERS:
        return True
    plain = unicodedata.normalize("NFKD", text.casefold())
    words = re.findall(r"[a-z]+", "".join(c for c in plain if not unicodedata.combining(c)))
    if len(words) < WORDS_TO_JUDGE_BY:
        return False
    english = sum(word in ENGLISH for word in words)
    others = sum(word in OTHERS for word in words)
    return others > english and others / len(words) >= 0.25
