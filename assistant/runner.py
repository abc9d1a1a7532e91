"""Answers questions beside the sockets, and outlives them.

One task a question. What the pipeline yields is stored before anybody sees it: the frames of an
answer are in the database, and a nudge says that there are more. A question is claimed on its row,
so that one process answers it; when that process dies, another takes the question over on resume.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import logging
import time
import uuid
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from django.conf import settings
from django.utils import timezone

from assistant import protocol, selectors, services
from assistant.answering.pipeline import answer_question
from assistant.answering.types import AnswerResult, Event, Outcome, Sentence, Step, Turn
from assistant.database import read, write
from assistant.logs import describe_error
from assistant.models import Question
from assistant.nudges import Nudges, nudges
from assistant.rate_limiting import AskingLimits, asking_limits
from assistant.services import ClaimState, FinishedAnswer, QuestionRefused
from assistant.wording import get_notices
from knowledge.liveness import get_holder

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 2.0
# A step waits so long for what follows it: at the usual pace a transaction of its own would cost
# more than the step itself. A sentence never waits.
STEP_SECONDS = 0.1


class AnswerQuestion(Protocol):
    """The pipeline, as the runner drives it."""

    def __call__(
        self, text: str, *, history: Sequence[Turn], as_of: date | None, language: str
    ) -> AsyncIterator[Event]: ...


class TooManyQuestions(QuestionRefused):
    code = protocol.ErrorCode.TOO_MANY_REQUESTS.value


class PipelineEndedEarly(Exception):
    """The pipeline yielded no AnswerResult."""


@dataclass
class Run:
    """A question that this process is answering."""

    question: Question
    # None wakes the one who writes: the pipeline has ended, or a stop was asked.
    events: asyncio.Queue[Step | Sentence | None] = field(default_factory=asyncio.Queue)
    released: list[Sentence] = field(default_factory=list)
    is_stop_asked: bool = False

    @property
    def language(self) -> str:
        return self.question.conversation.language

    def stop(self) -> None:
        self.is_stop_asked = True
        self.events.put_nowait(None)


class Runner:
    """All the answers that this process is working on."""

    def __init__(
        self,
        answer: AnswerQuestion,
        *,
        nudges: Nudges = nudges,
        limits: AskingLimits = asking_limits,
    ) -> None:
        self.answer = answer
        self.nudges = nudges
        self.limits = limits
        self.runs: dict[int, Run] = {}
        self.tasks: dict[int, asyncio.Task[None]] = {}

    async def ask(
        self,
        asked: protocol.AskQuestion,
        *,
        conversation_id: uuid.UUID,
        language: str,
        address: str = "",
        is_begun: bool = False,
    ) -> int:
        """Store a question, begin to answer it, and give its id. Raise QuestionRefused.

        `is_begun` says that the asker has seen the conversation, so that it must be there.
        """
        if not self.limits.allow(conversation_id, address, now=time.monotonic()):
            raise TooManyQuestions("wait a minute")
        stored = await write(
            services.ask_question,
            conversation_id=conversation_id,
            text=asked.text,
            key=asked.key,
            as_of=asked.as_of,
            language=language,
            holder=get_holder(),
            now=timezone.now(),
            build_frame=build_asked_frame,
            is_begun=is_begun,
        )
        if stored.is_new:
            self.start(Run(stored.question))
            self.nudges.nudge(conversation_id)
        return stored.question.pk

    async def resume(self, conversation_id: uuid.UUID) -> None:
        """Answer the open question again if whoever was answering it is dead."""
        claimed = await write(
            services.claim_orphan,
            conversation_id=conversation_id,
            holder=get_holder(),
            running=frozenset(self.tasks),
            now=timezone.now(),
            build_frame=build_restarted_frame,
        )
        if claimed is None:
            return
        logger.warning("assistant.answer.restarted question=%s", claimed.question.pk)
        run = Run(claimed.question)
        if claimed.question.is_stop_asked:
            run.stop()
        self.start(run, refused=Outcome.FAILED if claimed.is_given_up else None)
        self.nudges.nudge(conversation_id)

    async def stop(self, conversation_id: uuid.UUID, question_id: int) -> bool:
        """Stop an answer, in whichever process. False if the reader has no such question."""
        is_known = await write(
            services.ask_to_stop, conversation_id=conversation_id, question_id=question_id
        )
        if is_known and (run := self.runs.get(question_id)):
            run.stop()
        return is_known

    async def delete(self, conversation_id: uuid.UUID) -> bool:
        """Delete a conversation and stop answering in it. False if there was none."""
        is_deleted = await write(services.delete_conversation, conversation_id=conversation_id)
        for question_id, run in list(self.runs.items()):
            if run.question.conversation_id == conversation_id:
                self.tasks[question_id].cancel()
        self.nudges.nudge(conversation_id)
        logger.info("assistant.conversation.deleted there=%s", is_deleted)
        return is_deleted

    async def wait(self, question_id: int, *, seconds: float) -> None:
        """Wait until this process has answered the question, but no longer than that."""
        if task := self.tasks.get(question_id):
            await asyncio.wait([task], timeout=seconds)

    async def close(self) -> None:
        """Stop working, and leave what is open to another process."""
        tasks = list(self.tasks.values())
        question_ids = list(self.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if question_ids:
            await write(services.release_claims, question_ids=question_ids, holder=get_holder())

    def start(self, run: Run, *, refused: Outcome | None = None) -> None:
        if refused is None and len(self.tasks) >= settings.ASSISTANT_ANSWERS_AT_ONCE_LIMIT:
            refused = Outcome.BUSY
        question_id = run.question.pk
        self.runs[question_id] = run
        self.tasks[question_id] = task = asyncio.create_task(
            self.work(run, refused=refused),
            # Nothing of the request that asked may reach into an answer that outlives it.
            context=contextvars.Context(),
        )
        task.add_done_callback(lambda _: self.forget(question_id))

    def forget(self, question_id: int) -> None:
        del self.runs[question_id]
        del self.tasks[question_id]

    async def work(self, run: Run, *, refused: Outcome | None) -> None:
        """Answer one question to its end. The one catch-all: whatever breaks ends the turn."""
        try:
            if refused is None:
                await self.follow_pipeline(run)
            else:
                await self.record(run, [], refused)
        except Exception as error:  # noqa: BLE001 - the edge: a reader must get an end
            log_failure(run.question, error)
            with contextlib.suppress(Exception):
                # Without the prepared words: they may be what broke. The outcome says enough.
                failed = AnswerResult(outcome=Outcome.FAILED, language=run.language)
                await self.record(run, [], failed)

    async def follow_pipeline(self, run: Run) -> None:
        """Store what the pipeline yields as it comes, until it ends or is ended."""
        deadline = time.monotonic() + settings.ASSISTANT_ANSWER_TIMEOUT_SECONDS
        producing = asyncio.create_task(self.produce(run))
        producing.add_done_callback(lambda _: run.events.put_nowait(None))
        producing.add_done_callback(take_error)
        try:
            while True:
                patience = min(HEARTBEAT_SECONDS, deadline - time.monotonic())
                events = await take_waiting(run.events, seconds=patience)
                ending = name_ending(run, producing, is_late=time.monotonic() >= deadline)
                state = await self.record(run, events, ending)
                if ending is not None or state is ClaimState.LOST:
                    return
                if state is ClaimState.STOP_ASKED:
                    run.stop()
        finally:
            # Not waited for: a step that won't be cancelled must not keep a reader waiting.
            producing.cancel()

    async def produce(self, run: Run) -> AnswerResult:
        question = run.question
        history = await read(selectors.recent_turns, question)
        result = None
        events = self.answer(
            question.text, history=history, as_of=question.as_of, language=run.language
        )
        try:
            async for event in events:
                if isinstance(event, AnswerResult):
                    result = event
                else:
                    run.events.put_nowait(event)
        finally:
            if hasattr(events, "aclose"):
                await events.aclose()
        if result is None:
            raise PipelineEndedEarly(f"question {question.pk}")
        return result

    async def record(
        self,
        run: Run,
        events: Sequence[Step | Sentence],
        ending: AnswerResult | Outcome | None,
    ) -> ClaimState:
        """Store events, and the answer if it has ended; then tell the readers."""
        if ending is Outcome.STOPPED:
            events = []
        sentences = [event for event in events if isinstance(event, Sentence)]
        result = ending
        if isinstance(ending, Outcome):
            # We end it, not the pipeline, so the prepared words are ours to add.
            result = AnswerResult(outcome=ending, language=run.language, as_of=run.question.as_of)
            notices = build_notices(result, after=[*run.released, *sentences])
            sentences, events = [*sentences, *notices], [*events, *notices]
        released = [*run.released, *sentences]
        payloads = list(build_payloads(run.question.pk, events))
        finished = None
        if isinstance(result, AnswerResult):
            payloads.append(protocol.build_finished(run.question.pk, result))
            citations = protocol.list_citations(released)
            finished = FinishedAnswer(result, released, citations)
        state = await write(
            services.record_progress,
            question=run.question,
            holder=get_holder(),
            now=timezone.now(),
            payloads=payloads,
            finished=finished,
        )
        run.released = released
        if payloads and state is not ClaimState.LOST:
            self.nudges.nudge(run.question.conversation_id)
        if finished is not None:
            logger.info(
                "assistant.question.answered question=%s outcome=%s sentences=%s claim=%s",
                run.question.pk,
                finished.result.outcome.value,
                len(released),
                state.value,
            )
        return state


def build_asked_frame(question: Question) -> protocol.Payload:
    return protocol.build_asked(
        question.pk, text=question.text, key=question.key, as_of=question.as_of
    )


def build_restarted_frame(question: Question) -> protocol.Payload:
    return protocol.build_progress(question.pk, "restarted")


def build_payloads(
    question_id: int, events: Iterable[Step | Sentence]
) -> Iterable[protocol.Payload]:
    for event in events:
        match event:
            case Sentence():
                yield protocol.build_sentence(question_id, event)
            # The question's first frame has said it already.
            case Step(name) if name != "understanding":
                yield protocol.build_progress(question_id, name)


def build_notices(result: AnswerResult, *, after: Sequence[Sentence]) -> list[Sentence]:
    """Build the prepared wording of an outcome, placed after what was released."""
    first = max((sentence.position for sentence in after), default=0) + 1
    texts = get_notices(result.outcome, language=result.language)
    return [
        Sentence(position=position, text=text, label="notice")
        for position, text in enumerate(texts, start=first)
    ]


def take_error(producing: asyncio.Task[AnswerResult]) -> None:
    """Look at what ended it, or asyncio would log the words of an error that nobody waited for."""
    if not producing.cancelled():
        producing.exception()


async def take_waiting(
    queue: asyncio.Queue[Step | Sentence | None], *, seconds: float
) -> list[Step | Sentence]:
    """Take all that waits in the queue, after at most so many seconds without anything."""
    waiting: list[Step | Sentence | None] = []
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(max(0.0, seconds)):
            waiting.append(await queue.get())
        async with asyncio.timeout(STEP_SECONDS):
            while all(isinstance(event, Step) for event in waiting):
                waiting.append(await queue.get())
    while not queue.empty():
        waiting.append(queue.get_nowait())
    return [event for event in waiting if event is not None]


def name_ending(
    run: Run, producing: asyncio.Task[AnswerResult], *, is_late: bool
) -> AnswerResult | Outcome | None:
    """Say how the turn has ended: the pipeline's result, or an outcome of our own, or not yet."""
    if producing.done() and not producing.cancelled():
        error = producing.exception()
        if error is None:
            return producing.result()
        log_failure(run.question, error)
        return Outcome.FAILED
    if run.is_stop_asked:
        return Outcome.STOPPED
    if is_late:
        return Outcome.BUSY
    return Outcome.FAILED if producing.cancelled() else None


def log_failure(question: Question, error: BaseException) -> None:
    """Log where it broke. Not the exception's message: it may hold the reader's words."""
    logger.error(
        "assistant.answer.failed question=%s error=%s", question.pk, describe_error(error)
    )


runner = Runner(answer_question)
