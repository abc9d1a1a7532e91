"""The process that reads one file and may die of it: `python -m knowledge.files.worker REQUEST`.

The file comes in on standard input, the document goes out on standard output as JSON. No Django
and no network here; the limits are set before the first byte is read.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from knowledge.files.kinds import FileKind, find_kind
from knowledge.files.passing import write_document
from knowledge.files.refusals import FileLimits, Refusal, Unreadable

# Each has `parse(data, *, name, media_type, url, limits)`; only the one needed is imported.
READERS = {
    FileKind.PDF: "knowledge.files.pdf",
    FileKind.DOCX: "knowledge.files.word",
    FileKind.ODT: "knowledge.files.open_document",
    FileKind.ODS: "knowledge.files.spreadsheets",
    FileKind.XLSX: "knowledge.files.spreadsheets",
    FileKind.CSV: "knowledge.files.spreadsheets",
    FileKind.HTML: "knowledge.files.texts",
    FileKind.MARKDOWN: "knowledge.files.texts",
    FileKind.TEXT: "knowledge.files.texts",
}


def set_limits(limits: FileLimits) -> None:
    if sys.platform == "win32":
        return
    import resource  # there is none on Windows

    wanted = {
        resource.RLIMIT_AS: limits.memory_bytes,
        resource.RLIMIT_CPU: limits.seconds,
        resource.RLIMIT_FSIZE: limits.reply_bytes,
        resource.RLIMIT_CORE: 0,
        # No child processes.
        resource.RLIMIT_NPROC: 0,
    }
    for limit, value in wanted.items():
        _, most = resource.getrlimit(limit)
        value = value if most == resource.RLIM_INFINITY else min(value, most)
        try:
            resource.setrlimit(limit, (value, value))
        except (OSError, ValueError):
            # Not every system knows every limit; whoever started us watches the clock too.
            continue


def get_peak_bytes() -> int:
    """The most memory held at once. Linux's rusage would count whoever started us as well."""
    with suppress(OSError, StopIteration):
        status = Path("/proc/self/status").read_text().splitlines()
        line = next(line for line in status if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return 0


def read(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    try:
        name, media_type = request["name"], request["media_type"]
        kind = find_kind(data, name=name, media_type=media_type)
        document = import_module(READERS[kind]).parse(
            data,
            name=name,
            media_type=media_type,
            url=request["url"],
            limits=FileLimits(**request["limits"]),
        )
    except Unreadable as error:
        return {"refusal": error.refusal, "figures": error.figures}
    except MemoryError:
        return {"refusal": Refusal.TOO_MUCH_MEMORY, "figures": {}}
    except Exception as error:  # noqa: BLE001 -- whatever a library raises over a broken file
        return {"refusal": Refusal.DAMAGED, "figures": {}, "detail": repr(error)[:500]}
    return {"document": write_document(document)}


def main() -> None:
    request = json.loads(sys.argv[1])
    set_limits(FileLimits(**request["limits"]))
    reply = read(request, sys.stdin.buffer.read())
    sys.stdout.write(json.dumps({**reply, "peak_bytes": get_peak_bytes()}))


if __name__ == "__main__":
    main()
