"""The only door to a language model: LlamaIndex's, and imported only when one is configured.

One request for each call, never a second try; time-outs for the first words, between words and
altogether; after some failures in a row the model is left alone for a while. What leaves here as
an error or a log line holds no key and no words.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from knowledge.embedding import load_library

logger = logging.getLogger(__name__)

OLLAMA_URL = "http://127.0.0.1:11434"
FAILURES_LIMIT = 3
PAUSE_SECONDS = 60.0
# Of LlamaIndex's prompt helper; our prompts are far smaller.
CONTEXT_TOKENS = 32_000


class ModelFailed(Exception):
    """The model gave nothing that could be used. The message holds no words of anybody."""


class LanguageModel(Protocol):
    """What answering needs of a language model."""

    @property
    def name(self) -> str: ...

    def stream(self, system: str, user: str) -> AsyncIterator[str]:
        """Yield the reply as it comes; raise ModelFailed when it ends badly."""
        ...


@dataclass(frozen=True)
class ModelSettings:
    """What the settings say of the model."""

    kind: str
    name: str
    url: str
    key: str = field(repr=False)
    first_token_seconds: float
    next_token_seconds: float
    whole_seconds: float
    token_limit: int


@dataclass
class Breaker:
    """Leaves a model alone that failed several times in a row."""

    clock: Callable[[], float] = time.monotonic
    failures: int = 0
    closed_until: float = 0.0

    @property
    def is_open(self) -> bool:
        """Say whether the model may be asked."""
        return self.clock() >= self.closed_until

    def note(self, *, has_failed: bool) -> None:
        self.failures = self.failures + 1 if has_failed else 0
        if self.failures >= FAILURES_LIMIT:
            self.closed_until = self.clock() + PAUSE_SECONDS
            logger.warning(
                "assistant.model.paused failures=%s seconds=%g", self.failures, PAUSE_SECONDS
            )


class ConfiguredModel:
    """A language model, as the settings name it."""

    def __init__(self, configured: ModelSettings, *, breaker: Breaker | None = None) -> None:
        self.configured = configured
        self.breaker = breaker or Breaker()

    @property
    def name(self) -> str:
        return self.configured.name

    async def stream(self, system: str, user: str) -> AsyncIterator[str]:
        """Yield the reply as it comes. Raise ModelFailed for whatever goes wrong."""
        if not self.breaker.is_open:
            raise ModelFailed("the model is paused after failures")
        has_failed = True
        try:
            async with contextlib.aclosing(self._stream_in_time(system, user)) as texts:
                async for text in texts:
                    yield text
            has_failed = False
        except (GeneratorExit, asyncio.CancelledError):
            # Whoever reads the stream has enough.
            has_failed = False
            raise
        except TimeoutError:
            raise ModelFailed("the model took too long") from None
        except ModelFailed:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a client raises; its text may hold the key
            raise ModelFailed(name_error(error)) from None
        finally:
            self.breaker.note(has_failed=has_failed)

    async def _stream_in_time(self, system: str, user: str) -> AsyncGenerator[str, None]:
        limits = self.configured
        deadline = time.monotonic() + limits.whole_seconds
        # One client for each call: it belongs to the event loop, and dies with its connection.
        client, messages = await asyncio.to_thread(prepare, limits, system, user)
        patience, is_empty = limits.first_token_seconds, True
        try:
            async with asyncio.timeout(min(patience, limits.whole_seconds)):
                responses = await client.astream_chat(messages)
            while True:
                left = deadline - time.monotonic()
                async with asyncio.timeout(max(0.0, min(patience, left))):
                    response = await anext(responses, None)
                if response is None:
                    break
                if response.delta:
                    is_empty, patience = False, limits.next_token_seconds
                    yield str(response.delta)
        finally:
            await close_client(client)
        if is_empty:
            raise ModelFailed("the model said nothing")


def name_error(error: Exception) -> str:
    """'AuthenticationError 401': what failed, without the words of the error."""
    status = getattr(error, "status_code", None)
    return f"{type(error).__name__} {status}" if isinstance(status, int) else type(error).__name__


def prepare(configured: ModelSettings, system: str, user: str) -> tuple[Any, list[Any]]:
    """Import LlamaIndex, which takes seconds the first time, and build what a call needs."""
    load_library()
    from llama_index.core.llms import ChatMessage, MessageRole

    return build_client(configured), [
        ChatMessage(role=MessageRole.SYSTEM, content=system),
        ChatMessage(role=MessageRole.USER, content=user),
    ]


def build_client(configured: ModelSettings) -> Any:
    """Build LlamaIndex's client; its own retries are off."""
    build = {"openai": build_openai, "anthropic": build_anthropic, "ollama": build_ollama}
    return build[configured.kind](configured)


def build_openai(configured: ModelSettings) -> Any:
    from llama_index.llms.openai_like import OpenAILike

    return OpenAILike(
        model=configured.name,
        api_base=configured.url or "https://api.openai.com/v1",
        # Given always: an empty one would be looked for in the environment.
        api_key=configured.key or "none",
        is_chat_model=True,
        is_function_calling_model=False,
        context_window=CONTEXT_TOKENS,
        max_tokens=configured.token_limit,
        temperature=0.0,
        max_retries=0,
        timeout=configured.whole_seconds,
    )


def build_anthropic(configured: ModelSettings) -> Any:
    from llama_index.llms.anthropic import Anthropic

    return Anthropic(
        model=configured.name,
        base_url=configured.url or "https://api.anthropic.com",
        api_key=configured.key,
        max_tokens=configured.token_limit,
        temperature=0.0,
        max_retries=0,
        timeout=configured.whole_seconds,
    )


def build_ollama(configured: ModelSettings) -> Any:
    from llama_index.llms.ollama import Ollama

    return Ollama(
        model=configured.name,
        base_url=configured.url or OLLAMA_URL,
        temperature=0.0,
        context_window=CONTEXT_TOKENS // 2,
        request_timeout=configured.whole_seconds,
        additional_kwargs={"num_predict": configured.token_limit},
        is_function_calling_model=False,
        thinking=False,
        headers={"Authorization": f"Bearer {configured.key}"} if configured.key else None,
    )


async def close_client(client: Any) -> None:
    """LlamaIndex leaves its clients open; each publisher's has another way to close."""
    for inner in (getattr(client, "_aclient", None), getattr(client, "_async_client", None)):
        if inner is not None:
            with contextlib.suppress(Exception):
                await (inner.close() if hasattr(inner, "close") else inner._client.aclose())


def get_language_model() -> ConfiguredModel | None:
    """Return the model that the settings name, or None: then nothing is ever sent."""
    if not settings.ASSISTANT_LLM:
        return None
    return get_model(
        ModelSettings(
            kind=settings.ASSISTANT_LLM,
            name=settings.ASSISTANT_LLM_MODEL,
            url=settings.ASSISTANT_LLM_URL,
            key=settings.ASSISTANT_LLM_KEY,
            first_token_seconds=settings.ASSISTANT_LLM_FIRST_TOKEN_SECONDS,
            next_token_seconds=settings.ASSISTANT_LLM_NEXT_TOKEN_SECONDS,
            whole_seconds=settings.ASSISTANT_LLM_WHOLE_SECONDS,
            token_limit=settings.ASSISTANT_LLM_TOKEN_LIMIT,
        )
    )


@lru_cache(maxsize=1)
def get_model(configured: ModelSettings) -> ConfiguredModel:
    """One for each state of the settings, so that its failures are counted together."""
    if configured.kind not in {"openai", "anthropic", "ollama"} or not configured.name:
        raise ImproperlyConfigured(
            "ASSISTANT_LLM must be openai, anthropic or ollama, with ASSISTANT_LLM_MODEL"
        )
    return ConfiguredModel(configured)


def get_no_model() -> None:
    """For what must come out the same each time, such as the gate's gold questions."""
