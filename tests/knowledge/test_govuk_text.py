"""The words of every schema that a public answer needs, in items of our own making."""

from __future__ import annotations

import pytest

from knowledge.govuk_text import read_rich_text, read_sections

URL = "https://www.gov.uk/ferries"


def read(schema, details, **fields):
    """(heading path, address, texts) of each section."""
    item = {"details": details} | fields
    return [
        (section.heading_path, section.url, [block.text for block in section.blocks])
        for section in read_sections(item, schema=schema, url=URL)
    ]


@pytest.mark.parametrize(
    "schema",
    [
        "answer",
        "help_page",
        "detailed_guide",
        "publication",
        "html_publication",
        "manual_section",
        "news_article",
        "specialist_document",
        "statistical_data_set",
        "a_schema_of_tomorrow",
    ],
)
def test_a_plain_body_is_read_whatever_the_schema(schema):
    sections = read(schema, {"body": "<p>One.</p><h2 id='b'>B</h2><p>Two.</p>"})

    assert sections == [((), URL, ["One."]), (("B",), f"{URL}#b", ["Two."])]


def test_of_several_forms_of_a_body_html_is_read():
    body = [
        {"content_type": "text/govspeak", "content": "One"},
        {"content_type": "text/html", "content": "<p>Two</p>"},
    ]

    assert read_rich_text(body) == "<p>Two</p>"
    assert read_rich_text([{"content_type": "text/govspeak", "content": "One"}]) == ""
    assert read_rich_text(None) == ""


def test_the_parts_of_a_guide_have_addresses_of_their_own():
    parts = [
        {"title": "Overview", "slug": "overview", "body": "<p>One.</p>"},
        {"title": "Prices", "slug": "prices", "body": "<p>Two.</p><h2 id='c'>C</h2><p>Three.</p>"},
    ]

    assert read("guide", {"parts": parts}) == [
        (("Overview",), URL, ["One."]),
        (("Prices",), f"{URL}/prices", ["Two."]),
        (("Prices", "C"), f"{URL}/prices#c", ["Three."]),
    ]


def test_travel_advice_begins_with_its_warnings():
    details = {
        "country": {"name": "Examplia"},
        "alert_status": ["avoid_all_travel_to_parts", "a_new_warning"],
        "parts": [{"title": "Safety", "slug": "safety", "body": "<p>Take care.</p>"}],
    }

    assert read("travel_advice", details) == [
        (
            ("Warnings",),
            URL,
            ["FCDO advises against all travel to parts of Examplia.", "a new warning"],
        ),
        (("Safety",), URL, ["Take care."]),
    ]


def test_a_transaction_has_its_texts_and_its_start_link():
    details = {
        "introductory_paragraph": "<p>Buy a ticket.</p>",
        "transaction_start_link": "https://tickets.example/",
        "will_continue_on": "the ticket office",
        "what_you_need_to_know": "<ul><li>It costs £5</li></ul>",
        "more_information": "<p>Bring a coat.</p>",
        "other_ways_to_apply": "<p>Ring the bell.</p>",
        "downtime_message": "Closed on Sunday.",
        "variants": [
            {
                "title": "For children",
                "slug": "children",
                "introductory_paragraph": "<p>Ask.</p>",
                "transaction_start_link": "https://tickets.example/c",
            }
        ],
    }

    assert read("transaction", details) == [
        ((), URL, ["Buy a ticket."]),
        ((), URL, ["Start now on the ticket office: https://tickets.example/"]),
        (("What you need to know",), URL, ["It costs £5"]),
        ((), URL, ["Bring a coat."]),
        (("Other ways to apply",), URL, ["Ring the bell."]),
        ((), URL, ["Closed on Sunday."]),
        (("For children",), f"{URL}/children", ["Ask.", "Start now: https://tickets.example/c"]),
    ]


def test_a_local_transaction_says_where_it_is_not_to_be_had():
    details = {
        "introduction": "<p>Report a seal.</p>",
        "need_to_know": "<p>By day only.</p>",
        "scotland_availability": {"type": "devolved", "alternative_url": "https://seals.example/"},
        "wales_availability": {"type": "unavailable"},
    }

    assert read("local_transaction", details) == [
        ((), URL, ["Report a seal."]),
        (("What you need to know",), URL, ["By day only."]),
        (
            (),
            URL,
            [
                "There is a different service in Scotland: https://seals.example/",
                "This service is not available in Wales.",
            ],
        ),
    ]


def test_a_step_by_step_reads_as_its_steps():
    navigation = {
        "introduction": "<p>How to sail.</p>",
        "steps": [
            {
                "title": "Learn",
                "contents": [
                    {"type": "paragraph", "text": "Start early:"},
                    {
                        "type": "list",
                        "contents": [
                            {"text": "Take lessons", "href": "/lessons", "context": "£5"},
                            {"text": "Swim & dive"},
                        ],
                    },
                ],
            }
        ],
    }

    assert read("step_by_step_nav", {"step_by_step_nav": navigation}) == [
        ((), URL, ["How to sail."]),
        (("Step 1: Learn",), URL, ["Start early:", "Take lessons £5", "Swim & dive"]),
    ]


def test_a_decision_tree_can_be_read_without_clicking():
    nodes = [
        {
            "kind": "question",
            "slug": "q",
            "title": "Can you swim?",
            "body": "<p>Be honest.</p>",
            "options": [
                {"label": "Yes", "next_node": "y"},
                {"label": "No", "next_node": "n"},
            ],
        },
        {"kind": "outcome", "slug": "y", "title": "You may sail", "body": "<p>Go.</p>"},
        {"kind": "outcome", "slug": "n", "title": "You may not sail"},
    ]

    assert read("simple_smart_answer", {"body": "<p>May you sail?</p>", "nodes": nodes}) == [
        ((), URL, ["May you sail?"]),
        (
            ("Can you swim?",),
            URL,
            [
                "Be honest.",
                "If the answer is ‘Yes’: You may sail",
                "If the answer is ‘No’: You may not sail",
            ],
        ),
        (("You may sail",), URL, ["Go."]),
        (("You may not sail",), URL, ["You may not sail"]),
    ]


def test_a_manual_without_a_body_lists_its_sections():
    groups = [
        {
            "title": "Contents",
            "child_sections": [
                {"title": "Prices", "description": "What it costs."},
                {"title": "Times"},
            ],
        }
    ]

    assert read("manual", {"body": "", "child_section_groups": groups}) == [
        (("Contents",), URL, ["Prices: What it costs.", "Times"])
    ]


def test_a_collection_lists_its_documents_by_group():
    details = {
        "body": "<p>All of it.</p>",
        "collection_groups": [
            {"title": "Boats", "body": "<p>Small ones:</p>", "documents": ["2", "1", "unknown"]}
        ],
    }
    links = {"documents": [{"content_id": "1", "title": "A"}, {"content_id": "2", "title": "B"}]}

    assert read("document_collection", details, links=links) == [
        ((), URL, ["All of it."]),
        (("Boats",), URL, ["Small ones:", "B", "A"]),
    ]


def test_a_page_for_some_nations_says_which():
    details = {
        "body": "<p>One.</p>",
        "national_applicability": {
            "england": {"label": "England", "applicable": True},
            "scotland": {"label": "Scotland", "applicable": False},
            "wales": {"label": "Wales", "applicable": True},
            "northern_ireland": {"label": "Northern Ireland", "applicable": False},
        },
    }

    assert read("detailed_guide", details)[0] == ((), URL, ["Applies to England and Wales"])


def test_made_up_sentences_are_escaped():
    details = {"child_section_groups": [{"child_sections": [{"title": "a < b & c"}]}]}

    assert read("manual", details)[0][2] == ["a < b & c"]
