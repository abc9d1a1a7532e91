"""The evidence: sources, documents and their dated revisions, cut into passages.

Revisions and passages never change once written. What was live when is a matter of LivePeriod
rows alone, so an answer can be asked as of a date and rolling back writes rows, never texts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from knowledge.types import DocumentKind, DocumentStatus, SourceKind


def choices(values: Any) -> list[tuple[str, str]]:
    return [(value.value, value.value.replace("_", " ")) for value in values]


class Immutable(models.Model):
    """A row that is written once."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise RowIsImmutable(f"{type(self).__name__} {self.pk} can't be changed")
        super().save(*args, **kwargs)


class RowIsImmutable(Exception):
    """Somebody tried to change a revision or a passage."""


class SourceQuerySet(models.QuerySet["Source"]):
    def due(self, now: datetime) -> SourceQuerySet:
        return self.filter(is_enabled=True).filter(
            Q(next_check_at__isnull=True) | Q(next_check_at__lte=now)
        )

    def official(self) -> SourceQuerySet:
        return self.exclude(kind=SourceKind.BRIEFINGS)


class Source(models.Model):
    """A publisher's page or feed that we read."""

    slug = models.SlugField(_("short name"), unique=True, max_length=80)
    title = models.CharField(_("title"), max_length=300)
    kind = models.CharField(_("kind"), max_length=20, choices=choices(SourceKind))
    url = models.URLField(_("address"), max_length=500, unique=True)
    publisher = models.CharField(_("publisher"), max_length=200)
    licence = models.CharField(_("licence"), max_length=200)
    check_every_hours = models.PositiveIntegerField(_("hours between checks"), default=24)
    is_url_checked = models.BooleanField(_("address was seen at its publisher's"), default=False)
    is_enabled = models.BooleanField(_("in use"), default=True)
    note = models.TextField(_("note"), blank=True)
    next_check_at = models.DateTimeField(_("next check"), null=True, blank=True)
    last_success_at = models.DateTimeField(_("last success"), null=True, blank=True)

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return self.title


class Document(models.Model):
    """One page, known by its canonical URL, through all its revisions."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="documents")
    url = models.URLField(_("address"), max_length=500, unique=True)
    kind = models.CharField(
        _("kind"), max_length=20, choices=choices(DocumentKind), default=DocumentKind.OFFICIAL
    )
    document_type = models.CharField(_("type"), max_length=80, blank=True)
    title = models.CharField(_("title"), max_length=500, blank=True)
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    locale = models.CharField(_("language"), max_length=12, default="en")
    status = models.CharField(
        _("status"), max_length=20, choices=choices(DocumentStatus), default=DocumentStatus.LIVE
    )
    status_reason = models.TextField(_("reason"), blank=True)
    status_since = models.DateTimeField(_("since"), null=True, blank=True)
    replacement_url = models.URLField(_("replaced by"), max_length=500, blank=True)
    etag = models.CharField(max_length=300, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    # The version of our reading that the etag goes with: a better parser must see the page again.
    reading_version = models.PositiveIntegerField(default=0)
    # Remembered so that a page answered "not modified" still leads to what belongs to it.
    children = models.JSONField(default=list, blank=True)
    first_seen_at = models.DateTimeField(_("first seen"), auto_now_add=True)
    # When we last saw that the newest revision is what the publisher shows.
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)
    missing_since = models.DateTimeField(_("not found since"), null=True, blank=True)

    class Meta:
        ordering = ["url"]
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return self.title or self.url


class Revision(Immutable):
    """One immutable version of a document's content."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=500)
    text = models.TextField(_("text"))
    # Of the text and of the passages' places, so that a better chunking is a new revision.
    text_digest = models.CharField(max_length=64)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    change_note = models.TextField(_("what changed, by the publisher"), blank=True)
    fetched_at = models.DateTimeField(_("read"))

    class Meta:
        ordering = ["document", "number"]
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="one_revision_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"


class Passage(Immutable):
    """The unit that is indexed, retrieved and cited: text is revision.text[start:end]."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="passages")
    position = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    text = models.TextField()
    heading_path = models.JSONField(default=list)
    url = models.URLField(max_length=600)
    # [[number, start, end], …] and [[start, end], …], places in the revision's text.
    numbers = models.JSONField(default=list, blank=True)
    lead_ins = models.JSONField(default=list, blank=True)
    # Briefings: [{"url", "paragraph", "digest"}, …], the official words that the passage rests on.
    rests_on = models.JSONField(default=list, blank=True)
    # Other ways to ask for what the passage says; each is embedded beside it.
    asks = models.JSONField(default=list, blank=True)
    # Briefings: the date of the fact, and when we last checked it.
    fact_on = models.DateField(null=True, blank=True)
    checked_on = models.DateField(null=True, blank=True)
    # Of what is embedded: the title, the heading path, the lead-ins and the text.
    digest = models.CharField(max_length=64, db_index=True)

    class Meta:
        ordering = ["revision", "position"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "position"], name="one_passage_a_place"),
            models.CheckConstraint(
                condition=Q(end__gt=models.F("start")), name="passage_is_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"passage {self.pk}"


class PassageEmbedding(models.Model):
    """A vector, cached by what was embedded and by the recipe that embedded it."""

    digest = models.CharField(max_length=64)
    recipe = models.CharField(max_length=64)
    # float32, little-endian, normalised.
    vector = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest", "recipe"], name="one_vector_a_recipe"),
        ]

    def __str__(self) -> str:
        return f"{self.digest[:12]} by {self.recipe[:12]}"


class Publication(models.Model):
    """A set of revisions that went live together. The newest published one is what readers get."""

    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    # Null while it is a candidate. Written last: until then readers keep the previous one.
    published_at = models.DateTimeField(_("live from"), null=True, blank=True, db_index=True)
    index_directory = models.CharField(max_length=200, blank=True)
    recipe = models.CharField(max_length=64, blank=True)
    passage_count = models.PositiveIntegerField(_("passages"), default=0)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        ordering = ["-published_at"]
        verbose_name = _("publication")
        verbose_name_plural = _("publications")

    def __str__(self) -> str:
        return f"publication {self.pk}"


class LivePeriod(models.Model):
    """A revision was live from one publication until another; `live_until` is null while it is."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="live_periods")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="live_periods")
    publication = models.ForeignKey(
        Publication, on_delete=models.PROTECT, related_name="live_periods"
    )
    live_from = models.DateTimeField(db_index=True)
    live_until = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        ordering = ["live_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["document"],
                condition=Q(live_until__isnull=True),
                name="one_live_revision_a_document",
            ),
            models.CheckConstraint(
                condition=Q(live_until__isnull=True) | Q(live_until__gt=models.F("live_from")),
                name="live_period_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"revision {self.revision_id} live from {self.live_from:%Y-%m-%d}"


class RunState(models.TextChoices):
    WAITING = "waiting", _("waiting for the worker")
    RUNNING = "running", _("running")
    FINISHED = "finished", _("finished")
    FAILED = "failed", _("failed")
    ABANDONED = "abandoned", _("abandoned")


class RefreshRun(models.Model):
    """One refresh of one source, and also its lock: a source has one that is running."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="refresh_runs")
    state = models.CharField(
        _("state"), max_length=20, choices=RunState.choices, default=RunState.WAITING
    )
    asked_by = models.CharField(_("asked by"), max_length=150, blank=True)
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # The process that holds the lock, 'host:pid:start', and its last sign of life.
    holder = models.CharField(max_length=200, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    step = models.CharField(_("step"), max_length=40, blank=True)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), default=0)
    report = models.JSONField(_("report"), default=dict, blank=True)
    publication = models.ForeignKey(
        Publication, on_delete=models.SET_NULL, null=True, blank=True, related_name="refresh_runs"
    )

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("refresh run")
        verbose_name_plural = _("refresh runs")
        constraints = [
            models.UniqueConstraint(
                fields=["source"],
                condition=Q(state=RunState.RUNNING),
                name="one_running_refresh_a_source",
            ),
        ]

    def __str__(self) -> str:
        return f"refresh {self.pk} of {self.source_id}"
