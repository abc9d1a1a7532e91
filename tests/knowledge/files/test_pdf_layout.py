from __future__ import annotations

from collections import Counter

import pytest

from knowledge.files.pdf_layout import Page, Word, find_repeated, join_words, lay_out


def make_words(text, *, base, size=10.0, left=50.0, is_bold=False):
    words = []
    for part in text.split():
        words.append(Word(part, left, left + 5 * len(part), base, size, is_bold))
        left += 5 * len(part) + 3
    return words


def test_bold_type_on_its_own_line_is_a_heading_below_larger_type():
    page = Page(
        1,
        600,
        800,
        [
            make_words("Large words", base=150, size=16),
            make_words("Bold words", base=180, is_bold=True),
            make_words("Plain words of the text that are many more than the others.", base=200),
        ],
    )

    html = lay_out([page])

    assert html.startswith(
        '<h1 id="page=1">Large words</h1><h2 id="page=1">Bold words</h2><p data-anchor="page=1">'
    )


def test_a_sentence_runs_on_over_the_end_of_a_page():
    pages = [
        Page(1, 600, 800, [make_words("The office decides within", base=400)]),
        Page(2, 600, 800, [make_words("ten days of the request.", base=100)]),
    ]

    html = lay_out(pages)

    assert html == '<p data-anchor="page=1">The office decides within ten days of the request.</p>'


def test_bullets_become_a_list():
    lines = [make_words("• one thing", base=300), make_words("• another", base=312)]

    html = lay_out([Page(1, 600, 800, lines)])

    assert html.count("<li ") == 2
    assert "•" not in html


def test_words_are_never_markup():
    html = lay_out([Page(1, 600, 800, [make_words("<script>alert</script>", base=300)])])

    assert "<script>" not in html


def test_what_stands_at_the_edge_of_most_pages_is_no_text():
    pages = [
        Page(
            number,
            600,
            800,
            [
                make_words(f"Draft {number}", base=20),
                make_words(f"In the middle {number}", base=400),
            ],
        )
        for number in range(1, 5)
    ]

    assert find_repeated(pages) == {"draft #"}


@pytest.mark.parametrize(
    ("text", "line", "known", "joined"),
    [
        ("to be consid-", "ered now", ["considered"], "to be considered now"),
        ("a well-", "known rule", ["well-known"], "a well-known rule"),
        # Nothing tells: the characters stay as they are.
        ("a long-", "term plan", [], "a long-term plan"),
        ("soft\u00ad", "ware", [], "software"),
        ("one", "two", [], "one two"),
    ],
)
def test_a_hyphen_goes_only_where_the_document_knows_the_whole_word(text, line, known, joined):
    assert join_words(text, line, Counter(known)) == joined


def test_lines_set_far_apart_are_still_one_paragraph():
    words = "The harbour office decides on every request that comes in by post"
    lines = [make_words(words, base=100 + 19 * number) for number in range(4)]

    html = lay_out([Page(1, 600, 800, lines)])

    assert html.count("<p ") == 1
