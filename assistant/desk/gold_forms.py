"""The forms in which staff write a gold question, try one and switch one off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistant.answering.types import Outcome
from assistant.desk.candidates import CandidateField
from knowledge.models import GoldQuestion

# Load, a reader and an error lead to the others, not a question.
OUTCOMES = {
    Outcome.ANSWERED: gettext_lazy("answered, with citations"),
    Outcome.CLARIFICATION_NEEDED: gettext_lazy("asked back, because it is too vague"),
    Outcome.NO_EVIDENCE: gettext_lazy("nothing found, said so"),
    Outcome.OUT_OF_SCOPE: gettext_lazy("not what this service is for"),
    Outcome.INDIVIDUAL_ADVICE: gettext_lazy("the general rule, and where to get advice"),
    Outcome.UNSAFE: gettext_lazy("refused, with the danger and the legal ways"),
    Outcome.URGENT: gettext_lazy("help first"),
}
AUDIENCES = [
    ("public", gettext_lazy("the public")),
    ("adviser", gettext_lazy("an adviser")),
    ("press", gettext_lazy("the press")),
    ("adversarial", gettext_lazy("somebody who tests us")),
]
SLUG_CHARACTERS = 60
BETWEEN = "|"


class LinesField(forms.CharField):
    """A list, one entry a line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else "\n".join(value)

    def to_python(self, value: Any) -> Any:
        return [
            line.strip() for line in (super().to_python(value) or "").splitlines() if line.strip()
        ]


class AlternativesField(LinesField):
    """A list of lists: one a line, its entries with | between them."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str) or value is None:
            return value
        return "\n".join(f" {BETWEEN} ".join(alternatives) for alternatives in value)

    def to_python(self, value: Any) -> Any:
        lines = [
            [part.strip() for part in line.split(BETWEEN) if part.strip()]
            for line in super().to_python(value)
        ]
        return [line for line in lines if line]


class TurnsField(LinesField):
    """Earlier turns: a question a line, its answer after the |."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str) or value is None:
            return value
        turns = [(turn["question"], turn.get("answer", "")) for turn in value]
        return "\n".join(f" {BETWEEN} ".join(filter(None, turn)) for turn in turns)

    def to_python(self, value: Any) -> Any:
        turns = [line.partition(BETWEEN) for line in super().to_python(value)]
        return [{"question": asked.strip(), "answer": said.strip()} for asked, _bar, said in turns]


class GoldQuestionForm(forms.ModelForm[GoldQuestion]):
    """The fields of the gold question files, written as people write."""

    question = forms.CharField(
        label=gettext_lazy("Question"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
    slug = forms.SlugField(
        label=gettext_lazy("Short name"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Left empty, it is made from the question."),
    )
    audience = forms.ChoiceField(label=gettext_lazy("Who would ask so"), choices=AUDIENCES)
    outcomes = forms.MultipleChoiceField(
        label=gettext_lazy("Right outcomes"),
        choices=[(outcome.value, words) for outcome, words in OUTCOMES.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Any of those that you tick counts as right."),
    )
    facts = AlternativesField(
        label=gettext_lazy("Must say"),
        required=False,
        help_text=gettext_lazy(
            "One fact a line. Where it can be put in several ways, write them all with | between, "
            "such as: free | no fee | costs nothing. One of them must stand in the answer or in "
            "its quotes."
        ),
    )
    avoid = LinesField(
        label=gettext_lazy("Must not say"),
        required=False,
        help_text=gettext_lazy("One a line. None of these may stand in the answer."),
    )
    cites_any = LinesField(
        label=gettext_lazy("Must cite one of"),
        required=False,
        help_text=gettext_lazy(
            "One address a line, or the beginning of one. Empty: any citation will do."
        ),
    )
    history = TurnsField(
        label=gettext_lazy("Earlier turns"),
        required=False,
        help_text=gettext_lazy("One question a line; its answer, if it matters, after a |."),
    )
    why = forms.CharField(
        label=gettext_lazy("What changes, and why"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("It is kept with your name for ever."),
    )

    class Meta:
        model = GoldQuestion
        fields: ClassVar[Sequence[str]] = (
            "question",
            "slug",
            "audience",
            "outcomes",
            "facts",
            "avoid",
            "cites_any",
            "history",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("facts", "avoid", "cites_any", "history"):
            self.fields[name].widget.attrs |= {"rows": 3, "dir": "auto"}
        if self.instance.pk:
            # It is named so in the reports of earlier publications.
            self.fields["slug"].disabled = True

    def clean_cites_any(self) -> list[str]:
        urls: list[str] = self.cleaned_data["cites_any"]
        for url in urls:
            if not url.startswith(("https://", "http://")):
                message = _("“%(url)s” is no address: it must begin with https://")
                raise forms.ValidationError(message % {"url": url})
        return urls

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("slug") and cleaned.get("question"):
            cleaned["slug"] = make_free_slug(cleaned["question"])
        return cleaned


def make_free_slug(question: str) -> str:
    """A short name that no other question has."""
    wanted = slugify(question)[:SLUG_CHARACTERS].strip("-") or "question"
    taken = set(
        GoldQuestion.objects.filter(slug__startswith=wanted).values_list("slug", flat=True)
    )
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (wanted, *numbered) if slug not in taken)


class TryForm(forms.Form):
    """Of what the question is asked."""

    candidate = CandidateField(label=gettext_lazy("Ask it of"), required=False)


class SwitchForm(forms.Form):
    """Why a question is no longer asked of candidates, or is again."""

    why = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("It is kept with your name for ever."),
    )
