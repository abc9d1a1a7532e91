from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from knowledge import indexing
from knowledge.index_files import read_index
from knowledge.indexing import (
    build_index,
    digest_paragraph,
    digest_text,
    embed_missing,
    ensure_index,
    get_embedded_text,
    prune_indexes,
)
from knowledge.models import Passage, PassageEmbedding, Publication
from tests.factories import (
    DocumentFactory,
    LivePeriodFactory,
    PassageFactory,
    PublicationFactory,
    RevisionFactory,
    put_live,
)

RULES = """2.3 An applicant must:
(a) be 18 or over;
(b) hold a passport.
2.30 This is about fees."""


def make_passage(text: str, **fields) -> Passage:
    return PassageFactory(revision=RevisionFactory(text=text), **fields)


def make_rules(text: str = RULES):
    """A revision with the numbered paragraphs 2.3, 2.3(a), 2.3(b) and 2.30."""
    revision = RevisionFactory(text=text)
    lines, start = [], 0
    for number, line in zip(
        ["R 2.3", "R 2.3(a)", "R 2.3(b)", "R 2.30"], text.split("\n"), strict=True
    ):
        lines.append([number, start, start + len(line)])
        start += len(line) + 1
    PassageFactory(revision=revision, numbers=lines)
    return revision


# --- the pure part ---


def test_the_surroundings_of_a_passage_are_embedded_with_it():
    text = get_embedded_text("Fees", ["Who pays", "Children"], ["You pay if you:"], "are 18")

    assert text == "Fees. Who pays. Children. You pay if you: are 18"


def test_a_heading_that_repeats_the_title_is_said_once():
    assert get_embedded_text("Fees", ["Fees"], [], "Ten coins.") == "Fees. Ten coins."


def test_a_passage_without_surroundings_is_embedded_as_it_is():
    assert get_embedded_text("", [], [], "Ten coins.") == "Ten coins."


# --- paragraphs ---


@pytest.mark.django_db
def test_a_change_in_a_sub_item_changes_the_digest_of_the_paragraph():
    before = digest_paragraph(make_rules(), "R 2.3")
    after = digest_paragraph(make_rules(RULES.replace("18", "16")), "R 2.3")

    assert before != after


@pytest.mark.django_db
def test_a_change_in_the_next_paragraph_leaves_the_digest():
    before = digest_paragraph(make_rules(), "R 2.3")
    after = digest_paragraph(make_rules(RULES.replace("fees", "time")), "R 2.3")

    assert before == after


@pytest.mark.django_db
def test_white_space_leaves_the_digest():
    before = digest_paragraph(make_rules(), "R 2.3")
    after = digest_paragraph(make_rules(RULES.replace("must:", " must: ")), "R 2.3")

    assert before == after


@pytest.mark.django_db
def test_a_paragraph_that_is_not_there_has_no_digest():
    assert digest_paragraph(make_rules(), "R 9") is None


# --- embedding ---


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_embedding")
def test_only_what_has_no_vector_is_embedded():
    make_passage("Apples are free.")
    assert embed_missing(Passage.objects.all()) == 1

    make_passage("Pears cost two coins.")

    assert embed_missing(Passage.objects.all()) == 1
    assert embed_missing(Passage.objects.all()) == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_embedding")
def test_other_ways_to_ask_are_embedded_too():
    make_passage("Apples are free.", asks=["What does an apple cost?"])

    assert embed_missing(Passage.objects.all()) == 2
    assert PassageEmbedding.objects.filter(digest=digest_text("What does an apple cost?")).exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_embedding")
def test_the_same_words_in_two_documents_are_embedded_once():
    for _ in range(2):
        document = DocumentFactory(title="Fees")
        PassageFactory(revision=RevisionFactory(document=document, text="Apples are free."))

    assert embed_missing(Passage.objects.all()) == 1


@pytest.mark.django_db
def test_another_recipe_embeds_again(fake_embedding, settings):
    make_passage("Apples are free.")
    embed_missing(Passage.objects.all())

    settings.KNOWLEDGE_EMBEDDING_MODEL = "larger"

    assert embed_missing(Passage.objects.all()) == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_embedding")
def test_progress_ends_at_the_whole():
    make_passage("Apples are free.")
    make_passage("Pears cost two coins.")
    heard = []

    embed_missing(Passage.objects.all(), on_progress=heard.append)

    assert (heard[-1].step, heard[-1].done, heard[-1].total) == ("embedding", 2, 2)


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_embedding")
def test_a_process_that_is_killed_keeps_what_it_had_embedded(monkeypatch):
    for number in range(3):
        make_passage(f"Passage {number}.")
    monkeypatch.setattr(indexing, "EMBEDDINGS_SAVED_AT_ONCE", 2)

    def die(progress) -> None:
        if progress.done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        embed_missing(Passage.objects.all(), on_progress=die)

    assert embed_missing(Passage.objects.all()) == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_embedding")
def test_what_is_embedded_is_what_the_digest_is_of(monkeypatch):
    text = "You pay if you:\nare 18"
    passage = PassageFactory(
        revision=RevisionFactory(text=text),
        text="are 18",
        heading_path=["Who pays"],
        lead_ins=[[0, 15]],
    )
    embedded: list[str] = []
    embed = indexing.embed_passages

    def listen(texts, **options):
        embedded.extend(texts)
        return embed(texts, **options)

    monkeypatch.setattr(indexing, "embed_passages", listen)
    embed_missing(Passage.objects.all())

    assert [digest_text(text) for text in embedded] == [passage.digest]


# --- directories ---


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_embedding")
def test_an_index_holds_the_passages_of_its_revisions_alone():
    wanted = make_passage("Apples are free.", asks=["What does an apple cost?"])
    make_passage("Pears cost two coins.")

    directory = build_index(PublicationFactory(), [wanted.revision_id])

    index = read_index(directory)
    assert index.passage_ids.tolist() == [wanted.pk]
    assert index.document_ids.tolist() == [wanted.revision.document_id]
    assert len(index.vectors) == 2
    assert index.score_lexical("cost")[0] > 0


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_embedding")
def test_a_paragraph_is_found_by_its_number():
    revision = make_rules()

    index = read_index(build_index(PublicationFactory(), [revision.pk]))

    assert index.score_lexical("paragraph 2.30")[0] > 0


@pytest.mark.django_db
def test_an_index_that_is_whole_is_not_written_again(fake_embedding, monkeypatch):
    passage = make_passage("Apples are free.")
    publication = PublicationFactory()
    directory = build_index(publication, [passage.revision_id])

    monkeypatch.setattr(indexing, "write_index", pytest.fail)

    assert build_index(publication, [passage.revision_id]) == directory


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_embedding")
def test_a_missing_directory_is_made_again_with_what_was_live_then():
    old = make_passage("Apples are free.")
    publication = put_live(old.revision, at=timezone.now() - timedelta(days=9))
    put_live(
        PassageFactory(
            revision=RevisionFactory(document=old.revision.document, text="Apples cost a coin.")
        ).revision
    )
    directory = ensure_index(publication)
    (directory / "manifest.json").unlink()

    again = ensure_index(publication)

    assert again == directory
    assert read_index(again).passage_ids.tolist() == [old.pk]


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_embedding")
def test_a_damaged_directory_is_made_again():
    passage = make_passage("Apples are free.")
    publication = put_live(passage.revision)
    directory = ensure_index(publication)
    (directory / "vectors.npy").write_bytes(b"")

    assert read_index(ensure_index(publication)).passage_ids.tolist() == [passage.pk]


@pytest.mark.django_db
def test_a_new_recipe_makes_a_new_directory(fake_embedding, settings):
    publication = put_live(make_passage("Apples are free.").revision)
    before = ensure_index(publication)
    settings.KNOWLEDGE_EMBEDDING_MODEL = "larger"

    after = ensure_index(publication)

    assert after != before
    publication.refresh_from_db()
    assert publication.index_directory == after.name


@pytest.mark.django_db
def test_the_set_of_a_candidate_is_not_known():
    with pytest.raises(ValueError, match="never live"):
        ensure_index(PublicationFactory())


# --- pruning ---


def make_directory(root: Path, name: str, *, days_old: float = 0) -> Path:
    directory = root / name
    directory.mkdir(parents=True)
    moment = timezone.now().timestamp() - days_old * 86_400
    os.utime(directory, (moment, moment))
    return directory


def get_name(number: int) -> str:
    return f"{number}-{'a' * 12}-{'b' * 12}"


@pytest.fixture
def root(settings, tmp_path: Path) -> Path:
    settings.KNOWLEDGE_INDEX_DIR = tmp_path / "index"
    return settings.KNOWLEDGE_INDEX_DIR


@pytest.mark.django_db
def test_the_newest_publications_keep_their_indexes(root: Path):
    now = timezone.now()
    for number in range(1, 4):
        name = get_name(number)
        PublicationFactory(
            pk=number, published_at=now + timedelta(hours=number), index_directory=name
        )
        make_directory(root, name)

    assert prune_indexes(keep=2) == [get_name(1)]
    assert sorted(path.name for path in root.iterdir()) == [get_name(2), get_name(3)]


@pytest.mark.django_db
def test_the_live_index_is_kept_whatever_the_limit(root: Path):
    PublicationFactory(pk=1, live=True, index_directory=get_name(1))
    make_directory(root, get_name(1))

    assert prune_indexes(keep=0) == []


@pytest.mark.django_db
def test_the_index_of_a_candidate_is_kept_until_the_candidate_is_old(root: Path):
    PublicationFactory(pk=7)
    make_directory(root, get_name(7))
    assert prune_indexes() == []

    Publication.objects.update(created_at=timezone.now() - timedelta(days=2))

    assert prune_indexes() == [get_name(7)]


@pytest.mark.django_db
def test_what_a_killed_writer_left_is_removed_when_it_is_old(root: Path):
    make_directory(root, f".{get_name(1)}.aaaa", days_old=2)
    young = make_directory(root, f".{get_name(1)}.bbbb")

    prune_indexes()

    assert list(root.iterdir()) == [young]


@pytest.mark.django_db
def test_what_is_not_an_index_is_left_alone(root: Path):
    stranger = make_directory(root, "photographs", days_old=99)

    assert prune_indexes() == []
    assert stranger.exists()


@pytest.mark.django_db
def test_no_folder_is_nothing_to_prune(root: Path):
    LivePeriodFactory()

    assert prune_indexes() == []
