"""Writes: what is stored, what is refused, and who may go on with a question."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from assistant.answering.types import AnswerResult, Outcome
from assistant.models import Answer, Citation, Conversation, Feedback, Frame, Question
from assistant.selectors import recent_turns
from assistant.services import (
    RESTART_LIMIT,
    ClaimState,
    ConversationDeleted,
    DayInFuture,
    FinishedAnswer,
    QuestionEmpty,
    QuestionPending,
    QuestionTooLong,
    ask_question,
    ask_to_stop,
    claim_orphan,
    clean_question,
    delete_conversation,
    expire_conversations,
    give_feedback,
    record_progress,
    release_claims,
    settle_feedback,
)
from knowledge.liveness import get_holder
from tests.assistant.conftest import ANSWERED, make_citation, make_sentence

NOW = timezone.now()
ELSEWHERE = "another-machine:1:1"


def ask(conversation_id, text="How much?", *, key="", holder="us", as_of=None, is_begun=False):
    return ask_question(
        conversation_id=conversation_id,
        text=text,
        key=key,
        as_of=as_of,
        language="en",
        holder=holder,
        now=NOW,
        build_frame=lambda question: {"step": "understanding"},
        is_begun=is_begun,
    )


def claim(conversation_id, *, holder="us", running=(), now=NOW):
    return claim_orphan(
        conversation_id=conversation_id,
        holder=holder,
        running=running,
        now=now,
        build_frame=lambda question: {"step": "restarted"},
    )


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  How\n\tmuch ?  ", "How much ?"),
        ("nul\x00 bell\x07", "nul bell"),
        ("half \ud83d pair", "half pair"),
        ("hidden\U000e0041\U000e0042 letters", "hidden letters"),
        ("می‌خواهم", "می‌خواهم"),
        ("a" * 600 + "  ", "a" * 600),
    ],
)
def test_a_question_keeps_its_words_and_loses_what_can_not_be_seen(text, cleaned):
    assert clean_question(text) == cleaned


@pytest.mark.parametrize("text", ["", " \n ", "\u200b\u200d", "\x00\x01", "\U000e0041"])
def test_a_question_without_words_is_refused(text):
    with pytest.raises(QuestionEmpty):
        clean_question(text)


def test_a_question_that_is_too_long_is_refused():
    with pytest.raises(QuestionTooLong):
        clean_question("é" * 601)


@pytest.mark.django_db
def test_the_first_question_makes_the_conversation(conversation_id):
    asked = ask(conversation_id)

    assert asked.is_new
    assert asked.question.conversation_id == conversation_id
    assert [frame.seq for frame in Frame.objects.all()] == [1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "kept"), [("2", "Who pays?"), ("the first one", "Who rides?"), ("5", "5")]
)
def test_a_choice_by_its_number_is_kept_as_the_whole_question(conversation_id, typed, kept):
    unclear = ask(conversation_id).question
    asked_back = AnswerResult(
        outcome=Outcome.CLARIFICATION_NEEDED, choices=("Who rides?", "Who pays?")
    )
    finished = FinishedAnswer(asked_back, sentences=(), citations=())
    record_progress(question=unclear, holder="us", now=NOW, finished=finished)

    chosen = ask(conversation_id, typed)

    assert chosen.question.text == kept


@pytest.mark.django_db
def test_a_refused_question_leaves_nothing_behind(conversation_id):
    with pytest.raises(QuestionEmpty):
        ask(conversation_id, " ")

    assert not Conversation.objects.exists()


@pytest.mark.django_db
def test_one_question_is_open_at_a_time(conversation_id):
    ask(conversation_id)

    with pytest.raises(QuestionPending):
        ask(conversation_id, "And back?")


@pytest.mark.django_db
def test_the_same_key_gives_the_same_question_back(conversation_id):
    first = ask(conversation_id, key="k")

    again = ask(conversation_id, key="k")

    assert (again.question.pk, again.is_new) == (first.question.pk, False)


@pytest.mark.django_db
def test_an_answer_is_recorded_with_the_frame_that_tells_of_it(conversation_id):
    question = ask(conversation_id).question
    citation = make_citation(heading="h" * 1200)
    finished = FinishedAnswer(ANSWERED, [make_sentence(1, "Two coins.", (citation,))], [citation])

    state = record_progress(
        question=question,
        holder="us",
        now=NOW,
        payloads=[{"type": "x"}, {"type": "y"}],
        finished=finished,
    )

    stored = Citation.objects.get()
    assert state is ClaimState.HELD
    assert Answer.objects.get().sentences == [
        {"position": 1, "text": "Two coins.", "label": "briefing", "numbers": [1]}
    ]
    assert (stored.quote, stored.passage, len(stored.heading)) == (citation.quote, 9, 1000)
    assert [frame.seq for frame in Frame.objects.all()] == [1, 2, 3]


@pytest.mark.django_db
def test_the_choices_of_an_answer_are_there_for_the_next_turn(conversation_id):
    question = ask(conversation_id).question
    result = AnswerResult(outcome=Outcome.CLARIFICATION_NEEDED, choices=("A?", "B?"))
    record_progress(
        question=question, holder="us", now=NOW, finished=FinishedAnswer(result, [], [])
    )
    following = ask(conversation_id, "the second").question

    (turn,) = recent_turns(following)

    assert turn.choices == ("A?", "B?")


@pytest.mark.django_db
def test_one_who_lost_the_claim_writes_nothing(conversation_id):
    question = ask(conversation_id).question
    Question.objects.update(holder=ELSEWHERE)

    state = record_progress(
        question=question,
        holder="us",
        now=NOW,
        payloads=[{"type": "x"}],
        finished=FinishedAnswer(ANSWERED, [], []),
    )

    assert state is ClaimState.LOST
    assert Frame.objects.count() == 1
    assert not Answer.objects.exists()


@pytest.mark.django_db
def test_a_second_answer_is_dropped(conversation_id):
    question = ask(conversation_id).question
    finished = FinishedAnswer(ANSWERED, [], [])
    record_progress(question=question, holder="us", now=NOW, finished=finished)

    state = record_progress(
        question=question, holder="us", now=NOW, payloads=[{"type": "x"}], finished=finished
    )

    assert state is ClaimState.LOST
    assert (Answer.objects.count(), Frame.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_a_deleted_conversation_is_a_lost_claim(conversation_id):
    question = ask(conversation_id).question
    Conversation.objects.all().delete()

    state = record_progress(question=question, holder="us", now=NOW, payloads=[{"type": "x"}])

    assert state is ClaimState.LOST


@pytest.mark.django_db
def test_a_sign_of_life_learns_that_a_stop_was_asked(conversation_id):
    question = ask(conversation_id).question
    ask_to_stop(conversation_id=conversation_id, question_id=question.pk)
    later = NOW + timedelta(seconds=2)

    state = record_progress(question=question, holder="us", now=later)

    question.refresh_from_db()
    assert state is ClaimState.STOP_ASKED
    assert question.heartbeat_at == later


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("holder", "silence", "running", "is_claimed"),
    [
        (ELSEWHERE, 14, False, False),
        (ELSEWHERE, 16, False, True),
        # This machine knows that its process is gone, however fresh the heartbeat is.
        ("dead", 0, False, True),
        ("us", 60, True, False),
        ("us", 4, False, False),
        ("us", 6, False, True),
    ],
)
def test_a_question_is_taken_over_when_its_holder_is_dead(
    conversation_id, holder, silence, running, is_claimed
):
    dead = get_holder().rpartition(":")[0] + ":0"
    question = ask(conversation_id, holder=dead if holder == "dead" else holder).question

    claimed = claim(
        conversation_id,
        running={question.pk} if running else set(),
        now=NOW + timedelta(seconds=silence),
    )

    assert (claimed is not None) is is_claimed
    assert Frame.objects.filter(payload__step="restarted").count() == int(is_claimed)


@pytest.mark.django_db
def test_an_orphan_is_taken_over_once(conversation_id):
    ask(conversation_id, holder=ELSEWHERE)
    later = NOW + timedelta(minutes=1)

    first = claim(conversation_id, now=later)
    second = claim(conversation_id, holder="another-machine:2:2", now=later)

    assert first is not None
    assert second is None


@pytest.mark.django_db
def test_a_question_that_ends_its_process_each_time_is_given_up(conversation_id):
    ask(conversation_id, holder=ELSEWHERE)
    minutes = range(1, RESTART_LIMIT + 2)

    claims = [claim(conversation_id, now=NOW + timedelta(minutes=minute)) for minute in minutes]

    assert [claimed.is_given_up for claimed in claims] == [False] * RESTART_LIMIT + [True]


@pytest.mark.django_db
def test_a_released_question_may_be_taken_over_at_once(conversation_id):
    question = ask(conversation_id).question
    release_claims(question_ids=[question.pk], holder="us")

    assert claim(conversation_id, holder=ELSEWHERE) is not None


@pytest.mark.django_db
def test_a_conversation_without_an_open_question_has_no_orphan(conversation_id):
    assert claim(conversation_id) is None


def list_belonging(model=Conversation):
    """Every model whose rows belong to a conversation, however far down."""
    belonging = {model}
    for relation in model._meta.related_objects:
        if relation.related_model not in belonging:
            belonging |= list_belonging(relation.related_model)
    return belonging


def tell_everything(conversation_id):
    """A conversation with a row in each table that belongs to it."""
    question = ask(conversation_id).question
    citation = make_citation()
    finished = FinishedAnswer(ANSWERED, [make_sentence(1, citations=(citation,))], [citation])
    record_progress(question=question, holder="us", now=NOW, finished=finished)
    give_feedback(conversation_id=conversation_id, question_id=question.pk, is_helpful=True)
    return question


def count_rows():
    return {model.__name__: model.objects.count() for model in list_belonging()}


@pytest.mark.django_db
def test_a_deleted_conversation_leaves_no_row_in_any_table_that_belongs_to_it(conversation_id):
    tell_everything(conversation_id)
    before = count_rows()

    is_deleted = delete_conversation(conversation_id=conversation_id)

    assert is_deleted
    assert all(before.values()), "tell_everything makes a row in each"
    assert set(count_rows().values()) == {0}


@pytest.mark.django_db
def test_deleting_touches_nobody_else(conversation_id):
    tell_everything(uuid.uuid4())
    before = count_rows()

    assert not delete_conversation(conversation_id=conversation_id)
    assert count_rows() == before


@pytest.mark.django_db
def test_a_question_from_an_old_tab_does_not_bring_a_deleted_conversation_back(conversation_id):
    tell_everything(conversation_id)
    delete_conversation(conversation_id=conversation_id)

    with pytest.raises(ConversationDeleted):
        ask(conversation_id, is_begun=True)

    assert not Conversation.objects.exists()


@pytest.mark.django_db
def test_whoever_answers_in_a_deleted_conversation_has_lost_it(conversation_id):
    question = ask(conversation_id).question
    delete_conversation(conversation_id=conversation_id)

    beat = record_progress(question=question, holder="us", now=NOW)
    frame = record_progress(question=question, holder="us", now=NOW, payloads=[{"type": "x"}])

    assert (beat, frame) == (ClaimState.LOST, ClaimState.LOST)
    assert not Frame.objects.exists()


@pytest.mark.django_db
def test_what_expires_leaves_no_row_either(conversation_id, settings):
    tell_everything(conversation_id)

    expire_conversations(now=NOW + timedelta(days=settings.ASSISTANT_RETENTION_DAYS + 1))

    assert set(count_rows().values()) == {0}


@pytest.mark.django_db
def test_old_conversations_are_deleted_with_everything(conversation_id, settings):
    settings.ASSISTANT_RETENTION_DAYS = 30
    question = ask(conversation_id).question
    citation = make_citation()
    finished = FinishedAnswer(ANSWERED, [make_sentence(1, citations=(citation,))], [citation])
    record_progress(question=question, holder="us", now=NOW, finished=finished)
    kept = Conversation.objects.create()

    early = expire_conversations(now=NOW + timedelta(days=29))
    Conversation.objects.filter(pk=kept.pk).update(created_at=NOW + timedelta(days=20))
    deleted = expire_conversations(now=NOW + timedelta(days=31))

    assert (early, deleted) == (0, 1)
    assert list(Conversation.objects.all()) == [kept]
    assert not Citation.objects.exists()
    assert not Frame.objects.exists()


@pytest.mark.django_db
def test_a_question_about_a_day_to_come_is_refused(conversation_id):
    ask(conversation_id, as_of=NOW.date(), key="today")

    with pytest.raises(DayInFuture):
        ask(conversation_id, as_of=NOW.date() + timedelta(days=1))


@pytest.fixture
def answer():
    question = Conversation.objects.create().questions.create(text="How much?")
    return Answer.objects.create(question=question, outcome="answered")


def say(answer, *, conversation_id=None, **said):
    return give_feedback(
        conversation_id=conversation_id or answer.question.conversation_id,
        question_id=answer.question_id,
        **said,
    )


@pytest.mark.django_db
def test_the_last_word_on_an_answer_counts(answer):
    for said in ({"is_helpful": False, "reason": "wrong"}, {"is_helpful": True}) * 2:
        assert say(answer, **said)

    feedback = Feedback.objects.get()
    assert (feedback.is_helpful, feedback.reason) == (True, "")


@pytest.mark.django_db
def test_another_reader_has_no_word_on_an_answer(answer, conversation_id):
    assert not say(answer, conversation_id=conversation_id, is_helpful=True)
    assert not Feedback.objects.exists()


@pytest.mark.django_db
def test_what_is_settled_opens_again_only_by_another_word(answer):
    say(answer, is_helpful=False, reason="wrong")
    assert settle_feedback(answer_id=answer.pk, who="ann", now=NOW)
    assert not settle_feedback(answer_id=answer.pk, who="bob", now=NOW)

    say(answer, is_helpful=False, reason="wrong")
    assert Feedback.objects.get().settled_by == "ann"
    say(answer, is_helpful=False, reason="unclear")

    assert Feedback.objects.get().settled_at is None


@pytest.mark.django_db
def test_a_question_is_stored_without_personal_data(conversation_id):
    question = ask(conversation_id, "I am Hoda Testova, 07700 900123. How much?").question

    question.refresh_from_db()
    assert question.text == "I am [name], [phone number]. How much?"


@pytest.mark.django_db
def test_the_limit_is_on_what_was_typed_not_on_what_is_stored(conversation_id):
    typed = "a@b.fr " * 85

    question = ask(conversation_id, typed).question

    assert len(typed) < 600 < len(question.text)
