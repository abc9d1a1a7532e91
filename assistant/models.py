"""The conversation: questions as sent, answers as released, and the frames that carried them.

A frame is stored before it is sent, so that a reader who reconnects gets exactly what is missing.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assistant.answering.types import Outcome


class Conversation(models.Model):
    """One reader's turns, reached only by the signed cookie that holds its id."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    language = models.CharField(_("language"), max_length=12, default="en")
    created_at = models.DateTimeField(_("begun"), auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")

    def __str__(self) -> str:
        return f"conversation {self.pk}"


class Question(models.Model):
    """The reader's words, stored before anything is answered."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="questions"
    )
    # Made by the page, so that a question sent again after a lost connection is not asked twice.
    key = models.CharField(max_length=64, blank=True)
    # Without personal data: what was hidden may be shorter than what stands in its place.
    text = models.TextField(_("question"))
    as_of = models.DateField(_("as of"), null=True, blank=True)
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    # The process that is answering, and its last sign of life: a dead one's question is
    # answered again on resume.
    holder = models.CharField(max_length=200, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    is_stop_asked = models.BooleanField(default=False)

    class Meta:
        ordering = ["asked_at", "pk"]
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "key"], condition=~Q(key=""), name="one_question_a_key"
            ),
        ]

    def __str__(self) -> str:
        return f"question {self.pk}"


class Answer(models.Model):
    """What was released for a question. One at most, whoever finishes first."""

    question = models.OneToOneField(Question, on_delete=models.CASCADE, related_name="answer")
    outcome = models.CharField(
        _("outcome"),
        max_length=30,
        choices=[(outcome.value, outcome.value) for outcome in Outcome],
    )
    language = models.CharField(_("language"), max_length=12, default="en")
    # [{"text", "label", "numbers": [n, …]}, …] in the order of release.
    sentences = models.JSONField(default=list)
    # Knowledge's publication that was live; kept as a number, since knowledge owns that table.
    publication = models.PositiveBigIntegerField(null=True, blank=True)
    timings_ms = models.JSONField(default=dict, blank=True)
    # Whole questions that were offered to choose from.
    choices = models.JSONField(default=list, blank=True)
    finished_at = models.DateTimeField(_("finished"), auto_now_add=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")

    def __str__(self) -> str:
        return f"answer {self.pk}: {self.outcome}"


class Citation(models.Model):
    """A numbered quote under an answer, with the dates and the place that it had then."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="citations")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=500)
    heading = models.CharField(max_length=1000, blank=True)
    publisher = models.CharField(max_length=200)
    url = models.URLField(max_length=600)
    quote = models.TextField()
    published = models.DateField(null=True, blank=True)
    checked = models.DateField()
    licence = models.CharField(max_length=200, blank=True)
    # Knowledge's rows, by number.
    document = models.PositiveBigIntegerField(db_index=True)
    revision = models.PositiveBigIntegerField(db_index=True)
    passage = models.PositiveBigIntegerField()
    start = models.PositiveIntegerField(default=0)
    supports = models.JSONField(default=list, blank=True)
    # Published under an earlier government, as the page said.
    is_historic = models.BooleanField(default=False)

    class Meta:
        ordering = ["answer", "number"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "number"], name="one_citation_a_number"),
        ]

    def __str__(self) -> str:
        return f"[{self.number}] of answer {self.answer_id}"


class FeedbackReason(models.TextChoices):
    """Why an answer did not help. A closed list: free words would hold people's stories."""

    WRONG = "wrong", _("It is wrong")
    OUT_OF_DATE = "out_of_date", _("It is out of date")
    NOT_MY_QUESTION = "not_my_question", _("It answers something else")
    UNCLEAR = "unclear", _("I don’t understand it")


class Feedback(models.Model):
    """A reader's word on an answer; the last one counts."""

    answer = models.OneToOneField(Answer, on_delete=models.CASCADE, related_name="feedback")
    is_helpful = models.BooleanField(_("helped"))
    reason = models.CharField(
        _("reason"), max_length=20, choices=FeedbackReason.choices, blank=True
    )
    given_at = models.DateTimeField(_("given"), auto_now=True)
    # Staff have looked at it.
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.CharField(_("settled by"), max_length=150, blank=True)

    class Meta:
        ordering = ["-given_at"]
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")

    def __str__(self) -> str:
        return f"feedback on answer {self.answer_id}"


class Frame(models.Model):
    """A websocket payload for a conversation's readers, in the order of sending."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="frames")
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="frames")
    seq = models.PositiveIntegerField()
    payload = models.JSONField()

    class Meta:
        ordering = ["conversation", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="one_frame_a_seq"),
        ]

    def __str__(self) -> str:
        return f"frame {self.seq} of {self.conversation_id}"
