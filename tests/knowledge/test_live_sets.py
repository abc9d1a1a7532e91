from datetime import timedelta

import pytest
from django.utils import timezone

from knowledge.live_sets import NOW, LiveSet, is_in, list_revisions
from knowledge.models import Document, Passage, PublicationChange
from knowledge.types import DocumentStatus
from tests.factories import (
    LivePeriodFactory,
    PassageFactory,
    PublicationFactory,
    RevisionFactory,
)

pytestmark = pytest.mark.django_db


def list_passages(live_set):
    return set(Passage.objects.filter(is_in(live_set)).values_list("pk", flat=True))


@pytest.fixture
def revisions():
    """A document's old revision, that was live, and its new one, that is."""
    old = RevisionFactory()
    new = RevisionFactory(document=old.document)
    yesterday = timezone.now() - timedelta(days=1)
    LivePeriodFactory(revision=old, live_from=yesterday - timedelta(days=9), live_until=yesterday)
    LivePeriodFactory(revision=new, live_from=yesterday)
    return old, new


def test_now_holds_what_no_publication_has_ended(revisions):
    old, new = (PassageFactory(revision=revision) for revision in revisions)

    assert list_passages(NOW) == {new.pk}
    assert list_revisions(NOW) == {old.revision.document_id: new.revision_id}


def test_a_moment_in_the_past_holds_what_was_live_then(revisions):
    old, _ = (PassageFactory(revision=revision) for revision in revisions)
    then = LiveSet(timezone.now() - timedelta(days=3))

    assert list_passages(then) == {old.pk}
    assert list_revisions(then) == {old.revision.document_id: old.revision_id}


@pytest.fixture
def candidate(revisions):
    """It replaces the document's revision, adds a document and leaves a third one alone."""
    _, current = revisions
    publication = PublicationFactory()
    newest = PassageFactory(revision=RevisionFactory(document=current.document)).revision
    added = PassageFactory().revision
    for before, after in ((current, newest), (None, added)):
        PublicationChange.objects.create(
            publication=publication, document=after.document, before=before, after=after
        )
    kept = PassageFactory().revision
    LivePeriodFactory(revision=kept)
    PassageFactory(revision=current)
    return LiveSet(candidate=publication.pk), {newest, added, kept}


def test_a_candidate_holds_what_is_live_with_its_changes(candidate):
    live_set, wanted = candidate

    assert list_passages(live_set) == {revision.passages.get().pk for revision in wanted}
    assert set(list_revisions(live_set).values()) == {revision.pk for revision in wanted}


def test_what_was_retired_since_does_not_come_back_by_a_candidate(candidate):
    live_set, _ = candidate
    change = PublicationChange.objects.filter(after__isnull=False, before=None).get()
    retired = change.after

    Document.objects.filter(pk=retired.document_id).update(status=DocumentStatus.WITHDRAWN)

    assert retired.pk not in list_revisions(live_set).values()
    assert retired.passages.get().pk not in list_passages(live_set)
