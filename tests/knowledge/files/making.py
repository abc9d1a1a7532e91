"""Files of our own making for the tests: what a ministry's office might write."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from docx import Document as WordDocument
from fpdf import FPDF
from openpyxl import Workbook

ODF = "urn:oasis:names:tc:opendocument:xmlns"
NAMESPACES = (
    f'xmlns:office="{ODF}:office:1.0" xmlns:text="{ODF}:text:1.0" xmlns:table="{ODF}:table:1.0"'
    f' xmlns:style="{ODF}:style:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


class _Paper(FPDF):
    def header(self) -> None:
        self.set_font("helvetica", size=8)
        self.cell(0, 8, "Guide of the harbour office", new_x="LMARGIN", new_y="NEXT")

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font("helvetica", size=8)
        self.cell(0, 8, f"Page {self.page_no()} of 3")


class PdfMaker:
    """A PDF, written block by block."""

    def __init__(self, *, with_edges: bool = True) -> None:
        self.paper = _Paper() if with_edges else FPDF()
        self.paper.add_page()

    def heading(self, text: str, size: int = 16) -> None:
        self.paper.set_font("helvetica", "B", size)
        self.paper.multi_cell(0, 10, text, new_x="LMARGIN", new_y="NEXT")

    def text(self, text: str) -> None:
        self.paper.set_font("helvetica", size=11)
        self.paper.multi_cell(0, 6, text, new_x="LMARGIN", new_y="NEXT")
        self.paper.ln(3)

    def page(self) -> None:
        self.paper.add_page()

    def table(self, rows: Sequence[Sequence[str]], *, ruled: bool = True) -> None:
        self.paper.set_font("helvetica", size=11)
        if ruled:
            with self.paper.table() as table:
                for row in rows:
                    line = table.row()
                    for cell in row:
                        line.cell(cell)
        else:
            for row in rows:
                for cell in row:
                    self.paper.cell(50, 7, cell)
                self.paper.ln()
        self.paper.ln(5)

    def finish(self, *, password: str = "") -> bytes:
        if password:
            self.paper.set_encryption(owner_password=password, user_password=password)
        return bytes(self.paper.output())


def make_guide() -> bytes:
    """Three pages with a title, numbered paragraphs over a page's end, and two tables."""
    pdf = PdfMaker()
    pdf.heading("Guide to the harbour permit", 22)
    pdf.heading("Who may have one")
    pdf.text(
        "1.1 A sailor may have a permit after waiting for more than ten days and telling the"
        " office in writing that the wish to be consid-\nered stands. The sailor must:"
    )
    pdf.text("(a) be in the harbour; and")
    pdf.text("(b) hold a photograph.")
    pdf.page()
    pdf.text("(c) not have been refused before.")
    pdf.heading("Figures", 13)
    pdf.table([("Month", "Permits", "Refusals"), ("April", "120", "9"), ("May", "1,234", "7")])
    pdf.text("The figures count people and not ships, and are checked by the harbour office.")
    pdf.page()
    pdf.heading("Contact")
    pdf.text("Write to the harbour office at any time of the year, and in any language.")
    pdf.table(
        [("Area", "Boats", "Share"), ("North", "5", "10%"), ("South", "45", "90%")], ruled=False
    )
    return pdf.finish()


def make_docx() -> bytes:
    document = WordDocument()
    document.add_heading("Guide to the harbour permit", 0)
    document.add_paragraph("This guide is for sailors.")
    document.add_heading("Who may have one", 1)
    document.add_paragraph("1.1 You may have a permit if:")
    document.add_paragraph("you are in the harbour", style="List Bullet")
    document.add_paragraph("you hold a photograph", style="List Bullet")
    table = document.add_table(rows=2, cols=3)
    for number, row in enumerate((("Month", "Permits", "Refusals"), ("May", "1,234", "7"))):
        for cell, text in zip(table.rows[number].cells, row, strict=True):
            cell.text = text
    return _save(document)


def make_xlsx(rows: Sequence[Sequence[object]], formats: Sequence[str] = ()) -> bytes:
    """`formats` are those of the last row's cells."""
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(list(row))
    for cell, number_format in zip(sheet[sheet.max_row], formats, strict=False):
        cell.number_format = number_format
    return _save(book)


def _save(document: object) -> bytes:
    file = io.BytesIO()
    document.save(file)  # type: ignore[attr-defined]
    return file.getvalue()


def make_open_document(kind: str, content: str, *, before: str = "", meta: str = "") -> bytes:
    """`content` is the XML inside office:text or office:spreadsheet; `before` opens the part."""
    body = f"<office:body><office:{kind}>{content}</office:{kind}></office:body>"
    return make_package(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": f"{before}<office:document-content {NAMESPACES}>{body}"
            "</office:document-content>",
            "meta.xml": f"<office:document-meta {NAMESPACES}><office:meta><dc:title>{meta}"
            "</dc:title></office:meta></office:document-meta>",
        }
    )


def make_ods(sheets: dict[str, Sequence[Sequence[str]]]) -> bytes:
    def write_row(row: Sequence[str]) -> str:
        cells = "".join(
            f"<table:table-cell>{f'<text:p>{cell}</text:p>' if cell else ''}</table:table-cell>"
            for cell in row
        )
        return f"<table:table-row>{cells}</table:table-row>"

    tables = "".join(
        f'<table:table table:name="{name}">{"".join(map(write_row, rows))}</table:table>'
        for name, rows in sheets.items()
    )
    return make_open_document("spreadsheet", tables)


def make_package(parts: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return file.getvalue()


def list_texts(document) -> list[str]:  # type: ignore[no-untyped-def]
    return [block.text for section in document.sections for block in section.blocks]
