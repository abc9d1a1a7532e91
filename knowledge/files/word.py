"""Read a Word document. mammoth turns its styles, lists, notes and tables into HTML."""

from __future__ import annotations

import io

import mammoth

from knowledge.files.building import build_document
from knowledge.files.packages import read_parts, read_xml
from knowledge.files.refusals import FileLimits, Refusal, Unreadable
from knowledge.types import ParsedDocument

# A title stands above the headings: 'Heading 1' is the second rank.
_STYLES = "\n".join(
    [
        "p[style-name='Title'] => h1:fresh",
        *(f"p[style-name='Heading {n}'] => h{min(n + 1, 6)}:fresh" for n in range(1, 7)),
    ]
)
_TITLE = "{http://purl.org/dc/elements/1.1/}title"


def parse(
    data: bytes, *, name: str, media_type: str, url: str, limits: FileLimits
) -> ParsedDocument:
    # The library unpacks and parses without asking how large or how odd the parts are.
    parts = read_parts(data, limits)
    try:
        html = mammoth.convert_to_html(
            io.BytesIO(data), style_map=_STYLES, convert_image=lambda image: []
        ).value
    except (KeyError, ValueError, AttributeError, IndexError, OSError) as error:
        raise Unreadable(Refusal.DAMAGED) from error
    return build_document(html, url=url, name=name, document_type="docx", title=_find_title(parts))


def _find_title(parts: dict[str, bytes]) -> str:
    core = parts.get("docProps/core.xml")
    return (read_xml(core).findtext(_TITLE) or "") if core else ""
