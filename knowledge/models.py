"""The evidence: sources, documents and their dated revisions, cut into passages.

Revisions and passages never change once written. What was live when is a matter of LivePeriod
rows alone, so an answer can be asked as of a date and rolling back writes rows, never texts.
Who decided what, and why, is a Decision; those are never changed either.
"""

from __future__ import annotations

from datetime import datetime, timedelta
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


class KeptForEver(models.QuerySet[Any]):
    """Rows that nobody may change or delete, not even many at once."""

    def update(self, **changes: Any) -> int:
        raise RowIsImmutable(f"{self.model.__name__} rows can't be changed")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise RowIsImmutable(f"{self.model.__name__} rows are kept for ever")


class SourceQuerySet(models.QuerySet["Source"]):
    def official(self) -> SourceQuerySet:
        """What is fetched from publishers."""
        return self.exclude(kind__in=[SourceKind.BRIEFINGS, SourceKind.UPLOADS])


class Source(models.Model):
    """A publisher's page or feed that we read."""

    slug = models.SlugField(_("short name"), unique=True, max_length=80)
    title = models.CharField(_("title"), max_length=300)
    kind = models.CharField(_("kind"), max_length=20, choices=choices(SourceKind))
    url = models.URLField(_("address"), max_length=500, unique=True)
    publisher = models.CharField(_("publisher"), max_length=200)
    licence = models.CharField(_("licence"), max_length=200)
    check_every_hours = models.PositiveIntegerField(_("hours between checks"), default=24)
    # Silence for longer is worth a look: the page may have moved, or our reading may have broken.
    expected_change_days = models.PositiveIntegerField(
        _("days within which a change is expected"), null=True, blank=True
    )
    # How many documents the last listing named: a much shorter one is not believed.
    listed_count = models.PositiveIntegerField(_("documents listed"), default=0)
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

    def is_due(self, now: datetime) -> bool:
        """A next check further off than one interval was set by a clock that was wrong."""
        interval = timedelta(hours=self.check_every_hours)
        planned = self.next_check_at
        return self.is_enabled and (planned is None or planned <= now or planned > now + interval)


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
    # Staff who took it out of use: then no refresh brings it back, only a person.
    withdrawn_by = models.CharField(_("withdrawn by"), max_length=150, blank=True)
    # Briefings: staff have written here, so the file that it began as no longer counts.
    is_edited = models.BooleanField(_("edited by staff"), default=False)
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
    # Published under an earlier government, as the page says.
    is_historic = models.BooleanField(_("history mode"), default=False)

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


class HeldRevision(models.Model):
    """A revision that a person keeps from going live; the one before it stays wanted.

    Released by deleting the row. A newer revision of the document is not held by it.
    """

    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="hold")
    held_by = models.CharField(_("held back by"), max_length=150)
    held_at = models.DateTimeField(_("held back"), auto_now_add=True)
    why = models.TextField(_("reason"))

    class Meta:
        ordering = ["-held_at"]
        verbose_name = _("held revision")
        verbose_name_plural = _("held revisions")

    def __str__(self) -> str:
        return f"revision {self.revision_id} is held back"


class PublicationState(models.TextChoices):
    BUILDING = "building", _("being prepared")
    HELD = "held", _("waits for a person")
    PUBLISHED = "published", _("went live")
    REFUSED = "refused", _("refused")
    OVERTAKEN = "overtaken", _("overtaken by newer changes")


class Publication(models.Model):
    """A set of revisions that went live together. The newest published one is what readers get."""

    state = models.CharField(
        _("state"),
        max_length=20,
        choices=PublicationState.choices,
        default=PublicationState.BUILDING,
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    # Null while it is a candidate. Written last: until then readers keep the previous one.
    published_at = models.DateTimeField(_("live from"), null=True, blank=True, db_index=True)
    # What was live when it was made, and what its changes are counted from.
    base = models.ForeignKey(
        "self",
        verbose_name=_("compared with"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    # Set when it is the set of an earlier publication again.
    restores = models.ForeignKey(
        "self",
        verbose_name=_("goes back to"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="restored_by",
    )
    # Nobody approves their own; empty for the refresh.
    proposed_by = models.TextField(_("proposed by"), blank=True)
    # knowledge.gate.GateReport as data: the reasons, and the gold questions before and after.
    gate = models.JSONField(_("the gate's report"), default=dict, blank=True)
    index_directory = models.CharField(max_length=200, blank=True)
    recipe = models.CharField(max_length=64, blank=True)
    passage_count = models.PositiveIntegerField(_("passages"), default=0)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        permissions = [
            ("propose_publication", _("Can propose changes for publication")),
            ("approve_publication", _("Can approve, refuse and roll back publications")),
        ]

    def __str__(self) -> str:
        return f"publication {self.pk}"


class PublicationChange(Immutable):
    """One document's change in a publication, against its base. Null before: new; after: gone."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="changes")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="changes")
    before = models.ForeignKey(
        Revision, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    after = models.ForeignKey(
        Revision, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["publication", "document"]
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "document"], name="one_change_a_document"
            ),
        ]

    def __str__(self) -> str:
        return f"document {self.document_id} in publication {self.publication_id}"


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


class GoldQuestion(models.Model):
    """A question whose right outcome and documents are known; a candidate must answer it.

    The fields are those of the gold question files.
    """

    slug = models.SlugField(_("short name"), unique=True, max_length=80)
    audience = models.CharField(_("audience"), max_length=40, blank=True)
    question = models.CharField(_("question"), max_length=600)
    # [{"question", "answer"}, …], the earlier turns.
    history = models.JSONField(_("earlier turns"), default=list, blank=True)
    outcomes = models.JSONField(_("right outcomes"), default=list)
    cites_any = models.JSONField(_("cites one of"), default=list, blank=True)
    # Lists of alternatives; one of each must stand in the answer or in its quotes.
    facts = models.JSONField(_("facts"), default=list, blank=True)
    avoid = models.JSONField(_("must not say"), default=list, blank=True)
    is_enabled = models.BooleanField(_("in use"), default=True)
    # Empty: from the files that ship with the project.
    written_by = models.CharField(_("written by"), max_length=150, blank=True)

    class Meta:
        ordering = ["slug"]
        verbose_name = _("gold question")
        verbose_name_plural = _("gold questions")

    def __str__(self) -> str:
        return self.question


class ProposalState(models.TextChoices):
    OPEN = "open", _("waits for a publisher")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("taken back")


class BriefingProposal(models.Model):
    """A briefing as an editor would have it; a publisher, not the same person, decides."""

    slug = models.SlugField(_("short name"), max_length=80)
    language = models.CharField(_("language"), max_length=12, default="en")
    title = models.CharField(_("title"), max_length=500)
    # [{"id", "heading", "text", "asks": […], "fact_date", "checked",
    #   "rests_on": [{"url", "paragraph", "digest"}]}, …] as in the briefing files.
    paragraphs = models.JSONField(_("paragraphs"), default=list)
    # What it was written from: an approval after a newer revision would undo that one.
    based_on = models.ForeignKey(
        Revision, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, null=True, blank=True, related_name="proposals"
    )
    state = models.CharField(
        _("state"), max_length=20, choices=ProposalState.choices, default=ProposalState.OPEN
    )
    proposed_by = models.CharField(_("proposed by"), max_length=150)
    proposed_at = models.DateTimeField(_("proposed"), auto_now_add=True)
    why = models.TextField(_("what changes, and why"), blank=True)

    class Meta:
        ordering = ["-proposed_at"]
        verbose_name = _("briefing proposal")
        verbose_name_plural = _("briefing proposals")
        permissions = [
            ("approve_briefingproposal", _("Can approve and refuse briefings")),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.language})"


class Alarm(models.Model):
    """Something that a person must look at; raised once for as long as it lasts."""

    # A closed list, knowledge.alarms.AlarmKind.
    kind = models.CharField(_("kind"), max_length=40)
    source = models.ForeignKey(
        Source, on_delete=models.CASCADE, null=True, blank=True, related_name="alarms"
    )
    publication = models.ForeignKey(
        Publication, on_delete=models.CASCADE, null=True, blank=True, related_name="alarms"
    )
    text = models.TextField(_("what happened"))
    raised_at = models.DateTimeField(_("raised"), auto_now_add=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.CharField(_("settled by"), max_length=150, blank=True)

    class Meta:
        ordering = ["-raised_at"]
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "source"],
                condition=Q(settled_at__isnull=True, source__isnull=False),
                name="one_open_alarm_a_source",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class StoredFile(models.Model):
    """A file that staff gave us, kept by its digest; each ends as read, or refused and why."""

    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(_("file name"), max_length=300)
    media_type = models.CharField(_("kind"), max_length=120)
    size = models.PositiveBigIntegerField(_("bytes"))
    # Where the public can read the same words; ours when it stands nowhere.
    url = models.URLField(_("address"), max_length=500)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="files")
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="files"
    )
    uploaded_by = models.CharField(_("uploaded by"), max_length=150)
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    # Why it could not be read, in words for staff; empty when it was.
    refusal = models.TextField(_("refused because"), blank=True)

    class Meta:
        ordering = ["-uploaded_at"]
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")

    def __str__(self) -> str:
        return self.name


class Act(models.TextChoices):
    """What a person, or the gate, decided."""

    PUBLISHED = "published", _("published")
    HELD = "held", _("held for a person")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    ROLLED_BACK = "rolled_back", _("rolled back")
    HELD_BACK = "held_back", _("held a revision back")
    RELEASED = "released", _("released a held revision")
    WITHDRAWN = "withdrawn", _("withdrew")
    RESTORED = "restored", _("restored")
    PROPOSED = "proposed", _("proposed")
    ADDED = "added", _("added")
    CHANGED = "changed", _("changed")
    SETTLED = "settled", _("settled")


class Decision(Immutable):
    """Who did what and why. Kept for ever; a row of what it was about may not be deleted."""

    at = models.DateTimeField(_("when"), auto_now_add=True)
    # A user name, 'gate', 'refresh' or 'command line': a deleted account must not erase it.
    who = models.CharField(_("who"), max_length=150)
    act = models.CharField(_("act"), max_length=20, choices=Act.choices)
    why = models.TextField(_("why"), blank=True)
    publication = models.ForeignKey(
        Publication, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    source = models.ForeignKey(
        Source, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    proposal = models.ForeignKey(
        BriefingProposal, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions"
    )

    objects = KeptForEver.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")

    def __str__(self) -> str:
        return f"{self.who} {self.get_act_display()}"

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise RowIsImmutable(f"decision {self.pk} is kept for ever")
