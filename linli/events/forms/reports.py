"""The form of a report that staff take down."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from linli.events.forms.fields import CategoryField, open_categories, photos, words
from linli.events.questions import AsksQuestions
from linli.events.rules import Urgency


class NewReport(AsksQuestions):
    """A report that staff take down: from the telephone, at the desk, or found on their round."""

    text = words(_("What is it?"))
    place = forms.CharField(label=_("Where, in words"), max_length=300, required=False)
    area = forms.CharField(label=_("Grid, village or township"), max_length=30, required=False)
    lon = forms.FloatField(label=_("Longitude"), required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(label=_("Latitude"), required=False, widget=forms.HiddenInput)
    accuracy_m = forms.FloatField(required=False, min_value=0, max_value=100_000, widget=forms.HiddenInput)
    category = CategoryField(label=_("Category"), required=False)
    urgency = forms.ChoiceField(
        label=_("Urgency"), choices=[("", _("As the category says")), *Urgency.choices], required=False
    )
    photos = photos(_("Photos"))
    contact = forms.CharField(
        label=_("How to reach the reporter"),
        max_length=200,
        required=False,
        help_text=_("Sealed; opening it needs a reason and is recorded."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = open_categories()  # type: ignore[attr-defined]
        self.fields["category"].widget.attrs.update(
            {"hx-get": reverse("events:questions"), "hx-target": "#questions", "hx-trigger": "change"}
        )
        self.fields["text"].required = False
        self.fields["text"].widget.attrs.update(
            {
                "hx-post": reverse("events:known"),
                "hx-target": "#known",
                "hx-trigger": "change",
                "hx-params": "text,area,lon,lat,category,csrfmiddlewaretoken",
            }
        )
