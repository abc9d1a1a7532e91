"""A reader's socket against the real database, with a pipeline that the test scripts."""

from __future__ import annotations

import asyncio
import json
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from assistant.answering.types import Outcome, Step
from assistant.consumers import DELETED, NO_CONVERSATION
from assistant.identity import sign_conversation_id
from assistant.models import Answer, Conversation, Frame, Question
from assistant.nudges import Nudges
from assistant.services import QuestionRefused, clean_question
from tests.assistant.conftest import ANSWERED, make_citation, make_sentence

pytestmark = pytest.mark.django_db(transaction=True)

DEAD_HOLDER = "another-machine:1:1"


def name(frames):
    """Shorten frames to what tells them apart."""
    return [frame.get("step") or frame.get("text") or frame["type"] for frame in frames]


async def test_a_question_is_answered_in_frames_that_are_numbered_in_a_row(
    start_runner, open_reader
):
    citation = make_citation()
    runner = start_runner(
        Step("understanding"),
        Step("searching"),
        make_sentence(1, "Two coins.", (citation,)),
        ANSWERED,
    )
    reader = open_reader(runner)
    opened = await reader.connect()

    await reader.ask("How much is the ferry?", key="k1")
    frames = await reader.receive_until("answer.finished")

    assert opened == {
        "type": "conversation.opened",
        "seq": 0,
        "open_question": None,
        "question_limit_characters": 600,
    }
    assert name(frames) == ["understanding", "searching", "Two coins.", "answer.finished"]
    assert [frame["seq"] for frame in frames] == [1, 2, 3, 4]
    assert frames[0]["text"] == "How much is the ferry?"
    assert frames[0]["key"] == "k1"
    assert frames[2]["citations"][0]["context_url"] == "/passages/7/9?start=120&length=25"
    assert frames[3]["outcome"] == "answered"
    assert frames[3]["publication"] == 4


async def test_a_sentence_is_sent_before_the_answer_has_ended(start_runner, open_reader):
    rest = asyncio.Event()
    reader = open_reader(start_runner(make_sentence(1), rest, ANSWERED))
    await reader.connect()

    await reader.ask("How much is the ferry?")
    frames = await reader.receive_until("answer.sentence")

    assert frames[-1]["text"] == "Sentence 1."
    assert not await Answer.objects.aexists()


async def test_a_second_question_waits_for_the_first(start_runner, open_reader):
    reader = open_reader(start_runner(asyncio.Event(), ANSWERED))
    await reader.connect()
    await reader.ask("First?")
    await reader.receive()

    await reader.ask("Second?")
    error = await reader.receive()

    assert (error["type"], error["code"]) == ("error", "question_pending")
    assert await Question.objects.acount() == 1


async def test_a_question_sent_again_with_its_key_is_one_question(start_runner, open_reader):
    runner = start_runner(make_sentence(1), ANSWERED)
    reader = open_reader(runner)
    await reader.connect()

    await reader.ask("How much?", key="same")
    await reader.receive_until("answer.finished")
    await reader.ask("How much?", key="same")
    await reader.ask("And back?", key="other")
    frames = await reader.receive_until("answer.finished")

    assert frames[0]["text"] == "And back?"
    assert [asked["text"] for asked in runner.answer.asked] == ["How much?", "And back?"]


async def test_a_stop_ends_the_answer_and_keeps_what_was_released(start_runner, open_reader):
    reader = open_reader(start_runner(make_sentence(1), asyncio.Event(), ANSWERED))
    await reader.connect()
    await reader.ask("How much?")
    released = (await reader.receive_until("answer.sentence"))[-1]

    await reader.send(type="answer.stop", question=released["question"])
    frames = await reader.receive_until("answer.finished")

    answer = await Answer.objects.aget()
    assert frames[-1]["outcome"] == answer.outcome == Outcome.STOPPED
    assert answer.sentences[0]["text"] == "Sentence 1."


async def test_a_stranger_s_question_can_not_be_stopped(start_runner, open_reader):
    runner = start_runner(asyncio.Event(), ANSWERED)
    reader = open_reader(runner)
    await reader.connect()
    await reader.ask("How much?")
    question = (await reader.receive())["question"]
    stranger = await Conversation.objects.acreate()
    await Question.objects.filter(pk=question).aupdate(conversation=stranger)

    await reader.send(type="answer.stop", question=question)
    error = await reader.receive()

    assert error["code"] == "not_found"
    assert not (await Question.objects.aget(pk=question)).is_stop_asked


async def test_an_answer_outlives_its_socket_and_the_rest_is_resumed_without_loss_or_double(
    start_runner, open_reader
):
    rest = asyncio.Event()
    runner = start_runner(make_sentence(1), rest, make_sentence(2), ANSWERED)
    reader = open_reader(runner)
    await reader.connect()
    await reader.ask("How much?")
    seen = await reader.receive_until("answer.sentence")
    await reader.disconnect()

    rest.set()
    await runner.wait(seen[0]["question"], seconds=10)
    again = open_reader(runner)
    opened = await again.connect()
    await again.send(type="conversation.resume", after=seen[-1]["seq"])
    missing = await again.receive_until("answer.finished")

    assert opened["seq"] == missing[-1]["seq"]
    assert name(seen + missing) == [
        "understanding",
        "Sentence 1.",
        "Sentence 2.",
        "answer.finished",
    ]
    assert [frame["seq"] for frame in seen + missing] == [1, 2, 3, 4]


async def test_resuming_in_the_middle_of_an_answer_goes_on_with_what_comes(
    start_runner, open_reader
):
    rest = asyncio.Event()
    runner = start_runner(make_sentence(1), rest, make_sentence(2), ANSWERED)
    reader = open_reader(runner)
    await reader.connect()
    await reader.ask("How much?")
    seen = await reader.receive_until("answer.sentence")
    await reader.disconnect()
    again = open_reader(runner)
    opened = await again.connect()

    await again.send(type="conversation.resume", after=0)
    replayed = await again.receive_until("answer.sentence")
    rest.set()
    fresh = await again.receive_until("answer.finished")

    assert opened["open_question"] == seen[0]["question"]
    assert name(replayed + fresh) == [
        "understanding",
        "Sentence 1.",
        "Sentence 2.",
        "answer.finished",
    ]


async def test_a_resume_beyond_what_is_stored_gets_what_comes_next(start_runner, open_reader):
    reader = open_reader(start_runner(ANSWERED))
    await reader.connect()

    await reader.send(type="conversation.resume", after=57)
    await reader.ask("How much?")
    frames = await reader.receive_until("answer.finished")

    assert frames[0]["seq"] == 1


async def test_a_question_of_a_dead_holder_is_answered_again_once(
    start_runner, open_reader, conversation_id
):
    conversation = await Conversation.objects.acreate(pk=conversation_id)
    question = await conversation.questions.acreate(
        text="How much?",
        holder=DEAD_HOLDER,
        heartbeat_at=timezone.now() - timedelta(minutes=1),
    )
    runner = start_runner(make_sentence(1), ANSWERED)
    first, second = open_reader(runner), open_reader(runner)
    await first.connect()
    await second.connect()

    await first.send(type="conversation.resume", after=0)
    await second.send(type="conversation.resume", after=0)
    frames = await first.receive_until("answer.finished")
    same = await second.receive_until("answer.finished")

    assert name(frames) == ["restarted", "Sentence 1.", "answer.finished"]
    assert same == frames
    assert len(runner.answer.asked) == 1
    assert frames[0]["question"] == question.pk


async def test_a_question_that_another_process_answers_is_left_to_it(
    start_runner, open_reader, conversation_id
):
    conversation = await Conversation.objects.acreate(pk=conversation_id)
    await conversation.questions.acreate(
        text="How much?", holder="another-machine:1:1", heartbeat_at=timezone.now()
    )
    runner = start_runner(ANSWERED)
    reader = open_reader(runner)
    await reader.connect()

    await reader.send(type="conversation.resume", after=0)
    await reader.ask("Another?")
    error = await reader.receive()

    assert error["code"] == "question_pending"
    assert runner.answer.asked == []


async def test_without_any_nudge_the_frames_are_found_in_the_database(start_runner, open_reader):
    class DeafNudges(Nudges):
        def nudge(self, conversation_id):
            """Lose it."""

    rest = asyncio.Event()
    reader = open_reader(
        start_runner(make_sentence(1), rest, make_sentence(2), ANSWERED, nudges=DeafNudges())
    )
    await reader.connect()

    await reader.ask("How much?")
    await reader.receive_until("answer.sentence")
    rest.set()
    frames = await reader.receive_until("answer.finished")

    assert name(frames) == ["Sentence 2.", "answer.finished"]


async def test_another_tab_sees_the_question_and_its_answer(start_runner, open_reader):
    runner = start_runner(make_sentence(1), ANSWERED)
    asking, watching = open_reader(runner), open_reader(runner)
    await asking.connect()
    await watching.connect()
    await watching.send(type="conversation.resume", after=0)

    await asking.ask("How much?")

    assert await watching.receive_until("answer.finished") == await asking.receive_until(
        "answer.finished"
    )


@pytest.mark.parametrize("cookie", ["", "forged", f"{uuid.uuid4().hex}:1:forged"])
async def test_a_socket_without_our_cookie_is_closed(start_runner, open_reader, cookie):
    runner = start_runner(ANSWERED)
    reader = open_reader(runner, cookie=cookie)
    await reader.socket.connect()

    closed = await reader.socket.receive_output()
    await reader.ask("How much?")

    assert closed == {"type": "websocket.close", "code": NO_CONVERSATION}
    assert not await Question.objects.aexists()


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\xff",
        "no json",
        "[]",
        "null",
        "[" * 15_000,
        '{"type":"question.ask"}',
        '{"type":"question.ask","text":7}',
        '{"type":"answer.stop","question":' + "9" * 5_000 + "}",
        json.dumps({"type": "question.ask", "text": "a" * 16_000}),
    ],
)
async def test_what_is_no_frame_is_refused_and_the_socket_stays(start_runner, open_reader, data):
    reader = open_reader(start_runner(ANSWERED))
    await reader.connect()

    if isinstance(data, bytes):
        await reader.socket.send_to(bytes_data=data)
    else:
        await reader.socket.send_to(text_data=data)
    error = await reader.receive()
    await reader.ask("How much?")
    frames = await reader.receive_until("answer.finished")

    assert (error["code"], error["seq"]) == ("invalid_frame", 0)
    assert error["message"]
    assert frames[-1]["outcome"] == "answered"


@pytest.mark.parametrize(
    ("text", "code"), [(" \u200b\n", "question_empty"), ("a" * 601, "question_too_long")]
)
async def test_an_unfit_question_is_refused(start_runner, open_reader, text, code):
    reader = open_reader(start_runner(ANSWERED))
    await reader.connect()

    await reader.ask(text)
    error = await reader.receive()

    assert error["code"] == code
    assert not await Frame.objects.aexists()


async def test_one_who_asks_without_end_is_asked_to_wait(start_runner, open_reader):
    reader = open_reader(start_runner(ANSWERED))
    await reader.connect()
    for _ in range(20):
        await reader.ask("How much?")
        await reader.receive_until("answer.finished")

    await reader.ask("How much?")
    error = await reader.receive()

    assert error["code"] == "too_many_requests"


async def test_hostile_words_are_stored_and_returned_as_data(start_runner, open_reader, shared):
    folder = shared / "data" / "hostile"
    words = [
        *(folder / "xss.txt").read_text(encoding="utf-8", errors="surrogateescape").splitlines(),
        *json.loads((folder / "blns.json").read_text(encoding="utf-8")),
        "\ud800 alone",
        "nul \x00 byte",
        "tag \U000e0041 letters",
    ]
    runner = start_runner(ANSWERED)
    runner.limits.conversations.limit = runner.limits.addresses.limit = len(words)
    reader = open_reader(runner)
    await reader.connect()

    returned = []
    for text in dict.fromkeys(words):
        await reader.ask(text)
        if is_fit(text):
            returned.append((await reader.receive_until("answer.finished"))[0]["text"])
        else:
            assert (await reader.receive())["code"] in {"question_empty", "question_too_long"}

    stored = [question.text async for question in Question.objects.order_by("pk")]
    assert stored == returned == [asked["text"] for asked in runner.answer.asked]
    assert await Answer.objects.filter(outcome=Outcome.ANSWERED).acount() == len(stored) > 500


def is_fit(text):
    try:
        clean_question(text)
    except QuestionRefused:
        return False
    return True


async def test_the_reader_s_words_are_never_logged(start_runner, open_reader, caplog):
    caplog.set_level("DEBUG")
    reader = open_reader(start_runner(make_sentence(1), RuntimeError("marked-words broke it")))
    await reader.connect()

    await reader.ask("marked-words and more", key="marked-key")
    frames = await reader.receive_until("answer.finished")

    ours = [record for record in caplog.records if record.name.startswith("assistant")]
    assert frames[-1]["outcome"] == "failed"
    assert any("assistant.answer.failed" in record.getMessage() for record in ours)
    assert not any("marked" in record.getMessage() for record in ours)


async def test_another_tab_is_told_that_the_conversation_was_deleted(
    start_runner, open_reader, conversation_id
):
    runner = start_runner(make_sentence(1), ANSWERED)
    here, there = open_reader(runner), open_reader(runner)
    await here.connect()
    await here.ask("How much?")
    await here.receive_until("answer.finished")
    await there.connect()
    await there.send(type="conversation.resume", after=0)
    await there.receive_until("answer.finished")

    await runner.delete(conversation_id)

    for reader in (here, there):
        assert await reader.receive() == {"type": "conversation.deleted", "seq": 0}
        closed = await reader.socket.receive_output(timeout=10)
        assert (closed["type"], closed["code"]) == ("websocket.close", DELETED)


async def test_an_answer_that_is_being_written_is_cut_by_deleting(
    start_runner, open_reader, conversation_id
):
    runner = start_runner(make_sentence(1), asyncio.Event(), ANSWERED)
    reader = open_reader(runner)
    await reader.connect()
    await reader.ask("How much?")
    await reader.receive_until("answer.sentence")

    await runner.delete(conversation_id)
    frames = await reader.receive_until("conversation.deleted")

    assert name(frames) == ["conversation.deleted"]
    assert not await Frame.objects.aexists()


async def test_a_tab_that_heard_nothing_of_it_can_not_ask_in_a_deleted_conversation(
    start_runner, open_reader, conversation_id
):
    reader = open_reader(start_runner(make_sentence(1), ANSWERED))
    await reader.connect()
    await reader.ask("How much?")
    await reader.receive_until("answer.finished")
    # Deleted by another process, whose nudge is lost.
    await Conversation.objects.filter(pk=conversation_id).adelete()

    await reader.ask("And back?")
    frame = await reader.receive()

    assert frame["type"] == "conversation.deleted"
    assert not await Conversation.objects.aexists()


async def test_nothing_of_another_reader_can_be_had_by_guessing(start_runner, open_reader):
    runner = start_runner(make_sentence(1, "Two coins."), ANSWERED)
    reader = open_reader(runner)
    await reader.connect()
    await reader.ask("How much?")
    question = (await reader.receive_until("answer.finished"))[0]["question"]
    stranger = open_reader(runner, cookie=sign_conversation_id(uuid.uuid4()))
    opened = await stranger.connect()

    for number in (0, 1, question):
        await stranger.send(type="conversation.resume", after=number)
        await stranger.send(type="answer.stop", question=number)
        refused = await stranger.receive()
        assert (refused["type"], refused["code"], refused["seq"]) == ("error", "not_found", 0)

    assert (opened["seq"], opened["open_question"]) == (0, None)
    assert await stranger.socket.receive_nothing(timeout=0.05)
