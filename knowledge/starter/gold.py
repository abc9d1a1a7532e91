"""Keeps the gold questions that ship with the project as their file has them.

Those that staff wrote, or took over, are theirs and stay.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import transaction

from knowledge.gold_questions import GoldEntry, read_gold_file
from knowledge.models import GoldQuestion

GOLD_FILE = Path(__file__).with_name("gold.jsonl")
FIELDS = ("audience", "question", "history", "outcomes", "cites_any", "facts", "avoid")


@transaction.atomic
def load_gold_questions(path: Path = GOLD_FILE) -> int:
    """Bring the rows of the file up to date and return how many changed, came or went.

    Whether a question is in use is the staff's to say, so that stays as it is.
    """
    wanted = {entry.id: describe(entry) for entry in read_gold_file(path, lambda entry: entry)}
    present = {row.slug: row for row in GoldQuestion.objects.all()}
    new = [
        GoldQuestion(slug=slug, **fields) for slug, fields in wanted.items() if slug not in present
    ]
    changed = []
    for slug, row in present.items():
        if row.written_by or slug not in wanted:
            continue
        if any(getattr(row, name) != value for name, value in wanted[slug].items()):
            for name, value in wanted[slug].items():
                setattr(row, name, value)
            changed.append(row)
    removed = [row.pk for row in present.values() if not row.written_by and row.slug not in wanted]
    GoldQuestion.objects.bulk_create(new)
    GoldQuestion.objects.bulk_update(changed, FIELDS)
    GoldQuestion.objects.filter(pk__in=removed).delete()
    return len(new) + len(changed) + len(removed)


def describe(entry: GoldEntry) -> dict[str, Any]:
    """The row's fields, as JSON gives them back."""
    return {
        "audience": entry.audience,
        "question": entry.question,
        "history": [{"question": turn.question, "answer": turn.answer} for turn in entry.history],
        "outcomes": list(entry.outcome),
        "cites_any": list(entry.cites_any),
        "facts": [list(alternatives) for alternatives in entry.facts],
        "avoid": list(entry.avoid),
    }
