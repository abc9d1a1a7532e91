import numpy as np
import pytest

from knowledge import kept_embeddings
from knowledge.embedding import embed_passages
from knowledge.kept_embeddings import embed_texts, keeping_embeddings
from knowledge.models import PassageEmbedding

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_embedding")]


@pytest.fixture
def embedded(monkeypatch) -> list[str]:
    """The texts that were embedded anew."""
    heard: list[str] = []

    def listen(texts):
        heard.extend(texts)
        return embed_passages(texts)

    monkeypatch.setattr(kept_embeddings, "embed_passages", listen)
    return heard


def test_a_text_is_embedded_as_a_passage_is_row_by_row():
    rows = embed_texts(["apples", "pears", "apples"])

    assert np.array_equal(rows, embed_passages(["apples", "pears", "apples"]))
    assert embed_texts([]).shape[0] == 0


def test_what_a_reader_may_have_written_is_not_kept():
    embed_texts(["my name is Selam"])

    assert not PassageEmbedding.objects.exists()


def test_what_the_gate_embedded_is_there_for_the_next_process(embedded):
    with keeping_embeddings():
        first = embed_texts(["apples", "pears"])
    embedded.clear()

    again = embed_texts(["pears", "plums", "apples"])

    assert embedded == ["plums"]
    assert np.allclose(again[[2, 0]], first)
    assert PassageEmbedding.objects.count() == 2


def test_keeping_ends_with_the_block():
    with keeping_embeddings():
        pass

    embed_texts(["my name is Selam"])

    assert not PassageEmbedding.objects.exists()
