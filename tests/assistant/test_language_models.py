from __future__ import annotations

import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from assistant.language_models import (
    FAILURES_LIMIT,
    PAUSE_SECONDS,
    Breaker,
    ModelFailed,
    build_client,
    get_language_model,
    get_no_model,
    name_error,
)
from tests.llm_server import refuses, says


def configure(settings, kind, **changed):
    settings.ASSISTANT_LLM = kind
    settings.ASSISTANT_LLM_MODEL = "a-model"
    settings.ASSISTANT_LLM_URL = changed.get("url", "http://127.0.0.1:9")
    settings.ASSISTANT_LLM_KEY = "a-key"
    return get_language_model().configured


def test_by_default_there_is_no_model():
    assert get_language_model() is None
    assert get_no_model() is None


def test_an_unknown_kind_is_refused(settings):
    with pytest.raises(ImproperlyConfigured):
        configure(settings, "clever")


def test_a_key_is_not_part_of_how_the_settings_print(settings):
    assert "a-key" not in repr(configure(settings, "openai"))


@pytest.mark.model
@pytest.mark.parametrize("kind", ["openai", "anthropic", "ollama"])
def test_no_client_tries_a_second_time_or_waits_longer_than_we_say(settings, kind):
    configured = configure(settings, kind)

    client = build_client(configured)

    assert getattr(client, "max_retries", 0) == 0
    limit = getattr(client, "timeout", None) or client.request_timeout
    assert limit == settings.ASSISTANT_LLM_WHOLE_SECONDS


def test_what_is_not_configured_is_not_imported():
    code = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'assistant.settings'; "
        "django.setup(); import assistant.answering.pipeline; "
        "sys.exit(any(name.split('.')[0] in {'openai', 'anthropic', 'ollama'} or "
        "name.startswith('llama_index.llms') for name in sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)

    assert done.returncode == 0, done.stderr


@pytest.mark.model
async def test_a_reply_comes_as_it_is_streamed(llm):
    llm.script(says("one two three four five six"))

    texts = [text async for text in get_language_model().stream("system", "user")]

    assert len(texts) > 1
    assert "".join(texts) == "one two three four five six"
    assert llm.headers[0]["Authorization"] == "Bearer not-a-real-key"


@pytest.mark.model
async def test_an_error_is_named_without_its_words(llm):
    llm.script(refuses(401, "the key not-a-real-key is wrong"))

    with pytest.raises(ModelFailed) as failed:
        [text async for text in get_language_model().stream("system", "user")]

    assert str(failed.value) == "AuthenticationError 401"
    assert failed.value.__cause__ is None


def test_an_error_without_a_status_is_its_name():
    assert name_error(ValueError("secret")) == "ValueError"


def test_after_failures_in_a_row_the_model_rests_and_is_tried_again():
    now = [100.0]
    breaker = Breaker(clock=lambda: now[0])

    for _ in range(FAILURES_LIMIT):
        assert breaker.is_open
        breaker.note(has_failed=True)

    assert not breaker.is_open
    now[0] += PAUSE_SECONDS
    assert breaker.is_open


def test_a_success_forgets_the_failures_before_it():
    breaker = Breaker()

    for has_failed in (True, True, False, True, True):
        breaker.note(has_failed=has_failed)

    assert breaker.is_open
