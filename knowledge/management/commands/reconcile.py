"""Compare the index with the database, and mend the index."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from knowledge.reconciling import reconcile


class Command(BaseCommand):
    help = "Compare the index with the database, mend it, and remove what is left over."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        report = reconcile()
        self.stdout.write(json.dumps(report.as_data()) if options["json"] else str(report))
        if not report.is_sound:
            raise CommandError("not everything could be mended; see above")
