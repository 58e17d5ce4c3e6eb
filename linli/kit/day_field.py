"""A field of a form for a day: what people can mean. A slip of the keyboard is refused, before the calendar ends."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_YEARS = range(2000, 2100)


class DayField(forms.DateField):
    """A day, within the years people can mean."""

    widget = forms.DateInput(attrs={"type": "date", "min": "2000-01-01", "max": "2099-12-31"}, format="%Y-%m-%d")

    def clean(self, value: Any) -> date | None:
        """The day. Refuses years that are slips of the keyboard."""
        day: date | None = super().clean(value)
        if day is not None and day.year not in _YEARS:
            raise forms.ValidationError(_("Choose a day between 2000 and 2099."), code="bad_year")
        return day
