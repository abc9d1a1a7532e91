"""What briefings rest on: the official words as they are live in a set.

A briefing whose official words have changed, or are gone, is stale and must not be used. One
whose official page was never read is used, without a quote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urldefrag

from django.db.models import QuerySet

from knowledge.indexing import digest_spans, find_paragraph
from knowledge.live_sets import LiveSet, is_in
from knowledge.models import Document, Passage, Revision
from knowledge.types import DocumentKind, DocumentStatus, Support

QUOTE_LIMIT_CHARACTERS = 600
# Between two items of one paragraph: a line break and what little may stand there.
GAP_LIMIT_CHARACTERS = 80
SENTENCE_END = re.compile(r"[.!?;:](?=\s)|\n")

NumberedPlace = tuple[str, int, int]


@dataclass(frozen=True)
class Supports:
    """For each briefing passage what it rests on, and which of them are stale."""

    of_passage: Mapping[int, tuple[Support, ...]]
    stale: frozenset[int]


@dataclass(frozen=True)
class OfficialText:
    """A live official revision as far as briefings rest on it."""

    text: str
    numbers: Sequence[NumberedPlace]
    # Where each passage begins, with its address.
    anchors: Sequence[tuple[int, str]]
    # Where each passage stands: what has no number is pinned by the words of its whole passage.
    passages: Sequence[tuple[int, int]] = ()

    def quote(self, spans: Sequence[tuple[int, int]]) -> str:
        return cut_quote(self.text, spans)

    def get_url(self, place: int) -> str:
        return [url for start, url in self.anchors if start <= place][-1]

    def find(self, rest: Mapping[str, str]) -> list[tuple[int, int]]:
        """The places of what is rested on; none if it no longer stands there."""
        if rest["paragraph"]:
            return find_paragraph(self.numbers, rest["paragraph"])
        digest = rest.get("digest")
        return [
            span for span in self.passages if digest and digest_spans(self.text, [span]) == digest
        ][:1]


def resolve_supports(live_set: LiveSet) -> Supports:
    """Look up everything that the live briefings rest on. A few queries, whatever their number."""
    live = Passage.objects.filter(
        is_in(live_set),
        revision__document__kind=DocumentKind.BRIEFING,
    )
    rests = dict(live.exclude(rests_on=[]).values_list("pk", "rests_on"))
    urls = {get_page(rest["url"]) for each in rests.values() for rest in each}
    official = read_official(urls, live_set)
    ended = Document.objects.filter(url__in=urls).exclude(status=DocumentStatus.LIVE)
    if live_set.at is not None:
        ended = ended.filter(status_since__lte=live_set.at)
    retired = set(ended.values_list("url", flat=True))
    of_passage, stale = {}, set()
    for passage_id, each in rests.items():
        of_passage[passage_id] = tuple(
            make_support(rest, official.get(get_page(rest["url"]))) for rest in each
        )
        if any(is_stale(rest, official, retired) for rest in each):
            stale.add(passage_id)
    return Supports(of_passage, frozenset(stale))


def get_page(url: str) -> str:
    return urldefrag(url).url


def read_official(urls: Iterable[str], live_set: LiveSet) -> dict[str, OfficialText]:
    """The live official text at each of the addresses that has one."""
    revisions = Revision.objects.filter(
        is_in(live_set, revision="pk"),
        document__url__in=list(urls),
        document__kind=DocumentKind.OFFICIAL,
    )
    pages = dict(revisions.values_list("pk", "document__url"))
    texts = dict(Revision.objects.filter(pk__in=pages).values_list("pk", "text"))
    numbers: dict[int, set[NumberedPlace]] = {pk: set() for pk in pages}
    anchors: dict[int, list[tuple[int, str]]] = {pk: [] for pk in pages}
    passages: QuerySet[Passage] = Passage.objects.filter(revision_id__in=pages)
    places: dict[int, list[tuple[int, int]]] = {pk: [] for pk in pages}
    rows = passages.order_by("revision_id", "position")
    for pk, start, stop, url, found in rows.values_list(
        "revision_id", "start", "end", "url", "numbers"
    ):
        anchors[pk].append((start, url))
        places[pk].append((start, stop))
        numbers[pk].update((str(number), begin, end) for number, begin, end in found)
    return {
        url: OfficialText(
            texts[pk], sorted(numbers[pk], key=lambda n: n[1:]), anchors[pk], places[pk]
        )
        for pk, url in pages.items()
    }


def make_support(rest: Mapping[str, str], official: OfficialText | None) -> Support:
    spans = official.find(rest) if official else []
    if official is None or not spans:
        return Support(url=rest["url"], quote="")
    return Support(url=official.get_url(spans[0][0]), quote=official.quote(spans))


def is_stale(
    rest: Mapping[str, str], official: Mapping[str, OfficialText], retired: set[str]
) -> bool:
    """Does the briefing's pin no longer hold?"""
    if not rest.get("digest"):
        return False
    page = get_page(rest["url"])
    if page not in official:
        # Never read is no reason for distrust; withdrawn or gone is.
        return page in retired
    text = official[page]
    return digest_spans(text.text, text.find(rest)) != rest["digest"]


def cut_quote(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The verbatim text of the spans that follow one another, cut where a block ends."""
    begin = spans[0][0]
    end = spans[0][1]
    for start, stop in spans[1:]:
        if start - end > GAP_LIMIT_CHARACTERS or stop - begin > QUOTE_LIMIT_CHARACTERS:
            break
        end = max(end, stop)
    quote = text[begin:end]
    if len(quote) <= QUOTE_LIMIT_CHARACTERS:
        return quote
    ends = [match.end() for match in SENTENCE_END.finditer(quote, 0, QUOTE_LIMIT_CHARACTERS + 1)]
    return quote[: ends[-1]].rstrip() if ends else quote
