"""The search debugger: one question taken apart, live, on a candidate or as of a date.

It goes through the pipeline's own steps. What is typed here is posted, so that it stands in no
address, and is neither stored nor logged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from asgiref.sync import async_to_sync
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from assistant.answering import drafting, pipeline
from assistant.answering.claims.checking import ClaimFault
from assistant.answering.language import is_clearly_not_english
from assistant.answering.quoting import find_named
from assistant.answering.rephrasing import list_topics, make_standalone
from assistant.answering.sufficiency import Signs, has_evidence, read_signs
from assistant.answering.types import DraftSentence, Outcome, Turn
from assistant.answering.understanding import understand
from assistant.answering.verification import Fault, find_fault
from assistant.desk.candidates import CandidateField
from assistant.evaluation import FinishedAnswer, collect_answer
from knowledge import retrieval as live_knowledge
from knowledge.desk.access import desk_page
from knowledge.explaining import Explanation, explain
from knowledge.live_sets import LiveSet
from knowledge.models import Publication
from knowledge.retrieval import Retrieval, get_moment
from knowledge.types import DocumentKind

LIMITS = {
    DocumentKind.BRIEFING: drafting.BRIEFINGS_LIMIT,
    DocumentKind.OFFICIAL: drafting.OFFICIAL_LIMIT,
}


class SearchForm(forms.Form):
    """What is asked, and of what."""

    question = forms.CharField(
        label=_("Question"),
        max_length=settings.ASSISTANT_QUESTION_LIMIT_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
    earlier = forms.CharField(
        label=_("The question before it, to try a follow-up (may be empty)"),
        max_length=settings.ASSISTANT_QUESTION_LIMIT_CHARACTERS,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    candidate = CandidateField(label=_("Asked of"), required=False)
    as_of = forms.DateField(
        label=_("As of the end of a day (empty: now)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("candidate") and cleaned.get("as_of"):
            self.add_error(
                "as_of", _("A publication that waits has no past: leave the day empty.")
            )
        return cleaned


@dataclass(frozen=True)
class Dropped:
    """A sentence that was composed and not sent, and why."""

    sentence: DraftSentence
    fault: Fault | ClaimFault


@dataclass(frozen=True, kw_only=True)
class LookedUp:
    """What one question led to, step by step."""

    standalone: str
    # Empty where triage answers without a search.
    searched: str
    outcome: Outcome
    topic: str
    explanation: Explanation | None
    signs: Signs | None
    has_evidence: bool
    is_named: bool
    dropped: tuple[Dropped, ...]
    answer: FinishedAnswer


@sensitive_post_parameters()
@desk_page()
def search(request: HttpRequest) -> HttpResponse:
    is_asked = request.method == "POST"
    form = SearchForm(request.POST if is_asked else None, initial=request.GET.dict())
    looked_up = None
    if is_asked and form.is_valid():
        looked_up = look_up(**form.cleaned_data)
    context = {
        "form": form,
        "found": looked_up,
        "floor": settings.ASSISTANT_EVIDENCE_FLOOR,
    }
    status = 400 if is_asked and looked_up is None else 200
    return render(request, "desk/search.html", context, status=status)


def look_up(
    *, question: str, earlier: str, candidate: Publication | None, as_of: date | None
) -> LookedUp:
    history = [Turn(earlier)] if earlier else []
    tried = candidate.pk if candidate else None
    standalone = make_standalone(question, history)
    if not is_clearly_not_english(question):
        standalone = live_knowledge.mend_question(standalone)
    verdict, vector = understand(
        question, standalone, live_knowledge, topics=list_topics(question, history)
    )
    searched = standalone if verdict.search is None else verdict.search
    explanation, retrieval = None, Retrieval()
    dropped: Sequence[Dropped] = ()
    if verdict.outcome in pipeline.INFORMED and searched:
        vector = vector if searched == standalone else live_knowledge.embed_question(searched)
        live_set = LiveSet(get_moment(as_of, now=timezone.now()), tried)
        explanation = explain(searched, live_set, limits=LIMITS, vector=vector)
        state = drafting.State(live_knowledge, as_of, tried)
        retrieval = drafting.search_both_kinds(searched, state, vector=vector)
        dropped = find_dropped(searched, retrieval, verdict.outcome, state)
    answering = partial(pipeline.answer_question, candidate=tried)
    answer = async_to_sync(collect_answer)(
        question, history=history, as_of=as_of, answering=answering
    )
    return LookedUp(
        standalone=standalone,
        searched=searched if explanation else "",
        outcome=verdict.outcome,
        topic=verdict.topic or "",
        explanation=explanation,
        signs=read_signs(searched, retrieval, live_knowledge) if explanation else None,
        has_evidence=has_evidence(searched, retrieval, live_knowledge),
        is_named=bool(find_named(searched, retrieval.passages)),
        dropped=tuple(dropped),
        answer=answer,
    )


def find_dropped(
    searched: str, retrieval: Retrieval, outcome: Outcome, state: drafting.State
) -> list[Dropped]:
    """Compose as the pipeline does, and verify: what has a fault is what it would not send."""
    draft = drafting.write(searched, retrieval, state, sentence_limit=pipeline.INFORMED[outcome])
    return [
        Dropped(sentence, fault)
        for sentence in draft.sentences
        if (fault := find_fault(sentence, draft.passages)) is not None
    ]
