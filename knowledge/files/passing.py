"""A ParsedDocument as JSON and back: how it leaves the worker process."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from knowledge.types import Block, BlockKind, ParsedDocument, Section


def write_document(document: ParsedDocument) -> dict[str, Any]:
    data = asdict(document)
    for moment in ("published_at", "first_published_at"):
        data[moment] = data[moment].isoformat() if data[moment] else None
    # No file says of itself that it is gone.
    del data["tombstone"]
    return data


def read_document(data: dict[str, Any]) -> ParsedDocument:
    sections = tuple(
        Section(
            heading_path=tuple(section["heading_path"]),
            url=section["url"],
            blocks=tuple(
                Block(**{**block, "kind": BlockKind(block["kind"])}) for block in section["blocks"]
            ),
        )
        for section in data["sections"]
    )
    moments = {
        name: datetime.fromisoformat(data[name]) if data[name] else None
        for name in ("published_at", "first_published_at")
    }
    return ParsedDocument(
        **{**data, **moments, "sections": sections, "children": tuple(data["children"])}
    )
