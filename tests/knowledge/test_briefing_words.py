from __future__ import annotations

import pytest

from knowledge.briefing_words import get_briefing_url, read_words, split_briefing_url
from tests.knowledge.test_briefing_proposals import make_words


def test_a_paragraph_survives_being_stored():
    assert read_words(make_words().as_data()) == make_words()


@pytest.mark.parametrize(
    ("slug", "language", "url"),
    [("lamps", "en", "/briefings/lamps"), ("lamps", "zh-hans", "/briefings/lamps.zh-hans")],
)
def test_a_briefing_has_an_address_in_each_language(slug, language, url):
    assert get_briefing_url(slug, language) == url
    assert split_briefing_url(url) == (slug, language)
