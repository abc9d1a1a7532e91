"""A briefing in the editor: paragraphs as fields, and the buttons that change them unsaved.

Everything that was typed travels with the page, so that a preview or the choice of a quote saves
nothing and loses nothing, also without JavaScript.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from knowledge.briefing_words import BriefingWords

PARAGRAPHS_LIMIT = 60
TEXT_LIMIT = 4000
PINS_LIMIT = 12
ANCHOR = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
DIGEST = re.compile(r"(?:[0-9a-f]{64})?")
PREFIX = "p"


class BriefingForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Title"), max_length=300)
    why = forms.CharField(
        label=gettext_lazy("What changes, and why"),
        help_text=gettext_lazy("For the one who approves it; kept for ever."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ParagraphForm(forms.Form):
    anchor = forms.CharField(
        label=gettext_lazy("Short name"),
        help_text=gettext_lazy("Lower-case words joined by hyphens; the same in every language."),
        max_length=80,
    )
    heading = forms.CharField(
        label=gettext_lazy("Heading"),
        max_length=300,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )
    asks = forms.CharField(
        label=gettext_lazy("How readers may ask for it, one way a line"),
        max_length=TEXT_LIMIT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    fact_on = forms.DateField(
        label=gettext_lazy("The facts are of"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    checked_on = forms.DateField(
        label=gettext_lazy("Last checked"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    rests = forms.CharField(widget=forms.HiddenInput, required=False)
    remove = forms.BooleanField(label=gettext_lazy("Remove this paragraph"), required=False)

    def clean_anchor(self) -> str:
        anchor = str(self.cleaned_data["anchor"])
        if not ANCHOR.fullmatch(anchor):
            raise ValidationError(_("Use lower-case words joined by hyphens."))
        return anchor

    def clean_heading(self) -> str:
        return " ".join(self.cleaned_data["heading"].split())

    def clean_text(self) -> str:
        return " ".join(self.cleaned_data["text"].split())

    def clean_rests(self) -> tuple[Mapping[str, str], ...]:
        rests = read_rests(self.cleaned_data["rests"])
        if not rests and not self.data.get(self.add_prefix("remove")):
            raise ValidationError(_("Choose at least one official text that it rests on."))
        return tuple(rests)

    def get_rests(self) -> list[dict[str, str]]:
        """Also while other fields are wrong."""
        return read_rests(str(self["rests"].value() or ""))


class ParagraphFormSet(BaseFormSet[ParagraphForm]):
    def clean(self) -> None:
        kept = [form for form in self.forms if not form.cleaned_data.get("remove")]
        anchors = [form.cleaned_data.get("anchor") for form in kept]
        for form, anchor in zip(kept, anchors, strict=True):
            if anchor and anchors.count(anchor) > 1:
                form.add_error("anchor", _("Another paragraph has this short name."))
        if not kept:
            raise ValidationError(_("A briefing needs at least one paragraph."))

    def get_words(self) -> list[BriefingWords]:
        """The paragraphs that stay. Call it when the forms are valid."""
        return [
            BriefingWords(
                id=given["anchor"],
                heading=given["heading"],
                text=given["text"],
                asks=tuple(filter(None, map(str.strip, given["asks"].splitlines()))),
                fact_on=given["fact_on"],
                checked_on=given["checked_on"],
                rests_on=given["rests"],
            )
            for form in self.forms
            if not (given := form.cleaned_data).get("remove")
        ]


ParagraphForms = formset_factory(
    ParagraphForm,
    formset=ParagraphFormSet,
    extra=0,
    max_num=PARAGRAPHS_LIMIT,
    validate_max=True,
    absolute_max=PARAGRAPHS_LIMIT + 1,
)


def make_paragraphs(*args: Any, **options: Any) -> ParagraphFormSet:
    formset = ParagraphForms(*args, **options)
    assert isinstance(formset, ParagraphFormSet)
    return formset


def read_rests(text: str) -> list[dict[str, str]]:
    """The pins that a page carries; what is no pin is left out, since a page can be forged."""
    try:
        found = json.loads(text or "[]")
    except ValueError:
        return []
    pins = []
    for rest in found if isinstance(found, list) else []:
        values = [rest.get(key) for key in ("url", "paragraph", "digest")] if is_dict(rest) else []
        if values and all(isinstance(value, str) for value in values):
            url, paragraph, digest = values
            if url.startswith(("https://", "http://", "/")) and DIGEST.fullmatch(digest):
                pins.append({"url": url[:500], "paragraph": paragraph[:80], "digest": digest})
    return pins[:PINS_LIMIT]


def is_dict(value: Any) -> bool:
    return isinstance(value, dict)


def make_initial(paragraphs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "anchor": each["id"],
            "heading": each["heading"],
            "text": each["text"],
            "asks": "\n".join(each["asks"]),
            "fact_on": each["fact_date"],
            "checked_on": each["checked"],
            "rests": json.dumps(each["rests_on"]),
        }
        for each in paragraphs
    ]


@dataclass(frozen=True)
class Choosing:
    """Which paragraph gets a quote, and how far the choice has come."""

    place: int
    words: str = ""
    document: int | None = None


def add_paragraph(data: QueryDict) -> None:
    total = read_number(data.get(f"{PREFIX}-TOTAL_FORMS"))
    data[f"{PREFIX}-TOTAL_FORMS"] = str(min(total + 1, PARAGRAPHS_LIMIT))


def add_rest(data: QueryDict, place: int, rest: Mapping[str, str]) -> None:
    rests = read_rests(data.get(f"{PREFIX}-{place}-rests", ""))
    # Chosen again: the new pin takes the place of the old one.
    same = [each for each in rests if is_same_place(each, rest)]
    kept = [each for each in rests if each not in same]
    data[f"{PREFIX}-{place}-rests"] = json.dumps([*kept, dict(rest)])


def is_same_place(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    return (
        one["url"] == other["url"]
        and bool(one["paragraph"])
        and (one["paragraph"] == other["paragraph"])
    )


def remove_rest(data: QueryDict, place: int, number: int) -> None:
    rests = read_rests(data.get(f"{PREFIX}-{place}-rests", ""))
    kept = [rest for index, rest in enumerate(rests) if index != number]
    data[f"{PREFIX}-{place}-rests"] = json.dumps(kept)


def read_number(text: str | None) -> int:
    return int(text[:9]) if text and text.isascii() and text.isdigit() else 0
