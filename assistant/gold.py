"""Answers a gold question as a reader would be answered, live or on a candidate, and judges it.

The knowledge finds this by the setting KNOWLEDGE_GOLD_ANSWERER: it never imports who asks.
"""

from __future__ import annotations

import asyncio
from functools import partial

from assistant.answering.pipeline import answer_question
from assistant.answering.rendering import describe_citation
from assistant.answering.types import Outcome
from assistant.evaluation import (
    FinishedAnswer,
    GoldQuestion,
    check_grounding,
    collect_answer,
    find_reasons,
    make_gold_question,
)
from assistant.language_models import get_no_model
from knowledge.gate import GoldAnswer
from knowledge.gold_questions import GoldEntry
from knowledge.retrieval import get_revision_text


def answer_gold_question(entry: GoldEntry, *, candidate: int | None = None) -> GoldAnswer:
    """Ask the question of what is live, or of a publication that is not live yet."""
    gold = make_gold_question(entry)
    # Without a language model: two editions are compared, and a model's words vary.
    answering = partial(answer_question, candidate=candidate, get_model=get_no_model)
    answer = asyncio.run(collect_answer(gold.question, history=gold.history, answering=answering))
    return describe_answer(gold, answer)


def describe_answer(gold: GoldQuestion, answer: FinishedAnswer) -> GoldAnswer:
    reasons = find_reasons(gold, answer)
    if answer.result.outcome is Outcome.ANSWERED:
        reasons += check_grounding(answer, get_revision_text).reasons
    return GoldAnswer(
        passed=not reasons,
        outcome=answer.result.outcome.value,
        reasons=tuple(reasons),
        answer=answer.text,
        citations=tuple(describe_citation(citation) for citation in answer.citations),
    )
