"""The forms of drawing by lot: the plan of an area, and a draw by hand."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.areas.models import Area
from linli.events.rules import USUAL_AT_MOST, USUAL_SHARE_PERCENT, USUAL_WORKING_DAYS


class AreaForm(forms.Form):
    """Something for one of the areas whose desk this is."""

    area = forms.ModelChoiceField(Area.objects.none(), label=_("Area"), empty_label=None)

    def __init__(self, *args: Any, areas: list[Area], **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        field = self.fields["area"]
        field.queryset = Area.objects.filter(pk__in=[area.pk for area in areas]).order_by("code")  # type: ignore[attr-defined]
        for name, one in self.fields.items():
            one.widget.attrs["id"] = f"{self.prefix or 'draw'}-{name}"


class Plan(AreaForm):
    """How an area draws."""

    share_percent = forms.IntegerField(
        label=_("Share of the closed matters, in percent"), min_value=1, max_value=100, initial=USUAL_SHARE_PERCENT
    )
    at_most = forms.IntegerField(label=_("But so many at the most"), min_value=1, max_value=1000, initial=USUAL_AT_MOST)
    working_days = forms.IntegerField(
        label=_("Looked at within so many working days"), min_value=1, max_value=60, initial=USUAL_WORKING_DAYS
    )
    is_weekly = forms.BooleanField(label=_("Draw each Monday of the week before"), required=False, initial=True)


class DrawByHand(AreaForm):
    """Which days."""

    from_on = forms.DateField(label=_("Closed from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    to_on = forms.DateField(label=_("to"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
