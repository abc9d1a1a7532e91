"""The conversation. Importing it makes the Celery app the one that `.delay()` uses."""

from assistant.celery import app as celery_app

__all__ = ["celery_app"]
