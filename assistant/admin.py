"""Conversations, to read: staff look here for what was answered badly, and change nothing."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from assistant.models import Conversation, Question

# The login of the staff desk too.
admin.site.site_header = admin.site.site_title = _("Staff of ‘one in, one out’")
admin.site.index_title = _("Accounts and records")


class ReadOnly:
    """What readers said and what they were told is a record."""

    def has_add_permission(self, *args: Any, **kwargs: Any) -> bool:
        return False

    def has_change_permission(self, *args: Any, **kwargs: Any) -> bool:
        return False

    def has_delete_permission(self, *args: Any, **kwargs: Any) -> bool:
        return False


class QuestionInline(ReadOnly, admin.StackedInline[Question, Conversation]):
    model = Question
    fields = ("asked_at", "text", "as_of", "outcome", "answer_text", "citation_list")
    readonly_fields = fields
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Question]:
        questions = super().get_queryset(request)
        return questions.select_related("answer").prefetch_related("answer__citations")

    @admin.display(description=_("outcome"))
    def outcome(self, question: Question) -> str:
        return question.answer.outcome if hasattr(question, "answer") else str(_("not answered"))

    @admin.display(description=_("answer"))
    def answer_text(self, question: Question) -> str:
        if not hasattr(question, "answer"):
            return ""
        return "\n".join(
            f"{sentence['text']} {''.join(f'[{number}]' for number in sentence['numbers'])}"
            for sentence in question.answer.sentences
        )

    @admin.display(description=_("citations"))
    def citation_list(self, question: Question) -> str:
        if not hasattr(question, "answer"):
            return ""
        return "\n".join(
            f"[{citation.number}] {citation.title}: “{citation.quote}” {citation.url}"
            for citation in question.answer.citations.all()
        )


@admin.register(Conversation)
class ConversationAdmin(ReadOnly, admin.ModelAdmin[Conversation]):
    list_display = ["created_at", "question_count", "outcomes", "language"]
    list_filter = ["questions__answer__outcome", "created_at"]
    search_fields = ["questions__text"]
    date_hierarchy = "created_at"
    inlines = [QuestionInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Conversation]:
        return (
            super()
            .get_queryset(request)
            .prefetch_related("questions__answer")
            .annotate(questions_asked=Count("questions", distinct=True))
        )

    @admin.display(description=_("questions"), ordering="questions_asked")
    def question_count(self, conversation: Conversation) -> int:
        return int(getattr(conversation, "questions_asked", 0))

    @admin.display(description=_("outcomes"))
    def outcomes(self, conversation: Conversation) -> str:
        return ", ".join(
            question.answer.outcome
            for question in conversation.questions.all()
            if hasattr(question, "answer")
        )
