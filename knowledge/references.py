"""Reads which paragraphs, sections, articles and papers a text names, however it writes them.

'UEATS 2.3', 'ueats2.3', 's.80B', 'section 80b', 'paragraph 327AB', 'Art 8 ECHR', 'CP 1373': each
becomes a key that is the same for the number as its document writes it. A key is no identity:
several documents may number a paragraph alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ITEMS = r"(?:\s?\((?:[a-z]{1,4}|\d{1,3}[a-z]{0,2})\))*"
_NUMBER = rf"[a-z]?\d+[a-z]{{0,3}}\d{{0,2}}(?:\.\d+[a-z]{{0,3}})*(?:-[a-z]{{2}}\b)?{_ITEMS}(?!\w)"
_LABELS = {
    "paragraph": "", "para": "", "§": "s", "section": "s", "sect": "s", "sec": "s", "s": "s",
    "ss": "s", "article": "art", "art": "art", "rule": "r", "regulation": "reg", "reg": "reg",
    "schedule": "sch", "sch": "sch", "part": "part", "chapter": "chapter", "annex": "annex",
}  # fmt: skip
# Only after these words may we say that what was named isn't held: 'part 2' may be of a form.
_SURE_LABELS = frozenset({"paragraph", "para", "section", "article", "regulation", "rule"})
_LABELLED = re.compile(
    rf"(?<![\w'’])(paragraph|para|section|sect|sec|article|art|regulation|reg|schedule|sch|rule"
    rf"|part|chapter|annex|ss|s|§)s?\.?\s?({_NUMBER})((?:\s?(?:,|and|or|&)\s?{_NUMBER})*)",
    re.IGNORECASE,
)
_PAPER = re.compile(
    r"(?<![\w.])(cp|hc|hl|cm|cmd|cmnd|ts|si)\s?(?:no\.?\s?)?(\d{2,5}(?:\s?/\s?\d{1,4})?)(?!\w)",
    re.IGNORECASE,
)
_SERIES = re.compile(
    r"(?<![\w-])([a-z]{1,6}(?:\s?-\s?[a-z]{1,6})?(?:\s?\([a-z]{1,4}\))?)[. ]{0,2}"
    rf"([a-z]?\d+[a-z]{{0,3}}(?:\.\d+[a-z]{{0,3}})*(?:\.[a-z](?!\w))?{_ITEMS})(?![\w.]*\w)",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"(?<![\w.-])((?:\d{{2,}}[A-Z]{{1,3}}\d{{0,2}}|[A-Z]\d{{2,}}[A-Z]{{0,3}}"
    rf"|\d{{3,}}[a-z]{{1,3}}){_ITEMS})(?![\w.-])"
)
# 'TB 6 months' is a length of time, not paragraph TB6.
_UNIT = re.compile(
    r"\s*(?:%|(?:day|week|month|year|hour|minute|time|euro|pound|people)s?\b)", re.I
)
_TITLE = re.compile(r"\b(?i:appendix)\s+([^.?!;:,\n]{1,80})|\bPart ([A-Z][a-z]+)")
_TITLE_WORD = re.compile(r"\w+")
ECHR = "ECHR"
ANOTHER = "another"
_OF_TREATY = re.compile(
    r"\s*(?:of\s+|in\s+)?(?:the\s+)?(?:(?P<echr>echr\b|european convention|human rights"
    r"|convention on human)|(?:[\w-]+\s+){0,2}?(?:agreement|treaty|protocol|convention)\b)",
    re.IGNORECASE,
)
_NOT_IN_A_KEY = re.compile(r"[\s\-–]+|(?<!\d)\.|\.(?!\d)")


@dataclass(frozen=True)
class Reference:
    """What a text names. Any of `keys` may be how its document writes it.

    `is_sure`: it can't mean anything else, so where it isn't held a reader may be told so.
    `series` is the key of its series where only a known one makes it sure ('ueats').
    """

    written: str
    keys: tuple[str, ...]
    is_sure: bool = False
    series: str = ""
    # Whose article it is, as the text says itself: ECHR, another treaty's, or '' where it doesn't.
    treaty: str = ""


def make_key(number: str) -> str:
    """Fold what differs from writer to writer: 'E-ECP.3.1.' and 'eecp 3.1' are the same."""
    key = _NOT_IN_A_KEY.sub("", number.lower())
    return f"art{key[7:]}" if key.startswith("article") else key


def list_keys(number: str) -> Iterator[str]:
    """The key of a number and those of all that it stands under: '2.3(b)(i)', '2.3(b)', '2.3'."""
    key = make_key(number)
    yield key
    while key.endswith(")"):
        key = key[: key.rindex("(")]
        yield key


def get_series(number: str) -> str:
    """The key of the letters before a number with a point: 'ueats' of 'UEATS 2.3'."""
    found = re.match(r"([a-z()]{2,})[a-z]?\d+[a-z]*\.\d", make_key(number))
    return found[1] if found else ""


def read_references(text: str) -> tuple[Reference, ...]:
    """All that the text names by a number, each once, in the order in which it stands there."""
    found: dict[tuple[str, ...], tuple[int, Reference]] = {}
    taken = bytearray(len(text))

    def add(start: int, end: int, reference: Reference) -> None:
        if not any(taken[start:end]):
            found.setdefault(reference.keys, (start, reference))

    for reader in (_read_papers, _read_labelled, _read_series, _read_bare):
        spans = list(reader(text))
        for start, end, reference in spans:
            add(start, end, reference)
        for start, end, _ in spans:
            taken[start:end] = b"\1" * (end - start)
    return tuple(reference for _, reference in sorted(found.values(), key=lambda each: each[0]))


def read_title_names(text: str) -> tuple[tuple[str, ...], ...]:
    """The words after each 'Appendix': the name of one stands at their beginning."""
    names = (match[1] or match[2] for match in _TITLE.finditer(text))
    return tuple(words for name in names if (words := tuple(_TITLE_WORD.findall(name))))


_Found = Iterator[tuple[int, int, Reference]]


def _read_papers(text: str) -> _Found:
    for match in _PAPER.finditer(text):
        series, number = match[1].lower(), re.sub(r"\s", "", match[2])
        # 'cm 150' is a height.
        if series.startswith("c") and series != "cp" and match[1].islower():
            continue
        is_sure = series in {"cp", "hc"} and len(number) >= 3
        yield match.start(), match.end(), Reference(_fold(match[0]), (series + number,), is_sure)


def _read_labelled(text: str) -> _Found:
    for match in _LABELLED.finditer(text):
        label = match[1].lower()
        # 'Part 2' of the rules, not of a form.
        if label == "part" and match[1].islower() and "rule" not in text.lower():
            continue
        treaty = _read_treaty(text, match.end()) if _LABELS[label] == "art" else ""
        written = text[match.start() : match.start(2)]
        for number in re.finditer(_NUMBER, text[match.start(2) : match.end()], re.IGNORECASE):
            # A year: 'the Immigration Rules 2025'.
            if re.fullmatch(r"\d{4,}", number[0]):
                continue
            has_letter = bool(re.search(r"\d[a-z]", number[0], re.IGNORECASE))
            key = make_key(number[0])
            keys: tuple[str, ...] = (_LABELS[label] + key,)
            if label == "rule" and (has_letter or len(key) > 2):
                # The Immigration Rules call their paragraphs so, too.
                keys = (key, *keys)
            is_sure = (
                label in _SURE_LABELS
                or treaty == ECHR
                or (_LABELS[label] == "s" and (has_letter or "." in written))
            )
            named = _fold(written + number[0]) + (" ECHR" if treaty == ECHR else "")
            reference = Reference(named, keys, is_sure, treaty=treaty)
            yield match.start(), match.end(), reference


def _read_treaty(text: str, place: int) -> str:
    found = _OF_TREATY.match(text, place)
    return (ECHR if found["echr"] else ANOTHER) if found else ""


def _read_series(text: str) -> _Found:
    for match in _SERIES.finditer(text):
        letters, number = match[1], match[2]
        if letters.lower().rstrip("s") in _LABELS or letters.lower() == "appendix":
            continue
        key = make_key(match[0])
        if "." in number:
            yield (
                match.start(),
                match.end(),
                Reference(_fold(match[0]), (key,), series=get_series(key)),
            )
        elif (
            len(letters) > 1
            and (letters.isupper() or match.end(1) == match.start(2))
            and not _UNIT.match(text, match.end())
        ):
            yield match.start(), match.end(), Reference(_fold(match[0]), (key,))


def _read_bare(text: str) -> _Found:
    for match in _BARE.finditer(text):
        yield match.start(), match.end(), Reference(_fold(match[1]), (make_key(match[1]),))


def _fold(text: str) -> str:
    return " ".join(text.split())
