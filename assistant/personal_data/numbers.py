"""Finds numbers that stand for one person: papers, cases, codes, bank accounts.

By their shape where it is like no other, by the words before them where it is not. Sums of money,
years, paragraphs and numbers of rules are no such numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.personal_data.contacts import DAY, SERVICE, YEARS, read_digits
from assistant.personal_data.types import Found, Kind

# Signs and words between what a number is and the number: 'passport no. is: A123'.
GAP = (
    r"(?:\s*(?:\b(?:number|num|numbers|no|nr|nos|ref|reference|id|code|card|is|was|of|it'?s|my|"
    r"the|"
    r"mine|numéro|le|la|porte|demande|french|số|num[ée]ro|est|de|du|dossier|they|gave|me|from|"
    r"said|here|called|khodam|man|"
    r"récépissé|valid|with|for|this|application|case|says?)\b\.?|n[°o]\.?|[:#=.,\-–(]))"
    r"{0,6}\s*"
)
# Groups of letters and digits; whether there are enough of the latter is looked at afterwards.
TOKEN = (
    r"(?P<hide>(?:[^\W\d_]{1,3}[ /-])?[^\W_]*\d[^\W_]*"
    r"(?:[./\-–][^\W_]*\d[^\W_]*| (?:[^\W\d_]{1,3})?\d{3,}[^\W_]*)*(?:[/\-][^\W_]{1,6})*)"
)
PAPERS = (
    r"passports?|pass?port|passeport|brp|brc|arc|e-?visa|travel document|titre de (?:s[ée]jour|"
    r"voyage)|r[ée]c[ée]piss[ée]|residence permit|carte de s[ée]jour|visa vignette|"
    r"attestation(?: de demande d['’]asile)?|biometric (?:residence )?(?:card|permit)|"
    r"driving licen[cs]e|"
    r"permis|identity card|id card|ukvi account|ta[zs]k[ei]ra|جواز(?: السفر)?|پاسپورت|گذرنامه|"
    r"hộ chiếu|"
    r"pasaport\w*|baasaboor\w*"
)
CASES = (
    r"gwf|uan|urn|arn|ihs|cos|cas|cid|person id|ho ref\w*|home office|port ref\w*|port|our ref\w*|"
    r"your ref\w*|my ref\w*|ref(?:erence)?|case|application|appeal|tribunal|claim|file|"
    r"eoi|expression of interest|receipt|booking|order|ticket|agdref|ofpra|"
    r"cnda|cera|guda|num[ée]ro (?:d['’])?[ée]tranger|num[ée]ro de demande|dossier|prison|"
    r"detainee|room ref|atlas|ceragua|"
    r"رقم (?:القضية|الملف|الطلب)|شماره پرونده|số hồ sơ|mã số"
)
BANK_WORDS = (
    r"iban|sort(?: code)?|acc(?:ount)?(?: number| no)?|bank(?: acc\w*| card)?|card|debit card|"
    r"visa card|rib|carte bancaire"
)
Shapes = tuple[tuple[Kind, re.Pattern[str]], ...]
INTRODUCED: Shapes = tuple(
    (kind, re.compile(rf"\b(?:{words})\b{GAP}{TOKEN}", re.IGNORECASE))
    for kind, words in (
        (Kind.DOCUMENT, PAPERS),
        (Kind.BANK, BANK_WORDS),
        (Kind.CASE, CASES),
    )
)
SHARE_CODE = re.compile(
    r"\bshare code\b(?:\s*(?:\b(?:given|by|to|we|for|is|was|they|gave|me|number|no|i|have|got|"
    r"here)\b|[:#=.,-]))"
    r"{0,5}\s*(?P<hide>(?=(?:[A-Z\d][ -]?)*\d)[A-Z\d](?:[ -]?[A-Z\d]){8})\b",
    re.IGNORECASE,
)
SPOKEN_SIGN = (
    r"(?:[a-z\d]|double ?u|zero|oh|one|two|three|four|five|six|seven|eight|nine|alpha|bravo)"
)
SPOKEN_CODE = re.compile(
    rf"\bcode\b(?:\s+(?:is|was)|"
    rf"\s*:)?\s+(?P<hide>{SPOKEN_SIGN}(?:[\s,-]+{SPOKEN_SIGN}){{5,10}})\b",
    re.IGNORECASE,
)
SURE_SHAPES: Shapes = (
    (Kind.CASE, re.compile(r"\bG ?W ?F[\s:.#-]*\d(?:[ -]?\d){5,9}\b", re.I)),
    (
        Kind.SHARE_CODE,
        re.compile(r"\b(?=[A-Z\d -]{0,10}\d)[A-Z][A-Z\d]{2}([ -])[A-Z\d]{3}\1[A-Z\d]{3}\b"),
    ),
    (
        Kind.SHARE_CODE,
        re.compile(
            r"\b(?=[A-Z\d]{9}\b)(?=(?:[A-Z]*\d){2})(?=(?:\d*[A-Z]){2})(?![A-Z]{1,3}\d+\b)[WRS][A-Z\d]{8}\b"
        ),
    ),
    (Kind.BANK, re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,4})?\b", re.I)),
)
SHAPES: Shapes = (
    (
        Kind.BANK,
        re.compile(r"\b\d{4}(?:[ -]\d{4}){3}\b(?<!\w)|(?<![\w-])\d{4}(?:[ -]?\d{4}){3}(?![\w-])"),
    ),
    (Kind.BANK, re.compile(r"(?<![\w/-])\d\d-\d\d-\d\d(?![\w/-])|(?<=\bsort )\d\d \d\d \d\d\b")),
    (Kind.INSURANCE, re.compile(r"\b(?!to\b|in\b|at\b)[A-Z]{2} ?\d\d ?\d\d ?\d\d ?[A-D]\b", re.I)),
    (
        Kind.CASE,
        re.compile(r"\b(?:PA|HU|EA|DA|DC|RP|LP|IA|OA|AA|VA|UI|JR|EU)[/-]\d{4,6}[/-]\d{2,6}\b"),
    ),
    (Kind.CASE, re.compile(r"\b(?:UI|UI-|JR)-?\d{4}-[A-Z\d-]*\d{4,6}\b")),
    (
        Kind.CASE,
        re.compile(
            r"\b(?:HO|HS|HMCTS|NRM|EDV|LHR|TCN|KIC|ABC|ICD|DRC|ASC)/[A-Z\d/-]*\d[A-Z\d/-]*", re.I
        ),
    ),
    (Kind.CASE, re.compile(r"\b[A-Z]\d{7}(?:[/-]\d{1,3})?\b", re.I)),
    (Kind.DOCUMENT, re.compile(r"\b\d{2}[A-Z]{2}\d{5}\b", re.I)),
    (Kind.DOCUMENT, re.compile(r"(?<![\w/])[A-Z]{1,3}[ -]?\d{6,9}[A-Z]?\b", re.I)),
    (Kind.CASE, re.compile(r"\b[A-Z]{2,5}(?:[-/][A-Z\d]*\d[A-Z\d]*){2,4}\b")),
)
# What no shape and no word claimed, and is too long for a sum or a count.
LONG = re.compile(r"(?<![\w£€$.,/-])\d{7,}(?![\w])|(?<![\w£€$.,/-])\d(?:[ .\-–]?\d){8,24}(?![\w])")
MONEY_OR_COUNT = re.compile(
    r"\s*(?:€|£|\$|%|(?:pounds?|euros?|dollars?|gbp|eur|usd|tomans?|rials?|dong|vnd|lek|dinars?|"
    r"people|persons?|migrants?|refugees?|visas?|million)\b)",
    re.IGNORECASE,
)
THOUSANDS = re.compile(r"\d{1,3}(?:[ ,.]\d{3})+$")
# Numbers of rules, forms and laws, also with six signs and more.
RULES = re.compile(
    r"(?:CP|HC|SI|EU|EC|COM|UK[A-Z]{2,4}|EWCA|EWHC|UKUT|ECR|OJ|HL|CM|CMD|[CT]-\d+/\d+)\b", re.I
)


def find_codes(text: str) -> Iterator[Found]:
    """What is like nothing else."""
    for pattern in (SPOKEN_CODE, SHARE_CODE):
        for match in pattern.finditer(text):
            yield Found(match.start("hide"), match.end("hide"), Kind.SHARE_CODE)
    yield from find_shapes(text, SURE_SHAPES)


def find_numbers(text: str) -> Iterator[Found]:
    """By the words before, and by shapes."""
    if not any(map(str.isdigit, text)):
        return
    for kind, introduced in INTRODUCED:
        for match in introduced.finditer(text):
            if is_of_a_person(match["hide"], text[match.end() : match.end() + 16]):
                yield Found(match.start("hide"), match.end("hide"), kind)
    yield from find_shapes(text, SHAPES)


def find_shapes(text: str, shapes: Shapes) -> Iterator[Found]:
    for kind, shape in shapes:
        for match in shape.finditer(text):
            # An IBAN's shape is also that of words with four letters.
            least = 6 if kind is Kind.BANK else 2
            if not RULES.match(match[0]) and sum(map(str.isdigit, match[0])) >= least:
                yield Found(match.start(), match.end(), kind)


def find_long_numbers(text: str) -> Iterator[Found]:
    for match in LONG.finditer(text):
        if is_of_a_person(match[0], text[match.end() : match.end() + 16]):
            yield Found(match.start(), match.end(), Kind.NUMBER)


def is_of_a_person(number: str, after: str) -> bool:
    """Say whether a number is no sum, count, year, day, rule or service."""
    digits = read_digits(number)
    if len(digits) < 4 or RULES.match(number):
        return False
    if len(digits) == 4 and digits[:2] in {"19", "20"}:
        return False
    if YEARS.fullmatch(number.strip()) or DAY.fullmatch(number.strip()) or SERVICE.match(digits):
        return False
    if THOUSANDS.match(number) and len(digits) < 9 and number[0] != "0":
        return False
    return not MONEY_OR_COUNT.match(after)
