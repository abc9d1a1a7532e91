"""Writes of the conversation. Each is one transaction, and frames are numbered inside it.

Whoever answers a question holds a claim on its row; a write by one who has lost the claim does
nothing, so a question's frames come from one process at a time.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from assistant.answering import types as answering
from assistant.answering.picking import pick_choice
from assistant.models import Answer, Citation, Conversation, Feedback, Frame, Question
from assistant.personal_data.hiding import hide
from knowledge.liveness import is_alive

# A write sooner than this after the last one need not say that its holder lives.
BEAT = timedelta(seconds=1)
# A holder that beats every two seconds and is silent for this long is dead.
PATIENCE = timedelta(seconds=15)
# This process knows its own tasks; the delay covers one that is just being started.
OWN_PATIENCE = timedelta(seconds=5)
# A question that ends its process each time must not go on doing so.
RESTART_LIMIT = 3
EXPIRY_BATCH = 200
# Tags (U+E0000 to U+E007F) are invisible letters: words that no reader wrote knowingly.
TAGS = re.compile("[\U000e0000-\U000e007f]")
# Controls and lone surrogates, which no database or page can hold.
UNSTORABLE_CATEGORIES = {"Cc", "Cs"}
INVISIBLE_CATEGORIES = {"Cf", "Zs", "Zl", "Zp", "Mn", "Me"}

Payload = dict[str, Any]
BuildFrame = Callable[[Question], Payload]


class QuestionRefused(Exception):
    """The question was not stored; `code` says why, as in an error frame."""

    code = ""


class QuestionEmpty(QuestionRefused):
    code = "question_empty"


class QuestionTooLong(QuestionRefused):
    code = "question_too_long"


class QuestionPending(QuestionRefused):
    code = "question_pending"


class DayInFuture(QuestionRefused):
    code = "day_in_future"


class ConversationDeleted(QuestionRefused):
    """The reader deleted it, perhaps in another tab; a question there must not bring it back."""

    code = "conversation_deleted"


class ClaimState(StrEnum):
    """What a holder learns when it writes."""

    HELD = "held"
    STOP_ASKED = "stop_asked"
    LOST = "lost"


@dataclass(frozen=True)
class AskedQuestion:
    """A stored question, with its conversation loaded."""

    question: Question
    # False when the same key was asked before: the question is there already.
    is_new: bool


@dataclass(frozen=True)
class ClaimedQuestion:
    """A question that was taken over, with its conversation loaded."""

    question: Question
    # Too many processes died with it: it is to be ended, not tried again.
    is_given_up: bool


@dataclass(frozen=True)
class FinishedAnswer:
    result: answering.AnswerResult
    sentences: Sequence[answering.Sentence]
    citations: Sequence[answering.Citation]


def clean_question(text: str) -> str:
    """Remove what can't be seen or stored, and fold white space. Raise if nothing is left."""
    text = TAGS.sub("", " ".join(text.split()))
    text = "".join(
        character
        for character in text
        if unicodedata.category(character) not in UNSTORABLE_CATEGORIES
    )
    text = " ".join(text.split())
    if all(unicodedata.category(character) in INVISIBLE_CATEGORIES for character in text):
        raise QuestionEmpty("the question has no words")
    limit = settings.ASSISTANT_QUESTION_LIMIT_CHARACTERS
    if len(text) > limit:
        raise QuestionTooLong(f"{len(text)} characters, at most {limit}")
    return text


@transaction.atomic
def ask_question(
    *,
    conversation_id: uuid.UUID,
    text: str,
    key: str,
    as_of: date | None,
    language: str,
    holder: str,
    now: datetime,
    build_frame: BuildFrame,
    is_begun: bool = False,
) -> AskedQuestion:
    """Store a question and its first frame, claimed by the one who will answer it.

    Personal data is hidden first, so that it stands nowhere; the limit is on what was typed.
    """
    text = hide(clean_question(text)).text
    if as_of is not None and as_of > now.date():
        raise DayInFuture("nobody knows what will stand then")
    conversation, is_new = Conversation.objects.get_or_create(
        pk=conversation_id, defaults={"language": language}
    )
    if is_begun and is_new:
        raise ConversationDeleted("it was there before")
    lock_conversation(conversation_id)
    if key:
        asked_before = conversation.questions.filter(key=key).first()
        if asked_before is not None:
            return AskedQuestion(asked_before, is_new=False)
    if conversation.questions.filter(answer__isnull=True).exists():
        raise QuestionPending("the last question is not answered yet")
    question = conversation.questions.create(
        text=name_choice(conversation, text), key=key, as_of=as_of, holder=holder, heartbeat_at=now
    )
    append_frames(question, [build_frame(question)])
    return AskedQuestion(question, is_new=True)


def name_choice(conversation: Conversation, text: str) -> str:
    """Return the whole question that '2' or 'the second' chose: the reader sees what is asked."""
    last = Answer.objects.filter(question__conversation=conversation).order_by("-pk").first()
    return pick_choice(text, last.choices if last else ()) or text


def lock_conversation(conversation_id: uuid.UUID) -> None:
    # SQLite has no row locks and needs none: its transactions here begin with the write lock.
    if connection.features.has_select_for_update:
        Conversation.objects.select_for_update().get(pk=conversation_id)


def append_frames(question: Question, payloads: Iterable[Payload]) -> None:
    """Number and store frames. Only inside a transaction that holds the conversation's lock."""
    conversation_id = question.conversation_id
    newest = Frame.objects.filter(conversation_id=conversation_id).aggregate(seq=Max("seq"))
    Frame.objects.bulk_create(
        Frame(conversation_id=conversation_id, question=question, seq=seq, payload=payload)
        for seq, payload in enumerate(payloads, start=(newest["seq"] or 0) + 1)
    )


def record_progress(
    *,
    question: Question,
    holder: str,
    now: datetime,
    payloads: Sequence[Payload] = (),
    finished: FinishedAnswer | None = None,
) -> ClaimState:
    """Store what was released since the last time; without any, it is a sign of life.

    The answer is recorded together with the frame that tells of it.
    """
    try:
        with transaction.atomic():
            return hold_and_record(
                question=question, holder=holder, now=now, payloads=payloads, finished=finished
            )
    except (IntegrityError, Conversation.DoesNotExist):
        # Somebody else finished it, or it was deleted.
        return ClaimState.LOST


def hold_and_record(
    *,
    question: Question,
    holder: str,
    now: datetime,
    payloads: Sequence[Payload],
    finished: FinishedAnswer | None,
) -> ClaimState:
    if payloads:
        lock_conversation(question.conversation_id)
    claimed = Question.objects.filter(pk=question.pk, holder=holder, answer__isnull=True)
    held = claimed.select_for_update(of=("self",)).only("heartbeat_at", "is_stop_asked").first()
    if held is None:
        return ClaimState.LOST
    if held.heartbeat_at is None or now - held.heartbeat_at >= BEAT:
        Question.objects.filter(pk=question.pk).update(heartbeat_at=now)
    if finished is not None:
        record_answer(question_id=question.pk, finished=finished)
    if payloads:
        append_frames(question, payloads)
    return ClaimState.STOP_ASKED if held.is_stop_asked else ClaimState.HELD


def record_answer(*, question_id: int, finished: FinishedAnswer) -> Answer:
    """Store the answer and its citations."""
    result = finished.result
    answer = Answer.objects.create(
        question_id=question_id,
        outcome=result.outcome,
        language=result.language,
        sentences=[
            {
                "position": sentence.position,
                "text": sentence.text,
                "label": sentence.label,
                "numbers": [citation.number for citation in sentence.citations],
            }
            for sentence in finished.sentences
        ],
        publication=result.publication_id,
        timings_ms=result.timings_ms,
        choices=list(result.choices),
    )
    Citation.objects.bulk_create(
        Citation(
            answer=answer,
            number=citation.number,
            kind=citation.kind,
            title=citation.title,
            heading=citation.heading[:1000],
            publisher=citation.publisher,
            url=citation.url,
            quote=citation.quote,
            published=citation.published,
            checked=citation.checked,
            licence=citation.licence,
            document=citation.document_id,
            revision=citation.revision_id,
            passage=citation.passage_id,
            start=citation.start,
            supports=[
                {"url": support.url, "quote": support.quote} for support in citation.supports
            ],
            is_historic=citation.is_historic,
        )
        for citation in finished.citations
    )
    return answer


def ask_to_stop(*, conversation_id: uuid.UUID, question_id: int) -> bool:
    """Mark the question for whoever answers it. False if the reader has no such question."""
    return bool(
        Question.objects.filter(pk=question_id, conversation_id=conversation_id).update(
            is_stop_asked=True
        )
    )


def is_orphaned(
    question: Question, *, holder: str, running: Collection[int], now: datetime
) -> bool:
    """Say whether nobody answers this open question any more."""
    if question.holder == holder:
        beat = question.heartbeat_at
        return question.pk not in running and (beat is None or now - beat > OWN_PATIENCE)
    return not is_alive(
        question.holder, heartbeat_at=question.heartbeat_at, now=now, patience=PATIENCE
    )


@transaction.atomic
def claim_orphan(
    *,
    conversation_id: uuid.UUID,
    holder: str,
    running: Collection[int],
    now: datetime,
    build_frame: BuildFrame,
) -> ClaimedQuestion | None:
    """Take over the conversation's open question if nobody answers it any more.

    The frame that is stored makes a page drop what it has of the first attempt.
    """
    open_questions = Question.objects.filter(conversation_id=conversation_id, answer__isnull=True)
    question = open_questions.select_related("conversation").first()
    if question is None or not is_orphaned(question, holder=holder, running=running, now=now):
        return None
    lock_conversation(conversation_id)
    # Two that see the same orphan: the one whose update finds the row unchanged has it.
    unchanged = Question.objects.filter(
        pk=question.pk, holder=question.holder, heartbeat_at=question.heartbeat_at
    )
    if not unchanged.update(holder=holder, heartbeat_at=now):
        return None
    append_frames(question, [build_frame(question)])
    restarts = Frame.objects.filter(question=question, payload__step="restarted").count()
    return ClaimedQuestion(question, is_given_up=restarts > RESTART_LIMIT)


def release_claims(*, question_ids: Collection[int], holder: str) -> None:
    """Let go of questions, so that another process may answer them at once."""
    Question.objects.filter(pk__in=question_ids, holder=holder).update(
        holder="", heartbeat_at=None
    )


@transaction.atomic
def give_feedback(
    *, conversation_id: uuid.UUID, question_id: int, is_helpful: bool, reason: str = ""
) -> bool:
    """Store a reader's word on an answer; the last one counts. False if it is not theirs."""
    answer = Answer.objects.filter(
        question_id=question_id, question__conversation_id=conversation_id
    ).first()
    if answer is None:
        return False
    given, is_new = Feedback.objects.get_or_create(
        answer=answer, defaults={"is_helpful": is_helpful, "reason": reason}
    )
    if not is_new and (given.is_helpful, given.reason) != (is_helpful, reason):
        given.is_helpful, given.reason = is_helpful, reason
        # Staff settled what was said before.
        given.settled_at, given.settled_by = None, ""
        given.save()
    return True


@transaction.atomic
def settle_feedback(*, answer_id: int, who: str, now: datetime) -> bool:
    """Note that staff have looked at what a reader said of an answer."""
    return bool(
        Feedback.objects.filter(answer_id=answer_id, settled_at=None).update(
            settled_at=now, settled_by=who
        )
    )


@transaction.atomic
def delete_conversation(*, conversation_id: uuid.UUID) -> bool:
    """Delete a conversation with everything that belongs to it. False if there was none.

    Whoever is answering in it learns with the next write that the claim is lost.
    """
    conversation = Conversation.objects.select_for_update().filter(pk=conversation_id).first()
    if conversation is None:
        return False
    conversation.delete()
    return True


def expire_conversations(*, now: datetime) -> int:
    """Delete what is older than we promise to keep it, with everything that belongs to it."""
    before = now - timedelta(days=settings.ASSISTANT_RETENTION_DAYS)
    deleted = 0
    # In batches, so that a reader's question never waits long for the write lock.
    while batch := list(
        Conversation.objects.filter(created_at__lt=before).values_list("pk", flat=True)[
            :EXPIRY_BATCH
        ]
    ):
        Conversation.objects.filter(pk__in=batch).delete()
        deleted += len(batch)
    return deleted
