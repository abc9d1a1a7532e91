"""Which publication a question is asked of: what is live, or one that waits for a person."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from knowledge.models import Publication, PublicationState


class CandidateField(forms.ModelChoiceField[Publication]):
    """Empty is what is live. Of those that wait only the page's words are needed."""

    def __init__(self, *, label: StrOrPromise, required: bool = False) -> None:
        waiting = Publication.objects.filter(state=PublicationState.HELD).defer("gate")
        super().__init__(
            waiting, label=label, required=required, empty_label=gettext_lazy("what is live")
        )

    def label_from_instance(self, obj: Publication) -> str:
        return _("publication %(number)s, which waits") % {"number": obj.pk}
