from __future__ import annotations

import pytest

from assistant.answering.content import content_words, trim


def test_words_that_stand_everywhere_say_nothing():
    assert content_words("What should I do about the bell?") == {"bell"}


def test_writing_and_marks_make_no_difference():
    assert content_words("BELL, bell!") == content_words("bell")


@pytest.mark.parametrize("word", ["applies", "applied", "apply"])
def test_endings_do_not_keep_words_apart(word):
    assert trim(word) == "apply"


@pytest.mark.parametrize("word", ["bus", "ring", "red", "tied"])
def test_what_would_be_too_short_keeps_its_ending(word):
    assert trim(word) == word
