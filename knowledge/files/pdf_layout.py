"""From words with places to HTML: headings by size and weight, paragraphs, lists and tables.

What stands at the edge of page after page (running headings, page numbers) is left out. Each
block says its page, so that a passage is cited by the page on which it begins.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise

from knowledge.files.pdf_tables import FoundTable, Rule, Word, find_tables
from knowledge.numbering import read_markers, read_opening

__all__ = ["Page", "Rule", "Word", "find_title_line", "lay_out"]

EDGE_SHARE = 0.11
HEADING_RATIO = 1.12
HEADING_LIMIT_WORDS = 24
LEVELS_LIMIT = 5
LEADING_HIGH = 2.6
_BULLETS = "•◦▪■●‣⁃·–\uf0b7\uf0a7\uf0d8\uf06f\uf076"
_BULLET = re.compile(rf"(?:[{_BULLETS}]|-|o)(?:\s+|$)")
_PAGE_NUMBER = re.compile(
    r"(?:page\s*)?[-–\s]*(?:\d{1,4}|[ivxl]{1,6})(?:\s*(?:of|/)\s*\d{1,4})?[-–\s]*", re.I
)
_ENDS_SENTENCE = re.compile(r"[.:;?!][)\]\"'”’]*$")


@dataclass
class Page:
    number: int
    width: float
    height: float
    lines: list[list[Word]]
    rules: list[Rule] = field(default_factory=list)


@dataclass
class Line:
    """One line of a page that is no table's."""

    text: str
    left: float
    right: float
    base: float
    size: float
    is_bold: bool
    page: int


@dataclass
class _Paragraph:
    text: str
    page: int
    last: Line
    level: int = 0
    is_item: bool = False


def make_line(words: list[Word], page: int) -> Line:
    sizes = Counter[float]()
    for word in words:
        sizes[round(word.size, 1)] += len(word.text)
    return Line(
        text=" ".join(word.text for word in words),
        left=min(word.left for word in words),
        right=max(word.right for word in words),
        base=words[0].base,
        size=sizes.most_common(1)[0][0],
        is_bold=all(word.is_bold for word in words),
        page=page,
    )


def lay_out(pages: list[Page]) -> str:
    body = find_body_size(pages)
    flow = list(_read_flow(pages))
    lines = [part for part in flow if isinstance(part, Line)]
    levels = find_levels(lines, body)
    words = Counter(word.strip(".,;:()") for line in lines for word in line.text.split())
    html: list[str] = []
    items: list[str] = []
    for part in _join_lines(flow, levels, body, words):
        if isinstance(part, _Paragraph) and part.is_item:
            items.append(f'<li data-anchor="page={part.page}">{escape(part.text)}</li>')
            continue
        if items:
            html.append(f"<ul>{''.join(items)}</ul>")
            items = []
        if isinstance(part, FoundTable):
            html.append(part.as_html(anchor=f"page={part.page}"))
        elif part.level:
            html.append(
                f'<h{part.level} id="page={part.page}">{escape(part.text)}</h{part.level}>'
            )
        else:
            html.append(f'<p data-anchor="page={part.page}">{escape(part.text)}</p>')
    if items:
        html.append(f"<ul>{''.join(items)}</ul>")
    return "".join(html)


def find_title_line(pages: list[Page]) -> str:
    """The largest type of the first page with words, where it is larger than the text."""
    for page in pages:
        lines = [make_line(words, page.number) for words in page.lines if words]
        if lines:
            largest = max(line.size for line in lines)
            if largest < HEADING_RATIO * find_body_size(pages):
                return ""
            title = [line.text for line in lines if line.size >= largest - 0.5]
            return " ".join(title[:4])
    return ""


def find_body_size(pages: Iterable[Page]) -> float:
    sizes = Counter[float]()
    for page in pages:
        for words in page.lines:
            for word in words:
                sizes[round(word.size, 1)] += len(word.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


# --- what is on the pages ----------------------------------------------------------------------


def _read_flow(pages: list[Page]) -> Iterator[Line | FoundTable]:
    repeated = find_repeated(pages)
    for page in pages:
        kept = [
            words
            for words in page.lines
            if words and not _is_furniture(words, page, repeated, is_only=len(pages) == 1)
        ]
        tables, rest = find_tables(kept, page.rules, page.number)
        waiting = sorted(tables, key=lambda table: table.at)
        for at, words in rest:
            while waiting and waiting[0].at <= at:
                yield waiting.pop(0)
            yield make_line(words, page.number)
        yield from waiting


def find_repeated(pages: list[Page]) -> set[str]:
    """What stands at the edge of page after page, whatever number is in it."""
    seen = Counter[str]()
    for page in pages:
        seen.update({_key(words) for words in page.lines if words and _edge(words, page)})
    # A running heading may be a chapter's alone.
    least = max(2, min(3, len(pages)), len(pages) // 20)
    return {text for text, count in seen.items() if count >= least}


def _edge(words: list[Word], page: Page) -> bool:
    base = words[0].base
    return base < EDGE_SHARE * page.height or base > (1 - EDGE_SHARE) * page.height


def _key(words: list[Word]) -> str:
    return re.sub(r"\d+", "#", " ".join(word.text for word in words)).lower()


def _is_furniture(words: list[Word], page: Page, repeated: set[str], *, is_only: bool) -> bool:
    if not _edge(words, page):
        return False
    text = " ".join(word.text for word in words)
    is_number = _PAGE_NUMBER.fullmatch(text) is not None and not is_only
    return is_number or _key(words) in repeated


# --- headings and paragraphs -------------------------------------------------------------------


def find_levels(lines: list[Line], body: float) -> dict[float, int]:
    """A level for each size of type that headings have; the largest is 1."""
    sizes = {
        line.size
        for line in lines
        if line.size >= HEADING_RATIO * body and len(line.text.split()) <= HEADING_LIMIT_WORDS
    }
    merged: list[float] = []
    levels: dict[float, int] = {}
    for size in sorted(sizes, reverse=True):
        if not merged or merged[-1] - size > 0.6:
            merged.append(size)
        levels[size] = min(len(merged), LEVELS_LIMIT)
    return levels


def _get_level(line: Line, levels: dict[float, int], body: float, *, is_alone: bool) -> int:
    has_words = any(character.isalpha() for character in line.text)
    if not has_words or len(line.text.split()) > HEADING_LIMIT_WORDS:
        return 0
    if line.size in levels:
        return levels[line.size]
    is_title_like = not re.search(r"[.,;:]$", line.text) and not _BULLET.match(line.text)
    if line.is_bold and is_alone and is_title_like and line.size >= 0.95 * body:
        return min(max(levels.values(), default=0) + 1, LEVELS_LIMIT + 1)
    return 0


def _join_lines(
    flow: list[Line | FoundTable], levels: dict[float, int], body: float, words: Counter[str]
) -> Iterator[_Paragraph | FoundTable]:
    right_edges = [part.right for part in flow if isinstance(part, Line)]
    margin = sorted(right_edges)[int(0.9 * len(right_edges))] if right_edges else 0.0
    leading = find_leading(flow, margin)
    current: _Paragraph | None = None
    for place, part in enumerate(flow):
        if isinstance(part, FoundTable):
            if current:
                yield current
            yield part
            current = None
            continue
        following = flow[place + 1] if place + 1 < len(flow) else None
        is_alone = not (
            isinstance(following, Line)
            and following.is_bold is False
            and abs(following.base - part.base) < 0.3 * part.size
        )
        level = _get_level(part, levels, body, is_alone=is_alone)
        if current and _goes_on(current, part, level, margin, leading):
            current.text = join_words(current.text, part.text, words)
            current.last = part
            continue
        if current:
            yield current
        current = _open(part, level)
    if current:
        yield current


def _open(line: Line, level: int) -> _Paragraph:
    bullet = None if level else _BULLET.match(line.text)
    text = line.text[bullet.end() :] if bullet else line.text
    return _Paragraph(text, line.page, line, level, is_item=bullet is not None)


def find_leading(flow: list[Line | FoundTable], margin: float) -> float:
    """How far apart lines stand, in heights of their type, as far as full lines tell."""
    gaps = Counter[float]()
    for last, line in pairwise(flow):
        if isinstance(last, Line) and isinstance(line, Line) and last.right > 0.85 * margin:
            ratio = (line.base - last.base) / max(line.size, 0.1)
            if last.page == line.page and 0 < ratio < LEADING_HIGH:
                gaps[round(ratio, 1)] += 1
    return gaps.most_common(1)[0][0] if gaps else 0.0


def _goes_on(current: _Paragraph, line: Line, level: int, margin: float, leading: float) -> bool:
    last = current.last
    if level != current.level or (not level and _BULLET.match(line.text)):
        return False
    if current.is_item and not current.text:
        return True
    if opens_numbered(line.text):
        return False
    if line.page != last.page:
        # A sentence runs on over the page's end, a heading does not.
        return not level and not _ENDS_SENTENCE.search(last.text) and line.text[:1].islower()
    gap = line.base - last.base
    if level:
        return 0 <= gap <= 1.6 * line.size and abs(line.size - last.size) < 0.6
    if gap <= 0 or gap > max(1.45, 1.2 * leading) * max(line.size, last.size):
        return False
    is_short = last.right < 0.8 * margin
    return not (is_short and _ENDS_SENTENCE.search(last.text))


def opens_numbered(text: str) -> bool:
    number, end = read_opening(text)
    if number and "." in text[: end + 1]:
        return True
    return bool(read_markers(text, 0, in_list=False)) and text.startswith("(")


def join_words(text: str, line: str, words: Counter[str]) -> str:
    """A word that was cut at the line's end is whole again; a hyphen of its own stays."""
    if text.endswith("\u00ad") or (text.endswith("-") and line[:1].islower()):
        head = text[:-1].rsplit(None, 1)[-1] if text[:-1].strip() else ""
        tail = line.split(None, 1)[0] if line.split() else ""
        whole = f"{head}{tail}".strip(".,;:()")
        hyphened = f"{head}-{tail}".strip(".,;:()")
        if words[hyphened] or (not words[whole] and text.endswith("-")):
            return f"{text[:-1]}-{line}"
        return text[:-1] + line
    return f"{text} {line}"
