"""What Celery does for the conversation."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from assistant.celery import app
from assistant.models import Conversation
from assistant.tasks import expire_conversations


@pytest.mark.django_db
def test_the_task_deletes_what_is_older_than_we_promise_to_keep(settings):
    old = Conversation.objects.create()
    age = timedelta(days=settings.ASSISTANT_RETENTION_DAYS, minutes=1)
    Conversation.objects.filter(pk=old.pk).update(created_at=timezone.now() - age)
    kept = Conversation.objects.create()

    expire_conversations.apply()

    assert list(Conversation.objects.all()) == [kept]


def test_the_schedule_names_the_task():
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert expire_conversations.name in scheduled
