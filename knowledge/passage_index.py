"""The only module that knows LlamaIndex's vector-store interface.

The local store is exact: every vector is compared. An index is written once for a publication
and never changed, so a reader's question sees one state of the knowledge and no lock is needed.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Sequence
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

from knowledge.embedding import get_recipe
from knowledge.index_files import IndexUnusable, LocalIndex, read_index

Mask = npt.NDArray[np.bool_]

# The live index, and a few earlier ones that answers 'as of' a date ask for.
NODES_KEPT = 20_000
STORES_KEPT = 4


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
    """One index directory behind LlamaIndex's interface: dense and lexical queries, filters.

    Nodes come back with their ids and metadata and without text: the words are in the tables.
    """

    stores_text: bool = False
    _index: LocalIndex = PrivateAttr()
    _nodes: dict[int, TextNode] = PrivateAttr(default_factory=dict)

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
        raise IndexIsFixed("an index is never changed: write a new one with write_index")

    def delete(self, ref_doc_id: str, **delete_kwargs: Any) -> None:
        raise IndexIsFixed("an index is never changed: what is not live is dropped by retrieval")

    def query(self, query: VectorStoreQuery, **kwargs: Any) -> VectorStoreQueryResult:
        index = self._index
        wanted = self._select(query)
        if query.mode == VectorStoreQueryMode.DEFAULT:
            if query.query_embedding is None:
                raise QueryNotSupported("a dense query needs an embedding")
            scores = index.score_dense(query.query_embedding)
        elif query.mode == VectorStoreQueryMode.TEXT_SEARCH:
            scores = index.score_lexical(query.query_str or "")
            # A passage that shares no word with the question was not found.
            wanted &= scores > 0
        else:
            raise QueryNotSupported(f"the local store has no mode {query.mode.value}")
        found = np.flatnonzero(wanted)
        if len(found) > query.similarity_top_k:
            kept = np.argpartition(-scores[found], query.similarity_top_k - 1)
            found = found[kept[: query.similarity_top_k]]
        # Of equal scores the smaller id comes first, so that an answer can be had again.
        found = found[np.lexsort((index.passage_ids[found], -scores[found]))]
        nodes = [self._get_node(place) for place in found.tolist()]
        return VectorStoreQueryResult(
            nodes=nodes,
            similarities=scores[found].tolist(),
            ids=[node.node_id for node in nodes],
        )

    def _get_node(self, place: int) -> TextNode:
        # Making a node costs more than finding it.
        node = self._nodes.get(place)
        if node is None:
            if len(self._nodes) >= NODES_KEPT:
                self._nodes.clear()
            node = self._nodes[place] = self._make_node(place)
        return node

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

    def _select(self, query: VectorStoreQuery) -> Mask:
        index = self._index
        wanted = np.ones(len(index.passage_ids), dtype=np.bool_)
        if query.node_ids is not None:
            wanted &= np.isin(index.passage_ids, [int(node) for node in query.node_ids])
        if query.doc_ids is not None:
            wanted &= np.isin(index.document_ids, [int(document) for document in query.doc_ids])
        if query.filters is not None:
            wanted &= self._match_all(query.filters)
        return wanted

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
            mask = np.isin(codes, [names.index(str(v)) for v in values if str(v) in names])
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
                f"the index in {directory} was made by another recipe than {recipe.name}"
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
) -> list[Hit]:
    """The passages nearest in meaning, best first."""
    return _find(
        store,
        VectorStoreQuery(
            query_embedding=np.asarray(vector, dtype=np.float32).tolist(),
            similarity_top_k=limit,
            filters=_filter_kinds(kinds),
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
    result = store.query(query)
    return [
        Hit(int(node.node_id), int(node.metadata["document_id"]), score)
        for node, score in zip(result.nodes or [], result.similarities or [], strict=True)
    ]
