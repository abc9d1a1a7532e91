"""The words of a GOV.UK content item, whatever its schema: which fields, in which order.

Where the API gives data and GOV.UK's page makes a sentence of it (a warning's code, a start link,
a decision tree), the sentence is made here too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from knowledge.markup import fold_space
from knowledge.parsing import parse_html
from knowledge.types import Section

Item = dict[str, Any]

# Alert codes of travel advice, in the words that GOV.UK shows for them.
ALERTS = {
    "avoid_all_but_essential_travel_to_parts": (
        "FCDO advises against all but essential travel to parts of {country}."
    ),
    "avoid_all_but_essential_travel_to_whole_country": (
        "FCDO advises against all but essential travel to {country}."
    ),
    "avoid_all_travel_to_parts": "FCDO advises against all travel to parts of {country}.",
    "avoid_all_travel_to_whole_country": "FCDO advises against all travel to {country}.",
}
# Fields of services and of plain pages, in GOV.UK's order, with the heading that it shows.
TEXT_FIELDS = (
    ("introductory_paragraph", ""),
    ("introduction", ""),
    ("body", ""),
    ("need_to_know", "What you need to know"),
    ("what_you_need_to_know", "What you need to know"),
    ("more_information", ""),
    ("other_ways_to_apply", "Other ways to apply"),
    ("downtime_message", ""),
    ("final_outcome_detail", "Detail of outcome"),
    ("public_feedback_detail", "Detail of feedback received"),
)
NATIONS = ("england", "scotland", "wales", "northern_ireland")


def get_details(item: Item) -> Item:
    return item.get("details") or {}


def get_links(item: Item, name: str) -> list[Item]:
    return [link for link in (item.get("links") or {}).get(name) or [] if isinstance(link, dict)]


def read_sections(item: Item, *, schema: str, url: str) -> Iterator[Section]:
    details = get_details(item)
    yield from _read_applicability(details, url)
    if details.get("alert_status"):
        yield from _read_alerts(details, url)
    for field, heading in TEXT_FIELDS:
        path = (heading,) if heading else ()
        yield from parse_html(read_rich_text(details.get(field)), url=url, heading_path=path)
        if field == "introduction":
            yield from _read_start_link(details, url)
    yield from _read_parts(details, url)
    yield from _read_variants(details, url)
    if isinstance(details.get("step_by_step_nav"), dict):
        yield from _read_steps(details["step_by_step_nav"], url)
    if details.get("nodes"):
        yield from _read_nodes(details["nodes"], url)
    for group in details.get("child_section_groups") or []:
        yield from _read_contents(group.get("title"), group.get("child_sections") or [], url)
    if details.get("collection_groups"):
        yield from _read_collection(item, url)
    if schema in {"local_transaction", "place"}:
        yield from _read_availability(details, url)


def read_rich_text(value: Any) -> str:
    """A body as the API gives it: HTML, or the same text in several types."""
    if isinstance(value, list):
        forms = [form for form in value if isinstance(form, dict)]
        return next(
            (
                form.get("content") or ""
                for form in forms
                if form.get("content_type") == "text/html"
            ),
            "",
        )
    return value if isinstance(value, str) else ""


def _make_list(items: Iterable[str], lead_in: str = "") -> str:
    lines = "".join(f"<li>{escape(item)}</li>" for item in items if item)
    lead = f"<p>{escape(lead_in)}</p>" if lead_in else ""
    return f"{lead}<ul>{lines}</ul>" if lines else ""


def _read_applicability(details: Item, url: str) -> Iterator[Section]:
    nations = [(details.get("national_applicability") or {}).get(name) or {} for name in NATIONS]
    labels = [nation.get("label", "") for nation in nations if nation.get("applicable")]
    if labels and len(labels) < len(NATIONS):
        last = f" and {labels[-1]}" if len(labels) > 1 else labels[-1]
        names = ", ".join(labels[:-1]) + last
        yield from parse_html(f"<p>Applies to {escape(names)}</p>", url=url)


def _read_alerts(details: Item, url: str) -> Iterator[Section]:
    country = (details.get("country") or {}).get("name") or "this country"
    codes = [str(code) for code in details["alert_status"]]
    lines = [ALERTS.get(code, code.replace("_", " ")).format(country=country) for code in codes]
    html = "".join(f"<p>{escape(line)}</p>" for line in lines)
    yield from parse_html(html, url=url, heading_path=("Warnings",))


def _read_parts(details: Item, url: str) -> Iterator[Section]:
    for index, part in enumerate(details.get("parts") or []):
        part_url = url if index == 0 else f"{url}/{part.get('slug', '')}"
        yield from parse_html(
            read_rich_text(part.get("body")),
            url=part_url,
            heading_path=(fold_space(part.get("title") or ""),),
        )


def _read_start_link(details: Item, url: str) -> Iterator[Section]:
    if link := details.get("transaction_start_link"):
        name = details.get("will_continue_on")
        text = f"Start now on {name}: {link}" if name else f"Start now: {link}"
        yield from parse_html(f"<p>{escape(text)}</p>", url=url)


def _read_variants(details: Item, url: str) -> Iterator[Section]:
    for variant in details.get("variants") or []:
        variant_url = f"{url}/{variant.get('slug', '')}"
        path = (fold_space(variant.get("title") or ""),)
        html = "".join(read_rich_text(variant.get(field)) for field, _ in TEXT_FIELDS)
        if link := variant.get("transaction_start_link"):
            html += f"<p>{escape(f'Start now: {link}')}</p>"
        yield from parse_html(html, url=variant_url, heading_path=path)


def _read_steps(navigation: Item, url: str) -> Iterator[Section]:
    yield from parse_html(read_rich_text(navigation.get("introduction")), url=url)
    for number, step in enumerate(navigation.get("steps") or [], 1):
        html = ""
        for content in step.get("contents") or []:
            if content.get("type") == "list":
                lines = (
                    " ".join(filter(None, (entry.get("text"), entry.get("context"))))
                    for entry in content.get("contents") or []
                )
                html += _make_list(lines)
            else:
                html += f"<p>{escape(content.get('text') or '')}</p>"
        yield from parse_html(
            html, url=url, heading_path=(f"Step {number}: {step.get('title') or ''}",)
        )


def _read_nodes(nodes: list[Item], url: str) -> Iterator[Section]:
    """A decision tree, readable without clicking: each answer names what it leads to."""
    titles = {node.get("slug"): fold_space(node.get("title") or "") for node in nodes}
    for node in nodes:
        title = titles[node.get("slug")]
        answers = [
            f"If the answer is ‘{option.get('label')}’: {titles.get(option.get('next_node'), '')}"
            for option in node.get("options") or []
        ]
        html = read_rich_text(node.get("body")) + _make_list(answers)
        # An outcome may be its title alone.
        html = html or f"<p>{escape(title)}</p>"
        yield from parse_html(html, url=url, heading_path=(title,))


def _read_contents(title: str | None, children: list[Item], url: str) -> Iterator[Section]:
    lines = (
        ": ".join(filter(None, (child.get("title"), child.get("description"))))
        for child in children
    )
    yield from parse_html(_make_list(lines), url=url, heading_path=(title or "Contents",))


def _read_collection(item: Item, url: str) -> Iterator[Section]:
    titles = {link.get("content_id"): link.get("title") for link in get_links(item, "documents")}
    for group in get_details(item)["collection_groups"]:
        named = [titles.get(identity) or "" for identity in group.get("documents") or []]
        html = read_rich_text(group.get("body")) + _make_list(named)
        title = fold_space(group.get("title") or "")
        yield from parse_html(html, url=url, heading_path=(title,) if title else ())


def _read_availability(details: Item, url: str) -> Iterator[Section]:
    lines = []
    for nation in NATIONS[1:]:
        availability = details.get(f"{nation}_availability") or {}
        name = nation.replace("_", " ").title()
        if availability.get("type") == "unavailable":
            lines.append(f"This service is not available in {name}.")
        elif link := availability.get("alternative_url"):
            lines.append(f"There is a different service in {name}: {link}")
    html = "".join(f"<p>{escape(line)}</p>" for line in lines)
    yield from parse_html(html, url=url)
