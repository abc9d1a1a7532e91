"""Conversations in the staff's pages."""

from __future__ import annotations

import pytest
from django.urls import reverse

from assistant.answering.types import Outcome
from assistant.models import Answer, Conversation


@pytest.fixture
def conversation(db):
    conversation = Conversation.objects.create()
    question = conversation.questions.create(text="<script>How much?</script>")
    Answer.objects.create(
        question=question,
        outcome=Outcome.ANSWERED,
        sentences=[{"text": "Two coins.", "label": "briefing", "numbers": [1]}],
    )
    conversation.questions.create(text="And back?")
    return conversation


def test_staff_read_what_was_asked_and_answered(admin_client, conversation):
    url = reverse("admin:assistant_conversation_change", args=[conversation.pk])

    page = admin_client.get(url).content.decode()

    assert "&lt;script&gt;How much?" in page
    assert "Two coins. [1]" in page
    assert "not answered" in page


def test_the_list_names_the_outcomes(admin_client, conversation):
    page = admin_client.get(reverse("admin:assistant_conversation_changelist"))

    assert "answered" in page.content.decode()


@pytest.mark.parametrize("action", ["add", "change", "delete"])
def test_nothing_can_be_changed(admin_client, conversation, action):
    args = [] if action == "add" else [conversation.pk]
    url = reverse(f"admin:assistant_conversation_{action}", args=args)

    response = admin_client.post(url, {"language": "fr"})

    assert response.status_code == 403
    conversation.refresh_from_db()
    assert conversation.language == "en"
