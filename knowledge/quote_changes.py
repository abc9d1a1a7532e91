"""What became of words that were quoted: do they stand, and if not, what stands instead?

Decided when somebody looks, from what is live then, so that rolling back undoes the mark too.
A handful of queries, however many quotes are asked about.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.db.models import Max

from knowledge.comparing import DiffKind, DiffPart, PassageText, compare_words, pair_passages
from knowledge.live_sets import NOW, covers, is_in
from knowledge.models import Document, LivePeriod, Passage, Revision
from knowledge.quoted_words import find_new_words, find_words, stands
from knowledge.supports import Supports, get_page
from knowledge.types import DocumentKind, DocumentStatus, Support

# Where a document's words changed is looked for in so many of its last revisions.
LOOKED_BACK = 12


class ChangeKind(StrEnum):
    """What became of quoted words that no longer stand."""

    REWORDED = "reworded"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"
    GONE = "gone"
    NOT_FOUND = "not_found"
    MOVED = "moved"
    # The page is there, but a person took it out of use here.
    UNUSED = "unused"
    # A briefing stands, and the official words that it rests on don't.
    SUPPORT = "support"


ENDINGS = {
    DocumentStatus.WITHDRAWN: ChangeKind.WITHDRAWN,
    DocumentStatus.GONE: ChangeKind.GONE,
    DocumentStatus.REDIRECTED: ChangeKind.MOVED,
    DocumentStatus.NOT_FOUND: ChangeKind.NOT_FOUND,
}


@dataclass(frozen=True)
class QuotedWords:
    """A quote as an answer stored it, with the official words that it rested on then."""

    revision_id: int
    passage_id: int
    quote: str
    supports: tuple[Support, ...] = ()


@dataclass(frozen=True, kw_only=True)
class QuoteChange:
    """The old words and the new: together in `parts`. Both are empty if we never had them."""

    kind: ChangeKind
    since: datetime | None
    url: str
    parts: tuple[DiffPart, ...] = ()
    # In the publisher's words, or those of the one who took it out of use.
    reason: str = ""
    replacement_url: str = ""
    # The same words stand at the replacement.
    stands_there: bool = False

    @property
    def old(self) -> tuple[DiffPart, ...]:
        return tuple(part for part in self.parts if part.kind is not DiffKind.ADDED)

    @property
    def new(self) -> tuple[DiffPart, ...]:
        return tuple(part for part in self.parts if part.kind is not DiffKind.REMOVED)


@dataclass
class Standing:
    """What is known of the documents that were quoted, as they are now."""

    # Revision → its document.
    documents: dict[int, Document] = field(default_factory=dict)
    # Document → its live revision's id and text.
    live: dict[int, tuple[int, str]] = field(default_factory=dict)
    # Revision → when it last ceased to be live.
    ended: dict[int, datetime | None] = field(default_factory=dict)
    # Revision → its text.
    texts: dict[int, str] = field(default_factory=dict)
    # Address → the text that is live there.
    replacements: dict[str, str] = field(default_factory=dict)


def find_changes(
    quotes: Iterable[QuotedWords], supports: Supports | None = None
) -> dict[QuotedWords, QuoteChange]:
    """Return what changed; a quote that still stands word for word is not in it."""
    asked = list(dict.fromkeys(quotes))
    superseded = find_superseded({quote.revision_id for quote in asked})
    standing = look_up(superseded)
    changes: dict[QuotedWords, QuoteChange] = {}
    reworded: list[QuotedWords] = []
    for quote in asked:
        if quote.revision_id not in superseded:
            continue
        document = standing.documents[quote.revision_id]
        live = standing.live.get(document.pk)
        if live is None:
            changes[quote] = describe_end(quote, document, standing)
        elif not stands(quote.quote, live[1], was=standing.texts[quote.revision_id]):
            reworded.append(quote)
    changes |= describe_new_words(reworded, standing)
    unchanged = [quote for quote in asked if quote not in changes]
    return changes | find_support_changes(unchanged, standing, supports)


def find_superseded(revision_ids: Collection[int]) -> set[int]:
    revisions = Revision.objects.filter(pk__in=revision_ids)
    return set(revisions.exclude(is_in(NOW, revision="pk")).values_list("pk", flat=True))


def look_up(revision_ids: Collection[int]) -> Standing:
    """Read what is live in place of these revisions. No query when there are none."""
    standing = Standing()
    if not revision_ids:
        return standing
    rows = Revision.objects.filter(pk__in=revision_ids).select_related("document")
    for revision in rows.annotate(ended=Max("live_periods__live_until")):
        standing.documents[revision.pk] = revision.document
        standing.texts[revision.pk] = revision.text
        standing.ended[revision.pk] = revision.ended
    documents = {document.pk: document for document in standing.documents.values()}
    live = LivePeriod.objects.filter(covers(NOW), document__in=documents)
    for document_id, revision_id, text in live.values_list(
        "document_id", "revision_id", "revision__text"
    ):
        standing.live[document_id] = (revision_id, text)
    moved = {get_page(each.replacement_url) for each in documents.values()} - {""}
    if moved:
        there = LivePeriod.objects.filter(covers(NOW), document__url__in=moved)
        standing.replacements = dict(there.values_list("document__url", "revision__text"))
    return standing


def describe_end(quote: QuotedWords, document: Document, standing: Standing) -> QuoteChange:
    """Say why the whole document is no longer live."""
    there = standing.replacements.get(get_page(document.replacement_url))
    is_ended = document.status != DocumentStatus.LIVE
    return QuoteChange(
        kind=get_ending(document),
        since=(document.status_since if is_ended else None) or standing.ended[quote.revision_id],
        url=document.url,
        parts=(DiffPart(DiffKind.REMOVED, quote.quote),),
        reason=document.status_reason,
        replacement_url=document.replacement_url,
        stands_there=there is not None and stands(quote.quote, there),
    )


def get_ending(document: Document) -> ChangeKind:
    if document.withdrawn_by:
        return ChangeKind.UNUSED
    return ENDINGS.get(DocumentStatus(document.status), ChangeKind.UNUSED)


def describe_new_words(
    quotes: Sequence[QuotedWords], standing: Standing
) -> dict[QuotedWords, QuoteChange]:
    """Find the words that stand where each of the quotes stood."""
    if not quotes:
        return {}
    pairs = {(quote.revision_id, get_live(quote, standing)[0]) for quote in quotes}
    passages = read_passages({revision for pair in pairs for revision in pair})
    paired = {
        pair: pair_changed(passages.get(pair[0], []), passages.get(pair[1], [])) for pair in pairs
    }
    begun = find_beginnings(quotes, standing)
    changes = {}
    for quote in quotes:
        live_id, _ = get_live(quote, standing)
        olds, news = paired[quote.revision_id, live_id]
        owner = find_owner(quote, olds)
        new = news.get(owner.id) if owner else None
        now = find_new_words(quote.quote, owner.text, new.text) if owner and new else ""
        document = standing.documents[quote.revision_id]
        changes[quote] = QuoteChange(
            kind=ChangeKind.REWORDED if now else ChangeKind.REMOVED,
            since=begun.get(quote) or standing.ended[quote.revision_id],
            url=new.url if new else document.url,
            parts=compare_words(quote.quote, now),
        )
    return changes


def get_live(quote: QuotedWords, standing: Standing) -> tuple[int, str]:
    return standing.live[standing.documents[quote.revision_id].pk]


def read_passages(revision_ids: Collection[int]) -> dict[int, list[PassageText]]:
    found: dict[int, list[PassageText]] = {}
    rows = Passage.objects.filter(revision_id__in=revision_ids).order_by("revision_id", "position")
    for revision_id, pk, text, path, numbers, url in rows.values_list(
        "revision_id", "pk", "text", "heading_path", "numbers", "url"
    ):
        named = tuple(str(number) for number, *_ in numbers)
        found.setdefault(revision_id, []).append(PassageText(pk, text, tuple(path), named, url))
    return found


def pair_changed(
    old: Sequence[PassageText], new: Sequence[PassageText]
) -> tuple[list[PassageText], dict[int, PassageText]]:
    """Pair the passages whose words are not in both. Returns those, and what each became."""
    before = {" ".join(passage.text.split()) for passage in old}
    after = {" ".join(passage.text.split()) for passage in new}
    olds = [passage for passage in old if " ".join(passage.text.split()) not in after]
    news = [passage for passage in new if " ".join(passage.text.split()) not in before]
    became = {pair.old.id: pair.new for pair in pair_passages(olds, news) if pair.old and pair.new}
    return olds, became


def find_owner(quote: QuotedWords, passages: Sequence[PassageText]) -> PassageText | None:
    """The passage that holds the words: the introduction of a list stands in an earlier one."""
    holders = [passage for passage in passages if find_words(quote.quote, passage.text)]
    own = [passage for passage in holders if passage.id == quote.passage_id]
    return next(iter(own or holders), None)


def find_beginnings(
    quotes: Sequence[QuotedWords], standing: Standing
) -> dict[QuotedWords, datetime]:
    """When each of the quotes ceased to stand: perhaps not when its revision was replaced."""
    documents = {standing.documents[quote.revision_id].pk for quote in quotes}
    newest: dict[int, list[int]] = {}
    rows = LivePeriod.objects.filter(document__in=documents).order_by("-live_from")
    for document_id, pk in rows.values_list("document_id", "pk"):
        newest.setdefault(document_id, []).append(pk)
    looked_at = [pk for pks in newest.values() for pk in pks[:LOOKED_BACK]]
    periods: dict[int, list[tuple[datetime, str]]] = {}
    for document_id, live_from, text in rows.filter(pk__in=looked_at).values_list(
        "document_id", "live_from", "revision__text"
    ):
        periods.setdefault(document_id, []).append((live_from, text))
    begun = {}
    for quote in quotes:
        was = standing.texts[quote.revision_id]
        for live_from, text in periods[standing.documents[quote.revision_id].pk]:
            if stands(quote.quote, text, was=was):
                break
            begun[quote] = live_from
    return begun


def find_support_changes(
    quotes: Sequence[QuotedWords], standing: Standing, supports: Supports | None
) -> dict[QuotedWords, QuoteChange]:
    """Find briefings whose words stand, but not the official words that they rest on."""
    if supports is None or not supports.stale:
        return {}
    stale = Passage.objects.filter(
        pk__in=supports.stale, revision__document__kind=DocumentKind.BRIEFING
    )
    by_revision: dict[int, list[tuple[int, str]]] = {}
    for pk, revision_id, text in stale.values_list("pk", "revision_id", "text"):
        by_revision.setdefault(revision_id, []).append((pk, text))
    found: dict[QuotedWords, int] = {}
    for quote in quotes:
        live_id = quote.revision_id
        if live_id in standing.documents:
            live_id = get_live(quote, standing)[0]
        for pk, text in by_revision.get(live_id, ()):
            if find_words(quote.quote, text):
                found[quote] = pk
    return describe_supports(found, supports)


def describe_supports(
    found: Mapping[QuotedWords, int], supports: Supports
) -> dict[QuotedWords, QuoteChange]:
    pages = {get_page(each.url) for quote in found for each in quote.supports} - {""}
    if not found:
        return {}
    official = {each.url: each for each in Document.objects.filter(url__in=pages)}
    begun = dict(
        LivePeriod.objects.filter(covers(NOW), document__url__in=pages).values_list(
            "document__url", "live_from"
        )
    )
    changes = {}
    for quote, passage_id in found.items():
        now = supports.of_passage.get(passage_id, ())
        old, new = find_changed_support(quote.supports, now)
        page = get_page(old.url)
        document = official.get(page)
        is_ended = document is not None and document.status != DocumentStatus.LIVE
        changes[quote] = QuoteChange(
            kind=ChangeKind.SUPPORT,
            since=document.status_since if document and is_ended else begun.get(page),
            url=new.url or old.url,
            parts=compare_words(old.quote, new.quote) if old.quote else (),
            reason=document.status_reason if document and is_ended else "",
            replacement_url=document.replacement_url if document else "",
        )
    return changes


def find_changed_support(
    before: Sequence[Support], now: Sequence[Support]
) -> tuple[Support, Support]:
    """The first official words that are not what they were; they are kept in the same order."""
    nothing = Support(url="", quote="")
    for old, new in zip(before, [*now, *[nothing] * len(before)], strict=False):
        if old.quote and old.quote.split() != new.quote.split():
            return old, new
    return (before[0] if before else nothing), nothing
