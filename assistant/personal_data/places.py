"""Finds where a person lives and when a person was born.

Cities, camps and years alone are what questions are about, and stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.personal_data.types import Found, Kind

POSTCODE = r"[A-Z]{1,2}\d[A-Z\d]? ?\d(?!st\b|nd\b|rd\b|th\b)[A-Z]{2}"
UK_ENDING = (
    r"(?:street|st|road|rd|avenue|ave|lane|close|drive|way|court|crescent|terrace|gardens|place|"
    r"square|hill|grove|walk|park|row|mews|parade|green|house)"
)
UK_STREET = re.compile(
    r"(?:\b(?:flat|apartment|apt|unit|room)\s?\w{1,5},?\s*)?"
    rf"\b\d{{1,4}}[a-z]?,?\s+(?:[a-z][a-z'’-]+\s+){{1,3}}?{UK_ENDING}\b(?!\s+of\b)"
    rf"(?:,?\s*(?:(?-i:[A-Z])[\w'’-]+\s*){{1,3}}?,?\s*{POSTCODE}\b|,\s*(?-i:[A-Z])[\w'’-]+)?",
    re.IGNORECASE,
)
FRENCH_KIND = (
    r"(?:rue|avenue|av\.?|boulevard|bd|bld|place|chemin|all[ée]e|impasse|quai|route|cours|square|"
    r"passage|r[ée]sidence|villa|cité)"
)
FRENCH_STREET = re.compile(
    rf"\b\d{{1,4}}\s?(?:bis|ter|quater|[a-d]\b)?,?\s+{FRENCH_KIND}\s+(?:(?:de\s+la|de\s+l['’]|"
    rf"des?|"
    r"du|d['’]|l['’]|la|le|les)\s*)?[\w'’-]+(?:[ -](?-i:[A-Z])[\w'’-]+){0,3}"
    r"(?:,?\s*\d{5}(?:\s+(?-i:[A-Z])[\w'’-]+(?:[ -](?-i:[A-Z])[\w'’-]+)?)?|"
    r",\s*(?-i:[A-Z])[\w'’-]+)?",
    re.IGNORECASE,
)
FRENCH_POSTCODE = re.compile(
    r"(?:,|\b(?:à|a|at|in|live|adresse|address|habite|code postal|postcode|rue \w+))\s*:?\s*"
    r"(?P<hide>(?:0[1-9]|[1-8]\d|9[0-8])\d{3}(?:\s+(?!Euro|GBP|EUR|People|"
    r"Pound)(?-i:[A-Z])[\w'’-]+))",
    re.IGNORECASE,
)
ALONE_POSTCODE = re.compile(
    rf"\b(?-i:{POSTCODE})\b|\b[a-z]{{1,2}}\d{{1,2}} \d(?!st\b|nd\b|rd\b|th\b|am\b|"
    rf"pm\b)[a-z]{{2}}\b"
    rf"|\b(?:postcode|post code|code postal)\b[\s:]*(?:is |est )?(?P<hide>{POSTCODE}\b|\d{{5}}\b)",
    re.IGNORECASE,
)
ROOM = re.compile(
    r"\b(?:room|flat|apartment|apt|chambre|appartement|appt?|phòng|dhoma|qolka|اتاق|غرفة)\s?"
    r"(?:no\.? |nr\.? |number |n°\s?|numéro )?\d{1,4}[a-z]?\b"
    r"(?:,?\s+(?:(?:in|at|of|on|à|dans)\s+)?(?:the\s+|l['’]|le\s+|la\s+)?"
    r"(?:(?-i:[A-Z])[\w'’-]+\s+){0,3}(?:hotel|hostel|house|inn|lodge|hôtel|"
    r"h[ôo]tel (?-i:[A-Z])\w+)\b)?",
    re.IGNORECASE,
)
MY_ADDRESS = re.compile(
    r"\b(?:(?:my|his|her|our|home|postal|mon|notre)\s+(?:home |postal |full )?ad(?:d)?resse?|"
    r"i live at|we live at|lives at|j['’]habite(?: au)?|on habite(?: au)?|adresse?\s*:|"
    r"(?:my|our) hotel)\b\s*(?:is|est|:)?\s*(?:at|au|à)?\s*"
    r"(?P<hide>[^.?!;\n]{0,80}?\d[^.?!;\n]{0,80}?)(?=[.?!;\n]|,? (?:and|but|so|can|which|et|who|"
    r"how|"
    r"puis|what|est-ce)\b|$)",
    re.IGNORECASE,
)
PUBLIC_PLACE = re.compile(r"\b(?:downing|marsham|parliament) (?:street|square)", re.IGNORECASE)
PUBLIC_OWNER = re.compile(
    r"\b(?:embassy|consulate|court|tribunal|home office|ministry|prefecture|police|préfecture|"
    r"ambassade|consulat|ofpra|cnda|vfs|tls\w*)\b[^.?!]{0,20}$",
    re.IGNORECASE,
)
MONTH = (
    r"(?:jan(?:uary|vier)?|feb(?:ruary)?|f[ée]vrier|f[ée]v|mar(?:ch|s)?|apr(?:il)?|avr(?:il)?|"
    r"may|mai|"
    r"june?|juin|july?|juillet|aug(?:ust)?|ao[uû]t|sept?(?:ember|embre)?|oct(?:ober|obre)?|"
    r"nov(?:ember|embre)?|dec(?:ember)?|d[ée]c(?:embre)?|janar|shkurt|prill|maj|qershor|korrik|"
    r"gusht|shtator|tetor|nëntor|dhjetor)\.?"
)
DATE = (
    r"(?:\d{1,2}\s?[./\-–\s]\s?\d{1,2}\s?[./\-–\s]\s?(?:\d{4}|\d{2})|"
    r"\d{4}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{1,2}"
    rf"|\d{{1,2}}(?:st|nd|rd|th|er|e)?(?:\s+of)?[\s-]+{MONTH}(?:,?[\s-]+(?:of\s+)?\d{{2,4}})?"
    rf"|{MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?"
    r"|\d{1,2} tháng \d{1,2}(?: năm \d{4})?|\d{8})"
)
BIRTH_WORDS = (
    r"born|birth ?day|birth ?date|date of birth|d\.?o\.?b\.?|n[ée]e?s?|naissance|anniversaire|"
    r"تاریخ تولد|متولد|تولدم|مولود|مواليد|ولدت|(?:تاريخ )?الميلاد|میلاد|sinh|ngày sinh|"
    r"datëlindja|lindur|"
    r"lindja|dhashay|dhalashada|nacid[oa]|nacimiento|geboren|doğum|birthdate|родился|родилась|"
    r"дата рождения|народився"
)
BIRTH = re.compile(
    rf"(?<!\w)(?:{BIRTH_WORDS})(?!\w)(?:[\s:.,=(\-]|(?:on|in|at|is|was|the|le|brp|passport|card|"
    rf"visa|form|paper|son|daughter|wife|husband|child|baby|brother|sister|mother|father|de|mon|"
    rf"ma|mes|en|my|date|est|c'est|"
    r"ngày|më|wa|waa|هو|من|em|of|été|his|her|day|real|it|he|she|their|says?|as)\b){0,14}"
    rf"(?P<hide>{DATE})(?!\w)",
    re.IGNORECASE,
)
# '(12/03/1990)' after a person, or 'born' after the date.
BIRTH_AFTER = re.compile(
    rf"(?P<hide>{DATE})\s*(?:is|est|was|,|\()?\s*(?:my|his|her|ma|sa|the)?\s*(?:real |true )?"
    r"(?:date of birth|birth ?day|birth ?date|d\.?o\.?b|date de naissance|anniversaire|born\b)",
    re.IGNORECASE,
)
# A whole date so long ago is hardly ever anything else, unless a law is named before it.
LONG_AGO = re.compile(
    r"(?<![\w/.-])(?:\d{1,2}([./-])\d{1,2}\1(?:19[3-9]\d|200\d|2010)|(?:19[3-9]\d|200\d|"
    r"2010)([./-])"
    r"\d{1,2}\2\d{1,2})(?![\w/-])"
)
LAW = re.compile(
    r"\b(?:regulations?|directives?|conventions?|acts?|treat(?:y|ies)|agreements?|laws?|decrees?|"
    r"rules?|règlement|directive|loi|décret|judgment|decision|court|protocol|since|before|after|"
    r"until|expire[ds]?|issued|dated|granted|refused|valid|left|came|married|"
    r"signed|published|visa|"
    r"depuis|arrived|entered)\b.{0,40}$",
    re.IGNORECASE,
)


def find_addresses(text: str) -> Iterator[Found]:
    for pattern in (MY_ADDRESS, UK_STREET, FRENCH_STREET, ROOM, FRENCH_POSTCODE, ALONE_POSTCODE):
        for match in pattern.finditer(text):
            before = text[max(0, match.start() - 40) : match.start()]
            if PUBLIC_PLACE.search(match[0]) or PUBLIC_OWNER.search(before):
                continue
            group = "hide" if "hide" in pattern.groupindex and match["hide"] else 0
            yield Found(match.start(group), match.end(group), Kind.ADDRESS)


def find_births(text: str) -> Iterator[Found]:
    for pattern in (BIRTH, BIRTH_AFTER):
        for match in pattern.finditer(text):
            yield Found(match.start("hide"), match.end("hide"), Kind.BIRTH)
    for match in LONG_AGO.finditer(text):
        if not LAW.search(text, max(0, match.start() - 60), match.start()):
            yield Found(match.start(), match.end(), Kind.BIRTH)
