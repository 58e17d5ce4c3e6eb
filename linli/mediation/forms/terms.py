"""The form by which a county sets a term anew."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.areas.models import Area
from linli.mediation.forms.fields import choice, day, line
from linli.mediation.rules import LONGEST, Unit


class SetTerm(forms.Form):
    """One new version: how long, on what it rests, from which day, and where."""

    area = choice(_("For which area"), (), help_text=_("It holds there and in everything within."))
    amount = forms.IntegerField(label=_("How long"), min_value=1, max_value=max(LONGEST.values()))
    unit = choice(_("Counted in"), Unit.choices, radio=True)
    source = line(
        _("Text it rests on"),
        longest=200,
        help_text=_("By name and article, as it is cited, for example 廉江市人民调解工作规定第八条."),
    )
    valid_from = day(
        _("From which day"),
        help_text=_("What begins on that day or later gets it. What runs already keeps the term it began with."),
    )

    def __init__(self, *args: Any, areas: Sequence[Area], **more: Any) -> None:
        super().__init__(*args, **{"label_suffix": ""} | more)
        listed = [(one.pk, one.name) for one in areas]
        self.fields["area"].choices = listed if len(listed) == 1 else [("", "—"), *listed]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """With the area as a row."""
        return self.cleaned_data | {"area": Area.objects.get(pk=self.cleaned_data["area"])}
