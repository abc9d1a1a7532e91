"""Keep a file that staff gave us, and save what stands in it as a revision. Publishes nothing.

The same bytes are the same row, however often they come. A refused file keeps its row and reason,
so that staff see it; given again, it is read again, since our reading may have become better.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from knowledge.chunking import split_document
from knowledge.files.reading import FileRefused, read_file
from knowledge.models import Act, Decision, Document, Source, StoredFile
from knowledge.services import Reading, save_revision
from knowledge.types import DocumentStatus, ParsedDocument, SourceKind

_is_web_address = URLValidator(schemes=["http", "https"])


def get_file_url(digest: str) -> str:
    """Our page of a file; relative, since a deployment's host is its own."""
    return f"/files/{digest}"


def get_file_path(digest: str) -> Path:
    return Path(settings.KNOWLEDGE_FILES_DIR) / digest


def store_file(
    *,
    data: bytes,
    name: str,
    media_type: str,
    who: str,
    url: str = "",
    title: str = "",
    publisher: str = "",
    licence: str = "",
    published_at: datetime | None = None,
) -> StoredFile:
    """`url`: where the public reads the same words. Raises ValidationError for no web address."""
    if url:
        _is_web_address(url)
    digest = hashlib.sha256(data).hexdigest()
    stored = StoredFile.objects.filter(digest=digest).first()
    if stored is not None and stored.document_id is not None:
        return stored
    name = PurePosixPath(name.replace("\\", "/")).name[:300] or _("file without a name")
    address = url or get_file_url(digest)
    refusal, parsed = "", None
    try:
        refuse_foreign_address(url)
        parsed = read_file(data, name=name, media_type=media_type, url=address)
        keep_bytes(data, digest)
    except FileRefused as error:
        refusal = error.reason
    with transaction.atomic():
        source = get_uploads_source(publisher, licence)
        document = None
        if parsed is not None:
            named = replace(
                parsed,
                title=title.strip() or parsed.title,
                publisher=source.publisher,
                published_at=published_at or parsed.published_at,
            )
            document = save_document(source, named, name=name, who=who)
        stored, _created = StoredFile.objects.update_or_create(
            digest=digest,
            defaults={
                "name": name,
                "media_type": media_type[:120],
                "size": len(data),
                "url": address,
                "source": source,
                "document": document,
                "uploaded_by": who[:150],
                "read_at": timezone.now() if document else None,
                "refusal": refusal,
            },
        )
    return stored


def refuse_foreign_address(url: str) -> None:
    """What a refresh reads must not also come from uploads: each would undo the other."""
    document = Document.objects.filter(url=url).select_related("source").first() if url else None
    if document is None or document.source.kind == SourceKind.UPLOADS:
        return
    reason = _(
        "This address is read already, as part of the source “%(source)s”. Leave the address out"
        " if you want to add the file all the same."
    )
    raise FileRefused(reason % {"source": document.source.title})


def save_document(source: Source, parsed: ParsedDocument, *, name: str, who: str) -> Document:
    reading = Reading(parsed=parsed, split=split_document(parsed), read_at=timezone.now())
    document, _revision = save_revision(source=source, reading=reading)
    Decision.objects.create(who=who[:150], act=Act.ADDED, document=document, why=name)
    return document


def get_uploads_source(publisher: str, licence: str) -> Source:
    """One source for each publisher and licence: a source says these of all its texts."""
    publisher = publisher.strip()[:200] or _("Publisher not stated")
    licence = licence.strip()[:200] or _("Licence not stated")
    mark = hashlib.sha256(f"{publisher}\n{licence}".encode()).hexdigest()[:12]
    source, _created = Source.objects.get_or_create(
        slug=f"uploads-{mark}",
        defaults={
            "title": _("Files added by staff: %(publisher)s") % {"publisher": publisher},
            "kind": SourceKind.UPLOADS,
            "url": f"/files/#{mark}",
            "publisher": publisher,
            "licence": licence,
            "is_url_checked": True,
        },
    )
    return source


def keep_bytes(data: bytes, digest: str) -> None:
    """Whole or not at all, and on the disk before any row says that it is there."""
    path = get_file_path(digest)
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)


def find_shown_file(digest: str) -> StoredFile | None:
    """The file if readers may see it: it was read, and its document is not withdrawn."""
    return (
        StoredFile.objects.filter(digest=digest, document__status=DocumentStatus.LIVE)
        .select_related("document")
        .first()
    )
