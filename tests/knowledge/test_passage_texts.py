from __future__ import annotations

import pytest

from knowledge import passage_texts
from knowledge.models import Passage, PassageEmbedding
from knowledge.passage_texts import (
    digest_paragraph,
    digest_text,
    embed_missing,
    get_embedded_text,
)
from tests.factories import DocumentFactory, PassageFactory, RevisionFactory

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
    monkeypatch.setattr(passage_texts, "EMBEDDINGS_SAVED_AT_ONCE", 2)

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
    embed = passage_texts.embed_passages

    def listen(texts, **options):
        embedded.extend(texts)
        return embed(texts, **options)

    monkeypatch.setattr(passage_texts, "embed_passages", listen)
    embed_missing(Passage.objects.all())

    assert [digest_text(text) for text in embedded] == [passage.digest]
