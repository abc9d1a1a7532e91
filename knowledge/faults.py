"""What broke on this machine, in one line for staff: a refresh must end with a reason."""

from __future__ import annotations

import errno

from django.db import DatabaseError, DataError, IntegrityError, ProgrammingError
from django.utils.translation import gettext as _

from knowledge.alarms import AlarmKind

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class RefreshBroken(Exception):
    """A refresh that this machine could not finish; the message is one line for staff."""

    def __init__(self, message: str, kind: AlarmKind | None = None) -> None:
        super().__init__(message)
        self.kind = kind


def name_fault(error: BaseException) -> RefreshBroken | None:
    """Say what broke, where it is the machine and not our code; None otherwise."""
    said = str(error).lower()
    if isinstance(error, OSError) and error.errno in FULL:
        return RefreshBroken(describe_full_disk(), AlarmKind.DISK_FULL)
    if isinstance(error, DatabaseError) and "is full" in said:
        return RefreshBroken(describe_full_disk(), AlarmKind.DISK_FULL)
    if isinstance(error, DatabaseError) and "locked" in said:
        return RefreshBroken(
            _(
                "The database is busy: another process has been writing for too long. "
                "What readers get has not changed. Try again in a few minutes."
            ),
            AlarmKind.DATABASE_BUSY,
        )
    # Rows that don't fit their rules, and queries that make no sense, are faults of our own code.
    is_ours = isinstance(error, IntegrityError | ProgrammingError | DataError)
    if isinstance(error, DatabaseError | OSError) and not is_ours:
        return RefreshBroken(
            _("The machine failed us (%(error)s). What readers get has not changed.")
            % {"error": error}
        )
    return None


def describe_full_disk() -> str:
    return _(
        "The disk is full. What readers get has not changed. "
        "Free some space; the next refresh goes on from here."
    )
