"""System checks: a wrong order of time limits loses work silently, so it stops the start."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def check_time_limits(**kwargs: Any) -> list[CheckMessage]:
    """request < soft limit < hard limit < visibility timeout."""
    limits = [
        ("KNOWLEDGE_REQUEST_TIMEOUT_SECONDS", settings.KNOWLEDGE_REQUEST_TIMEOUT_SECONDS),
        ("CELERY_TASK_SOFT_TIME_LIMIT", settings.CELERY_TASK_SOFT_TIME_LIMIT),
        ("CELERY_TASK_TIME_LIMIT", settings.CELERY_TASK_TIME_LIMIT),
        ("visibility_timeout", settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]),
    ]
    return [
        Error(f"{smaller} ({low} s) must be less than {larger} ({high} s)", id="knowledge.E001")
        for (smaller, low), (larger, high) in pairwise(limits)
        if low >= high
    ]
