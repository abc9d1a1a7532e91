from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from knowledge.files.reading import WORDS, FileRefused, get_limits, read_file, run_worker
from knowledge.files.refusals import Refusal
from tests.knowledge.files.making import make_guide

URL = "https://www.gov.uk/a"
# Well-behaved ones, and those that break readers, each of another kind.
SAMPLE = [
    "openoffice.pdf",
    "poppler-395-0-fuzzed.pdf",
    "poppler-937-0-fuzzed.pdf",
    "saslprep-r6.pdf",
    "bug1020226.pdf",
    "bitmap-halftone.pdf",
    "issue17333.pdf",
    "find_all.pdf",
]


def run(data: bytes, *, name: str = "a.txt", **limits: int):
    given = replace(get_limits(), **limits)
    return run_worker(data, name=name, media_type="", url=URL, limits=given)


def make_reader(monkeypatch, tmp_path: Path, body: str) -> None:
    """The worker reads text with a reader of the test's making."""
    (tmp_path / "test_reader.py").write_text(
        f"def parse(data, *, name, media_type, url, limits):\n    {body}\n"
    )
    (tmp_path / "sitecustomize.py").write_text(
        "import sys, test_reader\nsys.modules['knowledge.files.texts'] = test_reader\n"
    )
    monkeypatch.setattr(
        "knowledge.files.reading.get_environment",
        lambda: {"PYTHONPATH": f"{tmp_path}{os.pathsep}{settings.BASE_DIR}"},
    )


def test_a_file_is_read_in_another_process():
    document = read_file(make_guide(), name="guide.pdf", media_type="application/pdf", url=URL)

    assert document.title == "Guide to the harbour permit"
    assert document.sections[0].url == f"{URL}#page=1"


def test_a_file_that_cannot_be_read_is_refused_in_words():
    with pytest.raises(FileRefused) as error:
        read_file(b"%PDF-1.4 broken", name="guide.pdf", media_type="", url=URL)

    assert error.value.code is Refusal.DAMAGED
    assert error.value.reason == "The file is damaged: its contents can't be made out."


def test_each_refusal_has_its_words():
    figures = {"pages": 1, "limit": 1, "seconds": 1, "megabytes": 1, "reason": "…"}

    sentences = {str(WORDS[refusal]) % figures for refusal in Refusal}

    assert len(sentences) == len(Refusal)


def test_a_file_above_the_limit_is_refused_before_any_process_starts():
    reply = run(b"12345", size_bytes=4)

    assert reply.refusal is Refusal.TOO_LARGE
    assert reply.seconds == 0


def test_a_reader_that_never_ends_is_stopped(monkeypatch, tmp_path):
    make_reader(monkeypatch, tmp_path, "while True: pass")

    reply = run(b"words", seconds=1)

    assert reply.refusal is Refusal.TOO_SLOW


def test_a_reader_that_fills_the_memory_is_stopped(monkeypatch, tmp_path):
    make_reader(monkeypatch, tmp_path, "return [bytes(50_000_000) for _ in range(1000)]")

    reply = run(b"words", memory_bytes=300_000_000)

    assert reply.refusal is Refusal.TOO_MUCH_MEMORY
    assert reply.peak_bytes < 300_000_000


def test_a_reader_that_crashes_takes_nothing_with_it(monkeypatch, tmp_path):
    make_reader(monkeypatch, tmp_path, "import ctypes; ctypes.string_at(0)")

    reply = run(b"words")

    assert reply.refusal is Refusal.BROKE_DOWN


def test_a_reader_is_told_no_secret(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "a-secret")
    make_reader(monkeypatch, tmp_path, "import os; raise ValueError(os.environ.get('SECRET_KEY'))")

    reply = run(b"words")

    assert reply.refusal is Refusal.DAMAGED
    assert "a-secret" not in repr(reply)


@pytest.mark.parametrize("name", SAMPLE)
def test_a_hostile_pdf_ends_as_read_or_refused(shared, name):
    data = (shared / "data" / "hostile" / "pdf" / name).read_bytes()

    reply = run(data, name=name)

    assert reply.refusal not in {Refusal.BROKE_DOWN, Refusal.TOO_SLOW, Refusal.TOO_MUCH_MEMORY}
    assert reply.peak_bytes < 512_000_000
