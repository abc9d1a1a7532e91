"""Ten thousand documents out of a hundred: slices of their pages, each under its own address.

A slice begins at a heading and keeps its page's title, so its passages are the page's passages,
and an embedding made once serves all of them.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.html

from tests.benchmark.scratch import write_rules
from tests.govuk_server import make_item

PATH = "/guidance/immigration-rules"
ELEMENTS_A_SLICE = 24
HEADINGS = {"h1", "h2", "h3", "h4"}

Item = dict[str, Any]


def read_sections(folder: Path | None) -> list[tuple[str, str]]:
    """Title and body of each page: of the content items in the folder, or made-up ones."""
    if folder is None:
        return [(f"Rules: {name}", body) for name, body in write_rules().items()]
    items = [json.loads(path.read_text()) for path in sorted(folder.rglob("*.json"))]
    return [
        (item["title"], item["details"]["body"])
        for item in items
        if item.get("document_type") == "manual_section"
    ]


def slice_body(body: str) -> list[str]:
    """Pieces of some ten passages, cut before headings; a long stretch without one is cut too."""
    root = lxml.html.fragment_fromstring(body, create_parent="div")
    while len(root) == 1 and root[0].tag in {"div", "section"}:
        root = root[0]
    slices: list[list[str]] = [[]]
    heading = ""
    for element in root:
        markup = lxml.html.tostring(element, encoding="unicode")
        is_heading = element.tag in HEADINGS
        if len(slices[-1]) >= ELEMENTS_A_SLICE:
            slices.append([] if is_heading else [heading])
        if is_heading:
            heading = markup
        slices[-1].append(markup)
    return ["".join(each) for each in slices if each]


def multiply(sections: list[tuple[str, str]], count: int) -> dict[str, Item]:
    """A manual of so many sections; base path → content item."""
    slices = [(title, part) for title, body in sections for part in slice_body(body)]
    items: dict[str, Item] = {}
    for number, (title, part) in enumerate(itertools.islice(itertools.cycle(slices), count)):
        path = f"{PATH}/copy-{number}"
        items[path] = make_item(path, title, "manual_section", body=part)
    listed = [{"title": item["title"], "base_path": path} for path, item in items.items()]
    items[PATH] = make_item(PATH, "Rules", "manual", body="") | {
        "details": {
            "body": "",
            "child_section_groups": [{"title": "Contents", "child_sections": listed}],
        }
    }
    return items


def change(items: dict[str, Item], paths: list[str]) -> Iterator[str]:
    """Add a sentence of our own to each of the pages."""
    for number, path in enumerate(paths):
        items[path]["details"]["body"] += f"<p>Added in trial {number}: a form may be late.</p>"
        yield path
