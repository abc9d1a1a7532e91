"""Decides whether a candidate may go live by itself or waits for a person. Pure.

What it is told: the gold questions' answers before and after, the documents that are lost, and
how many of the live passages are replaced or gone. What it says is kept with the publication.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# Of a handful of passages any edit is a large share, so nothing is read from it.
SHARE_COUNTS_FROM = 20


class GateMode(StrEnum):
    """When a person is asked. The values are those of the setting KNOWLEDGE_GATE."""

    ASK_ON_FALL = "ask_on_fall"
    ALWAYS_ASK = "always_ask"
    NEVER_ASK = "never_ask"


class ReasonCode(StrEnum):
    """Why a candidate waits."""

    GOLD_FELL = "gold_fell"
    DOCUMENT_LOST = "document_lost"
    MANY_CHANGED = "many_changed"
    ALWAYS_ASK = "always_ask"
    NOT_JUDGED = "not_judged"


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One reason why a person must look, in words for staff."""

    code: ReasonCode
    text: str
    gold_question: str = ""
    document_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class GoldAnswer:
    """A gold question's answer, and what is wrong with it. Citations as `ask --json` has them."""

    passed: bool
    outcome: str
    reasons: tuple[str, ...] = ()
    answer: str = ""
    citations: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True)
class GoldRow:
    """A gold question before and after the change; `before` is None where nobody asked."""

    id: str
    question: str
    before: GoldAnswer | None
    after: GoldAnswer

    @property
    def has_fallen(self) -> bool:
        return self.before is not None and self.before.passed and not self.after.passed

    @property
    def has_changed(self) -> bool:
        """Would a reader see another answer?"""
        return self.before is not None and (
            (self.before.outcome, self.before.answer) != (self.after.outcome, self.after.answer)
        )


@dataclass(frozen=True, kw_only=True)
class LostDocument:
    """A document that the candidate no longer has."""

    id: int
    url: str
    title: str


@dataclass(frozen=True, kw_only=True)
class GateReport:
    """What the gate saw, and why it holds the candidate; without reasons it doesn't."""

    reasons: tuple[Reason, ...] = ()
    rows: tuple[GoldRow, ...] = ()
    # Of the passages that were live, those that are replaced or gone.
    changed_passages: int = 0
    live_passages: int = 0
    mode: str = GateMode.ASK_ON_FALL
    # Of the gold questions and the embedding recipe: answers of another are not compared with.
    gold_digest: str = ""
    seconds: float = 0.0

    @property
    def is_held(self) -> bool:
        return bool(self.reasons)

    @property
    def fallen(self) -> tuple[GoldRow, ...]:
        return tuple(row for row in self.rows if row.has_fallen)

    @property
    def changed_rows(self) -> tuple[GoldRow, ...]:
        return tuple(row for row in self.rows if row.has_changed or row.has_fallen)

    def as_data(self) -> dict[str, Any]:
        """Return what JSON can hold. An answer that stayed the same is written once."""
        data = asdict(self)
        for row, written in zip(self.rows, data["rows"], strict=True):
            if row.before == row.after:
                written["before"] = "as after"
        return data


@dataclass(frozen=True, kw_only=True)
class GateRules:
    """When the gate asks a person: the settings."""

    mode: GateMode = GateMode.ASK_ON_FALL
    fall_limit: int = 0
    change_share: float = 0.2


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What was found out about a candidate."""

    rows: Sequence[GoldRow] = ()
    lost: Sequence[LostDocument] = ()
    changed_passages: int = 0
    live_passages: int = 0
    # Why the gold questions could not be asked; empty when they could.
    trouble: str = ""
    # What was last live, where a retired page may have taken an answer away already.
    before_loss: Mapping[str, GoldAnswer] = field(default_factory=dict)


def find_reasons_to_hold(found: Findings, rules: GateRules) -> tuple[Reason, ...]:
    """Every reason why a person must look before the candidate goes live."""
    if rules.mode == GateMode.NEVER_ASK:
        return ()
    reasons: list[Reason] = []
    if rules.mode == GateMode.ALWAYS_ASK:
        text = _("Every change is looked at here before it goes live.")
        reasons.append(Reason(code=ReasonCode.ALWAYS_ASK, text=text))
    if found.trouble:
        text = _("The gold questions could not be asked: %(why)s") % {"why": found.trouble}
        reasons.append(Reason(code=ReasonCode.NOT_JUDGED, text=text))
    fallen = [row for row in found.rows if row.has_fallen]
    if len(fallen) > rules.fall_limit:
        reasons += [make_fall_reason(row) for row in fallen]
    reasons += find_losses(found)
    share = found.changed_passages / max(1, found.live_passages)
    if found.live_passages >= SHARE_COUNTS_FROM and share > rules.change_share:
        text = _(
            "%(changed)s of the %(live)s passages that are live would be replaced or gone "
            "(%(share)s %%; up to %(limit)s %% goes live without asking)."
        ) % {
            "changed": found.changed_passages,
            "live": found.live_passages,
            "share": round(share * 100),
            "limit": round(rules.change_share * 100),
        }
        reasons.append(Reason(code=ReasonCode.MANY_CHANGED, text=text))
    return tuple(reasons)


def make_fall_reason(row: GoldRow) -> Reason:
    text = _("“%(question)s” was answered rightly and would not be any more: %(why)s.") % {
        "question": row.question,
        "why": "; ".join(row.after.reasons),
    }
    return Reason(code=ReasonCode.GOLD_FELL, text=text, gold_question=row.id)


def find_losses(found: Findings) -> list[Reason]:
    """The lost documents that right answers to gold questions cite."""
    answers = {row.id: row.before for row in found.rows if row.before} | dict(found.before_loss)
    questions = {row.id: row.question for row in found.rows}
    reasons = []
    for document in found.lost:
        citing = [
            slug
            for slug, answer in answers.items()
            if answer.passed and slug in questions and cites(answer, document)
        ]
        if citing:
            text = ngettext(
                "“%(title)s” would be gone, and the answer to “%(question)s” cites it.",
                "“%(title)s” would be gone, and the answers to %(count)s gold questions cite it, "
                "“%(question)s” among them.",
                len(citing),
            ) % {
                "title": document.title or document.url,
                "question": questions[citing[0]],
                "count": len(citing),
            }
            reasons.append(
                Reason(
                    code=ReasonCode.DOCUMENT_LOST,
                    text=text,
                    gold_question=citing[0],
                    document_id=document.id,
                )
            )
    return reasons


def cites(answer: GoldAnswer, document: LostDocument) -> bool:
    """Does the answer stand on the document, or on a briefing that rests on it?"""
    for citation in answer.citations:
        if citation.get("document") == document.id:
            return True
        urls = [citation.get("url", ""), *(each["url"] for each in citation.get("supports", ()))]
        if any(url.partition("#")[0] == document.url for url in urls):
            return True
    return False


def leave_out_covered(
    reasons: Iterable[Reason], covered: Collection[Reason]
) -> tuple[Reason, ...]:
    """The reasons that a person has not decided on yet."""
    known = {(reason.code, reason.gold_question, reason.document_id) for reason in covered}
    return tuple(
        reason
        for reason in reasons
        if (reason.code, reason.gold_question, reason.document_id) not in known
    )


def read_report(data: Mapping[str, Any]) -> GateReport:
    """The report as it was kept; an empty one where nothing was judged."""
    return GateReport(
        reasons=tuple(
            Reason(
                code=ReasonCode(each["code"]),
                text=each["text"],
                gold_question=each.get("gold_question", ""),
                document_id=each.get("document_id"),
            )
            for each in data.get("reasons", ())
        ),
        rows=tuple(map(_read_row, data.get("rows", ()))),
        changed_passages=data.get("changed_passages", 0),
        live_passages=data.get("live_passages", 0),
        mode=data.get("mode", GateMode.ASK_ON_FALL),
        gold_digest=data.get("gold_digest", ""),
        seconds=data.get("seconds", 0.0),
    )


def _read_row(data: Mapping[str, Any]) -> GoldRow:
    after = _read_answer(data["after"])
    before = data["before"]
    if before is not None:
        before = after if before == "as after" else _read_answer(before)
    return GoldRow(id=data["id"], question=data["question"], before=before, after=after)


def _read_answer(data: Mapping[str, Any]) -> GoldAnswer:
    return GoldAnswer(
        passed=data["passed"],
        outcome=data["outcome"],
        reasons=tuple(data["reasons"]),
        answer=data["answer"],
        citations=tuple(data["citations"]),
    )
