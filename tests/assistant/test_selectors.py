"""Reads: positions, frames, history and the transcript."""

from __future__ import annotations

import pytest

from assistant.answering.types import AnswerResult, Outcome, Turn
from assistant.models import Answer, Conversation, Feedback, Frame
from assistant.protocol import build_finished, build_progress, build_sentence
from assistant.selectors import (
    Position,
    conversation_transcript,
    fold_frames,
    get_position,
    list_frames,
    recent_turns,
    show_sources_once,
)
from assistant.services import FinishedAnswer, record_answer
from tests.assistant.conftest import ANSWERED, make_citation, make_sentence
from tests.factories import DocumentFactory, PassageFactory, RevisionFactory, put_live


def ask(conversation, text, *payloads, sentences=None):
    question = conversation.questions.create(text=text)
    if sentences is not None:
        Answer.objects.create(
            question=question,
            outcome=Outcome.ANSWERED,
            sentences=[{"text": words, "label": "notice", "numbers": []} for words in sentences],
        )
    for payload in payloads:
        Frame.objects.create(
            conversation=conversation,
            question=question,
            seq=conversation.frames.count() + 1,
            payload={**payload, "question": question.pk},
        )
    return question


@pytest.mark.django_db
def test_a_conversation_that_nobody_began_stands_at_the_beginning(conversation_id):
    assert get_position(conversation_id) == Position(0, None)
    assert conversation_transcript(conversation_id) == []


@pytest.mark.django_db
def test_the_position_names_the_question_without_an_answer():
    conversation = Conversation.objects.create()
    ask(conversation, "First?", build_progress(0, "understanding"), sentences=["Yes."])
    question = ask(conversation, "Second?", build_progress(0, "understanding"))

    assert get_position(conversation.pk) == Position(2, question.pk)


@pytest.mark.django_db
def test_only_later_frames_of_the_same_conversation_are_listed():
    conversation, other = Conversation.objects.create(), Conversation.objects.create()
    steps = [build_progress(0, step) for step in ("understanding", "searching", "writing")]
    ask(conversation, "Mine?", *steps)
    ask(other, "Theirs?", *steps)

    frames = list_frames(conversation.pk, after=1)

    assert [(seq, payload["step"]) for seq, payload in frames] == [
        (2, "searching"),
        (3, "writing"),
    ]


@pytest.mark.django_db
def test_history_is_the_last_answered_turns_before_the_question():
    conversation = Conversation.objects.create()
    for number in range(7):
        ask(conversation, f"Question {number}?", sentences=[f"Yes {number}.", "Truly."])
    question = ask(conversation, "And now?")
    ask(Conversation.objects.create(), "Somebody else's?", sentences=["No."])

    turns = recent_turns(question, limit=2)

    assert turns == (Turn("Question 5?", "Yes 5. Truly."), Turn("Question 6?", "Yes 6. Truly."))


@pytest.mark.django_db
def test_a_transcript_shows_what_the_live_page_showed():
    conversation = Conversation.objects.create()
    citation = make_citation()
    ask(
        conversation,
        "How much?",
        build_progress(0, "understanding"),
        build_sentence(0, make_sentence(1, "Two coins.", (citation,))),
        build_finished(0, ANSWERED),
    )
    ask(conversation, "<b>And back?</b>", build_progress(0, "understanding"))

    first, second = conversation_transcript(conversation.pk)

    assert (first["is_open"], first["outcome"]) == (False, "answered")
    assert first["sentences"][0]["numbers"] == [1]
    assert first["citations"][0]["quote"] == citation.quote
    assert (second["text"], second["is_open"]) == ("<b>And back?</b>", True)


def test_a_second_attempt_takes_the_place_of_the_first():
    frames = [
        build_progress(1, "understanding"),
        build_sentence(1, make_sentence(1, "From the dead process.")),
        build_progress(1, "restarted"),
        build_sentence(1, make_sentence(1, "From the living one.")),
    ]

    folded = fold_frames(frames)

    assert [sentence["text"] for sentence in folded["sentences"]] == ["From the living one."]
    assert folded["is_open"]


def test_choices_are_shown_again_and_frames_from_before_them_have_none():
    new = build_finished(0, AnswerResult(outcome=Outcome.NO_EVIDENCE, choices=("A?",)))
    old = {key: value for key, value in new.items() if key != "choices"}

    assert fold_frames([new])["choices"] == ["A?"]
    assert fold_frames([old])["choices"] == []


def test_sentences_in_a_row_from_the_same_sources_show_them_once_at_the_end():
    sentences = [{"numbers": [1]}, {"numbers": [1]}, {"numbers": [2]}, {"numbers": [1]}]

    shown = [sentence["shows_sources"] for sentence in show_sources_once(sentences)]

    assert shown == [False, True, True, True]


# --- what became of the sources since ----------------------------------------------------------


def answer_from(passage, quote, conversation=None):
    """A finished answer that quotes the passage, as it was stored when it was given."""
    conversation = conversation or Conversation.objects.create()
    citation = make_citation(
        quote=quote,
        document_id=passage.revision.document_id,
        revision_id=passage.revision_id,
        passage_id=passage.pk,
        supports=(),
    )
    question = ask(
        conversation,
        "How much?",
        build_sentence(0, make_sentence(1, quote, (citation,))),
        build_finished(0, ANSWERED),
    )
    finished = FinishedAnswer(ANSWERED, [make_sentence(1, quote, (citation,))], [citation])
    record_answer(question_id=question.pk, finished=finished)
    return question


@pytest.mark.django_db
def test_a_turn_whose_source_has_changed_shows_the_old_and_the_new_words(fake_embedding):
    passage = PassageFactory(revision=RevisionFactory(text="Two coins."))
    put_live(passage.revision)
    question = answer_from(passage, "Two coins.")
    (unchanged,) = conversation_transcript(question.conversation_id)
    newer = RevisionFactory(document=passage.revision.document, text="Nine coins.")
    PassageFactory(revision=newer)
    put_live(newer)

    (turn,) = conversation_transcript(question.conversation_id)

    assert unchanged["changed"] == []
    (citation,) = turn["changed"]
    assert citation["number"] == 1
    assert "".join(part.text for part in citation["change"].new) == "Nine coins."
    assert turn["sentences"][0]["citations"][0]["change"] is citation["change"]


@pytest.mark.django_db
def test_a_long_conversation_costs_a_handful_of_queries(
    fake_embedding, django_assert_max_num_queries
):
    document = DocumentFactory()
    conversation = Conversation.objects.create()
    for number in range(20):
        revision = RevisionFactory(document=document, text=f"It costs {number} coins.")
        passage = PassageFactory(revision=revision)
        put_live(revision)
        answer_from(passage, f"It costs {number} coins.", conversation)

    with django_assert_max_num_queries(20):
        turns = conversation_transcript(conversation.pk)

    assert sum(bool(turn["changed"]) for turn in turns) == 19


@pytest.mark.django_db
def test_a_turn_knows_what_its_reader_said_of_it():
    conversation = Conversation.objects.create()
    question = ask(conversation, "How much?", build_finished(0, ANSWERED), sentences=["Two."])
    ask(conversation, "And back?", build_finished(0, ANSWERED), sentences=["Two."])
    Feedback.objects.create(answer=question.answer, is_helpful=False, reason="wrong")

    first, second = conversation_transcript(conversation.pk)

    assert first["feedback"] == {"is_helpful": False, "reason": "wrong"}
    assert second["feedback"] is None
