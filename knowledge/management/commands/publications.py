"""See what went live and what waits, and decide on it: approve, refuse, roll back."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from knowledge.gate import GoldRow, read_report
from knowledge.models import Document, Publication, PublicationChange
from knowledge.publishing import (
    NotAllowed,
    NotHeld,
    PlannedChange,
    PublicationOvertaken,
    approve,
    preview_roll_back,
    refuse,
    roll_back,
)

SHOWN_AT_ONCE = 20


class Command(BaseCommand):
    help = "List the publications, show what one changes and why it waits, and decide on it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        listing = acts.add_parser("list", help="the newest first; '*' is what readers get")
        listing.add_argument("--all", action="store_true", help=f"not only {SHOWN_AT_ONCE}")
        for name, words in (
            ("show", "what it changes, why it waits, the gold questions that changed"),
            ("approve", "let one that waits go live"),
            ("refuse", "hold back what one that waits would bring"),
            ("roll-back", "make what was live with it live again"),
        ):
            act = acts.add_parser(name, help=words)
            act.add_argument("number", type=int)
            if name != "show":
                act.add_argument("--why", default="", help="kept for ever with the decision")
                act.add_argument("--who", default="command line", help="the name it is kept under")
            if name == "refuse":
                act.add_argument(
                    "--document", action="append", metavar="URL", help="only this one; repeat it"
                )
            if name == "roll-back":
                act.add_argument("--preview", action="store_true", help="say what it would change")
        for act in acts.choices.values():
            act.add_argument("--json", action="store_true", help="one JSON value, nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] == "list":
            self.list_publications(options)
            return
        publication = find_publication(options["number"])
        if options["act"] == "show":
            self.show(publication, as_json=options["json"])
            return
        if options.get("preview"):
            self.preview(publication, as_json=options["json"])
            return
        if not options["why"].strip():
            raise CommandError('say why: --why "…" is kept with the decision')
        try:
            result = decide(publication, options)
        except (NotAllowed, NotHeld, PublicationOvertaken) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.write_json(describe(result) if result else None)
        elif result is None:
            self.stdout.write("Nothing else was waiting.")
        else:
            self.stdout.write(describe_line(result))

    def list_publications(self, options: dict[str, Any]) -> None:
        rows = Publication.objects.defer("gate").order_by("-pk")
        shown = list(rows if options["all"] else rows[:SHOWN_AT_ONCE])
        if options["json"]:
            self.write_json([describe(publication) for publication in shown])
            return
        live = find_live_id()
        for publication in shown:
            mark = "*" if publication.pk == live else " "
            self.stdout.write(f"{mark} {describe_line(publication)}")

    def show(self, publication: Publication, *, as_json: bool) -> None:
        report = read_report(publication.gate)
        changes = publication.changes.select_related("document", "before", "after")
        if as_json:
            self.write_json(
                describe(publication)
                | {
                    "changes": [describe_change(change) for change in changes],
                    "gate": report.as_data(),
                    "decisions": [
                        {"at": each.at, "who": each.who, "act": each.act, "why": each.why}
                        for each in publication.decisions.all()
                    ],
                }
            )
            return
        write = self.stdout.write
        write(describe_line(publication))
        for reason in report.reasons:
            write(f"  waits because: {reason.text}")
        for decision in publication.decisions.all():
            write(f"  {decision.at:%Y-%m-%d %H:%M} {decision}: {decision.why}")
        write(f"  {report.changed_passages} of {report.live_passages} passages replaced or gone")
        write(f"Changes: {len(changes)}")
        for change in changes:
            write(f"  {describe_change_line(change)}")
        self.show_gold(report.rows, report.changed_rows)

    def show_gold(self, rows: Iterable[GoldRow], changed: Iterable[GoldRow]) -> None:
        asked, changed = list(rows), list(changed)
        passed = sum(row.after.passed for row in asked)
        self.stdout.write(
            f"Gold questions: {passed} of {len(asked)} answered rightly, {len(changed)} changed"
        )
        for row in changed:
            self.stdout.write(f"  {row.id}: {row.question}")
            for when, answer in (("before", row.before), ("after", row.after)):
                if answer is None:
                    continue
                verdict = "right" if answer.passed else f"wrong: {'; '.join(answer.reasons)}"
                self.stdout.write(f"    {when} ({answer.outcome}, {verdict})")
                self.stdout.write(f"      {answer.answer}")

    def preview(self, publication: Publication, *, as_json: bool) -> None:
        try:
            planned = preview_roll_back(publication)
        except NotAllowed as error:
            raise CommandError(str(error)) from error
        if as_json:
            self.write_json([describe_planned(change) for change in planned])
            return
        for change in planned:
            self.stdout.write(describe_change_line(change))
        if not planned:
            self.stdout.write("Nothing would change.")

    def write_json(self, value: Any) -> None:
        self.stdout.write(json.dumps(value, ensure_ascii=False, default=str))


def find_publication(number: int) -> Publication:
    found = Publication.objects.filter(pk=number).first()
    if found is None:
        raise CommandError(f"there is no publication {number}; see `manage.py publications list`")
    return found


def find_live_id() -> int | None:
    live = Publication.objects.filter(published_at__isnull=False).order_by("-published_at")
    return live.values_list("pk", flat=True).first()


def decide(publication: Publication, options: dict[str, Any]) -> Publication | None:
    """Do the act, and return the publication that came of it, live or waiting."""
    who, why = options["who"], options["why"]
    if options["act"] == "approve":
        return approve(publication, who=who, why=why)
    if options["act"] == "roll-back":
        return roll_back(publication, who=who, why=why)
    documents = find_documents(options["document"]) if options["document"] else None
    return refuse(publication, who=who, why=why, documents=documents)


def find_documents(urls: list[str]) -> list[Document]:
    found = {document.url: document for document in Document.objects.filter(url__in=urls)}
    unknown = [url for url in urls if url not in found]
    if unknown:
        raise CommandError(f"no document has the address {', '.join(unknown)}")
    return list(found.values())


def describe(publication: Publication) -> dict[str, Any]:
    return {
        "number": publication.pk,
        "state": publication.state,
        "created": publication.created_at,
        "published": publication.published_at,
        "base": publication.base_id,
        "restores": publication.restores_id,
        "proposed_by": publication.proposed_by,
        "passages": publication.passage_count,
        "note": publication.note,
    }


def describe_line(publication: Publication) -> str:
    when = publication.published_at or publication.created_at
    return (
        f"{publication.pk}  {when:%Y-%m-%d %H:%M}  {publication.get_state_display()}, "
        f"{publication.passage_count} passages  {publication.note}"
    ).rstrip()


def describe_change(change: PublicationChange | PlannedChange) -> dict[str, Any]:
    return {
        "url": change.document.url,
        "title": change.document.title,
        "before": change.before.number if change.before else None,
        "after": change.after.number if change.after else None,
    }


def describe_planned(change: PlannedChange) -> dict[str, Any]:
    return describe_change(change) | {"stays_withdrawn": change.stays_withdrawn}


def describe_change_line(change: PublicationChange | PlannedChange) -> str:
    if isinstance(change, PlannedChange) and change.stays_withdrawn:
        status = change.document.get_status_display()
        return f"{change.document.url}: stays away ({status} by its publisher or by staff)"
    match change.before, change.after:
        case None, after if after is not None:
            done = f"new, revision {after.number}"
        case before, None if before is not None:
            done = f"gone, revision {before.number} before"
        case before, after if before is not None and after is not None:
            done = f"revision {before.number} → {after.number}"
        case _:
            done = "nothing"
    return f"{change.document.url}: {done}"
