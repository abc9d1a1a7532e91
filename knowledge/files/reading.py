"""Read a file of any kind in a process of its own, so that a hostile one takes nothing with it."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy

from knowledge.files.passing import read_document
from knowledge.files.refusals import FileLimits, Refusal
from knowledge.types import ParsedDocument

logger = logging.getLogger("knowledge.files")

WORDS = {
    Refusal.EMPTY: gettext_lazy("The file is empty."),
    Refusal.TOO_LARGE: gettext_lazy("The file is larger than %(megabytes)d MB."),
    Refusal.UNKNOWN_KIND: gettext_lazy(
        "This kind of file can't be read. Use PDF, Word (.docx), OpenDocument (.odt, .ods),"
        " Excel (.xlsx), CSV, HTML, Markdown or plain text."
    ),
    Refusal.OLD_KIND: gettext_lazy(
        "This is a file of an old office program. Save it as .docx, .xlsx or PDF and add it again."
    ),
    Refusal.PICTURE: gettext_lazy("This is a picture: there is no text in it that can be read."),
    Refusal.ENCRYPTED: gettext_lazy(
        "The file is locked with a password. Add a copy without a password."
    ),
    Refusal.DAMAGED: gettext_lazy("The file is damaged: its contents can't be made out."),
    Refusal.SCANNED: gettext_lazy(
        "The pages are pictures without text, as a scanner makes them. Add the original file, or"
        " a copy in which the text has been recognised."
    ),
    Refusal.NO_TEXT: gettext_lazy("There is no text in the file, or nothing but headings."),
    Refusal.UNREADABLE_LETTERS: gettext_lazy(
        "The file does not say which letters its text is made of, so the words can't be read."
    ),
    Refusal.TOO_MANY_PAGES: gettext_lazy(
        "The file has %(pages)d pages; up to %(limit)d can be read. Add it in parts."
    ),
    Refusal.TOO_LARGE_INSIDE: gettext_lazy(
        "Unpacked, the file is far larger than a document should be, so it was not opened."
    ),
    Refusal.ENTITIES: gettext_lazy(
        "The file defines text of its own inside its structure, which no office program does, so"
        " it was not opened."
    ),
    Refusal.TOO_SLOW: gettext_lazy(
        "Reading the file took longer than %(seconds)d seconds and was stopped."
    ),
    Refusal.TOO_MUCH_MEMORY: gettext_lazy(
        "Reading the file took more than %(megabytes)d MB of memory and was stopped."
    ),
    Refusal.BROKE_DOWN: gettext_lazy(
        "The program that reads such files broke down over this one. The file may be damaged."
    ),
    Refusal.PAGE: gettext_lazy("The page can't be read: %(reason)s."),
}


class FileRefused(Exception):
    """A file that is not read, and why, in words for staff."""

    def __init__(self, reason: str, *, code: Refusal | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        # None where the reason does not lie in the file.
        self.code = code


@dataclass(frozen=True, kw_only=True)
class WorkerReply:
    """How one reading ended: exactly one of `document` and `refusal` is set."""

    document: ParsedDocument | None = None
    refusal: Refusal | None = None
    figures: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    peak_bytes: int = 0


def get_limits() -> FileLimits:
    return FileLimits(
        seconds=settings.KNOWLEDGE_FILE_TIMEOUT_SECONDS,
        memory_bytes=settings.KNOWLEDGE_FILE_MEMORY_BYTES,
        size_bytes=settings.KNOWLEDGE_FILE_LIMIT_BYTES,
    )


def read_file(data: bytes, *, name: str, media_type: str, url: str) -> ParsedDocument:
    """The file as a document that is cited by `url`. Raises FileRefused."""
    reply = run_worker(data, name=name, media_type=media_type, url=url, limits=get_limits())
    logger.info(
        "knowledge.file.read name=%r refusal=%s seconds=%.1f peak_mb=%d",
        name,
        reply.refusal or "-",
        reply.seconds,
        reply.peak_bytes // 1_000_000,
    )
    if reply.document is None:
        code = reply.refusal or Refusal.BROKE_DOWN
        raise FileRefused(str(WORDS[code]) % reply.figures, code=code)
    return reply.document


def run_worker(
    data: bytes, *, name: str, media_type: str, url: str, limits: FileLimits
) -> WorkerReply:
    if len(data) > limits.size_bytes:
        megabytes = {"megabytes": limits.size_bytes // 1_000_000}
        return WorkerReply(refusal=Refusal.TOO_LARGE, figures=megabytes)
    request = {"name": name, "media_type": media_type, "url": url, "limits": limits.as_data()}
    started = time.monotonic()
    # Files, not pipes: nothing has to be emptied while the worker runs.
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answered:
        given.write(data)
        given.seek(0)
        worker = subprocess.Popen(
            [sys.executable, "-m", "knowledge.files.worker", json.dumps(request)],
            stdin=given,
            stdout=answered,
            stderr=subprocess.DEVNULL,
            cwd=settings.BASE_DIR,
            env=get_environment(),
            start_new_session=True,
        )
        is_late = False
        try:
            worker.wait(timeout=limits.seconds + 5)
        except subprocess.TimeoutExpired:
            is_late = True
        finally:
            _stop(worker)
        answered.seek(0)
        text = answered.read()
    seconds = time.monotonic() - started
    return _read_reply(text, worker.returncode, limits, is_late=is_late, seconds=seconds)


def get_environment() -> dict[str, str]:
    """Nothing of ours that a hostile file could want: no secret, no database."""
    return {"PYTHONPATH": str(settings.BASE_DIR)}


def _stop(worker: subprocess.Popen[bytes]) -> None:
    if worker.poll() is None:
        if os.name == "posix":
            os.killpg(worker.pid, signal.SIGKILL)
        worker.kill()
        worker.wait()


def _read_reply(
    text: bytes, code: int, limits: FileLimits, *, is_late: bool, seconds: float
) -> WorkerReply:
    figures = {"seconds": limits.seconds, "megabytes": limits.memory_bytes // 1_000_000}
    if is_late or code in {-signal.SIGXCPU, -signal.SIGKILL}:
        return WorkerReply(refusal=Refusal.TOO_SLOW, figures=figures, seconds=seconds)
    try:
        reply = json.loads(text)
    except ValueError:
        reply = None
    if code or not isinstance(reply, dict):
        return WorkerReply(refusal=Refusal.BROKE_DOWN, figures=figures, seconds=seconds)
    peak = int(reply["peak_bytes"])
    if "document" in reply:
        document = read_document(reply["document"])
        return WorkerReply(document=document, seconds=seconds, peak_bytes=peak)
    if "detail" in reply:
        logger.info("knowledge.file.damaged detail=%s", reply["detail"])
    return WorkerReply(
        refusal=Refusal(reply["refusal"]),
        figures={**figures, **reply["figures"]},
        seconds=seconds,
        peak_bytes=peak,
    )
