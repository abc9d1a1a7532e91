"""Fakes at the doors, deterministic and without a model."""

from __future__ import annotations

import re
from zlib import crc32

from llama_index.core.base.embeddings.base import BaseEmbedding

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
