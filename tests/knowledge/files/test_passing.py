from __future__ import annotations

import json
from datetime import UTC, datetime

from knowledge.files.passing import read_document, write_document
from knowledge.types import Block, BlockKind, ParsedDocument, Section


def test_a_document_leaves_the_worker_whole():
    blocks = (
        Block(kind=BlockKind.PARAGRAPH, text="A lead:", number="1.1", anchor="page=2"),
        Block(kind=BlockKind.TABLE_ROW, text="Month: May", lead_in=0),
    )
    document = ParsedDocument(
        url="https://www.gov.uk/a.pdf",
        title="A",
        sections=(Section(heading_path=("H",), url="https://www.gov.uk/a.pdf", blocks=blocks),),
        published_at=datetime(2026, 5, 1, tzinfo=UTC),
    )

    passed = read_document(json.loads(json.dumps(write_document(document))))

    assert passed == document
