"""Cut a document into passages along its headings and numbered paragraphs.

A revision's text has one line for each heading and each block, joined by a single newline. A
section opens with the lines of its heading path that the section before it did not share, and
always with its own heading; then come its blocks. A passage is a run of a section's block lines,
text[start:end] of that text; every block stands in passages exactly once, headings in none.

Where to cut is a question of cost, solved exactly for each section: passages of 60 to 160 tokens
(estimated as 1.3 a word) cost nothing, and each kind of cut has its price.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urldefrag

from knowledge.types import (
    Block,
    NumberedSpan,
    ParsedDocument,
    Section,
    Span,
    SplitDocument,
    SplitPassage,
)

TOKENS_A_WORD = 1.3
PASSAGE_TOKENS_LOW = 60
PASSAGE_TOKENS_HIGH = 160
# A short list may stay whole with its lead-in up to here.
LIST_TOKENS_HIGH = 200
# A block above this is cut at sentence ends; no passage of several blocks exceeds it.
BLOCK_TOKENS_HIGH = 220
PIECE_TOKENS = 150
# Text without spaces (a URL, some scripts) counts a word for each so many characters.
WORD_CHARACTERS_HIGH = 40

# The price of a cut before a block, by what is cut apart; compare with what a size costs.
CUT_AT_PARAGRAPH = 0.2
CUT_INSIDE_LIST = 1.0
CUT_INSIDE_SHORT_LIST = 2.5
CUT_AFTER_LEAD_IN = 4.0
CUT_INSIDE_BLOCK = 1.2
# The price of running on into another numbered paragraph when the passage is long enough already.
RUN_ON_PAST_NUMBER = 1.0

_SENTENCE_END = re.compile(r"[.?!…][)\]\"'”’]*\s+(?=[A-Z“‘\"'(•\[¿¡\u00c0-\u00de])|[؟۔。！？]\s*")
_CLAUSE_END = re.compile(r"[;:]\s+")
_COMMA = re.compile(r"[,–—|]\s+")
_SPACE = re.compile(r"\s+")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(“‘])(?:e\.g|i\.e|cf|etc|viz|v|vs|no|nos|para|paras|sch|ss?|reg|regs|art|arts|rr?|"
    r"pp?|ch|cl|vol|ed|eds|st|mr|mrs|ms|dr|prof|hon|ltd|inc|co|approx|fig|tel|ext|[A-Za-z])\.$",
    re.IGNORECASE,
)
# 'UEATS 2.3.' or '12.' at the start of a block belongs to what follows it.
_OPENING_NUMBER = re.compile(r"(?:[A-Z(][\w()/-]*[. ]?\s?)?[A-Z]?\d[\w.()-]*\.$")


@dataclass(frozen=True)
class _Piece:
    """A block, or part of a long one, at its place in the revision's text."""

    block: int
    start: int
    end: int
    tokens: float
    is_first: bool


@dataclass(frozen=True)
class _Layout:
    """A section and the places of its blocks in the revision's text."""

    section: Section
    spans: tuple[Span, ...]


def split_document(document: ParsedDocument) -> SplitDocument:
    text, layouts = _render(document.sections)
    passages: list[SplitPassage] = []
    for layout in layouts:
        pieces = list(_cut_blocks(layout))
        for first, last in _group(layout.section.blocks, pieces):
            group = pieces[first:last]
            passages.append(
                SplitPassage(
                    position=len(passages),
                    start=group[0].start,
                    end=group[-1].end,
                    text=text[group[0].start : group[-1].end],
                    heading_path=layout.section.heading_path,
                    url=_find_url(layout.section, group[0].block),
                    numbers=_find_numbers(layout, group),
                    lead_ins=_find_lead_ins(layout, group[0].block),
                )
            )
    return SplitDocument(text=text, passages=tuple(passages))


def _render(sections: tuple[Section, ...]) -> tuple[str, list[_Layout]]:
    lines: list[str] = []
    layouts: list[_Layout] = []
    position = 0
    earlier: tuple[str, ...] = ()
    for section in sections:
        headings = _read_new_headings(earlier, section.heading_path)
        earlier = section.heading_path
        spans: list[Span] = []
        for line in (*headings, *(block.text for block in section.blocks)):
            spans.append(Span(position, position + len(line)))
            position += len(line) + 1
            lines.append(line)
        layouts.append(_Layout(section, tuple(spans[len(headings) :])))
    return "\n".join(lines), layouts


def count_tokens(text: str) -> float:
    words = sum(1 + len(word) // WORD_CHARACTERS_HIGH for word in text.split())
    return words * TOKENS_A_WORD


def _read_new_headings(earlier: tuple[str, ...], path: tuple[str, ...]) -> tuple[str, ...]:
    shared = 0
    # The last heading is the section's own, even when the section before was called the same.
    while shared < min(len(earlier), len(path) - 1) and earlier[shared] == path[shared]:
        shared += 1
    return path[shared:]


# --- long blocks -------------------------------------------------------------------------------


def _cut_blocks(layout: _Layout) -> Iterator[_Piece]:
    for index, (block, span) in enumerate(zip(layout.section.blocks, layout.spans, strict=True)):
        for start, end in _cut_text(block.text):
            yield _Piece(
                block=index,
                start=span.start + start,
                end=span.start + end,
                tokens=count_tokens(block.text[start:end]),
                is_first=start == 0,
            )


def _cut_text(text: str) -> list[tuple[int, int]]:
    """The places of a block's pieces: all of it, or about equal runs of whole sentences."""
    tokens = count_tokens(text)
    if tokens <= BLOCK_TOKENS_HIGH:
        return [(0, len(text))]
    atoms = _cut_finely(text, 0, len(text))
    goal = tokens / round(tokens / PIECE_TOKENS)
    pieces: list[tuple[int, int]] = []
    start, size = 0, 0.0
    for atom_start, atom_end in atoms:
        atom = count_tokens(text[atom_start:atom_end])
        # Cut where the piece comes nearest to its goal.
        if size and size + atom / 2 > goal:
            pieces.append((start, atom_start))
            start, size = atom_start, 0.0
        size += atom
    pieces.append((start, len(text)))
    return [(start, start + len(text[start:end].rstrip())) for start, end in pieces]


def _cut_finely(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Sentences; a sentence that is itself too long at its clauses, its commas, its words."""
    for pattern in (_SENTENCE_END, _CLAUSE_END, _COMMA, _SPACE):
        cuts = [
            found.end()
            for found in pattern.finditer(text, start, end)
            if found.end() < end and _may_cut(text, found, pattern)
        ]
        if cuts:
            places = list(zip([start, *cuts], [*cuts, end], strict=True))
            return [
                fine
                for place in places
                for fine in (
                    _cut_finely(text, *place)
                    if count_tokens(text[slice(*place)]) > PIECE_TOKENS
                    else [place]
                )
            ]
    size = WORD_CHARACTERS_HIGH
    return [(at, min(at + size, end)) for at in range(start, end, size)]


def _may_cut(text: str, found: re.Match[str], pattern: re.Pattern[str]) -> bool:
    if pattern is not _SENTENCE_END:
        return True
    before = text[: found.end()].rstrip()
    return not (_ABBREVIATION.search(before[-12:]) or _OPENING_NUMBER.fullmatch(before[:40]))


# --- which blocks stand together ---------------------------------------------------------------


def _group(blocks: tuple[Block, ...], pieces: list[_Piece]) -> list[tuple[int, int]]:
    """The cheapest way to cut a section's pieces into passages, as [first, last) pairs."""
    if not pieces:
        return []
    list_sizes: dict[int, float] = {}
    for block in blocks:
        if block.lead_in is not None and block.lead_in not in list_sizes:
            list_sizes[block.lead_in] = _count_list(blocks, block.lead_in)
    cut_prices = [_price_cut(blocks, piece, list_sizes) for piece in pieces]
    # The section's beginning is no cut.
    cut_prices[0] = 0.0
    opens_number = [piece.is_first and _opens_number(blocks, piece.block) for piece in pieces]
    best = [0.0] + [float("inf")] * len(pieces)
    came_from = [0] * (len(pieces) + 1)
    for first in range(len(pieces)):
        tokens = run_on = 0.0
        for last in range(first, len(pieces)):
            if last > first and opens_number[last] and tokens >= PASSAGE_TOKENS_LOW:
                run_on += RUN_ON_PAST_NUMBER
            tokens += pieces[last].tokens
            if last > first and tokens > BLOCK_TOKENS_HIGH:
                break
            cost = best[first] + cut_prices[first] + _price_size(tokens) + run_on
            if cost < best[last + 1] - 1e-9:
                best[last + 1] = cost
                came_from[last + 1] = first
    groups: list[tuple[int, int]] = []
    last = len(pieces)
    while last:
        groups.append((came_from[last], last))
        last = came_from[last]
    return groups[::-1]


def _price_size(tokens: float) -> float:
    if tokens < PASSAGE_TOKENS_LOW:
        return 2.0 * (1 - tokens / PASSAGE_TOKENS_LOW)
    if tokens > PASSAGE_TOKENS_HIGH:
        return (tokens - PASSAGE_TOKENS_HIGH) / (LIST_TOKENS_HIGH - PASSAGE_TOKENS_HIGH)
    return 0.0


def _price_cut(blocks: tuple[Block, ...], piece: _Piece, list_sizes: dict[int, float]) -> float:
    if not piece.is_first:
        return CUT_INSIDE_BLOCK
    lead_in = blocks[piece.block].lead_in
    if lead_in is None:
        return 0.0 if blocks[piece.block].number else CUT_AT_PARAGRAPH
    if lead_in == piece.block - 1:
        return CUT_AFTER_LEAD_IN
    is_short = list_sizes[lead_in] <= LIST_TOKENS_HIGH
    return CUT_INSIDE_SHORT_LIST if is_short else CUT_INSIDE_LIST


def _count_list(blocks: tuple[Block, ...], lead_in: int) -> float:
    """The size of a lead-in with all that it governs, however deep."""
    governed = {lead_in}
    for index in range(lead_in + 1, len(blocks)):
        if blocks[index].lead_in in governed:
            governed.add(index)
        else:
            break
    return sum(count_tokens(blocks[index].text) for index in governed)


def _opens_number(blocks: tuple[Block, ...], index: int) -> bool:
    """Does a numbered paragraph of the highest rank begin here?"""
    return bool(blocks[index].number) and blocks[index].lead_in is None


# --- what a passage carries --------------------------------------------------------------------


def _find_url(section: Section, block: int) -> str:
    """A passage is cited where it begins, when its author's page has such a place."""
    anchor = section.blocks[block].anchor
    return f"{urldefrag(section.url).url}#{anchor}" if anchor else section.url


def _find_numbers(layout: _Layout, group: list[_Piece]) -> tuple[NumberedSpan, ...]:
    spans: dict[int, NumberedSpan] = {}
    for piece in group:
        if number := layout.section.blocks[piece.block].number:
            start = spans[piece.block].start if piece.block in spans else piece.start
            spans[piece.block] = NumberedSpan(number, start, piece.end)
    return tuple(spans.values())


def _find_lead_ins(layout: _Layout, block: int) -> tuple[Span, ...]:
    """The introductions of the lists around a block, outermost first."""
    chain: list[Span] = []
    lead_in = layout.section.blocks[block].lead_in
    while lead_in is not None:
        chain.append(layout.spans[lead_in])
        lead_in = layout.section.blocks[lead_in].lead_in
    return tuple(reversed(chain))
