"""What the desk's pages show of answers. Readers' words are masked before they leave here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, QuerySet

from assistant.answering.types import Outcome
from assistant.desk.grouping import group_questions
from assistant.desk.masking import HIDDEN, mask_question, strip_names
from assistant.models import Answer, Citation, Feedback, FeedbackReason, Question
from assistant.selectors import make_quoted
from knowledge.retrieval import QuoteChange, find_changes, get_plain_words

# Bounds of a page: what is older is seen when the newer has been dealt with.
QUESTIONS_LIMIT = 1000
QUOTES_LIMIT = 2000
ANSWERS_LIMIT = 100
WORDINGS_SHOWN = 3
WRONG = [FeedbackReason.WRONG, FeedbackReason.OUT_OF_DATE]


@dataclass(frozen=True)
class QuestionGroup:
    """Questions that ask for the same, in masked words."""

    words: str
    others: tuple[str, ...]
    count: int
    last_asked: datetime

    @property
    def search_words(self) -> str:
        return " ".join(self.words.replace(HIDDEN, " ").split())

    @property
    def is_readable(self) -> bool:
        """Enough was left to search with."""
        return len(self.search_words.split()) > 1


@dataclass(frozen=True)
class ShownAnswer:
    """An answer as staff see it."""

    answer: Answer
    words: str
    citations: tuple[tuple[Citation, QuoteChange | None], ...]
    feedback: Feedback | None = None


def list_unanswered() -> tuple[list[QuestionGroup], int]:
    """Group the newest questions that found no evidence; say how many are not grouped yet."""
    asked = (
        Question.objects.filter(answer__outcome=Outcome.NO_EVIDENCE, as_of=None)
        .order_by("-pk")
        .values_list("pk", "text", "asked_at")[:QUESTIONS_LIMIT]
    )
    texts = {pk: text for pk, text, _ in asked}
    moments = {pk: moment for pk, _, moment in asked}
    groups, waiting = group_questions({pk: strip_names(text) for pk, text in texts.items()})
    plain_words = get_plain_words()
    return [
        make_group([texts[key] for key in group.keys], moments[max(group.keys)], plain_words)
        for group in groups
    ], waiting


def make_group(
    texts: Sequence[str], last_asked: datetime, plain_words: frozenset[str]
) -> QuestionGroup:
    """The wording in which least had to be hidden stands for the others."""
    masked = dict.fromkeys(mask_question(text, plain_words) for text in texts)
    wordings = sorted(masked, key=lambda words: (words.count(HIDDEN), len(words)))
    return QuestionGroup(
        wordings[0], tuple(wordings[1 : 1 + WORDINGS_SHOWN]), len(texts), last_asked
    )


def count_unanswered() -> int:
    found = Question.objects.filter(answer__outcome=Outcome.NO_EVIDENCE, as_of=None)
    return found.count()


def find_wrong() -> QuerySet[Feedback]:
    """What readers called wrong or out of date, and nobody has settled."""
    return Feedback.objects.filter(is_helpful=False, reason__in=WRONG, settled_at=None)


def list_wrong() -> list[ShownAnswer]:
    """The answers that readers called wrong or out of date, the newest word first."""
    answers = (
        Answer.objects.filter(feedback__in=find_wrong())
        .select_related("feedback")
        .order_by("-feedback__given_at")
    )
    return show_answers(answers[:ANSWERS_LIMIT])


def list_changed() -> list[ShownAnswer]:
    """The answers whose quotes no longer stand, the newest first; not those of a past day."""
    changed = find_changed_quotes()
    answers = Answer.objects.filter(pk__in=list_holders(changed)[:ANSWERS_LIMIT])
    shown = show_answers(answers.order_by("-pk"))
    # The same words may have been quoted with other official words beside them.
    return [each for each in shown if any(change for _, change in each.citations)]


def count_changed() -> int:
    return len(list_holders(find_changed_quotes()))


def find_changed_quotes() -> list[tuple[int, int, str]]:
    """Revision, passage and words of every quote that no longer stands, each looked at once."""
    cited = Citation.objects.filter(answer__question__as_of=None)
    rows = (
        cited.values("revision", "passage", "quote")
        .annotate(newest=Max("pk"))
        .order_by("-newest")
        .values_list("newest", flat=True)[:QUOTES_LIMIT]
    )
    quotes = [make_quoted(citation) for citation in Citation.objects.filter(pk__in=list(rows))]
    return [(quote.revision_id, quote.passage_id, quote.quote) for quote in find_changes(quotes)]


def list_holders(quotes: Sequence[tuple[int, int, str]]) -> list[int]:
    """The answers that hold any of the quotes, the newest first."""
    wanted = set(quotes)
    rows = Citation.objects.filter(
        answer__question__as_of=None, passage__in={passage for _, passage, _ in quotes}
    ).order_by("-answer")
    found = rows.values_list("answer", "revision", "passage", "quote")
    return list(dict.fromkeys(answer for answer, *quote in found if tuple(quote) in wanted))


def list_quoting(document_id: int) -> list[ShownAnswer]:
    """The answers that quoted a document, the newest first, with those quotes alone."""
    answers = Answer.objects.filter(citations__document=document_id).distinct().order_by("-pk")
    return show_answers(answers[:ANSWERS_LIMIT], document_id=document_id)


def show_answers(
    answers: Iterable[Answer], *, document_id: int | None = None
) -> list[ShownAnswer]:
    """Join answers with their citations, what became of these, and the masked question."""
    listed = list(answers)
    citations = Citation.objects.filter(answer__in=listed).order_by("answer", "number")
    if document_id is not None:
        citations = citations.filter(document=document_id)
    quotes = {citation: make_quoted(citation) for citation in citations}
    changes = find_changes(quotes.values())
    by_answer: dict[int, list[tuple[Citation, QuoteChange | None]]] = {}
    for citation, quote in quotes.items():
        by_answer.setdefault(citation.answer_id, []).append((citation, changes.get(quote)))
    texts = dict(Question.objects.filter(answer__in=listed).values_list("answer__pk", "text"))
    feedback = {each.answer_id: each for each in Feedback.objects.filter(answer__in=listed)}
    plain_words = get_plain_words()
    return [
        ShownAnswer(
            answer,
            mask_question(texts[answer.pk], plain_words),
            tuple(by_answer.get(answer.pk, ())),
            feedback.get(answer.pk),
        )
        for answer in listed
    ]
