"""Judges an answer by its gold question.

The checks trust nothing that the pipeline says of itself: quotes are looked up in the stored
revisions, and facts are looked for in the very text that a reader gets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from assistant.answering.rendering import describe_citation
from assistant.answering.sentences import fold_space
from assistant.answering.types import Citation, Label, Outcome
from assistant.evaluation.asking import FinishedAnswer, GoldQuestion, TimedAnswer

GetRevisionText = Callable[[int], str]


@dataclass
class Tally:
    """What is counted over all answers that state something."""

    statements: int = 0
    cited: int = 0
    quotes: int = 0
    verbatim: int = 0
    reasons: list[str] = field(default_factory=list)


def judge(question: GoldQuestion, timed: TimedAnswer, get_text: GetRevisionText) -> dict[str, Any]:
    """Describe an answer and what is wrong with it; every figure is counted from such rows."""
    answer = timed.answer
    tally = check_grounding(answer, get_text)
    reasons = find_reasons(question, answer)
    if answer.result.outcome is Outcome.ANSWERED:
        reasons += tally.reasons
    return {
        "id": question.id,
        "passed": not reasons,
        "outcome": answer.result.outcome.value,
        "reasons": reasons,
        "answer": answer.text,
        "citations": [describe_citation(citation) for citation in answer.citations],
        "ms": round(timed.ms, 1),
        "ms_first": None if answer.first_ms is None else round(answer.first_ms, 1),
        "file": question.file,
        "audience": question.audience,
        "route": question.route,
        "held_out": question.held_out,
        "wanted": [each.value for each in Outcome if each in question.outcome],
        "facts": len(question.facts),
        "facts_found": len(question.facts) - len(list_missing_facts(question, answer)),
        "citation_precision": get_citation_precision(question, answer),
        "statements": tally.statements,
        "cited": tally.cited,
        "quotes": tally.quotes,
        "verbatim": tally.verbatim,
    }


def check_grounding(answer: FinishedAnswer, get_text: GetRevisionText) -> Tally:
    """Count the sentences that are cited, and the quotes that stand in their revisions."""
    tally = Tally()
    revisions: dict[int, str] = {}
    verbatim: dict[int, bool] = {}
    for citation in answer.citations:
        if citation.revision_id not in revisions:
            revisions[citation.revision_id] = fold_space(get_text(citation.revision_id))
        verbatim[citation.number] = fold_space(citation.quote) in revisions[citation.revision_id]
    tally.quotes, tally.verbatim = len(verbatim), sum(verbatim.values())
    tally.reasons += [
        f"quote [{number}] does not stand in its revision"
        for number, stands in verbatim.items()
        if not stands
    ]
    for sentence in answer.sentences:
        if sentence.label == Label.NOTICE:
            continue
        tally.statements += 1
        if sentence.citations and all(verbatim[each.number] for each in sentence.citations):
            tally.cited += 1
        if not sentence.citations:
            tally.reasons.append(f"sentence {sentence.position} cites nothing")
    return tally


def find_reasons(question: GoldQuestion, answer: FinishedAnswer) -> list[str]:
    """Say everything that is wrong with an answer, by the rules of the gold questions."""
    outcome = answer.result.outcome
    reasons = []
    if outcome not in question.outcome:
        wanted = " or ".join(sorted(each.value for each in question.outcome))
        reasons.append(f"outcome {outcome.value}, not {wanted}")
    for alternatives in list_missing_facts(question, answer):
        reasons.append(f"without {' or '.join(map(repr, alternatives))}")
    said = fold_text(answer.text)
    reasons += [f"says {words!r}" for words in question.avoid if fold_fact(words) in said]
    if outcome is Outcome.ANSWERED:
        if not answer.citations:
            reasons.append("cites nothing")
        elif question.cites_any and not any(
            is_wanted(citation, question) for citation in answer.citations
        ):
            reasons.append(f"cites none of {', '.join(question.cites_any)}")
    return reasons


def list_missing_facts(question: GoldQuestion, answer: FinishedAnswer) -> list[tuple[str, ...]]:
    """The facts of which no alternative stands in the answer or in its quotes."""
    quotes = [
        quote
        for citation in answer.citations
        for quote in (citation.quote, *(support.quote for support in citation.supports))
    ]
    held = fold_text(" ".join([fold_text(answer.text), *quotes]))
    return [
        alternatives
        for alternatives in question.facts
        if not any(fold_fact(alternative) in held for alternative in alternatives)
    ]


def get_citation_precision(question: GoldQuestion, answer: FinishedAnswer) -> float | None:
    """The share of the citations that are of a wanted page; None where any page will do."""
    citations = answer.citations
    if answer.result.outcome is not Outcome.ANSWERED or not question.cites_any or not citations:
        return None
    wanted = sum(is_wanted(citation, question) for citation in citations)
    return round(wanted / len(citations), 4)


def is_wanted(citation: Citation, question: GoldQuestion) -> bool:
    return any(
        url.startswith(prefix) for url in list_urls(citation) for prefix in question.cites_any
    )


def list_urls(citation: Citation) -> Iterator[str]:
    """The page that is cited, and those that a briefing rests on."""
    yield citation.url
    for support in citation.supports:
        yield support.url


def fold_text(text: str) -> str:
    return fold_space(text).lower()


def fold_fact(text: str) -> str:
    # A blank at an end is meant: 'no ' is not found in 'now'.
    folded = fold_space(text).lower()
    lead = " " if text[:1].isspace() else ""
    return lead + folded + (" " if text[-1:].isspace() else "")
