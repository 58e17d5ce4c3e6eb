"""The form of a draw of call-backs by hand."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.areas.models import Area
from linli.mediation.forms.fields import choice, day


class DrawByHand(forms.Form):
    """Of what, and of which days."""

    area = choice(_("For which area"), ())
    from_on = day(_("Agreements in force from"))
    to_on = day(_("to"), help_text=_("Both days included. The last one has to be over."))

    def __init__(self, *args: Any, areas: Sequence[Area], **more: Any) -> None:
        super().__init__(*args, **{"label_suffix": ""} | more)
        self.fields["area"].choices = [(one.pk, one.name) for one in areas]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """With the area as a row."""
        told = dict(self.cleaned_data)
        return {**told, "area": Area.objects.get(pk=told["area"])}
