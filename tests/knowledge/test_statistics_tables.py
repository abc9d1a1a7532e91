"""Reading, cutting and retrieving together: one month's figure is found among all the others."""

from __future__ import annotations

import calendar
import json

import pytest
from django.utils import timezone

from knowledge.chunking import split_document
from knowledge.files.reading import read_file
from knowledge.govuk import parse_govuk_item
from knowledge.models import Source
from knowledge.publishing import publish
from knowledge.retrieval import retrieve
from knowledge.services import Reading, save_revision
from knowledge.types import ParsedDocument, SourceKind
from tests.govuk_server import make_item
from tests.knowledge.files.making import make_ods

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.model]

MONTHS = [
    f"{calendar.month_name[month]} {year}" for year in range(2015, 2027) for month in range(1, 13)
]
# Each figure stands once in the table.
ROWS = [
    [month, f"{1000 + 7 * number:,}", f"{200 + 3 * number}"] for number, month in enumerate(MONTHS)
]
HEAD = ["Month", "Returns", "Refusals"]
TITLE = "Returns of ferries to their harbours, number of ferries"


def read_spreadsheet() -> ParsedDocument:
    data = make_ods(
        {
            "Returns": [[TITLE], ["This sheet has one table."], HEAD, *ROWS],
            "Ships": [["Ships built by year, number of ships"], ["Year", "Ships"], ["2026", "9"]],
        }
    )
    return read_file(data, name="a.ods", media_type="", url="https://www.gov.uk/a.ods")


def read_page() -> ParsedDocument:
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in ROWS)
    head = "".join(f"<th>{cell}</th>" for cell in HEAD)
    body = (
        f"<h2>Ferries</h2><table><caption>{TITLE}.</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )
    item = make_item("/a", "Statistics of the harbours", "html_publication", body=body)
    return parse_govuk_item(json.dumps(item).encode(), url="https://www.gov.uk/a")


@pytest.mark.parametrize("read", [read_spreadsheet, read_page])
@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("How many returns were there in May 2026?", ROWS[MONTHS.index("May 2026")]),
        ("returns in May 2025", ROWS[MONTHS.index("May 2025")]),
        ("How many ferries were returned in November 2024?", ROWS[MONTHS.index("November 2024")]),
    ],
)
def test_a_question_for_one_month_retrieves_its_row(settings, tmp_path, read, question, row):
    settings.KNOWLEDGE_INDEX_DIR = tmp_path / "index"
    source = Source.objects.create(
        slug="a", title="A", kind=SourceKind.GOVUK, url="https://www.gov.uk/a", publisher="A"
    )
    parsed = read()
    save_revision(
        source=source,
        reading=Reading(parsed=parsed, split=split_document(parsed), read_at=timezone.now()),
    )
    publish()

    passages = retrieve(question, limit=3).passages

    wanted = "; ".join(f"{name}: {cell}" for name, cell in zip(HEAD, row, strict=True))
    assert any(wanted in passage.text for passage in passages)
