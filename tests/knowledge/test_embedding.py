from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from django.conf import settings as project

from knowledge import embedding
from knowledge.embedding import (
    embed_passages,
    embed_question,
    get_recipe,
    normalise,
)


@pytest.fixture
def fake(settings) -> None:
    settings.KNOWLEDGE_EMBEDDING_CLASS = "tests.fakes.FakeEmbedding"


def test_rows_are_scaled_to_length_one():
    rows = normalise([[3.0, 4.0], [0.0, 2.0]])

    assert np.linalg.norm(rows, axis=1).tolist() == pytest.approx([1, 1])


def test_a_row_of_zeros_stays_zero():
    assert normalise([[0.0, 0.0]]).tolist() == [[0, 0]]


def test_the_bundled_recipe_is_known_without_the_model():
    recipe = get_recipe()

    assert recipe.dimensions == 384
    assert len(recipe.fingerprint) == 64


def test_another_embedding_has_another_fingerprint(settings):
    bundled = get_recipe()
    settings.KNOWLEDGE_EMBEDDING_CLASS = "tests.fakes.FakeEmbedding"

    assert get_recipe().fingerprint != bundled.fingerprint


def test_another_model_name_has_another_fingerprint(settings, fake):
    unnamed = get_recipe()
    settings.KNOWLEDGE_EMBEDDING_MODEL = "larger"

    assert get_recipe().fingerprint != unnamed.fingerprint


@pytest.mark.usefixtures("fake")
def test_rows_stand_in_the_order_of_the_texts_whatever_their_length():
    texts = ["removal to France " * 9, "visa", "family reunion"]

    rows = embed_passages(texts)

    assert np.allclose(rows, [embed_question(text) for text in texts])


@pytest.mark.usefixtures("fake")
def test_progress_counts_every_text_once():
    heard: list[int] = []

    embed_passages([f"text {number}" for number in range(70)], on_batch=heard.append)

    assert sum(heard) == 70
    assert len(heard) > 1


@pytest.mark.usefixtures("fake")
def test_no_texts_are_no_rows():
    assert embed_passages([]).shape == (0, get_recipe().dimensions)


@pytest.mark.usefixtures("fake")
def test_a_question_asked_again_is_not_embedded_again(monkeypatch):
    first = embed_question("Who may apply?")
    monkeypatch.setattr(embedding, "get_model", pytest.fail)

    assert embed_question("Who may apply?") is first


@pytest.mark.usefixtures("fake")
def test_a_shared_vector_can_not_be_changed():
    vector = embed_question("Who may apply?")

    with pytest.raises(ValueError, match="read-only"):
        vector[0] = 1


def test_importing_the_door_does_not_import_llama_index():
    code = "import sys, knowledge.embedding; sys.exit('llama_index' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


TOGETHER = """
import os, threading
os.environ["DJANGO_SETTINGS_MODULE"] = "assistant.settings"
import django
django.setup()
from knowledge import embedding

failed = []

def open_index():
    embedding.load_library()
    import knowledge.passage_index

def run(work):
    try:
        work()
    except ImportError as error:
        failed.append(error)

works = [threading.Thread(target=run, args=[work]) for work in (embedding.get_model, open_index)]
for work in works:
    work.start()
for work in works:
    work.join()
os._exit(len(failed))
"""


@pytest.mark.model
def test_a_question_during_the_warm_start_does_not_break_the_import():
    ended = subprocess.run([sys.executable, "-c", TOGETHER], cwd=project.BASE_DIR, check=False)

    assert ended.returncode == 0


def test_a_question_is_remembered_without_its_words(fake_embedding):
    first = embedding.embed_question("a question that is remembered")

    again = embedding.embed_question("a question that is remembered")

    assert again is first
    assert all(isinstance(key, bytes) and len(key) == 16 for key in embedding._questions)
    assert len(embedding._questions) <= embedding.QUESTIONS_REMEMBERED
