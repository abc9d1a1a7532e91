"""Answers beside the sockets: endings, claims and limits."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from assistant import runner as running
from assistant.answering.types import Outcome, Step, Turn
from assistant.models import Answer, Conversation, Frame, Question
from assistant.protocol import AskQuestion
from assistant.runner import TooManyQuestions
from assistant.services import QuestionPending
from tests.assistant.conftest import ANSWERED, make_citation, make_sentence

pytestmark = pytest.mark.django_db(transaction=True)


async def ask(runner, conversation_id, text="How much?", **values):
    question_id = await runner.ask(
        AskQuestion(text, **values), conversation_id=conversation_id, language="en"
    )
    await runner.wait(question_id, seconds=0.0)
    return question_id


async def get_answer(runner, question_id):
    await runner.wait(question_id, seconds=10)
    return await Answer.objects.aget(question=question_id)


async def wait_for_frames(runner, conversation_id, count):
    with runner.nudges.follow(conversation_id) as nudged:
        async with asyncio.timeout(10):
            while await Frame.objects.acount() < count:
                await nudged.wait()
                nudged.clear()


async def test_an_answer_is_stored_with_its_citations(start_runner, conversation_id):
    citation = make_citation()
    runner = start_runner(make_sentence(1, "Two coins.", (citation,)), ANSWERED)

    answer = await get_answer(runner, await ask(runner, conversation_id))

    stored = await answer.citations.aget()
    assert (answer.outcome, answer.publication) == (Outcome.ANSWERED, 4)
    assert (stored.number, stored.quote) == (1, citation.quote)
    assert answer.timings_ms == {"searching": 2.5}


async def test_the_pipeline_is_given_the_turns_before_and_the_day(start_runner, conversation_id):
    runner = start_runner(make_sentence(1, "Two coins."), ANSWERED)
    await get_answer(runner, await ask(runner, conversation_id, "How much?"))

    day = timezone.now().date()
    await get_answer(runner, await ask(runner, conversation_id, " And  back? ", as_of=day))

    assert runner.answer.asked[-1] == {
        "text": "And back?",
        "history": (Turn("How much?", "Two coins."),),
        "as_of": day,
    }


@pytest.mark.parametrize("script", [[RuntimeError("broken")], []])
async def test_a_pipeline_that_breaks_or_ends_early_has_failed(
    start_runner, conversation_id, script
):
    runner = start_runner(make_sentence(1), *script)

    answer = await get_answer(runner, await ask(runner, conversation_id))

    assert answer.outcome == Outcome.FAILED
    assert answer.sentences[0]["text"] == "Sentence 1."
    assert {sentence["label"] for sentence in answer.sentences[1:]} == {"notice"}
    assert [sentence["position"] for sentence in answer.sentences] == list(
        range(1, len(answer.sentences) + 1)
    )


async def test_a_late_answer_is_busy(start_runner, conversation_id, settings):
    settings.ASSISTANT_ANSWER_TIMEOUT_SECONDS = 0
    runner = start_runner(asyncio.Event(), ANSWERED)

    answer = await get_answer(runner, await ask(runner, conversation_id))

    assert answer.outcome == Outcome.BUSY
    assert answer.sentences


async def test_too_many_answers_at_once_are_busy_at_once(start_runner, conversation_id, settings):
    settings.ASSISTANT_ANSWERS_AT_ONCE_LIMIT = 0
    runner = start_runner(ANSWERED)

    answer = await get_answer(runner, await ask(runner, conversation_id))

    assert answer.outcome == Outcome.BUSY
    assert runner.answer.asked == []


async def test_a_stop_before_the_first_step_is_a_stop(start_runner, conversation_id):
    runner = start_runner(asyncio.Event(), ANSWERED)
    question_id = await ask(runner, conversation_id)

    is_known = await runner.stop(conversation_id, question_id)

    assert is_known
    assert (await get_answer(runner, question_id)).outcome == Outcome.STOPPED


async def test_a_step_that_can_not_be_cancelled_does_not_delay_a_stop(
    start_runner, conversation_id
):
    release = asyncio.Event()

    async def answer(text, **values):
        with contextlib.suppress(asyncio.CancelledError):
            await release.wait()
        await release.wait()
        yield ANSWERED

    runner = start_runner()
    runner.answer = answer
    question_id = await ask(runner, conversation_id)

    await runner.stop(conversation_id, question_id)
    stopped = await get_answer(runner, question_id)
    release.set()

    assert stopped.outcome == Outcome.STOPPED


async def test_a_stop_that_another_process_was_asked_for_is_seen(
    start_runner, conversation_id, monkeypatch
):
    monkeypatch.setattr(running, "HEARTBEAT_SECONDS", 0.01)
    here, elsewhere = start_runner(asyncio.Event(), ANSWERED), start_runner(ANSWERED)
    question_id = await ask(here, conversation_id)

    await elsewhere.stop(conversation_id, question_id)

    assert (await get_answer(here, question_id)).outcome == Outcome.STOPPED


async def test_one_who_lost_the_claim_stops_and_records_nothing(start_runner, conversation_id):
    rest = asyncio.Event()
    runner = start_runner(make_sentence(1), rest, make_sentence(2), ANSWERED)
    question_id = await ask(runner, conversation_id)
    await wait_for_frames(runner, conversation_id, 2)
    await Question.objects.aupdate(holder="another-machine:1:1")

    rest.set()
    await runner.wait(question_id, seconds=10)

    assert not await Answer.objects.aexists()
    assert await Frame.objects.acount() == 2


async def test_a_process_that_ends_leaves_its_questions_to_another(start_runner, conversation_id):
    ending = start_runner(make_sentence(1), asyncio.Event(), ANSWERED)
    question_id = await ask(ending, conversation_id)
    await wait_for_frames(ending, conversation_id, 2)
    staying = start_runner(make_sentence(1, "Again."), ANSWERED)

    await ending.close()
    await staying.resume(conversation_id)
    answer = await get_answer(staying, question_id)

    assert [sentence["text"] for sentence in answer.sentences] == ["Again."]


async def test_a_question_that_ended_its_process_too_often_fails(start_runner, conversation_id):
    conversation = await Conversation.objects.acreate(pk=conversation_id)
    question = await conversation.questions.acreate(text="How much?")
    for seq in range(1, 4):
        payload = {"type": "answer.progress", "question": question.pk, "step": "restarted"}
        await question.frames.acreate(conversation=conversation, seq=seq, payload=payload)
    runner = start_runner(ANSWERED)

    await runner.resume(conversation_id)

    assert (await get_answer(runner, question.pk)).outcome == Outcome.FAILED
    assert runner.answer.asked == []


async def test_a_stop_that_was_asked_of_a_dead_process_holds(start_runner, conversation_id):
    conversation = await Conversation.objects.acreate(pk=conversation_id)
    question = await conversation.questions.acreate(text="How much?", is_stop_asked=True)
    runner = start_runner(asyncio.Event(), ANSWERED)

    await runner.resume(conversation_id)

    assert (await get_answer(runner, question.pk)).outcome == Outcome.STOPPED


async def test_what_can_not_be_stored_ends_the_turn_as_failed(start_runner, conversation_id):
    unstorable = make_citation(checked=None)
    runner = start_runner(
        make_sentence(1), Step("writing"), make_sentence(2, citations=(unstorable,)), ANSWERED
    )

    answer = await get_answer(runner, await ask(runner, conversation_id))

    assert answer.outcome == Outcome.FAILED


async def test_a_second_question_is_refused_while_one_is_open(start_runner, conversation_id):
    runner = start_runner(asyncio.Event(), ANSWERED)
    await ask(runner, conversation_id)

    with pytest.raises(QuestionPending):
        await ask(runner, conversation_id, "And back?")


async def test_asking_without_end_is_refused(start_runner, conversation_id):
    runner = start_runner(ANSWERED)
    runner.limits.conversations.limit = 0

    with pytest.raises(TooManyQuestions):
        await ask(runner, conversation_id)


async def test_a_heartbeat_keeps_the_claim_of_a_slow_answer(
    start_runner, conversation_id, monkeypatch
):
    monkeypatch.setattr(running, "HEARTBEAT_SECONDS", 0.01)
    runner = start_runner(asyncio.Event(), ANSWERED)
    question_id = await ask(runner, conversation_id)
    long_ago = timezone.now() - timedelta(minutes=1)
    await Question.objects.aupdate(heartbeat_at=long_ago)

    async def is_silent():
        return await Question.objects.filter(pk=question_id, heartbeat_at=long_ago).aexists()

    async with asyncio.timeout(10):
        while await is_silent():  # noqa: ASYNC110 - a heartbeat tells nobody that it beat
            await asyncio.sleep(0)


async def test_deleting_stops_the_answer_and_nothing_is_written_after(
    start_runner, conversation_id
):
    runner = start_runner(make_sentence(1), asyncio.Event(), ANSWERED)
    question_id = await ask(runner, conversation_id)
    await wait_for_frames(runner, conversation_id, 2)

    is_deleted = await runner.delete(conversation_id)
    await runner.wait(question_id, seconds=10)

    assert is_deleted
    assert runner.runs == {}
    assert not await Conversation.objects.aexists()
    assert not await Frame.objects.aexists()


async def test_an_answer_in_another_process_ends_when_its_conversation_is_deleted(
    start_runner, conversation_id, monkeypatch
):
    monkeypatch.setattr(running, "HEARTBEAT_SECONDS", 0.01)
    here, there = start_runner(), start_runner(asyncio.Event(), ANSWERED)
    question_id = await ask(there, conversation_id)

    await here.delete(conversation_id)
    await there.wait(question_id, seconds=10)

    assert there.runs == {}
    assert not await Answer.objects.aexists()


async def test_deleting_ends_no_other_reader_s_answer(start_runner, conversation_id):
    rest = asyncio.Event()
    runner = start_runner(rest, ANSWERED)
    question_id = await ask(runner, conversation_id)

    is_deleted = await runner.delete(uuid.uuid4())
    rest.set()

    assert not is_deleted
    assert (await get_answer(runner, question_id)).outcome == Outcome.ANSWERED


async def test_an_error_after_the_end_of_an_answer_is_logged_by_nobody(
    start_runner, conversation_id, caplog
):
    async def answer(text, **values):
        try:
            await asyncio.Event().wait()
        finally:
            raise RuntimeError("marked words")
        yield ANSWERED

    runner = start_runner()
    runner.answer = answer
    question_id = await ask(runner, conversation_id)

    await runner.stop(conversation_id, question_id)
    await get_answer(runner, question_id)
    await asyncio.sleep(0)
    gc.collect()

    assert "marked" not in caplog.text
