from __future__ import annotations

import pytest

from assistant.checks import check_language_model


def list_ids(settings, **changed):
    for name, value in changed.items():
        setattr(settings, f"ASSISTANT_LLM{name}", value)
    return {message.id for message in check_language_model()}


def test_without_a_model_there_is_nothing_to_check(settings):
    assert list_ids(settings, _WHOLE_SECONDS=900) == set()


@pytest.mark.parametrize(
    "changed",
    [
        {"": "openai", "_MODEL": "m", "_URL": "http://127.0.0.1:8080/v1"},
        {"": "openai", "_MODEL": "m", "_KEY": "k"},
        {"": "anthropic", "_MODEL": "m", "_KEY": "k"},
        {"": "ollama", "_MODEL": "m"},
    ],
)
def test_a_model_that_is_configured_whole_passes(settings, changed):
    assert list_ids(settings, **changed) == set()


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"": "clever", "_MODEL": "m"}, "assistant.E001"),
        ({"": "ollama"}, "assistant.E002"),
        ({"": "ollama", "_MODEL": "m", "_URL": "127.0.0.1:11434"}, "assistant.E003"),
        ({"": "anthropic", "_MODEL": "m"}, "assistant.E004"),
        ({"": "openai", "_MODEL": "m"}, "assistant.E004"),
        ({"": "ollama", "_MODEL": "m", "_FIRST_TOKEN_SECONDS": 0}, "assistant.E005"),
        ({"": "ollama", "_MODEL": "m", "_WHOLE_SECONDS": 29}, "assistant.E006"),
        ({"": "ollama", "_MODEL": "m", "_TOKEN_LIMIT": 5}, "assistant.E007"),
        ({"": "ollama", "_MODEL": "m", "_URL": "http://elsewhere.example"}, "assistant.W001"),
    ],
)
def test_what_is_half_configured_is_named(settings, changed, fault):
    assert list_ids(settings, **changed) == {fault}


def test_a_check_never_shows_the_key(settings):
    list_ids(settings, **{"": "clever", "_MODEL": "", "_KEY": "a-key"})

    assert "a-key" not in str(check_language_model())
