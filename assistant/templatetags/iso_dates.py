"""Dates for people: frames and stored citations carry ISO dates, a reader reads words."""

from __future__ import annotations

import contextlib
from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import pgettext

register = template.Library()


@register.filter
def iso_date(value: str | date | None) -> str:
    """Write a date, or a date in ISO form, in words; what is no date is shown as it came."""
    if not value:
        return ""
    if isinstance(value, str):
        with contextlib.suppress(ValueError):
            value = datetime.fromisoformat(value)
    if isinstance(value, str):
        return value
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return date_format(value, pgettext("date format", "j F Y"))
