"""Measures the answers: outcomes, facts, citations and quotes over the gold questions."""

from assistant.evaluation.asking import (
    FinishedAnswer,
    GoldQuestion,
    collect_answer,
    make_gold_question,
    read_gold_questions,
)
from assistant.evaluation.judging import check_grounding, find_reasons

__all__ = [
    "FinishedAnswer",
    "GoldQuestion",
    "check_grounding",
    "collect_answer",
    "find_reasons",
    "make_gold_question",
    "read_gold_questions",
]
