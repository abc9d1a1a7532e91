"""What the pages about publications show: states in words, changes, and the words that changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from knowledge.comparing import (
    DiffKind,
    DiffPart,
    PassagePair,
    PassageText,
    compare_words,
    pair_passages,
)
from knowledge.gate import GateReport, GoldAnswer, GoldRow
from knowledge.models import (
    Decision,
    Document,
    Publication,
    PublicationChange,
    PublicationState,
    Revision,
)
from knowledge.publishing import AND, PlannedChange, find_current_publication


@dataclass(frozen=True)
class Standing:
    """How a publication stands. `tone` chooses the colour; the words say it all."""

    tone: str
    name: str
    words: str


@dataclass(frozen=True)
class PublicationRow:
    publication: Publication
    standing: Standing
    changes: int
    decided_by: str


@dataclass(frozen=True)
class ChangeRow:
    """A document's change: `kind` is 'new', 'changed' or 'gone'."""

    document: Document
    kind: str
    name: str
    before: Revision | None
    after: Revision | None


@dataclass(frozen=True)
class ComparedPassage:
    """A passage that is not as it was. The heading is that of its newer text."""

    kind: str
    name: str
    heading: str
    parts: tuple[DiffPart, ...]


@dataclass(frozen=True)
class Comparison:
    changed: tuple[ComparedPassage, ...]
    same: int


@dataclass(frozen=True)
class ComparedRow:
    """A gold question before and after. `words` compares the answers, where both are there."""

    row: GoldRow
    words: tuple[DiffPart, ...]
    lost_links: tuple[str, ...]
    new_links: tuple[str, ...]


# --- publications ------------------------------------------------------------------------------


def list_publications() -> QuerySet[Publication]:
    """Newest first, with how many documents each changes and who decided last."""
    decided = Decision.objects.filter(publication=OuterRef("pk")).order_by("-at", "-pk")
    return (
        Publication.objects.defer("gate")
        .annotate(
            change_count=Count("changes", distinct=True),
            decided_by=Subquery(decided.values("who")[:1]),
        )
        .order_by("-pk")
    )


def make_rows(publications: Iterable[Publication]) -> list[PublicationRow]:
    current = find_current_publication()
    return [
        PublicationRow(
            publication=each,
            standing=describe_standing(each, current=current),
            changes=getattr(each, "change_count", 0),
            decided_by=getattr(each, "decided_by", "") or "",
        )
        for each in publications
    ]


def describe_standing(publication: Publication, *, current: Publication | None) -> Standing:
    match publication.state:
        case PublicationState.PUBLISHED if current and current.pk == publication.pk:
            words = _("This is what readers are answered from now.")
            return Standing("live", _("Live now"), words)
        case PublicationState.PUBLISHED:
            words = _("Readers were answered from it until a later one took its place.")
            return Standing("past", _("Was live"), words)
        case PublicationState.HELD:
            words = _("It is not live. It waits until somebody approves or refuses it.")
            return Standing("waits", _("Waits for a person"), words)
        case PublicationState.REFUSED:
            words = _("It was refused and never went live.")
            return Standing("refused", _("Refused"), words)
        case PublicationState.OVERTAKEN:
            words = _("Newer changes came before anybody decided, so it never went live.")
            return Standing("past", _("Overtaken"), words)
    words = _("It is being put together, or was broken off. It is not live.")
    return Standing("past", _("Being prepared"), words)


def list_proposers(publication: Publication) -> list[str]:
    """Everybody who proposed something in it; none of them may approve it."""
    return [name for name in publication.proposed_by.split(AND) if name]


def find_end(publication: Publication) -> datetime | None:
    """When the next one took its place."""
    if publication.published_at is None:
        return None
    later = Publication.objects.filter(published_at__gt=publication.published_at)
    return later.order_by("published_at").values_list("published_at", flat=True).first()


# --- its documents -----------------------------------------------------------------------------


def list_changes(publication: Publication) -> QuerySet[PublicationChange]:
    return publication.changes.select_related("document", "before", "after").defer(
        "before__text", "after__text"
    )


def make_change_rows(changes: Iterable[PublicationChange | PlannedChange]) -> list[ChangeRow]:
    return [
        ChangeRow(
            document=each.document,
            kind=(kind := name_change(each.before, each.after)),
            name=get_change_words(kind),
            before=each.before,
            after=each.after,
        )
        for each in changes
    ]


def name_change(before: object | None, after: object | None) -> str:
    if before is None:
        return "new"
    return "gone" if after is None else "changed"


def get_change_words(kind: str) -> str:
    return {"new": _("new"), "changed": _("changed"), "gone": _("gone")}[kind]


def compare_revisions(before: Revision | None, after: Revision | None) -> Comparison:
    """Pair the passages and compare the words of those that differ."""
    changed, same = [], 0
    for pair in pair_passages(read_passages(before), read_passages(after)):
        old, new = (pair.old.text if pair.old else ""), (pair.new.text if pair.new else "")
        parts = compare_words(old, new)
        if all(part.kind is DiffKind.SAME for part in parts):
            same += 1
        else:
            kind = name_change(pair.old, pair.new)
            changed.append(ComparedPassage(kind, get_change_words(kind), get_heading(pair), parts))
    return Comparison(tuple(changed), same)


def read_passages(revision: Revision | None) -> list[PassageText]:
    if revision is None:
        return []
    return [
        PassageText(
            id=passage.pk,
            text=passage.text,
            heading_path=tuple(passage.heading_path),
            numbers=tuple(str(span[0]) for span in passage.numbers),
            url=passage.url,
        )
        for passage in revision.passages.order_by("position")
    ]


def get_heading(pair: PassagePair) -> str:
    passage = pair.new or pair.old
    assert passage is not None
    numbers = ", ".join(dict.fromkeys(passage.numbers))
    return " › ".join(filter(None, (*passage.heading_path, numbers)))


# --- its gold questions ------------------------------------------------------------------------


def compare_rows(report: GateReport) -> list[ComparedRow]:
    """The gold questions that are answered otherwise, those that fell first."""
    rows = sorted(report.changed_rows, key=lambda row: (not row.has_fallen, row.after.passed))
    return [compare_row(row) for row in rows]


def compare_row(row: GoldRow) -> ComparedRow:
    before = row.before
    old, new = list_links(before), list_links(row.after)
    return ComparedRow(
        row=row,
        words=compare_words(before.answer, row.after.answer) if before else (),
        lost_links=tuple(link for link in old if link not in new),
        new_links=tuple(link for link in new if before and link not in old),
    )


def list_links(answer: GoldAnswer | None) -> Sequence[str]:
    """The addresses that an answer cites, each once; only those that are safe to follow."""
    urls = [str(citation.get("url", "")) for citation in answer.citations] if answer else []
    return [url for url in dict.fromkeys(urls) if url.startswith(("https://", "http://", "/"))]
