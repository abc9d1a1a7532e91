"""`make benchmark`: how long readers wait for their first sentence, and the web process's memory.

Measured from outside, through the websocket, on a service of its own over some 8,000 passages.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assistant.settings")

from rich.console import Console
from rich.table import Table

from tests.benchmark.readers import list_addresses, list_questions, measure
from tests.benchmark.scratch import Scratch, open_scratch

READERS_AT_ONCE = 20
QUESTIONS_ALONE = 100
QUESTIONS_TO_WARM = 5
MEGABYTE = 1_000_000


def main() -> None:
    parser = argparse.ArgumentParser(prog="make benchmark", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--govuk-api-root",
        default="",
        help="read the Immigration Rules from there instead of made-up rules",
    )
    parser.add_argument(
        "--folder", type=Path, help="keep what was read and embedded here, for the next time"
    )
    options = parser.parse_args()
    console = Console(stderr=True)
    with (
        tempfile.TemporaryDirectory(prefix="benchmark-") as temporary,
        open_scratch((options.folder or Path(temporary)).resolve()) as scratch,
    ):
        console.print("Reading and embedding the documents (minutes, unless kept) …")
        scratch.fill(options.govuk_api_root)
        console.print("Asking …")
        figures = run(scratch)
    if options.json:
        print(json.dumps(figures))  # noqa: T201  # what --json is for
    else:
        show(figures, Console())


def run(scratch: Scratch) -> dict[str, Any]:
    questions, addresses = list_questions(), list_addresses()
    with scratch.serving() as (url, process):
        warm, alone, at_once = (
            questions[:QUESTIONS_TO_WARM],
            questions[QUESTIONS_TO_WARM : QUESTIONS_TO_WARM + QUESTIONS_ALONE],
            # Other words again: what is remembered would measure nothing.
            [f"Good morning. {question}" for question in questions],
        )
        asyncio.run(measure(url, warm, readers=1, addresses=addresses))
        one = asyncio.run(measure(url, alone, readers=1, addresses=addresses))
        many = asyncio.run(measure(url, at_once, readers=READERS_AT_ONCE, addresses=addresses))
        return {
            "passages": scratch.count_passages(),
            "1 reader": one.describe(),
            f"{READERS_AT_ONCE} readers": many.describe(),
            "web_process_megabytes": round(process.memory_info().rss / MEGABYTE),
        }


def show(figures: dict[str, Any], console: Console) -> None:
    table = Table(title=f"First sentence over {figures['passages']:,} passages, milliseconds")
    for heading in ("", "questions", "first p50", "first p95", "finished p50", "finished p95"):
        table.add_column(heading, justify="right")
    for name, waits in figures.items():
        if isinstance(waits, dict):
            table.add_row(name, *(str(waits[key]) for key in list(waits)[:5]))
            console.print(f"{name}: {waits['outcomes']}, steps p50: {waits['steps_ms_p50']}")
    console.print(table)
    console.print(f"Memory of the web process: {figures['web_process_megabytes']} MB")


if __name__ == "__main__":
    main()
