"""Which parts of HTML hold words."""

from __future__ import annotations

from knowledge.markup import fold_space, get_text, is_inline, read_html


def test_scripts_styles_and_comments_hold_no_words():
    body = read_html("<p>Ferry<!-- no --><script>no()</script><style>no {}</style></p>")

    assert fold_space(get_text(body)) == "Ferry"


def test_blocks_end_a_word_and_inline_elements_do_not():
    body = read_html("<div>one</div>two<br>three<b>fo</b>ur")

    assert fold_space(get_text(body)) == "one two threefour"


def test_space_is_folded_and_invisible_characters_are_dropped():
    assert fold_space(" a\u00a0b\n\tc\u00ad\u200bd ") == "a b cd"


def test_an_xml_declaration_and_control_characters_do_not_stop_the_reader():
    body = read_html('<?xml version="1.0" encoding="utf-8"?><p>a\x00b\ud800</p>')

    assert fold_space(get_text(body)) == "a b"


def test_a_link_around_a_paragraph_is_no_inline_element():
    body = read_html("<a><p>x</p></a><a><b>x</b></a>")

    assert [is_inline(link) for link in body.iter("a")] == [False, True]
