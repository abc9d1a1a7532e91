"""The kinds of personal data, and the places of a text where some was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What was hidden. The value is what stands in the text instead, between brackets."""

    NAME = "name"
    PHONE = "phone number"
    EMAIL = "e-mail address"
    DOCUMENT = "document number"
    CASE = "case number"
    SHARE_CODE = "share code"
    INSURANCE = "insurance number"
    ADDRESS = "address"
    BIRTH = "date of birth"
    BANK = "bank details"
    ACCOUNT = "online account"
    NUMBER = "number"


class Found(NamedTuple):
    """A stretch of a text that is somebody's."""

    start: int
    end: int
    kind: Kind


Find = Callable[[str], Iterable[Found]]
