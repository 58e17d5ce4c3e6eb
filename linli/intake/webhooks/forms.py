"""The forms of webhooks: what was typed, turned into clean values; the actions say what is wrong with them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.areas.models import ANSWERING, Area
from linli.intake.webhooks import mapping
from linli.intake.webhooks.models import Scheme
from linli.intake.webhooks.rules import Group
from linli.kit.refusal import Refused


class _Form(forms.Form):
    """A form whose refusals stand beside the field they are about."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def refuse(self, refused: Refused) -> None:
        """Put a refusal of an action beside its field, or above the form."""
        field = str(refused.facts.get("field", ""))
        self.add_error(field if field in self.fields else None, refused.message)


class AreaCodeField(forms.CharField):
    """The code of an area that somebody keeps."""

    def clean(self, value: Any) -> Any:
        """The area. Whether it is theirs is asked by the action."""
        code = super().clean(value)
        area = Area.objects.open().filter(pk=code.replace("\0", ""), kind__in=sorted(ANSWERING)).first()
        if area is None:
            raise forms.ValidationError(_("There is no area of this code. Choose one of the list."), code="no_area")
        return area


def _area() -> AreaCodeField:
    return AreaCodeField(
        label=_("Area code"),
        max_length=30,
        widget=forms.TextInput(attrs={"list": "areas", "inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("This area and all inside it."),
    )


class SubscriptionForm(_Form):
    """What another system is told, and where."""

    name = forms.CharField(
        label=_("Name of the system"), max_length=60, help_text=_("As people call it; never a person.")
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.TextInput(attrs={"type": "url", "inputmode": "url", "autocomplete": "off"}),
        help_text=_("Over https; inside the county's own network only if the server's setting names that network."),
    )
    groups = forms.MultipleChoiceField(
        label=_("What it is told"), choices=Group.choices, widget=forms.CheckboxSelectMultiple
    )


class NewSubscriptionForm(SubscriptionForm):
    """A new one: also of which area."""

    area = _area()
    field_order = ("name", "address", "area", "groups")


class PusherForm(_Form):
    """What another system pushes, and how it is read."""

    title = forms.CharField(
        label=_("Name of the system"), max_length=60, help_text=_("As people call it; never a person.")
    )
    scheme = forms.ChoiceField(label=_("How it signs"), choices=Scheme.choices)
    mapping = forms.CharField(
        label=_("How its messages are read"),
        max_length=mapping.LARGEST_MAPPING,
        widget=forms.Textarea(attrs={"rows": 20, "spellcheck": "false", "class": "code"}),
        help_text=_("TOML: on the left our fields, on the right the path in their JSON."),
    )
    example = forms.CharField(
        label=_("An example of theirs, to try it"),
        required=False,
        max_length=100_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "code"}),
        help_text=_("JSON. It is read and shown, and stored nowhere: still, use no real person's."),
    )


class NewPusherForm(PusherForm):
    """A new one: also its name in the address, and of which area."""

    name = forms.CharField(
        label=_("Name in the address"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "pattern": "[a-z0-9][a-z0-9\\-]*"}),
        help_text=_("Small letters, digits and dashes, such as hotline-12345."),
    )
    area = _area()
    field_order = ("title", "name", "area", "scheme", "mapping", "example")
