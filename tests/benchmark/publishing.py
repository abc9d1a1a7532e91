"""`make benchmark-publishing`: one changed document among 100,000 passages, until readers have it.

The words are made up and the vectors random, so that nothing is embedded. A reader in a process
of its own asks all the time, as the web process does while a worker publishes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from tests.benchmark.readers import get_percentile
from tests.benchmark.scratch import LINKS, WORDS

PASSAGES_A_DOCUMENT = 10
QUESTIONS_BEFORE = 200
QUESTIONS_TO_WARM = 20
PAUSE_SECONDS = 0.02
CHANGES = 20
ROWS_AT_ONCE = 5_000
KILOBYTE = 1024
START_TIMEOUT_SECONDS = 120


def main() -> None:
    parser = argparse.ArgumentParser(prog="make benchmark-publishing", description=__doc__)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--role", choices=["fill", "ask", "publish"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.role:
        say(play(options.role, options.passages))
        return
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        figures = run(Path(folder), options.passages, Console(stderr=True))
    if options.json:
        say(figures)
    else:
        for name, value in figures.items():
            Console().print(f"{name}: {value}")


def say(figures: Any) -> None:
    print(json.dumps(figures), flush=True)  # noqa: T201  # what the caller reads


def play(role: str, passages: int) -> dict[str, Any]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assistant.settings")
    import django

    django.setup()
    match role:
        case "fill":
            return fill(passages)
        case "ask":
            return ask_until_told(sys.stdin.fileno())
        case _:
            return publish_changes()


def run(folder: Path, passages: int, console: Console) -> dict[str, Any]:
    environment = os.environ | {
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "LOG_LEVEL": "WARNING",
    }
    command = [sys.executable, "-m", "tests.benchmark.publishing", "--passages", str(passages)]

    def start(role: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*command, "--role", role],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def finish(process: subprocess.Popen[str]) -> dict[str, Any]:
        output, _ = process.communicate()
        if process.returncode:
            raise RuntimeError(f"{process.args} ended with {process.returncode}")
        return dict(json.loads(output.splitlines()[-1]))

    console.print(f"Writing {passages:,} passages and their first index …")
    first = finish(start("fill"))
    console.print("Asking …")
    reader = start("ask")
    assert reader.stdout is not None
    reader.stdout.readline()
    changes = finish(start("publish"))
    asked = finish(reader)
    moments = changes.pop("moments")
    return {**first, **changes, **compare(asked["asked"], moments)}


def compare(
    asked: list[tuple[float, float, int]], moments: list[tuple[float, float, int]]
) -> dict[str, Any]:
    """How long readers waited before and during, and when they were first answered anew.

    A question is its beginning, its milliseconds and the publication that answered it; a moment
    is when a publication was begun, when that ended, and its number.
    """
    began = moments[0][0]
    before = [waited for at, waited, _ in asked if at < began]
    during = [
        waited for at, waited, _ in asked if any(start <= at <= end for start, end, _ in moments)
    ]
    after = [waited for at, waited, _ in asked if at >= began]
    live = [
        min(at + waited / 1000 for at, waited, number in asked if number >= publication) - start
        for start, _, publication in moments
    ]
    return {
        "questions_before": len(before),
        "questions_during": len(during),
        "ms_p50_before": get_percentile(before, 50),
        "ms_p50_during": get_percentile(during, 50),
        "ms_p95_before": get_percentile(before, 95),
        "ms_p95_during": get_percentile(during, 95),
        "ms_highest_after": round(max(after), 1),
        "seconds_until_live": [round(seconds, 2) for seconds in live],
    }


# --- the three processes -----------------------------------------------------------------------


def write_text(chance: random.Random, words: list[str], links: list[str]) -> str:
    sentences = [
        " ".join(
            chance.choice(words if place % 2 else links) for place in range(chance.randint(14, 26))
        ).capitalize()
        for _ in range(4)
    ]
    return ". ".join(sentences) + "."


def list_words(chance: random.Random) -> list[str]:
    """Frequent words, and rare ones as real texts have them."""
    letters = "abcdefghilmnoprstu"
    rare = ["".join(chance.choices(letters, k=7)) for _ in range(20_000)]
    return WORDS.split() * 100 + rare


def fill(passages: int) -> dict[str, Any]:
    from django.core.management import call_command

    from knowledge.models import Document, Source
    from knowledge.publishing import publish
    from knowledge.types import SourceKind

    call_command("migrate", verbosity=0, interactive=False)
    source = Source.objects.create(
        slug="made-up",
        title="Made up",
        kind=SourceKind.GOVUK,
        url="https://www.gov.uk/made-up",
        publisher="Nobody",
    )
    count = passages // PASSAGES_A_DOCUMENT
    documents = Document.objects.bulk_create(
        [
            Document(source=source, url=f"https://www.gov.uk/made-up/{number}", title=f"{number}")
            for number in range(count)
        ],
        batch_size=ROWS_AT_ONCE,
    )
    save_revisions(documents, seed=1)
    began = time.monotonic()
    publish()
    return {
        "passages": count * PASSAGES_A_DOCUMENT,
        "first_publication_seconds": round(time.monotonic() - began, 1),
        "first_publication_megabytes": get_peak_megabytes(),
    }


def save_revisions(documents: list[Any], *, seed: int) -> None:
    """One more revision for each of the documents, with passages and random vectors."""
    from django.db.models import Max
    from django.utils import timezone

    from knowledge.embedding import get_recipe, normalise
    from knowledge.indexing import digest_text
    from knowledge.models import Passage, PassageEmbedding, Revision

    chance, recipe = random.Random(seed), get_recipe()
    dice = np.random.default_rng(seed)
    words, links = list_words(random.Random(0)), LINKS.split()
    for batch in cut(iter(documents), ROWS_AT_ONCE // PASSAGES_A_DOCUMENT):
        numbers = dict(
            Revision.objects.filter(document__in=batch)
            .values_list("document")
            .annotate(last=Max("number"))
        )
        texts = [
            [write_text(chance, words, links) for _ in range(PASSAGES_A_DOCUMENT)] for _ in batch
        ]
        revisions = Revision.objects.bulk_create(
            Revision(
                document=document,
                number=numbers.get(document.pk, 0) + 1,
                title=document.title,
                text="\n".join(each),
                text_digest=digest_text("\n".join(each)),
                fetched_at=timezone.now(),
            )
            for document, each in zip(batch, texts, strict=True)
        )
        rows = []
        for revision, each in zip(revisions, texts, strict=True):
            ends = np.cumsum([0, *(len(text) + 1 for text in each)]).tolist()
            for position, (text, (start, end)) in enumerate(
                zip(each, pairwise(ends), strict=True)
            ):
                rows.append(
                    Passage(
                        revision=revision,
                        position=position,
                        start=start,
                        end=end - 1,
                        text=text,
                        url=revision.document.url,
                        digest=digest_text(text),
                    )
                )
        Passage.objects.bulk_create(rows)
        vectors = normalise(dice.standard_normal((len(rows), recipe.dimensions)))
        PassageEmbedding.objects.bulk_create(
            (
                PassageEmbedding(
                    digest=row.digest, recipe=recipe.fingerprint, vector=vector.tobytes()
                )
                for row, vector in zip(rows, vectors, strict=True)
            ),
            ignore_conflicts=True,
        )


def cut(values: Iterator[Any], size: int) -> Iterator[list[Any]]:
    while batch := list(islice(values, size)):
        yield batch


def ask_until_told(told: int) -> dict[str, Any]:
    """Ask now and then; say when enough was asked to begin, and stop when the input ends."""
    from select import select

    from knowledge.retrieval import retrieve_each
    from knowledge.types import DocumentKind

    chance, dice = random.Random(2), np.random.default_rng(2)
    words, links = list_words(random.Random(0)), LINKS.split()
    asked: list[tuple[float, float, int | None]] = []
    number = 0
    while not select([told], [], [], PAUSE_SECONDS)[0]:
        question = write_text(chance, words, links)[:150]
        vector = dice.standard_normal(384).astype(np.float32)
        at, began = time.time(), time.monotonic()
        retrieval = retrieve_each(
            question,
            limits={DocumentKind.BRIEFING: 4, DocumentKind.OFFICIAL: 12},
            vector=vector / np.linalg.norm(vector),
        )
        asked.append((at, (time.monotonic() - began) * 1000, retrieval.publication_id))
        number += 1
        if number == QUESTIONS_TO_WARM:
            asked.clear()
        if number == QUESTIONS_TO_WARM + QUESTIONS_BEFORE:
            say("ready")
    return {"asked": asked}


def publish_changes() -> dict[str, Any]:
    """Change one document after the other: first the index alone, then publications."""
    from knowledge.indexing import build_index
    from knowledge.models import Document, Publication, PublicationState
    from knowledge.publishing import get_wanted_revisions, publish

    documents = list(Document.objects.order_by("pk")[: CHANGES + 1])
    save_revisions(documents[:1], seed=3)
    candidate = Publication.objects.create(state=PublicationState.OVERTAKEN)
    began = time.monotonic()
    build_index(candidate, list(get_wanted_revisions().values()))
    index_seconds = time.monotonic() - began
    moments = []
    for number, document in enumerate(documents[1:]):
        save_revisions([document], seed=4 + number)
        start = time.time()
        publication = publish()
        assert publication is not None
        moments.append((start, time.time(), publication.pk))
        # Until the reader has asked again.
        time.sleep(0.5)
    return {
        "index_seconds": round(index_seconds, 2),
        "publication_seconds": [round(end - start, 2) for start, end, _ in moments],
        "publisher_megabytes": get_peak_megabytes(),
        "moments": moments,
    }


def get_peak_megabytes() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KILOBYTE / 1_000_000)


if __name__ == "__main__":
    main()
