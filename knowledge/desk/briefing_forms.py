"""The forms of a briefing: its title and, one below the other, its paragraphs."""

from __future__ import annotations

import json
import re
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from knowledge.briefing_text import Paragraph
from knowledge.desk.briefing_reading import make_rest

ANCHOR = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
PARAGRAPHS_LIMIT = 60


class BriefingForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=500)
    why = forms.CharField(
        label=_("What changes, and why"),
        help_text=_("The publisher reads this, and it is kept."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        required=False,
    )


class ParagraphForm(forms.Form):
    """One paragraph. `rests` carries what it rests on; `pick` adds to it, `drop` takes from it."""

    id = forms.CharField(
        label=_("Short name"),
        max_length=80,
        help_text=_("Small letters and hyphens. Links to the paragraph end with it."),
    )
    heading = forms.CharField(label=_("Heading"), max_length=300)
    text = forms.CharField(
        label=_("Text"),
        max_length=3000,
        help_text=_("Plain words and short sentences. One thing to say."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    asks = forms.CharField(
        label=_("Ways to ask for it"),
        help_text=_("One a line, as readers would write it."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=5000,
    )
    fact_date = forms.DateField(
        label=_("Date of the fact"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    checked = forms.DateField(
        label=_("Last checked"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    rests = forms.CharField(widget=forms.HiddenInput, required=False)
    find = forms.CharField(
        label=_("Find official words to rest on"),
        help_text=_("Write words, then press “Look”."),
        max_length=300,
        required=False,
    )

    def clean_id(self) -> str:
        value = str(self.cleaned_data["id"])
        if not ANCHOR.fullmatch(value):
            raise forms.ValidationError(_("Use small letters, digits and hyphens only."))
        return value

    def clean_rests(self) -> list[dict[str, str]]:
        """What the page carried, without what is dropped, with what is picked."""
        rests = self.read_rests()
        dropped = set(self.get_list("drop"))
        kept = [rest for place, rest in enumerate(rests) if str(place) not in dropped]
        picked = [rest for key in self.get_list("pick") if (rest := make_rest(key))]
        return [*kept, *(rest for rest in picked if rest not in kept)]

    def read_rests(self) -> list[dict[str, str]]:
        """The rests as they stand, before this form's picks and drops."""
        raw = self.data.get(self.add_prefix("rests"), "") if self.is_bound else ""
        raw = raw or str(self.initial.get("rests", ""))
        try:
            found = json.loads(raw or "[]")
        except ValueError:
            return []
        if not isinstance(found, list):
            return []
        known = ("url", "paragraph", "digest", "quote")
        return [
            {name: str(rest[name]) for name in known if name in rest}
            for rest in found
            if isinstance(rest, dict) and "url" in rest
        ]

    def get_list(self, name: str) -> list[str]:
        data: Any = self.data
        return list(data.getlist(self.add_prefix(name))) if hasattr(data, "getlist") else []

    def make_paragraph(self) -> Paragraph:
        cleaned = self.cleaned_data
        return Paragraph(
            id=cleaned["id"],
            heading=" ".join(cleaned["heading"].split()),
            text=" ".join(cleaned["text"].split()),
            asks=tuple(
                " ".join(ask.split()) for ask in cleaned["asks"].splitlines() if ask.strip()
            ),
            fact_date=cleaned["fact_date"],
            checked=cleaned["checked"],
            rests_on=tuple(cleaned["rests"]),
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not cleaned.get("rests"):
            raise forms.ValidationError(
                _("Choose the official words that this rests on. Without them it is not used.")
            )
        return cleaned


class BaseParagraphs(BaseFormSet[ParagraphForm]):
    """All paragraphs; their short names differ."""

    def clean(self) -> None:
        if any(self.errors):
            return
        names = [form.cleaned_data["id"] for form in self.get_kept()]
        doubles = {name for name in names if names.count(name) > 1}
        if doubles:
            raise forms.ValidationError(
                _("Two paragraphs have the short name %(names)s.")
                % {"names": ", ".join(sorted(doubles))}
            )
        if not names:
            raise forms.ValidationError(_("A briefing needs a paragraph."))

    def get_kept(self) -> list[ParagraphForm]:
        return [form for form in self.forms if form not in self.deleted_forms]


ParagraphForms = formset_factory(
    ParagraphForm, formset=BaseParagraphs, extra=0, can_delete=True, max_num=PARAGRAPHS_LIMIT
)


def get_initial(paragraph: Paragraph) -> dict[str, Any]:
    return {
        "id": paragraph.id,
        "heading": paragraph.heading,
        "text": paragraph.text,
        "asks": "\n".join(paragraph.asks),
        "fact_date": paragraph.fact_date,
        "checked": paragraph.checked,
        "rests": json.dumps([dict(rest) for rest in paragraph.rests_on]),
    }
