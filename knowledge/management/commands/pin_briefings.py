"""Write into the briefing files the digests of the official words that they rest on.

For whoever writes briefings: run it after a refresh, when every briefing was read beside the
official text as it stands. From then on a change of that text takes the briefing out of use.
"""

from __future__ import annotations

import re
from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from knowledge.indexing import digest_paragraph
from knowledge.models import LivePeriod

REST = re.compile(
    r'(\[\[paragraph\.rests_on\]\]\nurl = "(?P<url>[^"]+)"\nparagraph = "(?P<paragraph>[^"]*)"\n)'
    r'digest = "(?P<digest>[^"]*)"'
)
FOLDER = Path(__file__).resolve().parents[2] / "starter" / "briefings"


class Command(BaseCommand):
    help = "Pin each briefing to the official words that are live now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, default=FOLDER)

    def handle(self, *args: Any, **options: Any) -> None:
        for path in sorted(options["folder"].glob("*.toml")):
            before = path.read_text()
            after = REST.sub(partial(self.pin, path), before)
            if after != before:
                path.write_text(after)
                self.stdout.write(f"{path.name}: pinned")

    def pin(self, path: Path, match: re.Match[str]) -> str:
        digest = match["digest"]
        if match["paragraph"]:
            found = find_digest(match["url"], match["paragraph"])
            if found is None:
                self.stderr.write(f"{path.name}: no live {match['paragraph']} at {match['url']}")
            digest = found or digest
        return f'{match[1]}digest = "{digest}"'


def find_digest(url: str, paragraph: str) -> str | None:
    period = (
        LivePeriod.objects.filter(document__url=url, live_until__isnull=True)
        .select_related("revision")
        .first()
    )
    return digest_paragraph(period.revision, paragraph) if period else None
