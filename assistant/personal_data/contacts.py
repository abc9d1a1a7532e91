"""Finds ways to reach a person: e-mail, phone numbers, accounts and links that lead to one.

Numbers of services and addresses of authorities are nobody's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from assistant.personal_data.types import Found, Kind

PUBLIC_HOST = re.compile(
    r"(?:[\w-]+\.)*(?:gov\.uk|gouv\.fr|parliament\.uk|judiciary\.uk|nhs\.uk|police\.uk|europa\.eu|"
    r"unhcr\.org|un\.org)$",
    re.IGNORECASE,
)
DOMAIN_END = r"(?:com|fr|org|net|uk|co|eu|de|it|be|es|nl|se|vn|al|iq|ir|info|me|gmail)"
PROVIDER = (
    r"(?:gmail|g\s?mail|googlemail|yahoo|hotmail|outlook|icloud|proton(?:mail)?|live|aol|orange|"
    r"laposte|free|sfr|gmx|mail)"
)
EMAIL = re.compile(
    r"(?<![\w.+'-])[\w.+'-]{1,64}(?:@| @ )(?P<host>[\w-]+(?:\.[\w-]+)+)|"
    r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+"
)
DOT = r"\s*(?:\.|[(\[]?\s*\b(?:dot|point|punto)\b\s*[)\]]?)\s*"
SPOKEN_DOT = r"\s*[(\[]?\s*\b(?:dot|point|punto)\b\s*[)\]]?\s*"
SPOKEN_EMAIL = re.compile(
    rf"(?<![\w.+-])[\w.+-]{{1,64}}(?:{SPOKEN_DOT}[\w-]+){{0,3}}\s*"
    r"(?:[(\[]\s*(?:at|à|arobase)\s*[)\]]|\bat\b|\barobase\b|@)\s*"
    rf"(?:{PROVIDER}{DOT}{DOMAIN_END}\b|"
    rf"[\w-]+(?:{SPOKEN_DOT}[\w-]+){{0,2}}{SPOKEN_DOT}{DOMAIN_END}\b)"
    rf"(?:{SPOKEN_DOT}{DOMAIN_END}\b)?",
    re.IGNORECASE,
)
LINK = re.compile(
    r"(?:https?://|www\.)\S+|(?<![\w.-])[\w-]{1,60}(?:\.[\w-]{1,60}){0,4}?\.(?:com|me|org|net|"
    r"fr|uk|eu)/\S+",
    re.I,
)
# Pages of persons, and files that were shared with one.
OF_A_PERSON = re.compile(
    r"(?:^|[/.])(?:facebook|fb|instagram|tiktok|twitter|x|snapchat|linkedin|telegram|t|wa|vk|"
    r"messenger|m|drive\.google|docs\.google|photos\.google|dropbox|onedrive\.live|1drv|we\.tl|"
    r"wetransfer|maps\.app\.goo)\.(?:com|me|net|ms|gl)/|/maps/|[?&#](?:\w*id|\w*token|key|ref|"
    r"code|"
    r"session|user|u|email|q)=|we\.tl/",
    re.IGNORECASE,
)
HANDLE = re.compile(r"(?<![\w@.])@[\w.]{3,}")
NETWORK = (
    r"(?:insta(?:gram)?|face ?book|fb|messenger|telegram|tik ?tok|snap(?:chat)?|twitter|"
    r"linked ?in|"
    r"viber|imo|skype|discord|signal|whats ?app)"
)
NAMED_ACCOUNT = re.compile(
    rf"\b(?:my|his|her|mon|ma)\s+{NETWORK}(?:\s+(?:account|handle|user ?name|name|id|profile|page|"
    r"compte))?\s*(?:is|est|:|=)\s*(?P<hide>(?!(?:not|no|blocked|hacked|closed|the|a|off|down)\b)"
    r"(?=\S*[^\W\d_])@?[\w.-]{3,})",
    re.IGNORECASE,
)
ACCOUNT_BESIDE = re.compile(
    rf"\b{NETWORK}\s*(?:is|:|=)?\s+(?P<hide>(?=\S*[_\d])(?=\S*[^\W\d_])[\w.]{{4,}})", re.IGNORECASE
)
# A number of at least nine digits, or fewer where the text says that it is a phone.
PHONE = re.compile(
    r"(?<![\w£€$/.,-])(?P<plus>\+|00)?\s?[(]?\d(?:[\s().\-–/·]{0,2}\d){6,16}(?![\w])(?!\s?(?:%|"
    r"€|£))"
)
PHONE_WORDS = re.compile(
    r"(?:call|ring|phone|text|tel|telephone|téléphone|mobile|portable|whats ?app|viber|contact|"
    r"number is|numéro|appelle[rz]?(?:-moi)?|joindre|رقمي|رقم|هاتف|شماره|تلفن|واتساب|số|"
    r"điện thoại|"
    r"telefon\w*|taleefan\w*|lambar\w*)\b[\s\w:.'’]{0,24}$",
    re.IGNORECASE,
)
DIGIT_WORDS = (
    r"(?:zero|oh|o|one|two|three|four|five|six|seven|eight|nine|double|triple|zéro|un|deux|trois|"
    r"quatre|cinq|sept|huit|neuf)"
)
SPOKEN_PHONE = re.compile(rf"\b{DIGIT_WORDS}(?:[\s,-]+{DIGIT_WORDS}){{6,}}\b", re.IGNORECASE)
# Freephone and service numbers: they are given out, and are nobody's.
SERVICE = re.compile(
    r"(?:0|0?44)?(?:800|808|300|303|330|333|344|345|370|845|870)\d{6,7}$|0(?:800|805)\d{6}$"
)
YEARS = re.compile(r"(?:19|20)\d\d(?:\D{1,2}(?:19|20)\d\d)*")
DAY = re.compile(r"\d{1,2}[\s./-]\d{1,2}[\s./-]\d{2,4}|\d{4}[\s./-]\d{1,2}[\s./-]\d{1,2}")


def find_emails(text: str) -> Iterator[Found]:
    if "@" in text:
        for match in EMAIL.finditer(text):
            host = match["host"]
            if not (host and PUBLIC_HOST.match(host)):
                yield Found(match.start(), match.end(), Kind.EMAIL)
    for match in SPOKEN_EMAIL.finditer(text):
        if not re.search(r"\bgov\b|gouv", match[0], re.IGNORECASE):
            yield Found(match.start(), match.end(), Kind.EMAIL)


def find_accounts(text: str) -> Iterator[Found]:
    for match in LINK.finditer(text):
        link = match[0].rstrip(".,;:!?)\"'")
        host = re.sub(r"^https?://", "", link, flags=re.IGNORECASE).split("/")[0].split(":")[0]
        if not PUBLIC_HOST.match(host) and OF_A_PERSON.search(link):
            yield Found(match.start(), match.start() + len(link), Kind.ACCOUNT)
    for match in HANDLE.finditer(text):
        yield Found(match.start(), match.end(), Kind.ACCOUNT)
    for pattern in (NAMED_ACCOUNT, ACCOUNT_BESIDE):
        for match in pattern.finditer(text):
            yield Found(match.start("hide"), match.end("hide"), Kind.ACCOUNT)


def find_phones(text: str) -> Iterator[Found]:
    for match in SPOKEN_PHONE.finditer(text):
        yield Found(match.start(), match.end(), Kind.PHONE)
    if sum(map(str.isdigit, text)) < 7:
        return
    for match in PHONE.finditer(text):
        said = match[0]
        digits = read_digits(said)
        if SERVICE.match(digits) or YEARS.fullmatch(said.strip()) or DAY.fullmatch(said.strip()):
            continue
        is_dialled = (
            digits.startswith("0")
            or said.lstrip().startswith("+")
            or (digits.startswith(("44", "33")) and len(digits) in {11, 12})
        )
        is_introduced = PHONE_WORDS.search(text, max(0, match.start() - 40), match.start())
        if (is_dialled and 9 <= len(digits) <= 15) or is_introduced:
            start = match.start() + len(said) - len(said.lstrip())
            yield Found(start, match.end(), Kind.PHONE)


def read_digits(text: str) -> str:
    """The digits of a text, of whatever script, as ours."""
    return "".join(str(unicodedata.digit(sign)) for sign in text if sign.isdigit())
