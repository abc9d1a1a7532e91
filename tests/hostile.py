"""Read every file of a folder as an upload would be, and say how each ended and what it cost.

`make hostile ARGS=FOLDER`. Exits with 1 when one crashed its reader, hung, or grew too large.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import django


def main(folder: Path) -> int:
    django.setup()
    from knowledge.files.reading import get_limits, run_worker

    limits = get_limits()
    ends = Counter[str]()
    worst_seconds, worst_peak, bad = 0.0, 0, 0
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.name == "LICENSE":
            continue
        reply = run_worker(
            path.read_bytes(),
            name=path.name,
            media_type="",
            url="https://example.org/",
            limits=limits,
        )
        end = f"refused: {reply.refusal}" if reply.refusal else "read"
        ends[end] += 1
        bad += reply.refusal in {"broke_down", "too_slow", "too_much_memory"}
        worst_seconds = max(worst_seconds, reply.seconds)
        worst_peak = max(worst_peak, reply.peak_bytes)
        sys.stdout.write(
            f"{path.name:60} {end:30} {reply.seconds:5.2f} s {reply.peak_bytes / 1e6:4.0f} MB\n"
        )
    for end, count in ends.most_common():
        sys.stdout.write(f"{count:5} {end}\n")
    sys.stdout.write(f"worst: {worst_seconds:.2f} s, {worst_peak / 1e6:.0f} MB\n")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
