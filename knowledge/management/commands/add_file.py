"""Add files to the knowledge: read each, say how it ended, and publish what could be read."""

from __future__ import annotations

import json
import mimetypes
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from knowledge.files.reading import get_limits
from knowledge.files.storing import store_file
from knowledge.models import StoredFile
from knowledge.publishing import publish

WHO = "command line"


class Command(BaseCommand):
    help = (
        "Read files (PDF, Word, OpenDocument, Excel, CSV, HTML, Markdown, text) and publish them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH", type=Path)
        parser.add_argument("--url", default="", help="where the public reads the same words")
        parser.add_argument("--title", default="", help="instead of the file's own title")
        parser.add_argument("--publisher", default="")
        parser.add_argument("--licence", default="")
        parser.add_argument("--published", type=read_day, help="the day, such as 2026-05-01")
        parser.add_argument("--no-publish", action="store_true", help="only read and keep")
        parser.add_argument("--json", action="store_true", help="print how each ended as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        paths: list[Path] = options["paths"]
        if len(paths) > 1 and (options["url"] or options["title"]):
            raise CommandError(_("An address or a title is of one file: add these one by one."))
        ends = [self.add(path, options) for path in paths]
        read = [end for end in ends if not end["refusal"]]
        if read and not options["no_publish"]:
            names = ", ".join(end["name"] for end in read)
            publish(note=_("files added: %(names)s") % {"names": names})
        if options["json"]:
            self.stdout.write(json.dumps(ends, indent=2))
        else:
            for end in ends:
                self.stdout.write(describe(end))
        refused = len(ends) - len(read)
        if refused:
            words = ngettext(
                "%(refused)d of %(count)d file was not read.",
                "%(refused)d of %(count)d files were not read.",
                len(ends),
            )
            raise CommandError(words % {"refused": refused, "count": len(ends)})

    def add(self, path: Path, options: dict[str, Any]) -> dict[str, Any]:
        try:
            # A file above the limit is not taken into memory to be told so.
            with path.open("rb") as file:
                data = file.read(get_limits().size_bytes + 1)
            stored = store_file(
                data=data,
                name=path.name,
                media_type=mimetypes.guess_type(path.name)[0] or "",
                url=options["url"],
                title=options["title"],
                publisher=options["publisher"],
                licence=options["licence"],
                published_at=options["published"],
                who=WHO,
            )
        except OSError as error:
            reason = _("The file can't be opened: %(error)s.") % {"error": error.strerror}
            return {"name": str(path), "url": "", "title": "", "passages": 0, "refusal": reason}
        except ValidationError as error:
            raise CommandError(f"{options['url']}: {' '.join(error.messages)}") from error
        return summarise(stored)


def read_day(value: str) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


def summarise(stored: StoredFile) -> dict[str, Any]:
    document = stored.document
    newest = document.revisions.order_by("-number").first() if document else None
    return {
        "name": stored.name,
        "url": stored.url,
        "title": document.title if document else "",
        "passages": newest.passages.count() if newest else 0,
        "refusal": stored.refusal,
    }


def describe(end: dict[str, Any]) -> str:
    if end["refusal"]:
        return _("%(name)s: not read. %(refusal)s") % end
    words = ngettext(
        "%(name)s: read as “%(title)s”, %(passages)d passage, %(url)s",
        "%(name)s: read as “%(title)s”, %(passages)d passages, %(url)s",
        end["passages"],
    )
    return words % end
