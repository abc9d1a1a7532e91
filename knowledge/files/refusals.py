"""Why a file is not read: a closed list, raised in the worker and put into words outside it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum


class Refusal(StrEnum):
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNKNOWN_KIND = "unknown_kind"
    OLD_KIND = "old_kind"
    PICTURE = "picture"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    SCANNED = "scanned"
    NO_TEXT = "no_text"
    UNREADABLE_LETTERS = "unreadable_letters"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_LARGE_INSIDE = "too_large_inside"
    ENTITIES = "entities"
    TOO_SLOW = "too_slow"
    TOO_MUCH_MEMORY = "too_much_memory"
    BROKE_DOWN = "broke_down"
    PAGE = "page"


class Unreadable(Exception):
    """A file that is refused. `figures` complete the sentence that says so."""

    def __init__(self, refusal: Refusal, **figures: str | int) -> None:
        super().__init__(refusal.value, figures)
        self.refusal = refusal
        self.figures = figures


@dataclass(frozen=True, kw_only=True)
class FileLimits:
    """What reading one file may cost. `unpacked_bytes`: of a file that is a packed folder."""

    seconds: int = 60
    memory_bytes: int = 512_000_000
    size_bytes: int = 25_000_000
    pages: int = 1500
    rows: int = 20_000
    unpacked_bytes: int = 150_000_000
    reply_bytes: int = 50_000_000

    def as_data(self) -> dict[str, int]:
        return asdict(self)
