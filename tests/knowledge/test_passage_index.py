from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from llama_index.core.schema import TextNode
from llama_index.core.vector_stores.types import (
    FilterCondition,
    FilterOperator,
    MetadataFilter,
    MetadataFilters,
    VectorStoreQuery,
    VectorStoreQueryMode,
)

from knowledge.embedding import EmbeddingRecipe, embed_passages, get_recipe
from knowledge.index_files import write_index
from knowledge.passage_index import (
    IndexIsFixed,
    LocalPassageStore,
    QueryNotSupported,
    find_dense,
    find_lexical,
    open_passage_store,
)
from knowledge.segments import IndexEntry, IndexUnusable

pytestmark = pytest.mark.usefixtures("fake_embedding")

TEXTS = {
    11: ("official", "rules", "Apples are free for children"),
    12: ("official", "prices", "Pears cost two coins"),
    21: ("briefing", "briefings", "Ask for apples at the gate"),
}


@pytest.fixture
def directory(fake_embedding, tmp_path: Path) -> Path:
    vectors = embed_passages([text for *_, text in TEXTS.values()])
    entries = [
        IndexEntry(
            passage_id=passage_id,
            document_id=passage_id // 10,
            revision_id=passage_id,
            kind=kind,
            source=source,
            lexical_text=text,
            vectors=vectors[place : place + 1],
        )
        for place, (passage_id, (kind, source, text)) in enumerate(TEXTS.items())
    ]
    write_index(tmp_path / "one", entries, recipe=get_recipe())
    return tmp_path / "one"


@pytest.fixture
def store(directory: Path) -> LocalPassageStore:
    return LocalPassageStore(directory)


def ask(store: LocalPassageStore, *filters, condition=FilterCondition.AND, **query) -> list[str]:
    query.setdefault("query_embedding", embed_passages(["apples"])[0].tolist())
    query.setdefault("similarity_top_k", 9)
    wanted = MetadataFilters(filters=list(filters), condition=condition) if filters else None
    return store.query(VectorStoreQuery(filters=wanted, **query)).ids


def by(key: str, value, operator=FilterOperator.EQ) -> MetadataFilter:
    return MetadataFilter(key=key, value=value, operator=operator)


def test_a_dense_query_ranks_every_passage_by_likeness(store):
    hits = find_dense(store, embed_passages(["free apples"])[0], limit=9)

    assert [hit.passage_id for hit in hits] == [11, 21, 12]
    assert hits[0].score > hits[1].score > hits[2].score


def test_a_lexical_query_finds_only_what_shares_a_word(store):
    assert [hit.passage_id for hit in find_lexical(store, "pear", limit=9)] == [12]
    assert find_lexical(store, "zebra", limit=9) == []


def test_a_hit_knows_its_document(store):
    (hit,) = find_lexical(store, "pear", limit=9)

    assert hit.document_id == 1


def test_no_more_than_the_limit_is_found_and_that_is_the_best(store):
    assert len(find_dense(store, embed_passages(["pears"])[0], limit=1)) == 1
    assert find_dense(store, embed_passages(["pears"])[0], limit=1)[0].passage_id == 12


def test_a_wanted_kind_leaves_out_the_others_in_both_searches(store):
    vector = embed_passages(["apples"])[0]

    assert {hit.passage_id for hit in find_dense(store, vector, limit=9, kinds=["briefing"])} == {
        21
    }
    assert [
        hit.passage_id for hit in find_lexical(store, "apples", limit=9, kinds=["official"])
    ] == [11]


def test_no_wanted_kind_finds_nothing(store):
    assert find_lexical(store, "apples", limit=9, kinds=[]) == []


@pytest.mark.parametrize(
    ("filters", "condition", "expected"),
    [
        ([by("source", "prices")], FilterCondition.AND, {"12"}),
        ([by("source", "nowhere")], FilterCondition.AND, set()),
        ([by("kind", "official", FilterOperator.NE)], FilterCondition.AND, {"21"}),
        (
            [by("source", ["rules", "prices"], FilterOperator.IN)],
            FilterCondition.AND,
            {"11", "12"},
        ),
        ([by("source", ["rules"], FilterOperator.NIN)], FilterCondition.AND, {"12", "21"}),
        ([by("document_id", 2)], FilterCondition.AND, {"21"}),
        ([by("kind", "briefing"), by("source", "rules")], FilterCondition.AND, set()),
        ([by("kind", "briefing"), by("source", "rules")], FilterCondition.OR, {"11", "21"}),
        ([by("kind", "briefing")], FilterCondition.NOT, {"11", "12"}),
        (
            [MetadataFilters(filters=[by("kind", "briefing")]), by("document_id", 2)],
            FilterCondition.AND,
            {"21"},
        ),
    ],
)
def test_filters_mean_what_they_say(store, filters, condition, expected):
    assert set(ask(store, *filters, condition=condition)) == expected


@pytest.mark.parametrize(
    "wanted", [by("kind", "off", FilterOperator.TEXT_MATCH), by("colour", "red")]
)
def test_a_filter_that_can_not_be_kept_is_refused(store, wanted):
    with pytest.raises(QueryNotSupported):
        ask(store, wanted)


def test_passages_and_documents_can_be_named(store):
    assert ask(store, node_ids=["12", "99"]) == ["12"]
    assert set(ask(store, doc_ids=["1"])) == {"11", "12"}


def test_a_mode_that_is_not_there_is_refused(store):
    with pytest.raises(QueryNotSupported, match="mmr"):
        ask(store, mode=VectorStoreQueryMode.MMR)


def test_a_dense_query_without_an_embedding_is_refused(store):
    with pytest.raises(QueryNotSupported, match="embedding"):
        ask(store, query_embedding=None)


def test_an_index_is_never_changed(store):
    with pytest.raises(IndexIsFixed):
        store.add([TextNode(text="x")])
    with pytest.raises(IndexIsFixed):
        store.delete("1")


def test_a_store_is_opened_once(directory):
    assert open_passage_store(directory) is open_passage_store(directory)


def test_an_index_of_another_recipe_is_refused(tmp_path: Path):
    recipe = EmbeddingRecipe("another", 2, "0" * 64)
    write_index(tmp_path / "other", [], recipe=recipe)

    with pytest.raises(IndexUnusable, match="another recipe"):
        open_passage_store(tmp_path / "other")


def test_an_open_store_is_refused_when_the_recipe_changes(directory, settings):
    open_passage_store(directory)
    settings.KNOWLEDGE_EMBEDDING_MODEL = "larger"

    with pytest.raises(IndexUnusable, match="another recipe"):
        open_passage_store(directory)


def test_many_threads_get_the_same_answers(store):
    vectors = embed_passages(["apples", "pears", "children at the gate"])

    def search(number: int) -> tuple[list, list]:
        return (
            find_dense(store, vectors[number % 3], limit=3),
            find_lexical(store, ["apples", "pears", "gate"][number % 3], limit=3),
        )

    expected = [search(number) for number in range(3)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(search, range(300)))

    assert all(answer == expected[number % 3] for number, answer in enumerate(found))


def test_what_is_asked_for_each_kind_is_scored_once(store, monkeypatch):
    vector = embed_passages(["apples"])[0]
    first = find_dense(store, vector, limit=9)
    words = find_lexical(store, "apples", limit=9)

    def fail(*args: object) -> None:
        raise AssertionError("scored again")

    monkeypatch.setattr(type(store.client), "score_dense", fail)
    monkeypatch.setattr(type(store.client), "score_lexical", fail)

    assert find_dense(store, vector, limit=9, kinds=["official", "briefing"]) == first
    assert find_lexical(store, "apples", limit=9, kinds=["official", "briefing"]) == words


def test_of_equally_good_ones_those_with_the_smaller_ids_are_found(tmp_path: Path):
    vectors = embed_passages(["apples"])
    entries = [
        IndexEntry(
            passage_id=passage_id,
            document_id=1,
            revision_id=passage_id,
            kind="official",
            source="rules",
            lexical_text="apples",
            vectors=vectors,
        )
        for passage_id in (9, 3, 7, 1, 5)
    ]
    write_index(tmp_path / "equal", entries, recipe=get_recipe())
    store = LocalPassageStore(tmp_path / "equal")

    assert [hit.passage_id for hit in find_dense(store, vectors[0], limit=2)] == [1, 3]
    assert [hit.passage_id for hit in find_lexical(store, "apple", limit=3)] == [1, 3, 5]


def test_nodes_say_what_hits_say(store):
    vector = embed_passages(["apples"])[0]

    result = store.query(VectorStoreQuery(query_embedding=vector.tolist(), similarity_top_k=9))

    hits = find_dense(store, vector, limit=9)
    assert [int(node.node_id) for node in result.nodes] == [hit.passage_id for hit in hits]
    assert result.nodes[0].metadata == {"document_id": 1, "kind": "official", "source": "rules"}
