"""Celery entry points of the conversation: what nobody waits for."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from assistant import services

logger = logging.getLogger(__name__)


@shared_task(name="assistant.conversations.expire", ignore_result=True)
def expire_conversations() -> None:
    deleted = services.expire_conversations(now=timezone.now())
    logger.info("assistant.conversations.expired count=%s", deleted)
