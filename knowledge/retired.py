"""What became of a page that is no longer live, for a question that it would have answered.

A retired page's words are never shown as evidence again; that it went, when, and what stands in
its place is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from django.db.models import QuerySet

from knowledge.embedding import Vectors, embed_passages, embed_question, get_recipe
from knowledge.models import Document, LivePeriod, Passage
from knowledge.passage_texts import read_vectors
from knowledge.types import DocumentKind, DocumentStatus

# So like the question (cosine) a page must be, to be worth a word.
LIKENESS_FLOOR = 0.72
# The newest tombstones; nobody asks for older pages by the thousand.
DOCUMENTS_LIMIT = 300
HOPS_LIMIT = 5


@dataclass(frozen=True, kw_only=True)
class RetiredDocument:
    """`likeness` is the cosine of the question and the page's best passage, when it was live.

    `replacement_title` is '' for a page that we don't read. `reason` is in the publisher's words,
    or in those of our staff when `is_ours`: then it was they who took it out of use.
    """

    document_id: int
    title: str
    url: str
    status: DocumentStatus
    reason: str
    since: datetime | None
    is_ours: bool
    replacement_url: str
    replacement_title: str
    likeness: float


@dataclass(frozen=True)
class RetiredTexts:
    """Row by row: a vector, and the document that it belonged to."""

    document_ids: npt.NDArray[np.int64]
    vectors: Vectors


def find_retired(
    question: str,
    *,
    live_since: datetime | None = None,
    vector: npt.ArrayLike | None = None,
    floor: float = LIKENESS_FLOOR,
) -> RetiredDocument | None:
    """The retired page that is nearest to the question, if it is at least so near.

    `live_since` is Retrieval.live_since: until it changes, the same pages are retired.
    """
    # Without a publication there is no moment by which to remember.
    read = read_retired_texts if live_since else read_retired_texts.__wrapped__
    texts = read(live_since, get_recipe().fingerprint)
    if not len(texts.document_ids):
        return None
    asked = np.asarray(embed_question(question) if vector is None else vector, dtype=np.float32)
    likenesses = texts.vectors @ asked
    best = int(likenesses.argmax())
    if likenesses[best] < floor:
        return None
    # Looked up now: it may have come back, or its replacement may have moved on.
    document = list_retired().filter(pk=int(texts.document_ids[best])).first()
    return describe(document, float(likenesses[best])) if document else None


def list_retired() -> QuerySet[Document]:
    return Document.objects.filter(kind=DocumentKind.OFFICIAL).exclude(status=DocumentStatus.LIVE)


@lru_cache(maxsize=2)
def read_retired_texts(live_since: datetime | None, recipe: str) -> RetiredTexts:
    """The vectors of what each retired page last said; of a page never read, of its title."""
    newest = list_retired().order_by("-status_since").only("pk", "title")[:DOCUMENTS_LIMIT]
    titles = {document.pk: document.title for document in newest}
    digests = read_last_digests(list(titles))
    vectors = read_vectors({digest for _, digest in digests}, recipe)
    rows = [(pk, vectors[digest]) for pk, digest in digests if digest in vectors]
    without = [pk for pk in titles.keys() - {pk for pk, _ in rows} if titles[pk]]
    if without:
        rows += zip(without, embed_passages([titles[pk] for pk in without]), strict=True)
    return RetiredTexts(
        np.array([pk for pk, _ in rows], dtype=np.int64),
        np.stack([vector for _, vector in rows]) if rows else np.empty((0, 0), dtype=np.float32),
    )


def read_last_digests(document_ids: Sequence[int]) -> list[tuple[int, str]]:
    """Document and digest of each passage of the revision that was live last."""
    periods = LivePeriod.objects.filter(document_id__in=document_ids).order_by("live_from")
    last = dict(periods.values_list("document_id", "revision_id"))
    document_of = {revision: document for document, revision in last.items()}
    rows = Passage.objects.filter(revision_id__in=list(document_of))
    return [
        (document_of[revision], digest)
        for revision, digest in rows.values_list("revision_id", "digest")
    ]


def describe(document: Document, likeness: float) -> RetiredDocument:
    url, title = find_replacement(document)
    return RetiredDocument(
        document_id=document.pk,
        title=document.title or document.url,
        url=document.url,
        status=DocumentStatus(document.status),
        reason=document.status_reason,
        since=document.status_since,
        is_ours=bool(document.withdrawn_by),
        replacement_url=url,
        replacement_title=title,
        likeness=likeness,
    )


def find_replacement(document: Document) -> tuple[str, str]:
    """Address and title of what stands in its place now: that too may have been replaced."""
    url, title = document.replacement_url, ""
    for _hop in range(HOPS_LIMIT):
        following = Document.objects.filter(url=url).first() if url else None
        if following is None:
            break
        title = following.title
        if following.replacement_url in {"", document.url}:
            break
        url, title = following.replacement_url, ""
    return url, title
