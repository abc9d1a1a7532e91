"""A reader's socket: frames in, stored frames out.

The consumer follows the database, not the answer: it sends every frame after the last one that it
sent, whoever wrote it. Channels handles one frame at a time, so answering and following both run
beside `receive`; otherwise a stop or a disconnect would wait for them.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
import uuid
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import Error as DatabaseError

from assistant import protocol, selectors
from assistant.database import read
from assistant.identity import find_conversation_id
from assistant.logs import describe_error
from assistant.protocol import AskQuestion, ErrorCode, ResumeConversation, StopAnswer
from assistant.runner import Runner, runner
from assistant.services import ConversationDeleted, QuestionRefused

logger = logging.getLogger(__name__)

# While a question is open, a nudge that was lost costs no more than this.
LOOK_SECONDS = 0.5
# An open question that is silent for so long may have lost its process.
SILENCE_SECONDS = 5.0
DATABASE_RETRY_SECONDS = 1.0
# The page asks for a fresh cookie when it sees this code.
NO_CONVERSATION = 4401
# The reader deleted it: the page comes back with the cookie of the next one.
DELETED = 4410
UNEXPECTED = 1011


class ChatConsumer(AsyncWebsocketConsumer):
    """One reader's socket."""

    # Hints come through `nudges`: with a layer of its own, a dead Redis would close the socket.
    channel_layer_alias = ""

    def __init__(self, *, runner: Runner = runner) -> None:
        super().__init__()
        self.runner = runner
        self.conversation_id: uuid.UUID | None = None
        self.seq = 0
        self.open_question: int | None = None
        self.following: asyncio.Task[None] | None = None

    @property
    def is_begun(self) -> bool:
        return self.seq > 0 or self.open_question is not None

    async def connect(self) -> None:
        # Accepted first: a browser is not shown the code of a socket that was never open.
        await self.accept()
        self.conversation_id = find_conversation_id(self.scope["cookies"])
        if self.conversation_id is None:
            await self.close(NO_CONVERSATION)
            return
        position = await read(selectors.get_position, self.conversation_id)
        self.seq, self.open_question = position.last_seq, position.open_question
        await self.send_payload(
            protocol.build_opened(
                open_question=position.open_question,
                limit=settings.ASSISTANT_QUESTION_LIMIT_CHARACTERS,
            )
        )

    async def disconnect(self, code: int) -> None:
        await self.stop_following()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.conversation_id is None:
            return
        try:
            frame = protocol.parse_client_frame(text_data)
        except protocol.InvalidFrame as invalid:
            await self.send_error(invalid.code)
            return
        try:
            await self.act(frame, self.conversation_id)
        except Exception as error:  # noqa: BLE001 - the edge: the server would log what it says
            logger.error("assistant.socket.failed error=%s", describe_error(error))
            await self.close(UNEXPECTED)

    async def act(self, frame: protocol.ClientFrame, conversation_id: uuid.UUID) -> None:
        match frame:
            case AskQuestion():
                await self.ask(frame, conversation_id)
            case StopAnswer(question_id):
                if not await self.runner.stop(conversation_id, question_id):
                    await self.send_error(ErrorCode.NOT_FOUND)
            case ResumeConversation(after):
                await self.resume(after, conversation_id)

    async def ask(self, frame: AskQuestion, conversation_id: uuid.UUID) -> None:
        if self.following is None:
            self.start_following(conversation_id)
        client = self.scope.get("client")
        try:
            self.open_question = await self.runner.ask(
                frame,
                conversation_id=conversation_id,
                language=settings.LANGUAGE_CODE,
                address=client[0] if client else "",
                is_begun=self.is_begun,
            )
        except ConversationDeleted:
            await self.stop_following()
            await self.leave()
            return
        except QuestionRefused as refused:
            await self.send_error(ErrorCode(refused.code))
            # What is pending may have been asked elsewhere, and its nudge lost.
            self.open_question = await read(selectors.find_open_question, conversation_id)
        # From now on there is something to look for, whether or not anybody nudges.
        self.runner.nudges.wake(conversation_id)

    async def resume(self, after: int, conversation_id: uuid.UUID) -> None:
        await self.stop_following()
        position = await read(selectors.get_position, conversation_id)
        # A page may remember more than there is, when its conversation has expired meanwhile.
        self.seq = min(after, position.last_seq)
        self.open_question = position.open_question
        self.start_following(conversation_id)
        if self.open_question is not None:
            await self.runner.resume(conversation_id)

    def start_following(self, conversation_id: uuid.UUID) -> None:
        self.following = asyncio.create_task(self.follow(conversation_id))

    async def stop_following(self) -> None:
        if self.following is not None:
            self.following.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.following
            self.following = None

    async def follow(self, conversation_id: uuid.UUID) -> None:
        """Send what is stored, as long as the socket is open."""
        try:
            with self.runner.nudges.follow(conversation_id) as nudged:
                while True:
                    await self.send_news_until_silence(conversation_id, nudged)
                    await self.require_conversation(conversation_id)
                    # Silence: perhaps the question has lost its process, or has ended unseen.
                    await self.runner.resume(conversation_id)
                    self.open_question = await read(selectors.find_open_question, conversation_id)
        except ConversationDeleted:
            await self.leave()
        except OSError:
            # The browser went away in the middle of a frame; it will resume.
            return
        except Exception as error:  # noqa: BLE001 - the edge: the page reconnects and resumes
            logger.error("assistant.socket.failed error=%s", type(error).__name__)
            await self.close(UNEXPECTED)

    async def send_news_until_silence(
        self, conversation_id: uuid.UUID, nudged: asyncio.Event
    ) -> None:
        heard_at = time.monotonic()
        while self.open_question is None or time.monotonic() - heard_at < SILENCE_SECONDS:
            is_nudged = nudged.is_set()
            nudged.clear()
            if await self.send_news(conversation_id):
                heard_at = time.monotonic()
            elif is_nudged:
                await self.require_conversation(conversation_id)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(None if self.open_question is None else LOOK_SECONDS):
                    await nudged.wait()

    async def require_conversation(self, conversation_id: uuid.UUID) -> None:
        if self.is_begun and not await read(selectors.is_there, conversation_id):
            raise ConversationDeleted("it was there before")

    async def leave(self) -> None:
        """Tell the page that its conversation is gone, and end."""
        self.conversation_id, self.seq, self.open_question = None, 0, None
        await self.send_payload(protocol.build_deleted())
        await self.close(DELETED)

    async def send_news(self, conversation_id: uuid.UUID) -> bool:
        try:
            frames = await read(selectors.list_frames, conversation_id, after=self.seq)
        except DatabaseError as error:
            logger.warning("assistant.socket.waits error=%s", type(error).__name__)
            await asyncio.sleep(DATABASE_RETRY_SECONDS)
            return False
        for seq, payload in frames:
            self.seq = seq
            is_last = payload["type"] == "answer.finished"
            self.open_question = None if is_last else payload["question"]
            await self.send_payload(payload)
        return bool(frames)

    async def send_payload(self, payload: dict[str, Any]) -> None:
        await self.send(text_data=protocol.encode_frame(payload, seq=self.seq))

    async def send_error(self, code: ErrorCode) -> None:
        limit = settings.ASSISTANT_QUESTION_LIMIT_CHARACTERS
        await self.send_payload(protocol.build_error(code, limit=limit))
