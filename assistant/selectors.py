"""Reads across the conversation's models. None of them writes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from assistant.answering.types import Turn
from assistant.models import Citation, Conversation, Feedback, Frame, Question
from knowledge.retrieval import QuoteChange, QuotedWords, find_changes
from knowledge.types import Support

HISTORY_LIMIT = 5


@dataclass(frozen=True)
class Position:
    """How far a conversation has come."""

    last_seq: int
    open_question: int | None


def get_position(conversation_id: uuid.UUID) -> Position:
    """Say where a conversation stands; one that nobody has begun stands at 0."""
    newest = (
        Frame.objects.filter(conversation_id=conversation_id)
        .order_by("-seq")
        .values_list("seq", flat=True)
        .first()
    )
    return Position(newest or 0, find_open_question(conversation_id))


def find_open_question(conversation_id: uuid.UUID) -> int | None:
    return (
        Question.objects.filter(conversation_id=conversation_id, answer__isnull=True)
        .values_list("pk", flat=True)
        .first()
    )


def is_there(conversation_id: uuid.UUID) -> bool:
    return Conversation.objects.filter(pk=conversation_id).exists()


def count_questions(conversation_id: uuid.UUID) -> int:
    return Question.objects.filter(conversation_id=conversation_id).count()


def list_frames(conversation_id: uuid.UUID, *, after: int) -> list[tuple[int, dict[str, Any]]]:
    """List the frames after `after`, in the order of sending."""
    return list(
        Frame.objects.filter(conversation_id=conversation_id, seq__gt=after)
        .order_by("seq")
        .values_list("seq", "payload")
    )


def recent_turns(question: Question, *, limit: int = HISTORY_LIMIT) -> tuple[Turn, ...]:
    """List what was asked and answered before this question, oldest first."""
    earlier = (
        Question.objects.filter(
            conversation_id=question.conversation_id, pk__lt=question.pk, answer__isnull=False
        )
        .select_related("answer")
        .order_by("-pk")[:limit]
    )
    return tuple(
        Turn(
            earlier_question.text,
            " ".join(sentence["text"] for sentence in earlier_question.answer.sentences),
            tuple(earlier_question.answer.choices),
        )
        for earlier_question in reversed(earlier)
    )


def conversation_transcript(conversation_id: uuid.UUID) -> list[dict[str, Any]]:
    """List the turns as the page shows them, from the very frames that a socket gets.

    So a reload shows what the live page showed, a half-finished answer included.
    """
    frames: dict[int, list[dict[str, Any]]] = {}
    stored = Frame.objects.filter(conversation_id=conversation_id).order_by("seq")
    for question_id, payload in stored.values_list("question_id", "payload"):
        frames.setdefault(question_id, []).append(payload)
    questions = Question.objects.filter(conversation_id=conversation_id).order_by("pk")
    cited = Citation.objects.filter(answer__question__conversation_id=conversation_id)
    changes = find_changed_citations(cited.select_related("answer"))
    given = Feedback.objects.filter(answer__question__conversation_id=conversation_id)
    feedback = {
        question: {"is_helpful": is_helpful, "reason": reason}
        for question, is_helpful, reason in given.values_list(
            "answer__question", "is_helpful", "reason"
        )
    }
    return [
        {
            "question_id": question.pk,
            "key": question.key,
            "text": question.text,
            "as_of": question.as_of,
            "feedback": feedback.get(question.pk),
            **mark_changes(fold_frames(frames.get(question.pk, ())), changes.get(question.pk, {})),
        }
        for question in questions
    ]


def find_changed_citations(citations: Iterable[Citation]) -> dict[int, dict[int, QuoteChange]]:
    """Question → number → what became of the quoted words. The answers must be loaded."""
    quotes = {citation: make_quoted(citation) for citation in citations}
    changes = find_changes(quotes.values())
    found: dict[int, dict[int, QuoteChange]] = {}
    for citation, quote in quotes.items():
        if quote in changes:
            numbers = found.setdefault(citation.answer.question_id, {})
            numbers[citation.number] = changes[quote]
    return found


def make_quoted(citation: Citation) -> QuotedWords:
    return QuotedWords(
        citation.revision,
        citation.passage,
        citation.quote,
        tuple(Support(support["url"], support["quote"]) for support in citation.supports),
    )


def mark_changes(turn: dict[str, Any], changes: Mapping[int, QuoteChange]) -> dict[str, Any]:
    """Put what became of the quotes beside them. Pure."""

    def mark(citations: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**each, "change": changes.get(each["number"])} for each in citations]

    citations = mark(turn["citations"])
    sentences = [
        {**sentence, "citations": mark(sentence["citations"])} for sentence in turn["sentences"]
    ]
    changed = [citation for citation in citations if citation["change"]]
    return {**turn, "citations": citations, "sentences": sentences, "changed": changed}


def fold_frames(payloads: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Sum up the frames of one question. Pure."""
    sentences: list[dict[str, Any]] = []
    outcome = None
    choices: list[str] = []
    for payload in payloads:
        match payload["type"]:
            case "answer.progress" if payload["step"] == "restarted":
                sentences = []
            case "answer.sentence":
                sentences.append(
                    {
                        "position": payload["position"],
                        "text": payload["text"],
                        "label": payload["label"],
                        "numbers": [citation["number"] for citation in payload["citations"]],
                        "citations": payload["citations"],
                    }
                )
            case "answer.finished":
                outcome = payload["outcome"]
                # Frames from before there were choices have none.
                choices = payload.get("choices", [])
    numbered = {
        citation["number"]: citation
        for sentence in sentences
        for citation in sentence["citations"]
    }
    return {
        "is_open": outcome is None,
        "outcome": outcome,
        "choices": choices,
        "sentences": show_sources_once(sentences),
        "citations": [numbered[number] for number in sorted(numbered)],
    }


def show_sources_once(sentences: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Say of each sentence whether its sources are shown under it: once for a run of the same."""
    nothing: dict[str, Any] = {"numbers": None}
    return [
        {**sentence, "shows_sources": sentence["numbers"] != following["numbers"]}
        for sentence, following in zip(sentences, [*sentences[1:], nothing], strict=False)
    ]
