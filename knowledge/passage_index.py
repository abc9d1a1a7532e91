"""The only module that knows LlamaIndex's vector-store interface.

The local store is exact: every vector is compared. An index is written once for a publication
and never changed, so a reader's question sees one state of the knowledge and no lock is needed.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.schema import BaseNode, TextNode
from llama_index.core.vector_stores.types import (
    BasePydanticVectorStore,
    FilterCondition,
    FilterOperator,
    MetadataFilter,
    MetadataFilters,
    VectorStoreQuery,
    VectorStoreQueryMode,
    VectorStoreQueryResult,
)

from knowledge.embedding import Vectors, get_recipe
from knowledge.index_files import LocalIndex, read_index
from knowledge.lexical import Mask
from knowledge.segments import IndexUnusable

# The live index, and a few earlier ones that answers 'as of' a date ask for.
STORES_KEPT = 4
# Of as many questions as are searched for at once; each score takes four bytes a passage.
SCORES_KEPT = 32


class IndexIsFixed(Exception):
    """Somebody tried to change an index that readers use."""


class QueryNotSupported(Exception):
    """The local store was asked for a mode or a filter that it would have had to ignore."""


@dataclass(frozen=True)
class Hit:
    """A passage that one of the two searches found."""

    passage_id: int
    document_id: int
    score: float


class LocalPassageStore(BasePydanticVectorStore):
    """One publication's index behind LlamaIndex's interface: dense and lexical, with filters.

    Nodes come back with their ids and metadata and without text: the words are in the tables.
    """

    stores_text: bool = False
    _index: LocalIndex = PrivateAttr()
    _scores: OrderedDict[tuple[str, str | bytes], Vectors] = PrivateAttr(
        default_factory=OrderedDict
    )
    _remembering: Any = PrivateAttr(default_factory=threading.Lock)

    def __init__(self, directory: Path, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._index = read_index(directory)

    @classmethod
    def class_name(cls) -> str:
        return "LocalPassageStore"

    @property
    def client(self) -> LocalIndex:
        return self._index

    @property
    def recipe(self) -> str:
        return self._index.recipe

    def add(self, nodes: Sequence[BaseNode], **kwargs: Any) -> list[str]:
        raise IndexIsFixed("an index is never changed: publish a new one")

    def delete(self, ref_doc_id: str, **delete_kwargs: Any) -> None:
        raise IndexIsFixed("an index is never changed: what is not live is dropped by retrieval")

    def query(self, query: VectorStoreQuery, **kwargs: Any) -> VectorStoreQueryResult:
        places, scores = self._find(query)
        nodes = [self._make_node(place) for place in places.tolist()]
        return VectorStoreQueryResult(
            nodes=nodes, similarities=scores.tolist(), ids=[node.node_id for node in nodes]
        )

    def find(self, query: VectorStoreQuery) -> list[Hit]:
        """What `query` finds, without the nodes: making one costs more than finding it."""
        places, scores = self._find(query)
        passages = self._index.passage_ids[places].tolist()
        documents = self._index.document_ids[places].tolist()
        return [
            Hit(passage, document, score)
            for passage, document, score in zip(passages, documents, scores.tolist(), strict=True)
        ]

    def _find(self, query: VectorStoreQuery) -> tuple[npt.NDArray[np.intp], Vectors]:
        """The places of the best, best first, and their scores."""
        wanted = self._select(query)
        scores = self._score(query)
        if query.mode == VectorStoreQueryMode.TEXT_SEARCH:
            # A passage that shares no word with the question was not found.
            shares = scores > 0
            wanted = shares if wanted is None else wanted & shares
        found = np.arange(len(scores)) if wanted is None else np.flatnonzero(wanted)
        if len(found) > query.similarity_top_k:
            reached = scores[found]
            place = len(found) - query.similarity_top_k
            # All that are as good as the last one, so that the smaller ids among them are taken.
            found = found[reached >= np.partition(reached, place)[place]]
        # Of equal scores the smaller id comes first, so that an answer can be had again.
        order = np.lexsort((self._index.passage_ids[found], -scores[found]))
        found = found[order[: query.similarity_top_k]]
        return found, scores[found]

    def _score(self, query: VectorStoreQuery) -> Vectors:
        """Score every passage, once for all the filters that a question is asked with."""
        if query.mode == VectorStoreQueryMode.DEFAULT:
            if query.query_embedding is None:
                raise QueryNotSupported("a dense query needs an embedding")
            vector = np.asarray(query.query_embedding, dtype=np.float32)
            return self._remember("dense", vector.tobytes(), self._index.score_dense, vector)
        if query.mode == VectorStoreQueryMode.TEXT_SEARCH:
            text = query.query_str or ""
            return self._remember("lexical", text, self._index.score_lexical, text)
        raise QueryNotSupported(f"the local store has no mode {query.mode.value}")

    def _remember(
        self, name: str, key: str | bytes, score: Callable[[Any], Vectors], asked: Any
    ) -> Vectors:
        with self._remembering:
            found = self._scores.get((name, key))
        if found is None:
            found = score(asked)
            # It is shared by all who ask the same.
            found.setflags(write=False)
            with self._remembering:
                self._scores[name, key] = found
                while len(self._scores) > SCORES_KEPT:
                    self._scores.popitem(last=False)
        return found

    def _make_node(self, place: int) -> TextNode:
        index = self._index
        return TextNode(
            id_=str(index.passage_ids[place]),
            text="",
            metadata={
                "document_id": int(index.document_ids[place]),
                "kind": index.names["kind"][index.kinds[place]],
                "source": index.names["source"][index.sources[place]],
            },
        )

    def _select(self, query: VectorStoreQuery) -> Mask | None:
        """Which passages are wanted; None when all are."""
        index = self._index
        masks: list[Mask] = []
        if query.node_ids is not None:
            masks.append(np.isin(index.passage_ids, [int(node) for node in query.node_ids]))
        if query.doc_ids is not None:
            documents = [int(document) for document in query.doc_ids]
            masks.append(np.isin(index.document_ids, documents))
        if query.filters is not None:
            masks.append(self._match_all(query.filters))
        return np.logical_and.reduce(masks) if masks else None

    def _match_all(self, filters: MetadataFilters) -> Mask:
        masks = [
            self._match_all(each) if isinstance(each, MetadataFilters) else self._match(each)
            for each in filters.filters
        ]
        if not masks:
            return np.ones(len(self._index.passage_ids), dtype=np.bool_)
        is_any = filters.condition in {FilterCondition.OR, FilterCondition.NOT}
        found: Mask = np.any(masks, axis=0) if is_any else np.all(masks, axis=0)
        return ~found if filters.condition == FilterCondition.NOT else found

    def _match(self, wanted: MetadataFilter) -> Mask:
        values = wanted.value if isinstance(wanted.value, list) else [wanted.value]
        is_many = wanted.operator in {FilterOperator.IN, FilterOperator.NIN}
        is_not = wanted.operator in {FilterOperator.NE, FilterOperator.NIN}
        is_one = wanted.operator in {FilterOperator.EQ, FilterOperator.NE}
        if not (is_many or is_one):
            raise QueryNotSupported(f"the local store has no filter {wanted.operator.value!r}")
        index = self._index
        if wanted.key == "document_id":
            mask = np.isin(index.document_ids, [int(str(value)) for value in values])
        elif wanted.key in index.names:
            codes = index.kinds if wanted.key == "kind" else index.sources
            names = index.names[wanted.key]
            strings = {str(value) for value in values}
            mask = np.array([name in strings for name in names], dtype=np.bool_)[codes]
        else:
            raise QueryNotSupported(f"the local store has no metadata {wanted.key!r}")
        return ~mask if is_not else mask


_opening = threading.Lock()
_stores: OrderedDict[Path, LocalPassageStore] = OrderedDict()


def open_passage_store(directory: Path) -> LocalPassageStore:
    """Open an index, or return it if it is open. Raises IndexUnusable."""
    with _opening:
        store = _stores.get(directory)
        if store is None:
            store = LocalPassageStore(directory)
        recipe = get_recipe()
        if store.recipe != recipe.fingerprint:
            raise IndexUnusable(
                f"the index {directory.name} was made by another recipe than {recipe.name}"
            )
        _stores[directory] = store
        _stores.move_to_end(directory)
        while len(_stores) > STORES_KEPT:
            _stores.popitem(last=False)
    return store


def find_dense(
    store: BasePydanticVectorStore,
    vector: npt.ArrayLike,
    *,
    limit: int,
    kinds: Collection[str] | None = None,
    passage_ids: Collection[int] | None = None,
) -> list[Hit]:
    """The passages nearest in meaning, best first; of these passages alone, where given."""
    return _find(
        store,
        VectorStoreQuery(
            query_embedding=np.asarray(vector, dtype=np.float32).tolist(),
            similarity_top_k=limit,
            filters=_filter_kinds(kinds),
            node_ids=None if passage_ids is None else list(map(str, passage_ids)),
        ),
    )


def find_lexical(
    store: BasePydanticVectorStore,
    text: str,
    *,
    limit: int,
    kinds: Collection[str] | None = None,
) -> list[Hit]:
    """The passages that share words with the text, best first; none that shares none."""
    return _find(
        store,
        VectorStoreQuery(
            query_str=text,
            similarity_top_k=limit,
            mode=VectorStoreQueryMode.TEXT_SEARCH,
            filters=_filter_kinds(kinds),
        ),
    )


def _filter_kinds(kinds: Collection[str] | None) -> MetadataFilters | None:
    if kinds is None:
        return None
    # Plain strings: the interface takes no enumeration.
    values = [str(kind) for kind in kinds]
    return MetadataFilters(
        filters=[MetadataFilter(key="kind", value=values, operator=FilterOperator.IN)]
    )


def _find(store: BasePydanticVectorStore, query: VectorStoreQuery) -> list[Hit]:
    if isinstance(store, LocalPassageStore):
        return store.find(query)
    result = store.query(query)
    return [
        Hit(int(node.node_id), int(node.metadata["document_id"]), score)
        for node, score in zip(result.nodes or [], result.similarities or [], strict=True)
    ]
