from __future__ import annotations

import pytest

from assistant.answering.claims.links import HiddenLinks, code_links, find_links

TEXT = "Call 0800 555 0101, write to help@advice.example or see https://advice.example/x."


def test_links_are_hidden_and_put_back_letter_by_letter():
    links = HiddenLinks()

    hidden = links.hide(TEXT)

    assert hidden == "Call ⟦phone-1⟧, write to ⟦email-1⟧ or see ⟦link-1⟧."
    assert links.show(hidden) == TEXT


def test_the_same_link_has_one_token():
    links = HiddenLinks()

    assert links.hide("https://a.example/x") == links.hide("https://a.example/x")


def test_a_token_that_was_never_given_is_refused():
    assert HiddenLinks().show("See ⟦link-3⟧.") is None


def test_what_looks_like_a_token_in_a_text_is_none():
    links = HiddenLinks()

    assert "⟦" not in links.hide("See ⟦link-1⟧")


@pytest.mark.parametrize("text", ["1,240 bicycles", "£50.00", "1 October 2026", "Article 8.2"])
def test_numbers_are_no_links(text):
    assert find_links(text) == []


@pytest.mark.parametrize("text", ["www.evil.example", "evil.co.uk/x", "+33 1 23 45 67 89"])
def test_bare_addresses_and_foreign_numbers_are_links(text):
    assert find_links(text)


def test_a_link_is_compared_as_one_word():
    assert code_links("at https://a.example/x") != code_links("at https://a.example/y")
    assert code_links("at https://a.example/x").isascii()
    assert "/" not in code_links("at https://a.example/x")
