"""What the desk shows of briefings: where they stand, what they rest on, what has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urldefrag

from django.db.models import Q
from django.utils.translation import gettext as _

from knowledge.briefing_proposals import find_newest, find_translated
from knowledge.briefing_words import ENGLISH, BriefingWords, read_revision, split_briefing_url
from knowledge.comparing import DiffPart, compare_words, pair_passages
from knowledge.desk.publication_reading import read_passages
from knowledge.indexing import digest_spans, find_paragraph, get_numbered_spans
from knowledge.live_sets import NOW, is_in
from knowledge.models import Document, LivePeriod, Passage, Revision
from knowledge.supports import get_page, make_support, read_official, resolve_supports
from knowledge.types import DocumentKind, DocumentStatus, Support

DOCUMENTS_SHOWN = 12
# In which briefings are written; a language is named in itself, for whoever reads it.
LANGUAGES = {
    ENGLISH: "English",
    "fr": "Français",
    "ar": "العربية",
    "fa": "فارسی",
    "ps": "پښتو",
    "ckb": "کوردی",
    "ti": "ትግርኛ",
    "so": "Soomaali",
    "vi": "Tiếng Việt",
    "tr": "Türkçe",
    "sq": "Shqip",
}
PASSAGES_SHOWN = 400
WORDS_SHOWN = 900


@dataclass(frozen=True)
class BriefingRow:
    """A briefing in English and its other languages; `stale` counts English paragraphs."""

    slug: str
    document: Document
    languages: tuple[str, ...]
    stale: int


@dataclass(frozen=True)
class ChangedPin:
    """One official text that a stale paragraph rests on, as pinned and as it is now."""

    url: str
    paragraph: str
    then: str
    now: str
    parts: tuple[DiffPart, ...]
    is_gone: bool
    document_id: int | None


@dataclass(frozen=True)
class StaleParagraph:
    slug: str
    language: str
    title: str
    anchor: str
    heading: str
    text: str
    pins: tuple[ChangedPin, ...]


@dataclass(frozen=True)
class Quotable:
    """A piece of a live official text that a paragraph can rest on."""

    number: str
    heading: str
    text: str
    url: str
    digest: str


@dataclass(frozen=True)
class ComparedParagraph:
    """The English paragraph beside the translation; `parts` when the English changed since."""

    id: str
    english: BriefingWords | None
    parts: tuple[DiffPart, ...] = ()
    is_new: bool = False


def get_languages() -> dict[str, str]:
    """Those of the people whom the pilot concerns; the page itself need not speak them."""
    return {code: str(name) for code, name in LANGUAGES.items()}


def list_rows() -> list[BriefingRow]:
    documents = Document.objects.filter(kind=DocumentKind.BRIEFING, status=DocumentStatus.LIVE)
    languages: dict[str, list[str]] = {}
    english: dict[str, Document] = {}
    for document in documents.order_by("title"):
        slug, language = split_briefing_url(document.url)
        languages.setdefault(slug, []).append(language)
        if language == ENGLISH:
            english[slug] = document
    stale = [(each.slug, each.language) for each in list_stale()]
    return [
        BriefingRow(
            slug,
            document,
            tuple(code for code in languages[slug] if code != ENGLISH),
            stale.count((slug, ENGLISH)),
        )
        for slug, document in english.items()
    ]


def list_stale() -> list[StaleParagraph]:
    """Paragraphs that are not used because of what they rest on, with the change."""
    stale = resolve_supports(NOW).stale
    passages = Passage.objects.filter(pk__in=stale).select_related("revision__document")
    found: dict[str, StaleParagraph] = {}
    for passage in passages.order_by("revision__document__url", "position"):
        slug, language = split_briefing_url(passage.revision.document.url)
        found.setdefault(
            passage.url,
            StaleParagraph(
                slug,
                language,
                passage.revision.title,
                urldefrag(passage.url).fragment,
                " › ".join(passage.heading_path),
                passage.text,
                tuple(list_changed_pins(passage.rests_on)),
            ),
        )
    return list(found.values())


def list_changed_pins(rests: Iterable[Mapping[str, str]]) -> Iterable[ChangedPin]:
    for rest in rests:
        digest = rest.get("digest")
        document = Document.objects.filter(url=get_page(rest["url"])).first() if digest else None
        if document is None:
            continue
        official = read_official([document.url], NOW).get(document.url)
        spans = official.find(rest) if official else []
        if official and digest_spans(official.text, spans) == digest:
            continue
        now = " … ".join(official.text[start:end] for start, end in spans) if official else ""
        then = find_pinned_words(document, rest)
        if then and not now and official and not rest["paragraph"]:
            now = find_successor(document, then)
        yield ChangedPin(
            rest["url"],
            rest["paragraph"],
            then,
            now,
            compare_words(then, now) if then and now else (),
            official is None,
            document.pk,
        )


def find_pinned_words(document: Document, rest: Mapping[str, str]) -> str:
    """The words that had the pin's digest, from the newest revision that has them."""
    for revision in document.revisions.order_by("-number"):
        if rest["paragraph"]:
            candidates = [find_paragraph(get_numbered_spans(revision.pk), rest["paragraph"])]
        else:
            candidates = [[span] for span in revision.passages.values_list("start", "end")]
        for spans in candidates:
            if spans and digest_spans(revision.text, spans) == rest["digest"]:
                return " … ".join(revision.text[start:end] for start, end in spans)
    return ""


def find_successor(document: Document, then: str) -> str:
    """What a passage without a number became in the text that is live, if anything."""
    live = Revision.objects.filter(is_in(NOW, revision="pk"), document=document).first()
    old = document.revisions.filter(passages__text=then).order_by("-number").first()
    for pair in pair_passages(read_passages(old), read_passages(live)):
        if pair.old and pair.old.text == then:
            return pair.new.text if pair.new else ""
    return ""


def resolve_rests(rests: Sequence[Mapping[str, str]]) -> tuple[Support, ...]:
    """The words behind pins as they are live now, as readers would see them."""
    official = read_official({get_page(rest["url"]) for rest in rests}, NOW)
    return tuple(make_support(rest, official.get(get_page(rest["url"]))) for rest in rests)


# --- choosing a quote ------------------------------------------------------------------------


def search_official(words: str) -> list[Document]:
    """Live official documents by title, address or what stands in them."""
    live = LivePeriod.objects.filter(
        live_until=None, document__kind=DocumentKind.OFFICIAL
    ).select_related("document")
    for word in words.split()[:8]:
        live = live.filter(
            Q(document__title__icontains=word)
            | Q(document__url__icontains=word)
            | Q(revision__text__icontains=word)
        )
    found = [period.document for period in live.defer("revision")[:200]]
    wanted = words.casefold().split()
    found.sort(key=lambda document: -sum(word in document.title.casefold() for word in wanted))
    return found[:DOCUMENTS_SHOWN]


def list_quotable(document: Document, words: str = "") -> list[Quotable]:
    """Numbered paragraphs first, then passages, of the document as it is live now."""
    revision = Revision.objects.filter(is_in(NOW, revision="pk"), document=document).first()
    if revision is None:
        return []
    numbers = get_numbered_spans(revision.pk)
    found = []
    seen: set[str] = set()
    passages = list(revision.passages.order_by("position"))
    for passage in passages:
        heading = " › ".join(passage.heading_path)
        for number, *_place in passage.numbers:
            if number in seen:
                continue
            seen.add(number)
            spans = find_paragraph(numbers, number)
            text = " ".join(revision.text[start:end] for start, end in spans)
            digest = digest_spans(revision.text, spans)
            found.append(Quotable(number, heading, text[:WORDS_SHOWN], passage.url, digest))
        if not passage.numbers:
            digest = digest_spans(revision.text, [(passage.start, passage.end)])
            text = passage.text[:WORDS_SHOWN]
            found.append(Quotable("", heading, text, passage.url, digest))
    wanted = words.casefold().split()
    if wanted:
        found.sort(key=lambda each: -count_words(wanted, each))
    return found[:PASSAGES_SHOWN]


def count_words(wanted: Sequence[str], quotable: Quotable) -> int:
    text = f"{quotable.number} {quotable.heading} {quotable.text}".casefold()
    return sum(word in text for word in wanted)


# --- languages side by side ------------------------------------------------------------------


def compare_english(slug: str, language: str) -> list[ComparedParagraph]:
    """The English paragraphs as they are now, with their change since the translation."""
    newest = find_newest(slug, ENGLISH)
    if newest is None:
        return []
    translated = find_translated(find_newest(slug, language))
    before = {each.id: each for each in read_revision(translated)} if translated else {}
    rows = []
    for each in read_revision(newest):
        old = before.pop(each.id, None)
        parts: tuple[DiffPart, ...] = ()
        if old is not None and old.text != each.text:
            parts = compare_words(old.text, each.text)
        rows.append(ComparedParagraph(each.id, each, parts, bool(translated) and old is None))
    rows.extend(ComparedParagraph(id, None) for id in before)
    return rows


def describe_language(code: str) -> str:
    return get_languages().get(code, code) or _("another language")


def get_initial(slug: str, language: str) -> tuple[str, list[dict[str, Any]]]:
    """What the editor begins with: the newest words, for a new translation the English frame."""
    newest = find_newest(slug, language)
    if newest is not None:
        return newest.title, [each.as_data() for each in read_revision(newest)]
    english = find_newest(slug, ENGLISH)
    if english is None or language == ENGLISH:
        return "", []
    frame = [each.as_data() for each in read_revision(english)]
    return "", [{**each, "heading": "", "text": ""} for each in frame]
