"""The staff's view of the evidence: sources can be edited and refreshed, texts only read."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError

from knowledge.models import Document, Passage, Publication, RefreshRun, Revision, Source
from knowledge.runs import request_run, send_run
from knowledge.types import SourceKind


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """What the refresh writes is looked at, never edited."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin[Source]):
    list_display = [
        "slug",
        "title",
        "publisher",
        "is_url_checked",
        "is_enabled",
        "last_success_at",
        "next_check_at",
    ]
    list_filter = ["kind", "is_url_checked", "is_enabled", "publisher"]
    search_fields = ["slug", "title", "url"]
    readonly_fields = ["last_success_at", "next_check_at"]
    prepopulated_fields = {"slug": ["title"]}
    actions = ["refresh_now"]

    @admin.action(description=_("Refresh now"), permissions=["change"])
    def refresh_now(self, request: HttpRequest, queryset: QuerySet[Source]) -> HttpResponse | None:
        official = queryset.exclude(kind=SourceKind.BRIEFINGS)
        runs = [
            request_run(source=source, asked_by=request.user.get_username()) for source in official
        ]
        for run in runs:
            transaction.on_commit(partial(self.send_to_worker, request, run))
        if len(runs) == 1:
            return HttpResponseRedirect(
                reverse("admin:knowledge_refreshrun_change", args=[runs[0].pk])
            )
        self.message_user(
            request, _("%(count)d refreshes are on their way.") % {"count": len(runs)}
        )
        return HttpResponseRedirect(reverse("admin:knowledge_refreshrun_changelist"))

    def send_to_worker(self, request: HttpRequest, run: RefreshRun) -> None:
        try:
            send_run(run)
        except OperationalError:
            text = _("The worker can't be reached. The refresh waits, and can be asked for again.")
            self.message_user(request, text, level=messages.ERROR)


class RevisionInline(admin.TabularInline[Revision, Document]):
    model = Revision
    fields = ["number", "title", "published_at", "fetched_at", "change_note"]
    readonly_fields = ("number", "title", "published_at", "fetched_at", "change_note")
    show_change_link = True
    can_delete = False
    extra = 0
    ordering = ["-number"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    list_display = ["title", "url", "status", "kind", "document_type", "checked_at"]
    list_filter = ["status", "kind", "source", "document_type"]
    search_fields = ["title", "url"]
    inlines = [RevisionInline]


@admin.register(Revision)
class RevisionAdmin(ReadOnlyAdmin):
    list_display = ["title", "number", "published_at", "fetched_at"]
    search_fields = ["title", "document__url"]
    readonly_fields = ["passages_table"]

    @admin.display(description=_("passages"))
    def passages_table(self, revision: Revision) -> SafeString:
        rows = Passage.objects.filter(revision=revision)
        return format_html_join(
            "",
            "<p><strong>{}</strong> {}<br>{}</p>",
            (
                (passage.position, " › ".join(passage.heading_path), passage.text)
                for passage in rows
            ),
        )


@admin.register(RefreshRun)
class RefreshRunAdmin(ReadOnlyAdmin):
    list_display = ["pk", "source", "state", "asked_by", "created_at", "finished_at", "summary"]
    list_filter = ["state", "source"]
    fields = [
        "source",
        "state",
        "asked_by",
        "created_at",
        "started_at",
        "finished_at",
        "publication",
        "summary",
        "failures",
    ]

    @admin.display(description=_("what it did"))
    def summary(self, run: RefreshRun) -> str:
        return str(run.report.get("summary", ""))

    @admin.display(description=_("what could not be read, and why"))
    def failures(self, run: RefreshRun) -> SafeString | str:
        failures = run.report.get("failures", [])
        if not failures:
            return str(_("nothing failed"))
        items = ((failure["url"], failure["reason"]) for failure in failures)
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}: {}</li>", items))


@admin.register(Publication)
class PublicationAdmin(ReadOnlyAdmin):
    list_display = ["pk", "published_at", "passage_count", "note"]
