"""The Celery app and the periodic schedule. Tasks live in each package's `tasks`."""

from __future__ import annotations

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assistant.settings")

app = Celery("assistant")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "knowledge.sources.refresh_due": {
        "task": "knowledge.sources.refresh_due",
        "schedule": crontab(minute="*/15"),
    },
    "knowledge.index.reconcile": {
        "task": "knowledge.index.reconcile",
        "schedule": crontab(hour="2", minute="40"),
    },
    "assistant.conversations.expire": {
        "task": "assistant.conversations.expire",
        "schedule": crontab(hour="3", minute="10"),
    },
}
