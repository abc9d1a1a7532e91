"""Tries a candidate: asks the gold questions of it and counts what it changes.

Nothing that goes wrong in here may break a refresh: what can't be judged waits for a person.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.module_loading import import_string

from knowledge.gate import (
    Findings,
    GateMode,
    GateReport,
    GateRules,
    GoldAnswer,
    GoldRow,
    LostDocument,
    find_reasons_to_hold,
    read_report,
)
from knowledge.gold_questions import GoldEntry, digest_gold, read_gold_entry
from knowledge.kept_embeddings import keeping_embeddings
from knowledge.live_sets import LiveSet, is_in
from knowledge.models import GoldQuestion, Passage, Publication
from knowledge.types import Progress, ProgressCallback

logger = logging.getLogger("knowledge.judging")


class GoldAnswerer(Protocol):
    """Answers a gold question live, or on a candidate, and says what is wrong with the answer."""

    def __call__(self, entry: GoldEntry, *, candidate: int | None = None) -> GoldAnswer: ...


class NotAnswered(Exception):
    """A gold question could not be asked at all; the message says which and why."""


def get_rules() -> GateRules:
    return GateRules(
        mode=GateMode(settings.KNOWLEDGE_GATE),
        fall_limit=settings.KNOWLEDGE_GATE_FALL_LIMIT,
        change_share=settings.KNOWLEDGE_GATE_CHANGE_SHARE,
    )


def judge(
    candidate: Publication, base: Publication, *, on_progress: ProgressCallback | None = None
) -> GateReport:
    """Compare the candidate with what is live, and say whether a person must look."""
    begun = time.monotonic()
    entries = list_gold_entries()
    digest = digest_with_recipe(entries, candidate.recipe)
    earlier = read_report(base.gate)
    known: dict[str, GoldAnswer] = {}
    if earlier.gold_digest == digest:
        known = {row.id: row.after for row in earlier.rows}
    rows: list[GoldRow] = []
    trouble = ""
    try:
        answerer = import_answerer()
        # A worker that has just started is spared what another one has embedded for the gate.
        with keeping_embeddings():
            for row in ask_all(entries, answerer, candidate, known, on_progress):
                rows.append(row)
            rows = [confirm_fall(row, entries, answerer, known) for row in rows]
    except NotAnswered as error:
        trouble = str(error)
    lost = list_lost(candidate)
    found = Findings(
        rows=rows,
        lost=lost,
        changed_passages=count_changed_passages(candidate),
        live_passages=base.passage_count,
        trouble=trouble,
        before_loss=known if lost else {},
    )
    rules = get_rules()
    return GateReport(
        reasons=find_reasons_to_hold(found, rules),
        rows=tuple(rows),
        changed_passages=found.changed_passages,
        live_passages=found.live_passages,
        mode=rules.mode,
        gold_digest=digest,
        seconds=round(time.monotonic() - begun, 2),
    )


def digest_with_recipe(entries: Sequence[GoldEntry], recipe: str) -> str:
    return f"{digest_gold(entries)}-{recipe[:12]}"


def digest_present_gold(recipe: str) -> str:
    """What a report must have been made with for its answers to count now."""
    return digest_with_recipe(list_gold_entries(), recipe)


def list_gold_entries() -> list[GoldEntry]:
    """The gold questions that are in use."""
    return [
        read_gold_entry(
            {
                "id": row.slug,
                "question": row.question,
                "outcome": row.outcomes,
                "cites_any": row.cites_any,
                "facts": row.facts,
                "avoid": row.avoid,
                "history": row.history,
            }
        )
        for row in GoldQuestion.objects.filter(is_enabled=True).order_by("slug")
    ]


def import_answerer() -> GoldAnswerer:
    """Who answers is named by a setting, because the knowledge doesn't know who asks."""
    try:
        found: GoldAnswerer = import_string(settings.KNOWLEDGE_GOLD_ANSWERER)
    except ImportError as error:
        raise NotAnswered(str(error)) from error
    return found


def ask_all(
    entries: Sequence[GoldEntry],
    answerer: GoldAnswerer,
    candidate: Publication,
    known: Mapping[str, GoldAnswer],
    on_progress: ProgressCallback | None,
) -> Iterator[GoldRow]:
    """Ask each question of the candidate, and of what is live where that isn't known.

    All of them, since one new passage changes how much every other word counts in the ranking.
    """
    for done, entry in enumerate(entries):
        if on_progress:
            on_progress(Progress("judging", done, len(entries), entry.id))
        after = ask(answerer, entry, candidate=candidate.pk)
        before = known.get(entry.id) or ask(answerer, entry, candidate=None)
        yield GoldRow(id=entry.id, question=entry.question, before=before, after=after)
    if on_progress and entries:
        on_progress(Progress("judging", len(entries), len(entries)))


def confirm_fall(
    row: GoldRow,
    entries: Sequence[GoldEntry],
    answerer: GoldAnswerer,
    known: Mapping[str, GoldAnswer],
) -> GoldRow:
    """Ask what is live again before a question counts as fallen.

    The known answer may be older than this program, or than the end of a page it stood on.
    """
    if not row.has_fallen or row.id not in known:
        return row
    [entry] = [each for each in entries if each.id == row.id]
    return replace(row, before=ask(answerer, entry, candidate=None))


def ask(answerer: GoldAnswerer, entry: GoldEntry, *, candidate: int | None) -> GoldAnswer:
    try:
        return answerer(entry, candidate=candidate)
    except Exception as error:
        logger.exception("knowledge.gold_question.not_answered gold_question=%s", entry.id)
        raise NotAnswered(f"{entry.id}: {error!r}") from error


def list_lost(candidate: Publication) -> list[LostDocument]:
    changes = candidate.changes.filter(after__isnull=True).select_related("document")
    return [
        LostDocument(id=change.document_id, url=change.document.url, title=change.document.title)
        for change in changes
    ]


def count_changed_passages(candidate: Publication) -> int:
    """Count the base's passages whose words don't stand in the candidate; what is new is none."""
    stands = Passage.objects.filter(
        is_in(LiveSet(candidate=candidate.pk)), digest=OuterRef("digest")
    )
    before = candidate.changes.filter(before__isnull=False).values("before")
    return Passage.objects.filter(~Exists(stands), revision__in=before).count()
