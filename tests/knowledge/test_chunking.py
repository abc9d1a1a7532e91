"""Sections → passages: every word once, at its exact place."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.chunking import (
    BLOCK_TOKENS_HIGH,
    LIST_TOKENS_HIGH,
    PASSAGE_TOKENS_LOW,
    count_tokens,
    split_document,
)
from knowledge.govuk import parse_govuk_item
from knowledge.types import Block, BlockKind, ParsedDocument, Section

URL = "https://www.gov.uk/ferries"


def make_block(text, number="", lead_in=None):
    kind = BlockKind.PARAGRAPH if lead_in is None else BlockKind.LIST_ITEM
    return Block(kind=kind, text=text, number=number, lead_in=lead_in)


def make_document(*sections):
    """Each section as (heading path, blocks)."""
    return ParsedDocument(
        url=URL,
        title="Ferries",
        sections=tuple(
            Section(heading_path=tuple(path), url=f"{URL}#{len(path)}", blocks=tuple(blocks))
            for path, blocks in sections
        ),
    )


def make_words(count, word="word"):
    return " ".join([word] * count)


def split_blocks(*blocks):
    return split_document(make_document(((), blocks)))


def test_the_text_has_a_line_for_each_heading_and_block():
    document = make_document(
        ((), [make_block("Before.")]),
        (("A",), []),
        (("A", "B"), [make_block("One."), make_block("Two.")]),
        (("A", "C"), [make_block("Three.")]),
        (("A", "C"), [make_block("Four.")]),
        (("D", "E"), [make_block("Five.")]),
    )

    text = split_document(document).text

    assert text.split("\n") == [
        "Before.", "A", "B", "One.", "Two.", "C", "Three.", "C", "Four.", "D", "E", "Five.",
    ]  # fmt: skip


def test_short_blocks_of_a_section_are_joined():
    split = split_blocks(make_block(make_words(30)), make_block(make_words(30)))

    assert len(split.passages) == 1
    assert split.passages[0].text == split.text


def test_a_passage_never_crosses_a_section():
    split = split_document(
        make_document((("A",), [make_block("One.")]), (("B",), [make_block("Two.")]))
    )

    assert [(p.heading_path, p.text, p.position) for p in split.passages] == [
        (("A",), "One.", 0),
        (("B",), "Two.", 1),
    ]


def test_a_numbered_paragraph_begins_a_passage_once_the_one_before_is_long_enough():
    split = split_blocks(
        make_block("1. " + make_words(50), "1"),
        make_block("2. " + make_words(50), "2"),
        make_block("3. " + make_words(10), "3"),
        make_block("4. " + make_words(40), "4"),
    )

    numbers = [[span.number for span in passage.numbers] for passage in split.passages]
    assert numbers == [["1"], ["2"], ["3", "4"]]


def test_a_short_list_stays_whole_with_its_lead_in():
    items = [make_block(f"item {index} " + make_words(13), lead_in=1) for index in range(9)]
    split = split_blocks(make_block(make_words(60)), make_block("The passenger must:"), *items)

    assert [passage.text.split("\n")[0] for passage in split.passages] == [
        make_words(60),
        "The passenger must:",
    ]
    assert count_tokens(split.passages[1].text) <= LIST_TOKENS_HIGH


def test_a_long_list_is_cut_between_items_and_says_what_introduces_it():
    items = [make_block(f"({index}) " + make_words(40), f"1({index})", 0) for index in range(9)]
    nested = make_block("(i) " + make_words(50), "1(8)(i)", 9)
    split = split_blocks(make_block("1. The passenger must:", "1"), *items, nested)

    first, *later = split.passages
    assert first.lead_ins == ()
    assert first.numbers[0].number == "1"
    assert len(later) >= 2
    for passage in later:
        outermost = passage.lead_ins[0]
        assert split.text[outermost.start : outermost.end] == "1. The passenger must:"


def test_lead_ins_run_from_the_outermost_to_the_nearest():
    split = split_blocks(
        make_block("Outer:"),
        make_block("Inner: " + make_words(100), lead_in=0),
        make_block(make_words(150), lead_in=1),
        make_block(make_words(150), lead_in=1),
    )

    last = split.passages[-1]
    found = [split.text[span.start : span.end].split()[0] for span in last.lead_ins]
    assert found == ["Outer:", "Inner:"]


def test_a_lead_in_does_not_stand_at_the_end_of_a_passage():
    split = split_blocks(
        make_block(make_words(110)),
        make_block("You need:"),
        *[make_block(make_words(60), lead_in=1) for _ in range(4)],
    )

    assert not any(passage.text.endswith("You need:") for passage in split.passages)


def test_a_long_block_is_cut_at_sentence_ends_and_keeps_its_number():
    sentence = "The board of the harbour shall answer in forty days. "
    split = split_blocks(make_block("FE 2.3. " + (sentence * 30).strip(), "FE 2.3"))

    assert len(split.passages) > 1
    for passage in split.passages:
        assert passage.text.endswith("days.")
        assert [(n.number, n.start, n.end) for n in passage.numbers] == [
            ("FE 2.3", passage.start, passage.end)
        ]


def test_a_sentence_is_never_cut_inside_a_number_or_an_abbreviation():
    sentence = (
        "Pay £1,938 e.g. To the clerk i.e. Mr. Smith under para. 2.3. or No. 7 of FE 2.3. now"
    )
    split = split_blocks(make_block("FE 2.3. " + "; ".join([sentence] * 12) + "."))

    text = "\n".join(passage.text for passage in split.passages)
    for kept in ("FE 2.3. Pay", "e.g. To", "i.e. Mr. Smith", "para. 2.3. or No. 7"):
        assert f"\n{kept.split(' ', 1)[1]}" not in text
        assert kept in text
    assert "£1,938" in text


def test_a_block_without_sentences_or_spaces_is_cut_all_the_same():
    split = split_blocks(make_block("x" * 20_000))

    assert "".join(passage.text for passage in split.passages) == "x" * 20_000
    assert all(count_tokens(p.text) <= BLOCK_TOKENS_HIGH for p in split.passages)


def test_a_numbered_paragraphs_span_is_its_own_block():
    split = split_blocks(
        make_block("1. The passenger must:", "1"), make_block("(a) wait.", "1(a)", 0)
    )

    spans = split.passages[0].numbers
    assert [split.text[span.start : span.end] for span in spans] == [
        "1. The passenger must:",
        "(a) wait.",
    ]


def test_a_document_without_blocks_has_no_passages():
    assert split_document(make_document()).passages == ()
    assert split_document(make_document((("A",), []))).text == "A"


# --- whatever the document ---------------------------------------------------------------------

lines = st.one_of(
    st.integers(1, 40).map(make_words),
    st.integers(100, 700).map(lambda count: make_words(count, "long")),
    st.integers(5, 60).map(lambda count: "Say it, e.g. so. " * count).map(str.strip),
    st.text(alphabet="abc .;,:?!(é。؟", min_size=1, max_size=300)
    .map(lambda text: " ".join(text.split()))
    .filter(bool),
)


@st.composite
def sections(draw):
    blocks = []
    for index, text in enumerate(draw(st.lists(lines, max_size=12))):
        lead_in = draw(st.none() | st.integers(0, index - 1)) if index else None
        number = draw(st.sampled_from(["", f"{index}"]))
        blocks.append(make_block(text, number, lead_in))
    path = draw(st.lists(st.sampled_from(["A", "B b", "C"]), max_size=3))
    return path, blocks


documents = st.lists(sections(), max_size=4).map(lambda parts: make_document(*parts))


@given(documents)
@settings(max_examples=150, deadline=None)
def test_every_block_stands_in_passages_once_and_in_order(document):
    split = split_document(document)

    blocks = [block.text for section in document.sections for block in section.blocks]
    said = " ".join(passage.text for passage in split.passages)
    assert "".join(said.split()) == "".join("".join(blocks).split())
    assert [p.position for p in split.passages] == list(range(len(split.passages)))
    ends = [0, *(passage.end for passage in split.passages)]
    for passage, earlier_end in zip(split.passages, ends, strict=False):
        assert passage.start >= earlier_end


@given(documents)
@settings(max_examples=150, deadline=None)
def test_every_place_is_exact(document):
    split = split_document(document)

    all_lines = set(split.text.split("\n"))
    for passage in split.passages:
        assert passage.text == split.text[passage.start : passage.end] != ""
        assert passage.text == passage.text.strip()
        for span in passage.numbers:
            assert passage.start <= span.start < span.end <= passage.end
        for span in passage.lead_ins:
            assert span.end <= passage.start
            assert split.text[span.start : span.end] in all_lines


@given(documents)
@settings(max_examples=60, deadline=None)
def test_splitting_is_deterministic_and_bounded(document):
    split = split_document(document)

    assert split == split_document(document)
    for passage in split.passages:
        assert count_tokens(passage.text) <= BLOCK_TOKENS_HIGH * 1.05


def test_the_official_documents_are_cut_into_passages_of_a_useful_size(shared):
    items = sorted((shared / "govuk_mirror" / "content").rglob("*.json"))

    passages = [
        passage
        for path in items
        for passage in split_document(parse_govuk_item(path.read_bytes(), url=URL)).passages
    ]

    sizes = [count_tokens(passage.text) for passage in passages]
    useful = sum(PASSAGE_TOKENS_LOW * 0.5 <= size <= LIST_TOKENS_HIGH for size in sizes)
    assert max(sizes) <= BLOCK_TOKENS_HIGH * 1.05
    assert useful / len(sizes) > 0.85


def test_a_passage_is_cited_where_its_first_block_stands():
    blocks = tuple(
        Block(kind=BlockKind.PARAGRAPH, text=f"{page} " + "word " * 99, anchor=f"page={page}")
        for page in (1, 2)
    )
    section = Section(heading_path=("H",), url="https://www.gov.uk/a#page=1", blocks=blocks)

    split = split_document(
        ParsedDocument(url="https://www.gov.uk/a", title="A", sections=(section,))
    )

    assert [passage.url for passage in split.passages] == [
        "https://www.gov.uk/a#page=1",
        "https://www.gov.uk/a#page=2",
    ]
