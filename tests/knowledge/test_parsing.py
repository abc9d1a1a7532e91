"""HTML → sections and blocks: nothing lost, nothing doubled, structure kept."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.parsing import parse_html
from knowledge.types import BlockKind

URL = "https://www.gov.uk/ferries"


def parse(html, **kwargs):
    return parse_html(html, url=URL, **kwargs)


def texts(section):
    return [block.text for block in section.blocks]


def test_headings_make_sections_with_their_path_and_anchor():
    sections = parse(
        "<p>Before.</p><h2 id='a'>Tickets</h2><p>One.</p><h3>Prices</h3><p>Two.</p>"
        "<h2 id='b'>Harbours</h2><p>Three.</p>"
    )

    assert [(s.heading_path, s.url, texts(s)) for s in sections] == [
        ((), URL, ["Before."]),
        (("Tickets",), f"{URL}#a", ["One."]),
        (("Tickets", "Prices"), f"{URL}#a", ["Two."]),
        (("Harbours",), f"{URL}#b", ["Three."]),
    ]


def test_a_heading_without_words_below_it_is_kept():
    sections = parse("<h2 id='a'>Tickets</h2><h3 id='b'>Prices</h3><p>Two.</p>")

    assert [(s.heading_path, texts(s)) for s in sections] == [
        (("Tickets",), []),
        (("Tickets", "Prices"), ["Two."]),
    ]


def test_a_given_heading_path_goes_first():
    sections = parse("<p>One.</p><h2>Prices</h2><p>Two.</p>", heading_path=("Overview",))

    assert [s.heading_path for s in sections] == [("Overview",), ("Overview", "Prices")]


def test_an_empty_anchor_before_a_heading_is_the_headings():
    sections = parse('<p>Before.</p><a name="prices"></a><h2>Prices</h2><p>Two.</p>')

    assert sections[1].url == f"{URL}#prices"


def test_an_anchor_of_a_paragraph_is_not_the_next_headings():
    sections = parse('<p><a id="note"></a>Before.</p><h2>Prices</h2><p>Two.</p>')

    assert sections[1].url == URL


def test_a_nested_list_is_led_in_by_the_paragraph_of_its_item():
    section = parse(
        "<ol><li><p>FE 2.3. The passenger must:</p><ol><li>(a) wait; and</li>"
        "<li>(b) be:<ol><li>(i) awake; or</li><li>(ii) asleep.</li></ol></li></ol></li></ol>"
    )[0]

    assert [(b.kind, b.number, b.lead_in) for b in section.blocks] == [
        (BlockKind.LIST_ITEM, "FE 2.3", None),
        (BlockKind.LIST_ITEM, "FE 2.3(a)", 0),
        (BlockKind.LIST_ITEM, "FE 2.3(b)", 0),
        (BlockKind.LIST_ITEM, "FE 2.3(b)(i)", 2),
        (BlockKind.LIST_ITEM, "FE 2.3(b)(ii)", 2),
    ]


def test_a_paragraph_that_announces_a_list_is_its_lead_in():
    section = parse("<p>You need:</p><ul><li>a ticket</li></ul><p>Wait.</p><ul><li>Go</li></ul>")[
        0
    ]

    assert [b.lead_in for b in section.blocks] == [None, 0, None, None]
    assert [b.kind for b in section.blocks][:2] == [BlockKind.PARAGRAPH, BlockKind.LIST_ITEM]


def test_flat_items_are_led_in_by_what_they_continue():
    section = parse("<p>327AB. The board may refuse where:</p><p>(i) one; or</p><p>(ii) two.</p>")[
        0
    ]

    assert [(b.number, b.lead_in) for b in section.blocks] == [
        ("327AB", None),
        ("327AB(i)", 0),
        ("327AB(ii)", 0),
    ]


def test_numbers_do_not_run_on_past_a_heading():
    sections = parse("<p>12. Tickets are:</p><h3>Colours</h3><p>(a) blue</p>")

    assert sections[1].blocks[0].number == ""
    assert sections[1].blocks[0].lead_in is None


def test_a_heading_inside_a_list_ends_its_lead_in():
    sections = parse("<p>You need:</p><ul><li>this<h3>Next</h3>that</li><li>more</li></ul>")

    assert [b.lead_in for section in sections for b in section.blocks] == [None, 0, None, None]


def test_numbered_headings_number_what_is_under_them():
    sections = parse("<h4>82 Complaints</h4><p>(1)A passenger</p>", has_numbered_headings=True)

    assert sections[0].blocks[0].number == "82(1)"


def test_a_table_becomes_rows_led_in_by_what_announces_it():
    section = parse(
        "<p>The places are:</p><table><tr><th>Island</th></tr><tr><td>North</td></tr></table>"
    )[0]

    row = section.blocks[1]
    assert (row.kind, row.text, row.lead_in) == (BlockKind.TABLE_ROW, "Island: North", 0)


def test_a_long_cell_is_led_in_by_its_rows_first_cells():
    html = f"<table><tr><td>Ferry</td><td>{'word ' * 200}</td></tr></table>"

    blocks = parse(html)[0].blocks

    assert [(len(b.text.split()), b.lead_in) for b in blocks] == [(1, None), (200, 0)]


def test_terms_lead_into_their_definitions():
    blocks = parse("<dl><dt>Ferry</dt><dd>A boat.</dd><dd>A ship.</dd></dl>")[0].blocks

    assert [(b.text, b.lead_in) for b in blocks] == [
        ("Ferry", None),
        ("A boat.", 0),
        ("A ship.", 0),
    ]


def test_a_list_typed_into_one_paragraph_becomes_its_items():
    blocks = parse("<p>12. In receipt of:\n1.   (a) one; or\n2.   (b) two.</p>")[0].blocks

    assert [(b.text, b.number, b.lead_in) for b in blocks] == [
        ("12. In receipt of:", "12", None),
        ("1. (a) one; or", "12(a)", 0),
        ("2. (b) two.", "12(b)", 0),
    ]


def test_preformatted_lines_and_typed_tables_become_blocks():
    blocks = parse("<pre>3.   of a list\n| A | B |\n| - | - |\n| 1 | 2 |\nend</pre>")[0].blocks

    assert [(b.text, b.number) for b in blocks] == [
        ("3. of a list", ""),
        ("A: 1; B: 2", ""),
        ("end", ""),
    ]


def test_call_outs_quotes_abbreviations_and_footnotes_are_kept():
    sections = parse(
        '<div class="call-to-action"><p>Ask <abbr title="harbour board">HB</abbr>.</p></div>'
        "<blockquote>Said<footer>A sailor</footer></blockquote>"
        '<div class="footnotes"><ol><li>A note. <a class="reversefootnote">↩</a></li></ol></div>'
        "<address>Harbour<br>North</address>"
    )

    assert texts(sections[0]) == ["Ask HB.", "Said", "A sailor", "A note. ↩", "Harbour North"]


def test_words_between_the_tags_of_lists_and_tables_are_kept():
    section = parse("<ul>stray<li>one</li>loose</ul><table>odd<tr><td>two</td></tr></table>")[0]

    assert sorted(" ".join(texts(section)).split()) == ["loose", "odd", "one", "stray", "two"]


def test_empty_html_has_no_sections():
    assert parse("") == parse("<p> </p><hr>") == parse("<script>x</script>") == ()


# --- nothing is lost, nothing is doubled -------------------------------------------------------

words = st.text(alphabet="abcdefghijklmnopqrstuvwxyzéüشфن0123456789", min_size=1, max_size=6)
runs = st.lists(words, min_size=1, max_size=4).map(" ".join)
inline = st.one_of(
    runs,
    runs.map(lambda text: f"<a href='#x'>{text}</a>"),
    runs.map(lambda text: f" <strong>{text}</strong> <!-- none -->"),
    runs.map(lambda text: f"<br>{text}"),
)
paragraphs = st.lists(inline, min_size=1, max_size=3).map(" ".join)


def wrap(*tags):
    return st.tuples(st.sampled_from(tags), st.lists(trees, max_size=3)).map(
        lambda pair: f"<{pair[0]}>{' '.join(pair[1])}</{pair[0]}>"
    )


def make_list(items):
    return "<ol>" + "".join(f"<li>{item}</li>" for item in items) + "</ol>"


trees = st.deferred(
    lambda: st.one_of(
        paragraphs,
        paragraphs.map(lambda text: f"<p>{text}</p>"),
        runs.map(lambda text: f"<h3>{text}</h3>"),
        runs.map(lambda text: f"<pre>{text}\n{text[::-1]}</pre>"),
        wrap("div", "blockquote", "section", "center"),
        st.lists(trees, max_size=3).map(make_list),
        st.lists(st.lists(runs, min_size=2, max_size=2), min_size=1, max_size=3).map(
            lambda rows: (
                "<table>"
                + "".join(f"<tr><td>{a}</td><td><p>{b}</p></td></tr>" for a, b in rows)
                + "</table>"
            )
        ),
        st.just("<script>secret()</script><style>secret {}</style>"),
    )
)


def read_words(text):
    return sorted(re.findall(r"\w+", text))


@given(st.lists(trees, max_size=5).map(" ".join))
@settings(max_examples=150, deadline=None)
def test_every_word_of_the_html_stands_in_one_block_or_heading(html):
    sections = parse(html)

    seen = [block.text for section in sections for block in section.blocks]
    seen += [section.heading_path[-1] for section in sections if section.heading_path]
    without_code = re.sub(r"<(script|style)>.*?</\1>|<!--.*?-->", " ", html)
    assert read_words(" ".join(seen)) == read_words(re.sub(r"<[^>]+>", " ", without_code))


@given(st.lists(trees, max_size=5).map(" ".join))
@settings(max_examples=100, deadline=None)
def test_a_lead_in_always_stands_before_its_item(html):
    for section in parse(html):
        for index, block in enumerate(section.blocks):
            assert block.lead_in is None or 0 <= block.lead_in < index
            assert block.text == " ".join(block.text.split()) != ""


def test_a_caption_introduces_every_row_of_its_table():
    html = (
        "<table><caption>Permits, thousands.</caption><tr><th>Month</th><th>All</th></tr>"
        "<tr><td>May</td><td>1</td></tr><tr><td>June</td><td>2</td></tr></table>"
    )

    (section,) = parse_html(html, url="https://www.gov.uk/a")

    assert [block.lead_in for block in section.blocks] == [None, 0, 0]


def test_a_page_of_strangers_can_give_no_block_an_anchor_of_ours():
    html = '<p data-anchor="page=9">words</p>'

    (theirs,) = parse_html(html, url="https://www.gov.uk/a")
    (ours,) = parse_html(html, url="https://www.gov.uk/a", has_block_anchors=True)

    assert theirs.blocks[0].anchor == ""
    assert ours.blocks[0].anchor == "page=9"
