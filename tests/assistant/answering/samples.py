"""Passages in our own words, and a knowledge without a model or a database."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

from assistant.answering.weighing import Fit, Weigher, get_words
from knowledge.retrieval import RetiredDocument, Retrieval, split_words
from knowledge.types import DocumentKind, NumberedSpan, RankedPassage, Support

DIMENSIONS = 2048
FIRST_DAY = date(2026, 1, 1)


# Longer than may be quoted whole.
LONG_LIST = "\n".join(
    [
        "The office lends a bicycle if all of this is true:",
        *(
            f"{mark}) the rider {what} and has signed the form that the office keeps for "
            "every loan of this kind; and"
            for mark, what in zip(
                "abcdef",
                ("is tall", "owns a helmet", "has a light", "rings a bell", "pays", "lives near"),
                strict=True,
            )
        ),
        "g) the bicycle is whole.",
    ]
)


def make_passage(
    text: str,
    *,
    passage_id: int = 1,
    kind: DocumentKind = DocumentKind.OFFICIAL,
    url: str = "https://example.test/rules#bicycles",
    title: str = "Rules on bicycles",
    heading: str = "Lending",
    lead_ins: tuple[str, ...] = (),
    supports: tuple[Support, ...] = (),
    dense: float = 0.9,
    lexical: float = 5.0,
    rank: int = 1,
    numbers: tuple[NumberedSpan, ...] = (),
    is_historic: bool = False,
    asks: tuple[str, ...] = (),
    published: date = date(2026, 1, 2),
) -> RankedPassage:
    return RankedPassage(
        passage_id=passage_id,
        document_id=passage_id,
        revision_id=passage_id,
        kind=kind,
        title=title,
        publisher="Bicycle Office",
        licence="Open",
        url=url,
        heading_path=(heading,),
        text=text,
        start=100,
        lead_ins=lead_ins,
        numbers=numbers,
        published=published,
        checked=date(2026, 2, 3),
        supports=supports,
        asks=asks,
        is_historic=is_historic,
        score=dense,
        dense=dense,
        lexical=lexical,
        rank=rank,
    )


def make_briefing(text: str, *, passage_id: int = 50, **options: object) -> RankedPassage:
    return make_passage(  # type: ignore[arg-type]
        text,
        passage_id=passage_id,
        kind=DocumentKind.BRIEFING,
        **{
            "url": "/briefings/bicycles#lending",
            "title": "Borrowing a bicycle",
            "heading": "Who can borrow",
            **options,
        },
    )


def embed(text: str) -> npt.NDArray[np.float32]:
    """Hash the words, so that texts with the same words are alike."""
    vector = np.zeros(DIMENSIONS, dtype=np.float32)
    for word in re.findall(r"\w+", text.lower()):
        place = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4]) % DIMENSIONS
        vector[place] += 1
    length = float(np.linalg.norm(vector))
    return vector / length if length else vector


def make_fits(question: str, *briefings: RankedPassage) -> tuple[list[Fit], Weigher]:
    """Rank briefings by the `dense` that they were made with: 0.1 more is 10 times as likely."""
    weigher = Weigher(briefings, lambda texts: np.stack([embed(text) for text in texts]))
    asked = set(split_words(question))
    chances = [10 ** (10 * each.dense) for each in briefings]
    fits = [
        Fit(
            each,
            20 * each.dense,
            chance / sum(chances),
            frozenset(asked.intersection(split_words(get_words(each)))),
        )
        for each, chance in zip(briefings, chances, strict=True)
    ]
    return sorted(fits, key=lambda fit: -fit.score), weigher


class LikeFake:
    """Likeness by common words, lifted to where the model's cosines lie."""

    def __init__(self, question: str) -> None:
        self.question = question

    def __call__(self, texts: Sequence[str], *, to: str | None = None) -> list[float]:
        other = embed(self.question if to is None else to)
        return [0.6 + 0.4 * float(embed(text) @ other) for text in texts]


class FakeKnowledge:
    """Gives the passages it was made with, whatever is asked."""

    def __init__(self, *passages: RankedPassage) -> None:
        self.passages = passages
        self.asked: list[str] = []
        self.dates: list[date | None] = []
        self.candidates: list[int | None] = []
        self.retired: RetiredDocument | None = None
        # None: nothing was live at the time asked about.
        self.publication_id: int | None = 7
        self.unknown_references: tuple[str, ...] = ()

    def retrieve(
        self,
        question: str,
        *,
        limit: int = 12,
        as_of: date | None = None,
        candidate: int | None = None,
        vector: npt.ArrayLike | None = None,
        kinds: Collection[DocumentKind] | None = None,
    ) -> Retrieval:
        self.asked.append(question)
        self.dates.append(as_of)
        self.candidates.append(candidate)
        found = [each for each in self.passages if kinds is None or each.kind in kinds][:limit]
        return Retrieval(
            passages=tuple(found),
            publication_id=self.publication_id,
            best_dense=max((each.dense for each in found), default=0.0),
            best_lexical=max((each.lexical for each in found), default=0.0),
        )

    def retrieve_each(
        self,
        question: str,
        *,
        limits: Mapping[DocumentKind, int],
        as_of: date | None = None,
        candidate: int | None = None,
        vector: npt.ArrayLike | None = None,
    ) -> Retrieval:
        parts = [
            self.retrieve(question, limit=limit, as_of=as_of, candidate=candidate, kinds=(kind,))
            for kind, limit in limits.items()
        ]
        return Retrieval(
            passages=tuple(passage for part in parts for passage in part.passages),
            publication_id=self.publication_id,
            best_dense=max(part.best_dense for part in parts),
            best_lexical=max(part.best_lexical for part in parts),
            unknown_references=self.unknown_references,
        )

    def find_retired(self, question: str, **options: object) -> RetiredDocument | None:
        return self.retired

    def mend_question(self, text: str) -> str:
        return text.replace("frnace", "france")

    def list_briefings(
        self, *, as_of: date | None = None, candidate: int | None = None
    ) -> Sequence[RankedPassage]:
        return [each for each in self.passages if each.kind is DocumentKind.BRIEFING]

    def find_first_day(self) -> date | None:
        return FIRST_DAY

    def embed_question(self, text: str) -> npt.NDArray[np.float32]:
        return embed(text)

    def embed_texts(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        return np.stack([embed(text) for text in texts])
