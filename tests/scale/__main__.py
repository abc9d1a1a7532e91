"""`make scale`: a refresh of ten thousand documents, with nothing and with a hundred changed.

The refresh runs as its command does, in a process of its own, whose memory is watched.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assistant.settings")

import psutil
from rich.console import Console
from rich.table import Table

from assistant.serving import manage
from tests.scale.pages import PATH, change, multiply, read_sections
from tests.scale.server import ManyPages, serve_pages

SOURCE = "immigration-rules"
DOCUMENTS = 10_000
CHANGED = 100
MEGABYTE = 1_000_000


def main() -> None:
    parser = argparse.ArgumentParser(prog="make scale", description=__doc__)
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    parser.add_argument("--changed", type=int, default=CHANGED)
    parser.add_argument("--govuk-content", type=Path, help="content items to multiply")
    parser.add_argument("--folder", type=Path, help="keep what was read here, for the next time")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    console = Console(stderr=True)
    items = multiply(read_sections(options.govuk_content), options.documents)
    with tempfile.TemporaryDirectory(prefix="scale-") as temporary, serve_pages(items) as pages:
        folder = (options.folder or Path(temporary)).resolve()
        figures = run(folder, pages, changed=options.changed, console=console)
    if options.json:
        print(json.dumps(figures))  # noqa: T201  # what --json is for
        return
    show(figures, Console())


def show(figures: dict[str, Any], console: Console) -> None:
    table = Table(title=f"Refreshes of {figures['documents']:,} documents")
    acts = {name: figure for name, figure in figures.items() if isinstance(figure, dict)}
    headings = next(iter(acts.values()))
    for heading in ("", *headings):
        table.add_column(heading.replace("_", " "), justify="right")
    for name, figure in acts.items():
        table.add_row(name, *(str(figure.get(heading, "")) for heading in headings))
    console.print(table)


def run(folder: Path, pages: ManyPages, *, changed: int, console: Console) -> dict[str, Any]:
    folder.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "GOVUK_API_ROOT": pages.api_root,
        "LOG_LEVEL": "WARNING",
    }
    subprocess.run(manage("serve", "--prepare"), env=environment, check=True)
    console.print("The first refresh, which embeds …")
    first = refresh(environment)
    console.print(f"{first}\nNothing changed …")
    unchanged = refresh(environment)
    console.print(f"{unchanged}\n{changed} changed …")
    paths = sorted(path for path in pages.items if path != PATH)
    pages.put(change(pages.items, random.Random(6).sample(paths, changed)))
    return {
        "documents": len(pages.items),
        "first refresh": first,
        "nothing changed": unchanged,
        f"{changed} changed": refresh(environment),
    }


def refresh(environment: dict[str, str]) -> dict[str, Any]:
    """Seconds from the command's start to its end, and its memory at the highest."""
    begun = time.monotonic()
    process = subprocess.Popen(
        manage("refresh", SOURCE, "--json"), env=environment, stdout=subprocess.PIPE, text=True
    )
    peak = Peak(process.pid)
    peak.start()
    said, _ = process.communicate()
    seconds = time.monotonic() - begun
    peak.join()
    if process.returncode:
        raise RuntimeError(said)
    (report,) = json.loads(said)
    names = ("fetched", "not_modified", "added", "revised", "passages_embedded", "held")
    return {
        "seconds": round(seconds, 1),
        "peak_megabytes": round(peak.bytes / MEGABYTE),
        "failures": len(report["failures"]),
        **{name: report[name] for name in names if name in report},
    }


class Peak(threading.Thread):
    """Watches a process's memory: what is its own, without the files that it has mapped."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.process = psutil.Process(pid)
        self.bytes = 0

    def run(self) -> None:
        while True:
            try:
                memory = self.process.memory_info()
                self.bytes = max(self.bytes, memory.rss - memory.shared)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                return
            if self.process.status() == psutil.STATUS_ZOMBIE:
                return
            time.sleep(0.05)


if __name__ == "__main__":
    main()
