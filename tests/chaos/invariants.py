"""What must hold at every moment, whatever was killed; read from the database file alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

TWO_LIVE = """
    SELECT document_id, COUNT(*) FROM knowledge_liveperiod
    WHERE live_until IS NULL GROUP BY document_id HAVING COUNT(*) > 1
"""
LIVE_WITHOUT_REVISION = """
    SELECT period.id FROM knowledge_liveperiod AS period
    LEFT JOIN knowledge_revision AS revision ON revision.id = period.revision_id
    WHERE revision.id IS NULL OR revision.document_id != period.document_id
"""
PASSAGE_WITHOUT_REVISION = """
    SELECT passage.id FROM knowledge_passage AS passage
    LEFT JOIN knowledge_revision AS revision ON revision.id = passage.revision_id
    WHERE revision.id IS NULL
       OR SUBSTR(revision.text, passage.start + 1, passage.end - passage.start) != passage.text
"""
# A live revision that was saved without its passages would be live and never found.
LIVE_WITHOUT_PASSAGES = """
    SELECT period.id FROM knowledge_liveperiod AS period
    JOIN knowledge_revision AS revision ON revision.id = period.revision_id
    WHERE period.live_until IS NULL AND revision.text != '' AND NOT EXISTS (
        SELECT 1 FROM knowledge_passage AS passage WHERE passage.revision_id = revision.id
    )
"""
# Live by a publication that is not, or before it was.
LIVE_WITHOUT_PUBLICATION = """
    SELECT period.id FROM knowledge_liveperiod AS period
    JOIN knowledge_publication AS publication ON publication.id = period.publication_id
    WHERE publication.published_at IS NULL OR publication.published_at > period.live_from
"""
OVERLAPPING = """
    SELECT one.id FROM knowledge_liveperiod AS one
    JOIN knowledge_liveperiod AS other
      ON other.document_id = one.document_id AND other.id > one.id
     AND other.live_from < COALESCE(one.live_until, '9999-12-31')
     AND one.live_from < COALESCE(other.live_until, '9999-12-31')
"""
RULES = {
    "two live revisions of one document": TWO_LIVE,
    "a live period without its revision": LIVE_WITHOUT_REVISION,
    "a passage that does not stand in its revision": PASSAGE_WITHOUT_REVISION,
    "a live revision without its passages": LIVE_WITHOUT_PASSAGES,
    "a live period of a publication that is not live": LIVE_WITHOUT_PUBLICATION,
    "live periods of one document that overlap": OVERLAPPING,
}

Revision = tuple[int, int, str]


def find_faults(database: Path, *, seen: set[Revision]) -> list[str]:
    """Say what is broken. `seen` are the revisions seen before; the new ones are added to it."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=60)) as connection:
        faults = [
            f"{name}: {rows[:3]}"
            for name, query in RULES.items()
            if (rows := connection.execute(query).fetchall())
        ]
        if broken := connection.execute("PRAGMA foreign_key_check").fetchall():
            faults.append(f"a row points at nothing: {broken[:3]}")
        revisions = set(
            connection.execute("SELECT document_id, number, text_digest FROM knowledge_revision")
        )
    if lost := seen - revisions:
        faults.append(f"lost revisions: {sorted(lost)[:3]}")
    numbers: dict[int, list[int]] = {}
    for document, number, _ in revisions:
        numbers.setdefault(document, []).append(number)
    gaps = [doc for doc, found in numbers.items() if sorted(found) != [*range(1, len(found) + 1)]]
    if gaps:
        faults.append(f"revisions that are not numbered one after another: {gaps[:3]}")
    seen |= revisions
    return faults


def is_whole(database: Path) -> bool:
    """SQLite's own look at every page of the file."""
    with closing(sqlite3.connect(database, timeout=60)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
