"""Fakes at the doors, deterministic and without a model."""

from __future__ import annotations

import re
from zlib import crc32

from llama_index.core.base.embeddings.base import BaseEmbedding

from knowledge.gate import GoldAnswer
from knowledge.gold_questions import GoldEntry
from knowledge.live_sets import LiveSet, is_in
from knowledge.models import Passage

DIMENSIONS = 512
COMMON = re.compile(
    r"(a|an|and|are|as|at|be|by|can|do|does|for|from|have|how|i|if|in|is|it|may|must|my|no|not|of"
    r"|on|or|the|that|this|to|was|what|when|where|which|who|will|with|you|your)"
)
ENDINGS = re.compile(r"(ies|ing|ed|es|s|y)$")


class FakeEmbedding(BaseEmbedding):
    """Counts words into a few hundred places, so that texts that share words are near."""

    model_name: str = "fake"

    def _get_text_embedding(self, text: str) -> list[float]:
        vector = [0.0] * DIMENSIONS
        words = [word for word in re.findall(r"\w+", text.lower()) if not COMMON.fullmatch(word)]
        for word in words:
            vector[crc32(ENDINGS.sub("", word).encode()) % DIMENSIONS] += 1.0
        return vector

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


def answer_by_a_word(entry: GoldEntry, *, candidate: int | None = None) -> GoldAnswer:
    """Answers with the passages that hold the first fact, live or in the candidate."""
    fact = entry.facts[0][0] if entry.facts else entry.question
    found = Passage.objects.filter(
        is_in(LiveSet(candidate=candidate)), text__icontains=fact
    ).select_related("revision")
    citations = [
        {"document": each.revision.document_id, "url": each.url, "supports": []} for each in found
    ]
    return GoldAnswer(
        passed=bool(citations),
        outcome="answered" if citations else "no_evidence",
        reasons=() if citations else (f"without {fact!r}",),
        answer=" ".join(each.text for each in found),
        citations=tuple(citations),
    )
