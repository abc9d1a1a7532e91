"""Pages of a source in our own words, saved as a refresh would."""

from __future__ import annotations

from django.utils import timezone

from knowledge.chunking import split_document
from knowledge.models import Document, Revision, Source
from knowledge.services import Reading, save_revision
from knowledge.types import Block, BlockKind, ParsedDocument, Section


def save_page(source: Source, name: str, *texts: str) -> tuple[Document, Revision | None]:
    """Save a page with a section, and so a passage, for each text."""
    url = f"https://www.gov.uk/{name}"
    sections = tuple(
        Section(
            heading_path=(f"Part {place}",) if place else (),
            url=f"{url}#{place}" if place else url,
            blocks=(Block(kind=BlockKind.PARAGRAPH, text=text),),
        )
        for place, text in enumerate(texts)
    )
    parsed = ParsedDocument(url=url, title=name, sections=sections)
    reading = Reading(parsed=parsed, split=split_document(parsed), read_at=timezone.now())
    return save_revision(source=source, reading=reading)
