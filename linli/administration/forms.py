"""What is typed when somebody asks for an emergency access, and when persons are added and appointed."""

import unicodedata
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.administration.rules import LONGEST_REASON, MOST_HOURS
from linli.areas.models import ANSWERING, Area
from linli.events.models import Event
from linli.kit.day_field import DayField
from linli.people.models import Department
from linli.people.rules import Role, Scope, roles_to_give


class RefusableForm(forms.Form):
    """A form whose refusals stand beside the field they are about."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def refuse(self, refused: Any) -> None:
        """Put a refusal of an action beside its field, or above the form."""
        field = str(refused.facts.get("field", ""))
        self.add_error(field if field in self.fields else None, refused.message)


class Ask(RefusableForm):
    """One matter or one area, why, and for how long."""

    what = forms.CharField(
        label=_("Number of the matter, or code of the area"),
        max_length=60,
        help_text=_("As little as will do: one matter rather than an area."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Why it cannot wait"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Both who decide read it, and so does the auditor. No names."),
    )
    hours = forms.TypedChoiceField(
        label=_("For how many hours"),
        choices=[(n, str(n)) for n in range(1, MOST_HOURS + 1)],
        coerce=int,
        initial=1,
        help_text=_("It begins with the second decision and ends by itself."),
    )

    def clean_what(self) -> Area | Event:
        """The matter of this number, or the open area of this code."""
        typed = unicodedata.normalize("NFKC", self.cleaned_data["what"]).strip()
        event = Event.objects.filter(number=typed).select_related("area").first()
        if event is not None:
            return event
        area = Area.objects.open().filter(pk=typed, kind__in=sorted(ANSWERING)).first() if typed.isascii() else None
        if area is None:
            raise forms.ValidationError(_("There is no matter of this number and no area of this code. Type it whole."))
        return area


class AddPerson(RefusableForm):
    """Somebody new. What they may do comes by appointing them."""

    name = forms.CharField(label=_("Name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        help_text=_("For signing in: letters, or letters and digits. One person, one account."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    telephone = forms.CharField(
        label=_("Telephone number"),
        max_length=20,
        required=False,
        help_text=_("Only if they want to sign in by it. It is shown on no page afterwards."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )


class AppointPerson(RefusableForm):
    """A role in an area, from when to when. `values()` are the keyword arguments of the action."""

    role = forms.ChoiceField(label=_("Role"))
    area = forms.CharField(
        label=_("Area code"),
        max_length=30,
        help_text=_("This area and all inside it."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    department = forms.ModelChoiceField(
        Department.objects.filter(closed_on__isnull=True),
        label=_("Department"),
        required=False,
        empty_label=_("None"),
        help_text=_("A department officer needs one."),
    )
    held_as = forms.ChoiceField(
        label=_("Holds it as"),
        choices=[("holder", _("Holder")), ("deputy", _("Deputy: stands in while no holder is there"))],
        widget=forms.RadioSelect,
        initial="holder",
    )
    from_on = DayField(label=_("From"), initial=timezone.localdate)
    last_on = DayField(label=_("Last day"), required=False, help_text=_("Leave it empty if the end is open."))

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = roles_to_give(one.role for one in scope.held)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]

    def clean_area(self) -> Area:
        """The open area of this code. Whether somebody appoints in it is asked by the action."""
        code = unicodedata.normalize("NFKC", self.cleaned_data["area"]).strip()
        area = Area.objects.open().filter(pk=code).first() if code.isascii() else None
        if area is None:
            raise forms.ValidationError(_("There is no area with this code."))
        return area

    def values(self) -> dict[str, Any]:
        """The last day becomes the first day after it."""
        values = dict(self.cleaned_data)
        last, is_deputy = values.pop("last_on"), values.pop("held_as") == "deputy"
        to_on = last + timedelta(days=1) if last else None
        return values | {"role": Role(values["role"]), "to_on": to_on, "is_deputy": is_deputy}
