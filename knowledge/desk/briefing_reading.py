"""What the briefing pages show: what is stale and why, and official words to rest on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urldefrag

from django.utils.translation import gettext as _

from knowledge.briefing_proposals import find_newest
from knowledge.briefing_text import Paragraph, list_paragraphs
from knowledge.comparing import DiffPart, compare_words
from knowledge.indexing import digest_spans, find_paragraph, get_numbered_spans
from knowledge.live_sets import NOW, is_in
from knowledge.models import BriefingProposal, Document, Passage, ProposalState, Revision
from knowledge.retrieval import retrieve
from knowledge.supports import cut_quote, get_page, is_stale, read_official, resolve_supports
from knowledge.types import ENGLISH, DocumentKind, DocumentStatus

QUOTES_SHOWN = 6
# Revisions looked through for the words that a digest pinned.
REVISIONS_LIMIT = 20

Rest = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class BriefingRow:
    slug: str
    language: str
    title: str
    paragraphs: int
    stale: int
    open_proposals: int
    is_edited: bool


@dataclass(frozen=True, kw_only=True)
class ChangedSupport:
    """The official words that a paragraph was pinned to, and what stands there now."""

    url: str
    place: str
    # None where no revision that we hold has the pinned words.
    then: str | None
    # None where the page is no longer live, or no longer holds the paragraph.
    now: str | None
    reason: str
    parts: tuple[DiffPart, ...]


@dataclass(frozen=True, kw_only=True)
class StaleParagraph:
    slug: str
    language: str
    title: str
    heading: str
    anchor: str
    supports: tuple[ChangedSupport, ...]


@dataclass(frozen=True, kw_only=True)
class OfficialWords:
    """Live official words to choose from. `key` names them in a form."""

    key: str
    title: str
    heading: str
    number: str
    words: str
    url: str


def split_url(url: str) -> tuple[str, str]:
    """Slug and language of a briefing's address."""
    parts = url.strip("/").split("/")
    return (parts[-1], parts[1]) if len(parts) == 3 else (parts[-1], ENGLISH)


def list_briefings() -> list[BriefingRow]:
    documents = Document.objects.filter(
        kind=DocumentKind.BRIEFING, status=DocumentStatus.LIVE
    ).order_by("url")
    stale = resolve_supports(NOW).stale
    counts: dict[int, list[int]] = defaultdict(list)
    live = Passage.objects.filter(
        is_in(NOW), revision__document__kind=DocumentKind.BRIEFING
    ).values_list("revision__document_id", "pk")
    for document_id, passage_id in live:
        counts[document_id].append(passage_id)
    waiting = BriefingProposal.objects.filter(state=ProposalState.OPEN)
    proposed = list(waiting.values_list("slug", "language"))
    rows = []
    for document in documents:
        slug, language = split_url(document.url)
        rows.append(
            BriefingRow(
                slug=slug,
                language=language,
                title=document.title,
                paragraphs=len(counts[document.pk]),
                stale=sum(passage in stale for passage in counts[document.pk]),
                open_proposals=proposed.count((slug, language)),
                is_edited=document.is_edited,
            )
        )
    return rows


def list_stale() -> list[StaleParagraph]:
    """Every paragraph that is out of use because its official words changed, with the change."""
    stale = resolve_supports(NOW).stale
    passages = (
        Passage.objects.filter(pk__in=stale)
        .select_related("revision__document")
        .defer("revision__text")
        .order_by("revision__document__url", "position")
    )
    urls = {get_page(rest["url"]) for passage in passages for rest in passage.rests_on}
    official = read_official(urls, NOW)
    ended = Document.objects.filter(url__in=urls).exclude(status=DocumentStatus.LIVE)
    retired = {document.url: document for document in ended}
    found = []
    for passage in passages:
        slug, language = split_url(passage.revision.document.url)
        changed = tuple(
            describe_change(rest, retired)
            for rest in passage.rests_on
            if is_stale(rest, official, set(retired))
        )
        found.append(
            StaleParagraph(
                slug=slug,
                language=language,
                title=passage.revision.title,
                heading=" › ".join(passage.heading_path),
                anchor=urldefrag(passage.url).fragment,
                supports=changed,
            )
        )
    return found


def describe_change(rest: Rest, retired: Mapping[str, Document]) -> ChangedSupport:
    page = get_page(rest["url"])
    revisions = Revision.objects.filter(document__url=page).order_by("-number")[:REVISIONS_LIMIT]
    live = Revision.objects.filter(is_in(NOW, revision="pk"), document__url=page).first()
    then: str | None = rest.get("quote")
    now = None
    if not then:
        number = rest["paragraph"]
        then = find_pinned_words(revisions, number, rest["digest"])
        now = find_words(live, number) if live else None
    reason = ""
    if page in retired:
        ended = retired[page]
        reason = _("The page is no longer in force: %(reason)s") % {
            "reason": ended.status_reason or ended.get_status_display()
        }
    elif now is None:
        reason = _("These words no longer stand on the page.")
    return ChangedSupport(
        url=rest["url"],
        place=rest.get("paragraph", ""),
        then=then,
        now=now,
        reason=reason,
        parts=tuple(compare_words(then, now)) if then and now else (),
    )


def find_pinned_words(revisions: Iterable[Revision], number: str, digest: str) -> str | None:
    """The paragraph's words in the newest of the revisions whose digest it is."""
    for revision in revisions:
        spans = find_paragraph(get_numbered_spans(revision.pk), number)
        if spans and digest_spans(revision.text, spans) == digest:
            return cut_quote(revision.text, spans)
    return None


def find_words(revision: Revision, number: str) -> str | None:
    spans = find_paragraph(get_numbered_spans(revision.pk), number)
    return cut_quote(revision.text, spans) if spans else None


def find_official_words(words: str) -> list[OfficialWords]:
    """Live official words that are about these; a numbered paragraph by its number."""
    if not words.strip():
        return []
    found = retrieve(words, limit=QUOTES_SHOWN, kinds=(DocumentKind.OFFICIAL,)).passages
    choices = []
    for passage in found:
        # The outermost number that begins in the passage: its items are pinned with it.
        first = min(passage.numbers, key=lambda number: len(number.number), default=None)
        choices.append(
            OfficialWords(
                key=f"{passage.passage_id}:{first.number if first else ''}",
                title=passage.title,
                heading=" › ".join(passage.heading_path),
                number=first.number if first else "",
                words=passage.text,
                url=passage.url,
            )
        )
    return choices


def make_rest(key: str) -> dict[str, str] | None:
    """Pin the chosen words: a numbered paragraph by its digest, others by themselves."""
    passage_id, _colon, number = key.partition(":")
    if not passage_id.isdecimal():
        return None
    passage = (
        Passage.objects.filter(is_in(NOW), pk=int(passage_id))
        .select_related("revision__document")
        .first()
    )
    if passage is None:
        return None
    url = passage.revision.document.url
    spans = find_paragraph(get_numbered_spans(passage.revision_id), number) if number else []
    if spans:
        digest = digest_spans(passage.revision.text, spans)
        return {"url": url, "paragraph": number, "digest": digest}
    return {
        "url": url,
        "paragraph": "",
        "digest": "",
        "quote": cut_quote(passage.revision.text, [(passage.start, passage.end)]),
    }


def show_rests(rests: Sequence[Rest]) -> list[tuple[Rest, str]]:
    """Each with the words that stand there now; '' where we hold none."""
    official = read_official({get_page(rest["url"]) for rest in rests}, NOW)
    shown = []
    for rest in rests:
        text = official.get(get_page(rest["url"]))
        words = rest.get("quote", "")
        if text is not None and rest.get("paragraph"):
            spans = find_paragraph(text.numbers, rest["paragraph"])
            words = text.quote(spans) if spans else ""
        shown.append((rest, words))
    return shown


@dataclass(frozen=True, kw_only=True)
class Original:
    """The English paragraph beside a translated one; `parts` if it changed since."""

    heading: str
    text: str
    parts: tuple[DiffPart, ...] = ()


def list_originals(slug: str, translation: Revision | None) -> dict[str, Original]:
    """English paragraphs by id, with what changed since the translation was written."""
    newest = find_newest(slug)
    if newest is None:
        return {}
    before: dict[str, Paragraph] = {}
    if translation is not None:
        earlier = (
            newest.document.revisions.filter(fetched_at__lte=translation.fetched_at)
            .order_by("-number")
            .first()
        )
        before = {each.id: each for each in list_paragraphs(earlier)} if earlier else {}
    originals = {}
    for paragraph in list_paragraphs(newest):
        old = before.get(paragraph.id)
        changed = old is not None and old.text != paragraph.text
        originals[paragraph.id] = Original(
            heading=paragraph.heading,
            text=paragraph.text,
            parts=tuple(compare_words(old.text, paragraph.text)) if changed and old else (),
        )
    return originals
