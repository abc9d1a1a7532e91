"""What a site asks of programs."""

from __future__ import annotations

from knowledge.robots import RobotRules

RULES = b"""User-agent: *
Disallow: /private
Crawl-delay: 3

User-agent: one-in-one-out-assistant
Disallow: /drafts
"""


def test_a_rule_for_us_goes_before_the_rule_for_all():
    rules = RobotRules.read(RULES)

    assert not rules.allows("one-in-one-out-assistant", "https://x.example/drafts/1")
    assert rules.allows("one-in-one-out-assistant", "https://x.example/private")
    assert not rules.allows("another", "https://x.example/private")


def test_the_delay_that_a_site_asks_for_is_read():
    rules = RobotRules.read(RULES)

    assert rules.get_delay("another") == 3
    assert rules.get_delay("one-in-one-out-assistant") == 0


def test_an_empty_file_allows_everything():
    assert RobotRules.read(b"").allows("anyone", "https://x.example/private")


def test_a_file_of_nonsense_allows_everything():
    assert RobotRules.read(b"\xff\x00<html>").allows("anyone", "https://x.example/")
