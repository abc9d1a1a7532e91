"""Open a packed document (DOCX, ODT, XLSX, ODS) only when unpacking it is safe.

The sizes that a package states for its parts may be lies, so each part is also counted as it is
unpacked. A part that declares entities is refused: no office program writes them.
"""

from __future__ import annotations

import io
import zipfile
import zlib

from lxml import etree

from knowledge.files.refusals import FileLimits, Refusal, Unreadable

PARTS_LIMIT = 10_000
_PIECE = 1 << 16


def read_parts(data: bytes, limits: FileLimits) -> dict[str, bytes]:
    """The package's XML parts by name. Raises Unreadable."""
    parts: dict[str, bytes] = {}
    left = limits.unpacked_bytes
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
            if len(entries) > PARTS_LIMIT or sum(entry.file_size for entry in entries) > left:
                raise Unreadable(Refusal.TOO_LARGE_INSIDE)
            for entry in entries:
                if entry.flag_bits & 1:
                    raise Unreadable(Refusal.ENCRYPTED)
                if entry.filename.endswith((".xml", ".rels")):
                    parts[entry.filename] = _unpack(package, entry, left)
                    left -= len(parts[entry.filename])
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError) as error:
        raise Unreadable(Refusal.DAMAGED) from error
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise Unreadable(Refusal.ENCRYPTED)
    return parts


def _unpack(package: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> bytes:
    content = bytearray()
    with package.open(entry) as part:
        while piece := part.read(_PIECE):
            content += piece
            if len(content) > limit:
                raise Unreadable(Refusal.TOO_LARGE_INSIDE)
    # In UTF-16, a NUL stands between the letters.
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"\x00" in content[:200]:
        raise Unreadable(Refusal.ENTITIES)
    return bytes(content)


def read_xml(content: bytes) -> etree._Element:
    """Nothing is expanded and nothing is fetched."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable(Refusal.DAMAGED) from error
