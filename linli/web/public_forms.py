"""The form of a resident's report."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.events.forms import Photos, photos, words
from linli.events.models import Category
from linli.events.questions import AsksQuestions

__all__ = ["Photos", "Report"]


class Report(AsksQuestions):
    """Place, what, photos, and a contact if they like."""

    text = words(_("What is it?"), required=False, rows=5)
    category = forms.ModelChoiceField(Category.objects.none(), required=False, label=_("What sort of matter?"))
    township = forms.CharField(max_length=30, required=False, label=_("Township"))
    area = forms.CharField(max_length=30, required=False, label=_("Village or community"))
    place = forms.CharField(max_length=300, required=False, label=_("Where exactly, in words"))
    lon = forms.FloatField(required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)
    accuracy_m = forms.FloatField(required=False, min_value=0, max_value=100_000, widget=forms.HiddenInput)
    occurred_at = forms.DateTimeField(
        required=False,
        label=_("When did it happen?"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    photos = photos(_("Photos"))
    contact = forms.CharField(max_length=200, required=False, label=_("How can we reach you?"))
    #: A field people do not see. Whoever fills it in is a machine.
    website = forms.CharField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = Category.objects.filter(  # type: ignore[attr-defined]
            pack__in_use=True, closed_on__isnull=True, parent__isnull=False
        ).select_related("parent")
