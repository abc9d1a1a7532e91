from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from knowledge import candidates, publishing
from knowledge.gate import ReasonCode, read_report
from knowledge.live_sets import LiveSet, list_revisions
from knowledge.models import (
    Act,
    Decision,
    Document,
    GoldQuestion,
    HeldRevision,
    LivePeriod,
    Passage,
    Publication,
    PublicationState,
    Source,
)
from knowledge.publishing import (
    AND,
    NotAllowed,
    NotHeld,
    PublicationOvertaken,
    approve,
    describe_held,
    find_current_publication,
    find_held_publication,
    get_live_revisions,
    hold_back,
    publish,
    refuse,
    release,
    roll_back,
)
from knowledge.retrieval import find_first_day, retrieve
from knowledge.services import retire_document
from knowledge.types import DocumentStatus, Tombstone
from tests.knowledge.pages import save_page as save

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("fake_embedding"),
]


@pytest.fixture
def source() -> Source:
    return Source.objects.create(
        slug="s", title="S", kind="govuk", url="https://www.gov.uk/s", publisher="P"
    )


@pytest.fixture
def fare(source: Source) -> Document:
    """A live page on which a gold question stands."""
    GoldQuestion.objects.create(
        slug="fare", question="What is the fare?", outcomes=["answered"], facts=[["two coins"]]
    )
    document, _ = save(source, "fare", "The fare is two coins.")
    save(source, "other", "Dogs are welcome.")
    publish()
    return document


def worsen(source: Source):
    """Save the fare's page without the fare, and return the revision."""
    return save(source, "fare", "Ask the skipper.")[1]


def live_texts() -> set[str]:
    live = Passage.objects.filter(revision__in=get_live_revisions().values())
    return set(live.values_list("text", flat=True))


def retire(document: Document, status: DocumentStatus = DocumentStatus.GONE) -> None:
    document.refresh_from_db()
    retire_document(document=document, tombstone=Tombstone(status=status), now=timezone.now())


def test_the_newest_revision_of_every_document_goes_live_together(source: Source):
    one, first = save(source, "one", "Apples are free.")
    two, second = save(source, "two", "Pears cost money.")

    publication = publish()

    assert get_live_revisions() == {one.pk: first.pk, two.pk: second.pk}
    assert find_current_publication() == publication
    assert publication.passage_count == 2


def test_publishing_what_is_live_already_does_nothing(source: Source):
    save(source, "one", "Apples are free.")
    publish()

    assert publish() is None
    assert Publication.objects.count() == 1


def test_a_superseded_revision_keeps_the_dates_on_which_it_was_live(source: Source):
    _, first = save(source, "one", "Apples are free.")
    publish()
    _, second = save(source, "one", "Apples cost money.")

    publication = publish()

    old = LivePeriod.objects.get(revision=first)
    new = LivePeriod.objects.get(revision=second)
    assert old.live_until == new.live_from == publication.published_at
    assert new.live_until is None


def test_a_candidate_whose_index_fails_changes_nothing_for_readers(source: Source, monkeypatch):
    save(source, "one", "Apples are free.")
    before = publish()
    save(source, "one", "Apples cost money.")

    def fail(*args: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(candidates, "build_index", fail)
    with pytest.raises(OSError, match="disk full"):
        publish()

    assert find_current_publication() == before
    live = Passage.objects.filter(revision__in=get_live_revisions().values())
    assert [passage.text for passage in live] == ["Apples are free."]


def test_a_candidate_overtaken_by_another_publication_is_built_again(source: Source, monkeypatch):
    save(source, "one", "Apples are free.")
    build = publishing.build_candidate
    overtaken = []

    def build_while_another_publishes(*args: object) -> None:
        build(*args)
        if not overtaken:
            overtaken.append(True)
            save(source, "two", "Pears cost money.")
            # From another machine, that is: on this one it would have waited.
            publish(patience_seconds=0)

    monkeypatch.setattr(publishing, "build_candidate", build_while_another_publishes)

    assert publish() is None
    assert len(get_live_revisions()) == 2


def test_a_document_retired_while_the_candidate_was_built_does_not_come_back(
    source: Source, monkeypatch
):
    document, _ = save(source, "one", "Apples are free.")
    build = publishing.build_candidate

    def build_while_it_is_withdrawn(*args: object) -> None:
        build(*args)
        retire_document(
            document=document,
            tombstone=Tombstone(status=DocumentStatus.WITHDRAWN),
            now=timezone.now(),
        )

    monkeypatch.setattr(publishing, "build_candidate", build_while_it_is_withdrawn)

    publish()

    assert get_live_revisions() == {}


def test_the_database_refuses_two_live_revisions_of_a_document(source: Source):
    document, first = save(source, "one", "Apples are free.")
    publication = publish()

    with pytest.raises(IntegrityError):
        LivePeriod.objects.create(
            document=document, revision=first, publication=publication, live_from=timezone.now()
        )


def test_the_database_refuses_a_passage_without_a_revision(source: Source):
    with pytest.raises(IntegrityError):
        Passage.objects.create(position=1, start=0, end=1, text="x", url="https://www.gov.uk/x")


# --- the gate ----------------------------------------------------------------------------------


def test_a_candidate_that_answers_worse_is_held_and_readers_keep_what_they_had(
    source: Source, fare: Document
):
    worsen(source)

    held = publish(note="refresh")

    assert held.state == PublicationState.HELD
    [reason] = read_report(held.gate).reasons
    assert (reason.code, reason.gold_question) == (ReasonCode.GOLD_FELL, "fare")
    assert "The fare is two coins." in live_texts()
    assert "waits for a person" in describe_held(held)
    assert "What is the fare?" in describe_held(held)


def test_an_innocent_change_goes_live_by_itself(source: Source, fare: Document):
    save(source, "other", "Cats are welcome.")

    published = publish()

    assert published.state == PublicationState.PUBLISHED
    assert live_texts() == {"The fare is two coins.", "Cats are welcome."}
    assert describe_held(published) == ""


def test_the_first_publication_goes_live_without_asking(source: Source, settings):
    settings.KNOWLEDGE_GATE = "always_ask"
    save(source, "one", "Apples are free.")

    assert publish().state == PublicationState.PUBLISHED


def test_always_ask_holds_every_change_and_never_ask_none(
    source: Source, fare: Document, settings
):
    settings.KNOWLEDGE_GATE = "always_ask"
    save(source, "other", "Cats are welcome.")
    assert publish().state == PublicationState.HELD

    settings.KNOWLEDGE_GATE = "never_ask"
    worsen(source)
    published = publish()

    assert published.state == PublicationState.PUBLISHED
    assert [row.has_fallen for row in read_report(published.gate).rows] == [True]


def test_pages_that_come_new_are_no_change_of_what_is_live(source: Source):
    save(source, "one", *[f"Boat {number} is blue." for number in range(30)])
    publish()
    for number in range(3):
        save(source, f"more-{number}", *[f"Ship {number}-{each} is red." for each in range(40)])

    assert publish().state == PublicationState.PUBLISHED


def test_more_than_the_share_of_replaced_passages_is_held(source: Source):
    save(source, "one", *[f"Boat {number} is blue." for number in range(30)])
    publish()
    save(
        source,
        "one",
        *[f"Boat {each} is {'red' if each < 7 else 'blue'}." for each in range(30)],
    )

    held = publish()

    assert [each.code for each in read_report(held.gate).reasons] == [ReasonCode.MANY_CHANGED]
    assert held.gate["changed_passages"] == 7


def test_what_waits_is_not_judged_again_while_it_is_the_same(
    source: Source, fare: Document, monkeypatch
):
    worsen(source)
    held = publish()
    monkeypatch.delattr(publishing, "judge")

    assert publish() == held


def test_what_waits_is_judged_again_with_other_gold_questions_or_another_setting(
    source: Source, fare: Document, settings
):
    worsen(source)
    first = publish()
    GoldQuestion.objects.update(facts=[["the skipper"]])

    second = publish()

    assert second.state == PublicationState.PUBLISHED
    assert "Ask the skipper." in live_texts()
    save(source, "fare", "Come aboard.")
    assert publish().state == PublicationState.HELD
    settings.KNOWLEDGE_GATE = "never_ask"
    assert publish().state == PublicationState.PUBLISHED
    first.refresh_from_db()
    assert first.state == PublicationState.OVERTAKEN


def test_what_could_not_be_judged_is_tried_again(source: Source, fare: Document, monkeypatch):
    def fail(entry, *, candidate=None):
        raise OSError("the disk is full")

    save(source, "other", "Cats are welcome.")
    with monkeypatch.context() as broken:
        broken.setattr("tests.fakes.answer_by_a_word", fail)
        held = publish()
    assert held.state == PublicationState.HELD
    assert "the disk is full" in describe_held(held)

    assert publish().state == PublicationState.PUBLISHED


def test_newer_changes_make_a_new_candidate_that_has_them_all(source: Source, fare: Document):
    worsen(source)
    first = publish(proposed_by="ada")
    save(source, "other", "Cats are welcome.")

    second = publish(proposed_by="bea")

    first.refresh_from_db()
    assert first.state == PublicationState.OVERTAKEN
    assert second.state == PublicationState.HELD
    assert second.changes.count() == 2
    assert find_held_publication() == second
    assert second.proposed_by == "bea, ada"


def test_a_publisher_who_mends_the_page_settles_what_waited(source: Source, fare: Document):
    worsen(source)
    held = publish()
    save(source, "fare", "The fare is two coins.")

    published = publish()

    held.refresh_from_db()
    assert held.state == PublicationState.OVERTAKEN
    assert published.state == PublicationState.PUBLISHED


def test_a_retired_page_that_a_right_answer_stands_on_is_told_to_a_person(
    source: Source, fare: Document
):
    save(source, "other", "Cats are welcome.")
    publish()
    retire(fare)

    held = publish()

    assert live_texts() == {"Cats are welcome."}
    [reason] = read_report(held.gate).reasons
    assert (reason.code, reason.document_id) == (ReasonCode.DOCUMENT_LOST, fare.pk)


def test_every_act_of_the_gate_is_kept(source: Source, fare: Document):
    worsen(source)
    held = publish()

    first, second = Decision.objects.order_by("pk")
    assert (first.who, first.act) == ("gate", Act.PUBLISHED)
    assert (second.who, second.act, second.publication) == ("gate", Act.HELD, held)
    assert "What is the fare?" in second.why


# --- approving ---------------------------------------------------------------------------------


def test_an_approved_publication_goes_live_and_the_decision_is_kept(
    source: Source, fare: Document
):
    worsen(source)

    approved = approve(publish(), who="bea", why="The fare moved to another page.")

    assert find_current_publication() == approved
    assert live_texts() == {"Ask the skipper.", "Dogs are welcome."}
    decision = Decision.objects.first()
    assert (decision.who, decision.act, decision.why) == (
        "bea",
        Act.APPROVED,
        "The fare moved to another page.",
    )
    assert publish() is None


def test_nobody_approves_what_they_proposed_also_when_it_waits_in_a_later_one(
    source: Source, fare: Document
):
    worsen(source)
    publish(proposed_by="ada")
    save(source, "other", "Cats are welcome.")
    held = publish()

    with pytest.raises(NotAllowed, match="ada"):
        approve(held, who="ada", why="Mine.")

    assert "The fare is two coins." in live_texts()
    approve(held, who="bea", why="Looked at.")
    assert "Ask the skipper." in live_texts()


def test_only_what_waits_can_be_decided_on_and_only_once(source: Source, fare: Document):
    worsen(source)
    held = publish()
    approve(held, who="bea", why="Yes.")

    for act in (approve, refuse):
        with pytest.raises(NotHeld, match="went live"):
            act(held, who="cleo", why="Again.")

    assert Decision.objects.filter(act=Act.APPROVED).count() == 1


def test_what_was_approved_is_put_upon_what_went_live_meanwhile(source: Source, fare: Document):
    worsen(source)
    held = publish()
    save(source, "other", "Cats are welcome.")
    # What another process had begun before, and finished now, without the change that waits.
    base = find_current_publication()
    wanted = get_live_revisions() | {
        document: revision
        for document, revision in publishing.get_wanted_revisions().items()
        if document != fare.pk
    }
    other = candidates.make_candidate(
        base, candidates.find_changes(base, wanted), note="", proposed_by=""
    )
    candidates.build_candidate(other, wanted, None)
    Publication.objects.filter(pk=held.pk).update(state=PublicationState.BUILDING)
    with transaction.atomic():
        candidates.swap(other, timezone.now())
    Publication.objects.filter(pk=other.pk).update(
        published_at=timezone.now(), state=PublicationState.PUBLISHED
    )
    Publication.objects.filter(pk=held.pk).update(state=PublicationState.HELD)

    approved = approve(held, who="bea", why="Yes.")

    held.refresh_from_db()
    assert approved.pk != held.pk
    assert held.state == PublicationState.OVERTAKEN
    assert live_texts() == {"Ask the skipper.", "Cats are welcome."}
    assert Decision.objects.filter(act=Act.APPROVED).count() == 2


def test_an_approval_of_what_newer_words_have_overtaken_says_so(source: Source, fare: Document):
    worsen(source)
    held = publish()
    save(source, "fare", "The fare is two coins, dogs free.")
    publish()
    # As if another process had written it last.
    Publication.objects.filter(pk=held.pk).update(state=PublicationState.HELD)

    with pytest.raises(PublicationOvertaken):
        approve(held, who="bea", why="Yes.")

    assert "The fare is two coins, dogs free." in live_texts()


def test_an_index_that_was_cleared_away_while_the_publication_waited_is_there_when_it_goes_live(
    source: Source, fare: Document, settings
):
    worsen(source)
    held = publish()
    directory = settings.KNOWLEDGE_INDEX_DIR / held.index_directory
    shutil.rmtree(directory)

    approve(held, who="bea", why="Yes.")

    assert directory.is_dir()


def test_a_page_retired_while_its_change_waited_does_not_come_back_by_the_approval(
    source: Source, fare: Document
):
    worsen(source)
    held = publish()
    retire(fare)

    approve(held, who="bea", why="Yes.")

    assert live_texts() == {"Dogs are welcome."}


# --- refusing and holding back -----------------------------------------------------------------


def test_what_was_refused_stays_away_until_its_publisher_changes_the_page(
    source: Source, fare: Document
):
    worsen(source)
    held = publish()

    refuse(held, who="bea", why="The page is broken.")

    held.refresh_from_db()
    assert held.state == PublicationState.REFUSED
    assert publish() is None
    assert "The fare is two coins." in live_texts()
    save(source, "fare", "The fare is two coins, dogs free.")
    publish()
    assert "The fare is two coins, dogs free." in live_texts()


def test_what_is_not_refused_goes_on(source: Source, fare: Document):
    worsen(source)
    save(source, "other", "Cats are welcome.")

    refuse(publish(), who="bea", why="The page is broken.", documents=[fare])

    assert live_texts() == {"The fare is two coins.", "Cats are welcome."}
    assert Decision.objects.filter(act=Act.REFUSED, document=fare).exists()


def test_a_page_that_is_gone_waits_no_longer_when_the_rest_is_refused(
    source: Source, fare: Document
):
    save(source, "other", "Cats are welcome.")
    publish()
    retire(fare)
    save(source, "other", "Nobody is welcome.")

    refuse(publish(), who="bea", why="Not that.")

    assert find_held_publication() is None
    assert live_texts() == {"Cats are welcome."}


def test_what_a_publisher_took_back_cannot_be_refused(source: Source, fare: Document):
    save(source, "other", "Cats are welcome.")
    publish()
    retire(fare)
    held = publish()

    with pytest.raises(NotAllowed):
        refuse(held, who="bea", why="Keep it.")


def test_a_revision_held_back_gives_way_to_the_one_before_it_and_comes_again_when_released(
    source: Source, fare: Document
):
    _, newer = save(source, "other", "Cats are welcome.")
    publish()

    hold_back(newer, who="bea", why="Not sure.")
    assert "Dogs are welcome." in live_texts()

    release(newer, who="bea", why="Now sure.")
    assert "Cats are welcome." in live_texts()
    acts = list(Decision.objects.exclude(who="gate").order_by("pk").values_list("act", "document"))
    assert acts == [(Act.HELD_BACK, newer.document_id), (Act.RELEASED, newer.document_id)]


def test_a_revision_held_back_while_its_candidate_was_built_does_not_go_live(
    source: Source, fare: Document, monkeypatch
):
    _, newer = save(source, "other", "Cats are welcome.")
    build = publishing.build_candidate

    def build_while_it_is_held_back(*args: object) -> None:
        build(*args)
        HeldRevision.objects.get_or_create(revision=newer, defaults={"why": "No."})

    monkeypatch.setattr(publishing, "build_candidate", build_while_it_is_held_back)

    publish()

    assert "Dogs are welcome." in live_texts()


# --- time --------------------------------------------------------------------------------------


def test_a_clock_that_goes_backwards_is_corrected_and_said(
    source: Source, fare: Document, monkeypatch, caplog
):
    before = find_current_publication()
    past = datetime(2020, 1, 1, tzinfo=UTC)
    monkeypatch.setattr(candidates.timezone, "now", lambda: past)
    save(source, "other", "Cats are welcome.")

    published = publish()

    assert published.published_at == before.published_at + timedelta(microseconds=1)
    assert live_texts() == {"The fare is two coins.", "Cats are welcome."}
    assert len([line for line in caplog.messages if line.startswith("The clock says")]) == 1


def test_a_page_that_is_withdrawn_while_the_clock_is_behind_ends_after_it_began(
    source: Source, fare: Document, monkeypatch
):
    monkeypatch.setattr(candidates.timezone, "now", lambda: datetime(2020, 1, 1, tzinfo=UTC))

    retire(fare)

    period = LivePeriod.objects.get(document=fare)
    assert period.live_until > period.live_from


def test_as_of_each_publication_its_own_set_is_found_whatever_came_later(
    source: Source, fare: Document
):
    sets = []

    def note(publication: Publication) -> None:
        sets.append((publication.published_at, get_live_revisions()))

    first = find_current_publication()
    note(first)
    save(source, "other", "Cats are welcome.")
    second = publish()
    note(second)
    note(roll_back(first, who="bea", why="Back."))
    note(roll_back(second, who="bea", why="Forth."))
    worsen(source)
    note(approve(publish(), who="bea", why="Yes."))

    for moment, revisions in sets:
        assert list_revisions(LiveSet(at=moment)) == revisions


def test_an_answer_as_of_a_day_is_the_same_after_going_back_and_forth(source: Source, monkeypatch):
    days = [datetime(2026, 3, day, 12, tzinfo=UTC) for day in range(1, 7)]
    texts = ["The fare is two coins.", "The fare is three coins.", "The fare is four coins."]

    def find(day: datetime) -> list[tuple[str, int]]:
        found = retrieve("What is the fare?", as_of=day.date())
        return [(passage.text, passage.revision_id) for passage in found.passages]

    def go_to(day: datetime) -> None:
        monkeypatch.setattr(candidates.timezone, "now", lambda: day)

    publications = []
    for day, text in zip(days, texts, strict=False):
        go_to(day)
        save(source, "fare", text)
        publications.append(publish())
    go_to(days[-1])
    before = [find(day) for day in days[:3]]
    go_to(days[3])
    roll_back(publications[0], who="bea", why="Back.")
    go_to(days[4])
    roll_back(publications[2], who="bea", why="Forth.")
    go_to(days[5])

    assert [found[0][0] for found in before] == texts
    assert [find(day) for day in days[:3]] == before
    assert [find(day)[0][0] for day in days[3:5]] == [texts[0], texts[2]]
    assert find_first_day() == days[0].date()


def test_none_of_many_proposers_is_forgotten(source):
    names = [f"editor-number-{number:03}" for number in range(30)]
    save(source, "one", "Apples are free.")
    publish()
    save(source, "one", "Apples cost money.")

    candidate = publish(proposed_by=AND.join(names))

    candidate.refresh_from_db()
    assert candidate.proposed_by.split(AND) == names
