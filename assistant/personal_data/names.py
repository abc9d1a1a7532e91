"""Finds names of persons: by the words that introduce them, since any word can be a name.

After 'my name is' whatever follows is a name, small letters or none at all; after 'I am' or 'my
son' only what is written large and is no nation, no place and no word of the rules.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from assistant.personal_data.types import Found, Kind

WORDS = {
    name: frozenset(words.split())
    for name, words in tomllib.loads(
        Path(__file__).with_name("names.toml").read_text(encoding="utf-8")
    ).items()
}
GIVEN_NAMES, ROLES, PUBLIC_NAMES = (
    WORDS[name] for name in ("given_names", "roles", "public_names")
)
NOT_NAMES = WORDS["not_names"] | WORDS["not_names_other"]
NOT_PERSONS = WORDS["not_persons"] | NOT_NAMES | PUBLIC_NAMES | ROLES
NO_NATIONS = WORDS["no_nations"]

KIN = (
    r"brother|sister|husband|wife|father|mother|son|daughter|cousin|uncle|aunt|friend|baby|child|"
    r"boyfriend|girlfriend|bro|sis|partner|fianc[ée]e?|nephew|niece|grandmother|grandfather|mum|mom|dad|"
    r"stepson|stepdaughter|lawyer|solicitor|caseworker|neighbour|client"
)
KIN_MANY = r"children|kids|sons|daughters|brothers|sisters|parents|friends"
KIN_FRENCH = (
    r"frère|soeur|sœur|mari|femme|épouse|époux|père|mère|fils|fille|cousine?|oncle|tante|amie?|"
    r"bébé|"
    r"enfant|copain|copine|neveu|nièce|avocate?"
)
KIN_ARABIC = r"أخي|اخي|أختي|اختي|زوجي|زوجتي|ابني|إبني|ابنتي|أبي|ابي|أمي|امي|صديقي|طفلي"
KIN_PERSIAN = r"برادرم|خواهرم|شوهرم|همسرم|زنم|پسرم|دخترم|پدرم|مادرم|دوستم"
TITLE = r"mr|mrs|ms|miss|mister|mme|mlle|madame|monsieur|mademoiselle"
# What is said before a name, in words after which nothing else is likely to come.
SURE = re.compile(
    r"(?<!\w)(?:"
    # English
    rf"(?:my|his|her|their|our|the)\s+(?:{KIN})?(?:['’]s)?\s*(?:full |real |first |last |"
    rf"family |legal )?"
    r"(?:names?|surname)\s*(?:is|are|was|:|=)|(?:my )?(?:full |real |first |last )?name['’]s"
    rf"|(?:my|his|her|our)\s+(?:{KIN})['’]?s?\s+(?:full |first )?name\s*(?:is|was|:)?"
    r"|(?:full |first |last |family )?(?:name|surname|applicant|sponsor|client)\s*[:=]"
    rf"|i(?:['’]m| am|m) (?:called|named)|(?:my\s+(?:{KIN})|he|she|who)\s+(?:is|was|"
    rf"'s)\s+(?:called|named)"
    rf"|(?:my\s+(?:{KIN})) (?:called|named)|people call me|everyone calls me"
    rf"|name of (?:my|his|her|the|our) (?:{KIN})\s*(?:is|was|:)"
    # French
    r"|je (?:m['’]appelle|me nomme|me prénomme|me présente)|(?:il|elle|qui) s['’]appelle"
    rf"|(?:mon|son) (?:nom(?: de famille)?|prénom)(?: complet)?\s*(?:est|:|c['’]est)|nom\s*:|"
    rf"prénom\s*:"
    rf"|(?:mon|ma|son|sa) (?:{KIN_FRENCH}) (?:s['’]appelle|se nomme)|moi,? c['’]est|moi,? je suis"
    # Arabic, Persian, Pashto, Kurdish
    rf"|[إا]سمي(?: الكامل)?(?: هو)?|[إا]سم (?:{KIN_ARABIC})(?: هو)?|(?:{KIN_ARABIC}) [إا]سمه?ا?"
    rf"|[إا]سمه هو|[إا]سمها هو|(?:اسم|نام) (?:من|{KIN_PERSIAN})|(?:{KIN_PERSIAN}) (?:اسمش|نامش)"
    r"|اسمم|اسمش|نامم|زما نوم|ناوم|ناوی من|navê min"
    # Vietnamese, Albanian, Somali, Turkish, Spanish, Russian, Ukrainian, Tigrinya, Amharic
    r"|tên (?:của )?(?:tôi|em|mình|con) là|tôi tên(?: là)?|em tên(?: là)?|mình tên(?: là)?"
    r"|(?:chồng|vợ|con|anh|chị) tôi tên(?: là)?"
    r"|(?:unë )?quhem|emri im është|më quajnë|(?:vëllai|motra|burri|gruaja|djali|"
    r"vajza) im[ei]? quhet|quhet"
    r"|magacaygu? (?:waa|waxaa)|magaceyg[au] (?:waa|waxaa)|magaciisu waa|magaceedu waa|"
    r"la i yiraahd[ao]+"
    r"|benim adım|adım|ismim|me llamo|mi nombre es|меня зовут|мене звати|моё имя|мое имя"
    r"|ስመይ|ስሜ|ሽመይ"
    r")(?!\w)[\s:,]*",
    re.IGNORECASE,
)
# After these a name is likely only if it is written large.
LIKELY = re.compile(
    rf"(?<!\w)(?:i am|i['’]m|im|je suis|ich bin|soy|unë jam|tôi là|ana|this is|it['’]s|call me|"
    rf"c['’]est"
    rf"|(?:my|his|her|our)\s+(?:\w+\s)?(?:{KIN})(?:\s+(?:is|was))?,?|(?:mon|ma|notre|son|"
    rf"sa)\s+(?:petite?\s|grande?\s)?"
    rf"(?:{KIN_FRENCH}),?"
    rf"|(?:{KIN}) of|jam"
    rf"|(?:my|our|his|her)\s+(?:{KIN_MANY})\s*(?:are|:)|(?:mes|nos|ses)\s+enfants\s*(?:sont|:)"
    r"|(?:man|woman|boy|girl|guy|person|agent|smuggler|officer)\b[^.?!]{0,40}?\s(?:is|was)\s"
    r"(?:called|named)|^name|(?:my|his|her) (?:full |first |last |family )?name"
    r"|named|nommée?|signed|signé|dear|hello,? i['’]m)\s+(?=\w)",
    re.IGNORECASE,
)
# 'I am … from': after these words alone, small letters too, unless it is what one can be.
FROM = re.compile(
    r"(?<!\w)(?:i am|i['’]m|im|أنا|انا)\s+(?P<name>[^\W\d_]{2,15})\s+(?:from|من)(?!\w)"
    r"|(?<!\w)من\s+(?P<persian>[^\W\d_]{2,15})\s+هستم",
    re.IGNORECASE,
)
TITLED = re.compile(rf"(?<!\w)(?:(?:{TITLE})\.?|(?-i:M)\.)\s+(?=[^\W\d_])", re.IGNORECASE)
# Where nothing is written large, a common name after a relative is one.
BESIDE_KIN = re.compile(rf"(?<!\w)(?:{KIN_ARABIC}|{KIN_PERSIAN})\s+(?P<name>[^\W\d_]+)")
SPEAKING = re.compile(
    r"(?<!\w)(?P<name>[^\W\d_][\w'’-]+(?: [^\W\d_][\w'’-]+){0,2}) (?:speaking|"
    r"here)(?=[,.!\s]*(?:$|[,.!]))",
    re.IGNORECASE,
)
# At the end of a text, after a greeting.
SIGNED = re.compile(
    r"(?<!\w)(?:(?:kind |best |warm |many )?regards|sincerely(?: yours)?|"
    r"faithfully|thanks|thank you|cheers|"
    r"yours|best wishes|respectfully|cordialement|merci(?: beaucoup| d['’]avance)?|salutations|"
    r"bien à vous|"
    r"respectueusement|signed|sent by|مع تحياتي|با احترام|trân trọng|me respekt)\s*[,.:\-–—]*\s*"
    r"(?P<name>[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){0,2})[\s.!]*$",
    re.IGNORECASE,
)
WORD = re.compile(r"[^\W\d_](?:[\w'’\-]|\u200c)*")
BETWEEN = re.compile(r" (?=\w)")
AFTER_INITIAL = re.compile(r"\.? ?(?=\w)")
NO_NAME_ENDS_SO = re.compile(r"(?:ing|less|ful|ous|able|ive)$")
ANOTHER = re.compile(r",? (?:and|et|&|y) (?=[^\W\d_])|, (?=[^\W\d_]+ (?:and|et) )")
NAME_LIMIT_WORDS = 4
UNCASED = re.compile(r"[\u0590-\u1fff\u3040-\ud7ff]")

# Nations end so, with the exceptions among the words.
NATION = re.compile(r"(?:ians?|ese|ish|stanis?)$", re.IGNORECASE)


# 'R (Ali) v Secretary of State' is a judgment.
OF_A_JUDGMENT = re.compile(r"\s*\)?\s*(?:&|and others?)?\s*\bv\.?\s")


def find_names(text: str) -> Iterator[Found]:
    is_shouted = text.upper() == text and text.lower() != text
    for match in SURE.finditer(text):
        yield from take_name(text, match.end(), is_written_large=False)
    for match in TITLED.finditer(text):
        for start, end, kind in take_name(text, match.end(), is_written_large=not is_shouted):
            first = WORD.match(text, start)
            if first is None or first[0].lower() not in PUBLIC_NAMES:
                yield Found(match.start(), end, kind)
    if not is_shouted:
        for match in LIKELY.finditer(text):
            yield from take_name(text, match.end(), is_written_large=True)
        for match in WORD.finditer(text):
            if match[0][0].isupper() and match[0].lower() in GIVEN_NAMES:
                for found in take_name(text, match.start(), is_written_large=True):
                    if not OF_A_JUDGMENT.match(text, found.end):
                        yield found
    for match in BESIDE_KIN.finditer(text):
        if match["name"] in GIVEN_NAMES:
            yield Found(match.start("name"), match.end("name"), Kind.NAME)
    for match in FROM.finditer(text):
        group = "name" if match["name"] else "persian"
        word = match[group].lower()
        if word not in ROLES and not NO_NAME_ENDS_SO.search(word) and is_person(word):
            yield Found(match.start(group), match.end(group), Kind.NAME)
    for pattern in (SPEAKING, SIGNED):
        for match in pattern.finditer(text):
            words = match["name"].split()
            if all(is_person(word) and (is_large(word) or is_shouted) for word in words):
                yield Found(match.start("name"), match.end("name"), Kind.NAME)


def take_name(text: str, start: int, *, is_written_large: bool) -> Iterator[Found]:
    """Take the words that are a name, from here on."""
    end = at = start
    for _ in range(NAME_LIMIT_WORDS):
        word = WORD.match(text, at)
        if word is None:
            break
        is_initial = len(word[0]) == 1 and word[0].isupper() and text[word.end() :][:1] == "."
        if not is_initial and not goes_on(word[0], is_first=end == start, large=is_written_large):
            break
        end = word.end()
        between = (AFTER_INITIAL if is_initial else BETWEEN).match(text, end)
        if between is None:
            break
        at = between.end()
    if end > start:
        yield Found(start, end, Kind.NAME)
        if another := ANOTHER.match(text, end):
            yield from take_name(text, another.end(), is_written_large=True)


def goes_on(word: str, *, is_first: bool, large: bool) -> bool:
    if word.lower() in NOT_NAMES:
        return False
    if large:
        # After a first name 'Persian' is a second one.
        is_second_name = not is_first and word.lower() not in NOT_PERSONS
        if is_large(word):
            return is_second_name or is_person(word)
        return is_first and word in GIVEN_NAMES
    # 'my name is Karim from …' is ended by a small word; a name of four small words is rare.
    return is_first or is_large(word) or bool(UNCASED.match(word)) or word.islower()


def is_large(word: str) -> bool:
    return word[:1].isupper() or bool(UNCASED.match(word))


def is_person(word: str) -> bool:
    if len(word) == 2 and word.endswith("."):
        return True
    lower = word.lower().strip(".")
    if lower in NOT_PERSONS:
        return False
    return lower in NO_NATIONS or not NATION.search(lower)
