"""Ask one question in the terminal, and read the answer with its citations."""

from __future__ import annotations

import asyncio
import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from assistant.answering.rendering import describe_citation, render_sentence
from assistant.answering.sentences import fold_space
from assistant.answering.types import Citation, Label
from assistant.evaluation import FinishedAnswer, collect_answer

STYLES = {
    Label.BRIEFING: "",
    Label.OFFICIAL: "bold",
    Label.NOTICE: "italic",
    Label.MODEL: "",
}


class Command(BaseCommand):
    help = "Ask a question; the answer's every sentence stands in a dated document."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("question")
        parser.add_argument(
            "--as-of", metavar="DATE", help="as the documents stood that day, 2026-06-30 for one"
        )
        parser.add_argument("--language", default="en", metavar="CODE")
        parser.add_argument("--json", action="store_true", help="one JSON object, nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["question"].strip():
            raise CommandError('ask needs a question, such as "Who can apply?"', returncode=2)
        answer = asyncio.run(
            collect_answer(
                options["question"],
                as_of=parse_date(options["as_of"]),
                language=options["language"],
            )
        )
        if options["json"]:
            self.stdout.write(json.dumps(describe_answer(answer), ensure_ascii=False))
            return
        console = Console(force_terminal=self.stdout.isatty(), highlight=False)
        with console.capture() as captured:
            print_answer(answer, console)
        self.stdout.write(captured.get(), ending="")


def parse_date(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        message = f"--as-of needs a date such as 2026-06-30, not {text!r}"
        raise CommandError(message, returncode=2) from None
    if day > timezone.now().date():
        raise CommandError("--as-of needs today or an earlier day", returncode=2)
    return day


def describe_answer(answer: FinishedAnswer) -> dict[str, Any]:
    """Return what `ask --json` promises."""
    return {
        "outcome": answer.result.outcome.value,
        "language": answer.result.language,
        "answer": answer.text,
        "citations": [describe_citation(citation) for citation in answer.citations],
        "as_of": answer.result.as_of.isoformat() if answer.result.as_of else None,
        "timings_ms": answer.result.timings_ms,
        "choices": list(answer.result.choices),
    }


def print_answer(answer: FinishedAnswer, console: Console) -> None:
    has_official = False
    for sentence in answer.sentences:
        line = render_sentence(
            sentence, is_first_official=not has_official, language=answer.result.language
        )
        has_official = has_official or sentence.label == Label.OFFICIAL
        console.print(Text(line, style=STYLES[Label(sentence.label)]))
    for citation in answer.citations:
        console.print()
        console.print(Text(f"[{citation.number}] {name_citation(citation)}", style="dim"))
        for line in (fold_space(citation.quote), citation.url):
            console.print(Padding(Text(line, style="dim"), (0, 0, 0, 4)))
    if answer.result.choices:
        console.print()
    for number, choice in enumerate(answer.result.choices, 1):
        console.print(Text(f"{number}. {choice}"))
    console.print()
    console.print(Text(f"outcome: {answer.result.outcome.value}", style="dim"))


def name_citation(citation: Citation) -> str:
    dates = f"checked {citation.checked.isoformat()}"
    if citation.published:
        dates = f"{citation.published.isoformat()}, {dates}"
    if citation.is_historic:
        dates = f"{dates}, published under an earlier government"
    place = " > ".join(part for part in (citation.title, citation.heading) if part)
    return f"{place} ({citation.publisher}, {dates})"
