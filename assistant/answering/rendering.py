"""An answer as plain text and as plain data: for terminals, files and whoever reads aloud."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant import wording
from assistant.answering.sentences import fold_space
from assistant.answering.types import Citation, Label, Sentence


def render_answer(sentences: Sequence[Sentence], *, language: str = "en") -> str:
    """Return one line for each sentence, each but a notice ending with its [n] markers."""
    lines, has_official = [], False
    for sentence in sentences:
        lines.append(
            render_sentence(sentence, is_first_official=not has_official, language=language)
        )
        has_official = has_official or sentence.label == Label.OFFICIAL
    return "\n".join(lines)


def render_sentence(
    sentence: Sentence, *, is_first_official: bool = True, language: str = "en"
) -> str:
    text = fold_space(sentence.text)
    if sentence.label == Label.OFFICIAL:
        text = wording.introduce_official(text, is_first=is_first_official, language=language)
    markers = "".join(f"[{citation.number}]" for citation in sentence.citations)
    return f"{text} {markers}".strip()


def list_citations(sentences: Sequence[Sentence]) -> list[Citation]:
    """Return the citations of the sentences, each once, by number."""
    by_number = {
        citation.number: citation for sentence in sentences for citation in sentence.citations
    }
    return [by_number[number] for number in sorted(by_number)]


def describe_citation(citation: Citation) -> dict[str, Any]:
    """Return a citation in the shape that `ask --json` promises."""
    return {
        "number": citation.number,
        "kind": citation.kind.value,
        "title": citation.title,
        "heading": citation.heading,
        "publisher": citation.publisher,
        "url": citation.url,
        "quote": citation.quote,
        "published": citation.published.isoformat() if citation.published else None,
        "checked": citation.checked.isoformat(),
        "document": citation.document_id,
        "revision": citation.revision_id,
        "is_historic": citation.is_historic,
        "supports": [
            {"url": support.url, "quote": support.quote} for support in citation.supports
        ],
    }
