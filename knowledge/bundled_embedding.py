"""The embedding model that comes with the requirements, as LlamaIndex sees it.

bge-small-en-v1.5, quantised to eight bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime
from django.conf import settings
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr
from tokenizers import Tokenizer

from knowledge.embedding import BUNDLED_NAME, FILE_DIGESTS, TEXTS_A_BATCH, TOKEN_LIMIT
from knowledge.model_files import read_model_file

# The model was trained with it. It changes no stored vector, so it is not part of the recipe.
QUESTION_INSTRUCTION = "Represent this sentence for searching relevant passages: "
# Of one run of the model, padding included: it bounds the memory that long texts need.
TOKENS_A_RUN_LIMIT = 4096


class BundledEmbedding(BaseEmbedding):
    """English, no network, about 10 ms a question. Safe to use from many threads."""

    _session: Any = PrivateAttr()
    _tokenizer: Any = PrivateAttr()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(model_name=BUNDLED_NAME, embed_batch_size=TEXTS_A_BATCH, **kwargs)
        # The bytes that were checked are the bytes that are loaded.
        files = {name: read_model_file(name) for name in FILE_DIGESTS}
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = settings.KNOWLEDGE_EMBEDDING_THREADS
        options.inter_op_num_threads = 1
        # Idle threads that spin take the processor from the other readers' answers.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            files["model.onnx"], options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_str(files["tokenizer.json"].decode())
        self._tokenizer.enable_truncation(TOKEN_LIMIT)
        self._tokenizer.no_padding()

    @classmethod
    def class_name(cls) -> str:
        return "BundledEmbedding"

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(QUESTION_INSTRUCTION + query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._run([self._tokenizer.encode(text).ids])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        encoded = [encoding.ids for encoding in self._tokenizer.encode_batch(texts)]
        longest = max(map(len, encoded), default=1)
        size = max(1, TOKENS_A_RUN_LIMIT // longest)
        return [
            vector
            for begin in range(0, len(encoded), size)
            for vector in self._run(encoded[begin : begin + size])
        ]

    def _run(self, encoded: list[list[int]]) -> list[list[float]]:
        longest = max(map(len, encoded))
        ids = np.zeros((len(encoded), longest), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, tokens in enumerate(encoded):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        (hidden,) = self._session.run(["last_hidden_state"], inputs)
        # The first token, [CLS], stands for the whole text: so this model was trained.
        vectors: list[list[float]] = hidden[:, 0].tolist()
        return vectors
