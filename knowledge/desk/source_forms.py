"""The forms in which staff add a source, change how it is checked, and add a file."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from knowledge.models import Source
from knowledge.previewing import get_kind, tidy_address

LICENCES = [
    ("Open Government Licence v3.0", gettext_lazy("Open Government Licence v3.0")),
    ("Open Parliament Licence v3.0", gettext_lazy("Open Parliament Licence v3.0")),
    (
        "Copyright of the publisher; quoted briefly",
        gettext_lazy("Copyright of the publisher; quoted briefly"),
    ),
]
HOURS_LIMIT = 24 * 31
DAYS_LIMIT = 3650
SLUG_CHARACTERS = 70
# Addresses of the desk itself.
TAKEN_SLUGS = frozenset({"add"})


def make_licence_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("Licence"),
        choices=[("", gettext_lazy("Choose one")), *LICENCES],
        help_text=gettext_lazy("Under which the publisher lets its words be used."),
    )


def make_hours_field() -> forms.IntegerField:
    return forms.IntegerField(
        label=gettext_lazy("Hours between two checks"),
        min_value=1,
        max_value=HOURS_LIMIT,
        initial=24,
    )


def make_days_field() -> forms.IntegerField:
    return forms.IntegerField(
        label=gettext_lazy("Days within which a change is expected"),
        help_text=gettext_lazy(
            "After so many days without a change you are told to have a look. "
            "Leave it empty if the page may stay as it is for years."
        ),
        required=False,
        min_value=1,
        max_value=DAYS_LIMIT,
    )


class AddressForm(forms.Form):
    """Step one: where the page stands."""

    url = forms.URLField(
        label=gettext_lazy("Address of the page"),
        help_text=gettext_lazy("Copy it from the browser, with https:// at the beginning."),
        max_length=500,
        assume_scheme="https",
    )


class NewSourceForm(forms.Form):
    """Step two: what we remember of it."""

    url = forms.URLField(widget=forms.HiddenInput, max_length=500, assume_scheme="https")
    title = forms.CharField(label=gettext_lazy("Title"), max_length=300)
    publisher = forms.CharField(label=gettext_lazy("Publisher"), max_length=200)
    licence = make_licence_field()
    check_every_hours = make_hours_field()
    expected_change_days = make_days_field()
    is_url_checked = forms.BooleanField(
        label=gettext_lazy("I have opened this address, and it is the publisher’s own page"),
        required=False,
    )
    is_read_now = forms.BooleanField(
        label=gettext_lazy("Read it now"), required=False, initial=True
    )

    def clean_url(self) -> str:
        url = tidy_address(self.cleaned_data["url"])
        found = Source.objects.filter(url=url).first()
        if found is not None:
            raise forms.ValidationError(
                _("It is a source already: %(title)s") % {"title": found.title}
            )
        return url

    def save(self) -> Source:
        fields = {**self.cleaned_data}
        del fields["is_read_now"]
        return Source.objects.create(
            **fields, slug=make_slug(fields["title"]), kind=get_kind(fields["url"])
        )


def make_slug(title: str) -> str:
    """A short name that no other source has."""
    base = slugify(title)[:SLUG_CHARACTERS].strip("-") or "source"
    taken = {
        *TAKEN_SLUGS,
        *Source.objects.filter(slug__startswith=base).values_list("slug", flat=True),
    }
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


class SourceForm(forms.ModelForm[Source]):
    check_every_hours = make_hours_field()
    expected_change_days = make_days_field()
    is_enabled = forms.BooleanField(
        label=gettext_lazy("In use"),
        help_text=gettext_lazy(
            "Switched off, it is not checked any more. What was read of it stays live; a document "
            "is taken out of use on its own page."
        ),
        required=False,
    )
    is_url_checked = forms.BooleanField(
        label=gettext_lazy("Somebody has opened the address, and it is the publisher’s own page"),
        required=False,
    )
    why = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It is kept with your name for ever."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
    )

    class Meta:
        model = Source
        fields: ClassVar[list[str]] = [
            "check_every_hours",
            "expected_change_days",
            "is_enabled",
            "is_url_checked",
        ]

    def describe_changes(self) -> str:
        """What was changed to what, in words; empty when nothing was."""
        names = [name for name in self.changed_data if name != "why"]
        return "; ".join(
            f"{self.fields[name].label}: {self.describe(self.cleaned_data[name])}"
            for name in names
        )

    def describe(self, value: Any) -> str:
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return _("nothing") if value is None else str(value)


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "PDF, Word, OpenDocument, web page, Markdown, table or plain text."
        ),
        max_length=300,
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        help_text=gettext_lazy("Leave it empty to take the one that stands in the file."),
        required=False,
        max_length=300,
    )
    publisher = forms.CharField(label=gettext_lazy("Publisher"), max_length=200)
    licence = make_licence_field()
    url = forms.URLField(
        label=gettext_lazy("Address where everybody can read the same words"),
        help_text=gettext_lazy("Leave it empty if it stands nowhere: then we show it ourselves."),
        required=False,
        max_length=500,
        assume_scheme="https",
    )
    published_on = forms.DateField(
        label=gettext_lazy("Published on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        limit = settings.KNOWLEDGE_FILE_LIMIT_BYTES
        if file.size > limit:
            raise forms.ValidationError(
                _("The file is larger than %(limit)d MB, the most that we read.")
                % {"limit": limit // 1_000_000}
            )
        return file

    def get_published_at(self) -> datetime | None:
        day = self.cleaned_data["published_on"]
        if day is None:
            return None
        return timezone.make_aware(datetime(day.year, day.month, day.day))
