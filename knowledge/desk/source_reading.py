"""What the pages about sources show: how a source stands, in words, and what failed."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from knowledge.desk.publication_reading import Standing
from knowledge.models import RefreshRun, RunState, Source
from knowledge.types import Failure, SourceKind
from knowledge.watching import FAILING_PATIENCE


def describe_source(source: Source, *, now: datetime) -> Standing:
    if source.kind == SourceKind.BRIEFINGS:
        return Standing("past", _("Our own"), _("Our own briefings. Nothing is fetched."))
    if source.kind == SourceKind.UPLOADS:
        return Standing("past", _("Files"), _("Files that staff added. Nothing is fetched."))
    if not source.is_enabled:
        words = _("It is not checked any more. What was read of it stays live.")
        return Standing("past", _("Switched off"), words)
    if source.last_success_at is None:
        words = _("Nothing was read of it yet.")
        return Standing("waits", _("Never read"), words)
    if now - source.last_success_at > FAILING_PATIENCE:
        words = _("It could not be read for three days or more. Readers get what was read before.")
        return Standing("refused", _("Can’t be read"), words)
    if not source.is_url_checked:
        words = _("It is read, but nobody has checked the address at its publisher’s.")
        return Standing("waits", _("Address not checked"), words)
    return Standing("live", _("Is read"), _("It is read as it should be."))


def list_failures(run: RefreshRun) -> list[Failure]:
    failures = run.report.get("failures", []) if isinstance(run.report, dict) else []
    return [Failure(str(each["url"]), str(each["reason"])) for each in failures]


def has_ended(run: RefreshRun) -> bool:
    return run.state not in {RunState.WAITING, RunState.RUNNING}
