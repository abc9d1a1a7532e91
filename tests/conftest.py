"""What every test may use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from weakref import WeakKeyDictionary

import pytest

from assistant.answering import choosing, evidence, sufficiency
from assistant.redis_server import running_redis
from tests.govuk_server import GovukServer, serve_govuk
from tests.llm_server import LlmServer, serve_llm

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


@pytest.fixture
def shared() -> Path:
    """The folder of official documents and questions beside the project, where there is one."""
    if not SHARED.is_dir():
        pytest.skip("the folder 'shared' with documents to measure with is not beside the project")
    return SHARED


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Redis of the tests' own."""
    with running_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def fake_embedding(settings, tmp_path, monkeypatch) -> None:
    """Vectors from words instead of the model, and an index that goes with the test."""
    # What a test with another embedding left behind has another size.
    monkeypatch.setattr(evidence, "_remembered", WeakKeyDictionary())
    monkeypatch.setattr(evidence, "_looked_up", WeakKeyDictionary())
    monkeypatch.setattr(sufficiency, "_domains", WeakKeyDictionary())
    monkeypatch.setattr(evidence, "_weighers", WeakKeyDictionary())
    # Cosines of such vectors are far below those of the real one.
    monkeypatch.setattr(choosing, "OFFICIAL_NEAR", 0.0)
    settings.KNOWLEDGE_INDEX_DIR = tmp_path / "index"
    settings.KNOWLEDGE_EMBEDDING_CLASS = "tests.fakes.FakeEmbedding"
    # Of such vectors the real one would only learn that every answer is wrong.
    settings.KNOWLEDGE_GOLD_ANSWERER = "tests.fakes.answer_by_a_word"


@pytest.fixture
def govuk(settings) -> Iterator[GovukServer]:
    """A server that answers as GOV.UK does, and the settings that point at it."""
    with serve_govuk() as server:
        settings.GOVUK_API_ROOT = server.api_root
        yield server


@pytest.fixture
def llm(settings) -> Iterator[LlmServer]:
    """A scripted language model over real HTTP, and the settings that point at it."""
    with serve_llm() as server:
        settings.ASSISTANT_LLM = "openai"
        settings.ASSISTANT_LLM_MODEL = "scripted"
        settings.ASSISTANT_LLM_URL = server.url
        settings.ASSISTANT_LLM_KEY = "not-a-real-key"
        yield server
