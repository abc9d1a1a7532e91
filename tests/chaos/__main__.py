"""`make chaos`: kill -9 of worker, web or Redis at random moments of refresh and publication.

Pages of our own change all the while. After every kill the database is looked at, and the index
is compared with it after `reconcile`; at the end one undisturbed refresh must bring everything.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import random
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assistant.settings")

from rich.console import Console

from tests.benchmark.readers import measure
from tests.chaos.deployment import Deployment, deployed
from tests.chaos.invariants import Revision, find_faults, is_whole
from tests.chaos.site import ChangingSite
from tests.govuk_server import serve_govuk

SOURCE = "immigration-rules"
KILLS = 50
VICTIMS = ("worker", "web", "redis")


def main() -> int:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    console = Console(stderr=True)
    console.print(f"Seed {options.seed}: the same seed makes the same changes and delays.")
    with tempfile.TemporaryDirectory(prefix="chaos-") as temporary, serve_govuk() as server:
        site = ChangingSite(server, random.Random(options.seed))
        with deployed(Path(temporary), server.api_root) as deployment:
            figures = run(deployment, site, kills=options.kills, seed=options.seed, say=console)
    if options.json:
        print(json.dumps(figures))  # noqa: T201  # what --json is for
    else:
        for name, figure in figures.items():
            console.print(f"{name}: {figure}")
    return 1 if figures["faults"] else 0


def run(
    deployment: Deployment, site: ChangingSite, *, kills: int, seed: int, say: Console
) -> dict[str, Any]:
    chance = random.Random(seed)
    seen: set[Revision] = set()
    faults: list[str] = []
    steps: Counter[str] = Counter()
    killed: Counter[str] = Counter()
    deployment.manage("serve", "--prepare")
    deployment.start_all()
    # A worker that has just started loads the model and asks every gold question first.
    cold = measure_refresh(deployment)
    site.change()
    warm = measure_refresh(deployment)
    say.print(f"A refresh with its publication takes {warm:.1f} s, in a new worker {cold:.1f} s.")
    span = warm
    victims = itertools.cycle(chance.sample(VICTIMS, len(VICTIMS)))
    for kill in range(1, kills + 1):
        site.change()
        deployment.ask_for_refresh(SOURCE)
        time.sleep(chance.uniform(0, span))
        steps[deployment.get_step()] += 1
        victim = next(victims)
        deployment.kill(victim)
        killed[victim] += 1
        span = cold if victim == "worker" else warm
        found = find_faults(deployment.database, seen=seen)
        deployment.start_all()
        found += find_unmended(deployment)
        found += find_faults(deployment.database, seen=seen)
        for fault in found:
            say.print(f"[{kill}] after the {victim} was killed: {fault}")
        faults += found
    faults += find_what_is_missing(deployment, site)
    if not is_whole(deployment.database):
        faults.append("the database file is damaged")
    return {
        "kills": dict(killed),
        "killed_in_step": dict(steps.most_common()),
        "refresh_seconds": {"new worker": round(cold, 1), "warm": round(warm, 1)},
        "revisions": len(seen),
        "publications": deployment.query(
            "SELECT COUNT(*) FROM knowledge_publication WHERE published_at IS NOT NULL"
        ),
        "faults": faults,
    }


def measure_refresh(deployment: Deployment) -> float:
    deployment.ask_for_refresh(SOURCE)
    return deployment.wait_until_quiet()


def find_unmended(deployment: Deployment) -> list[str]:
    """Reconcile twice: what the first could not mend, or made wrong, the second still finds."""
    deployment.manage("reconcile", "--json")
    report = json.loads(deployment.manage("reconcile", "--json"))
    return [f"after reconcile: {fault}" for fault in report["mended"] + report["unmended"]]


def find_what_is_missing(deployment: Deployment, site: ChangingSite) -> list[str]:
    """An undisturbed refresh, asked for as often as a killed one might have been sent."""
    deployment.manage("refresh", SOURCE)
    missing = [
        f"not live after the last refresh: {words!r}"
        for words in site.list_words()
        if not deployment.is_live(words)
    ]
    outcomes = asyncio.run(ask(deployment.address.url, site.list_questions()))
    if set(outcomes) - {"answered"}:
        missing.append(f"questions that were not answered: {dict(outcomes)}")
    return missing


async def ask(url: str, questions: list[str]) -> Counter[str]:
    waits = await measure(url, questions, readers=1, addresses=itertools.cycle(["127.0.0.2"]))
    return waits.outcomes


if __name__ == "__main__":
    raise SystemExit(main())
