"""Forms of the register of bodies and mediators."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.areas.models import Area
from linli.mediation.forms.fields import choice, day, line, several, tick
from linli.mediation.rules import BodyKind, Kind, Language, Level
from linli.people.models import Person


class AddBody(forms.Form):
    """A new body."""

    area = choice(_("Where it is"), ())
    name = line(_("Name"), longest=100)
    name_en = line(_("Name in English"), longest=100, required=False)
    level = choice(_("Level"), Level.choices)
    kind = choice(_("What sort of body"), BodyKind.choices)
    prefix = line(  # type: ignore[assignment]
        _("Words in its case numbers"), longest=20, help_text=_("For example 石人调字, for (2026)石人调字第12号.")
    )
    court_name = line(_("Court that confirms its agreements"), longest=100, required=False)

    def __init__(self, *args: Any, areas: Sequence[Any], **more: Any) -> None:
        super().__init__(*args, **{"label_suffix": ""} | more)
        self.fields["area"].choices = [("", "—"), *areas]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """With the area as a row."""
        return self.cleaned_data | {"area": Area.objects.get(pk=self.cleaned_data["area"])}


class CorrectBody(forms.Form):
    """What may be put right of a body; area, level and case numbers stay."""

    name = line(_("Name"), longest=100)
    name_en = line(_("Name in English"), longest=100, required=False)
    kind = choice(_("What sort of body"), BodyKind.choices)
    court_name = line(_("Court that confirms its agreements"), longest=100, required=False)


class CorrectMediator(forms.Form):
    """What may be put right of a mediator."""

    is_head = tick(_("Heads the body: screens, assigns and stamps"))
    skills = several(_("Knows these kinds of disputes"), Kind.choices, required=False)
    languages = several(_("Speaks"), Language.choices)


class OnDay(forms.Form):
    """From which day it is no longer so."""

    on = day(_("From which day on no longer"))


class AddMediator(forms.Form):
    """Somebody who mediates in a body."""

    person = forms.CharField(
        label=_("User name"),
        max_length=150,
        help_text=_("Of somebody in the register of people."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "people-near"}),
    )
    from_on = day(_("From which day"))
    is_head = tick(_("Heads the body: screens, assigns and stamps"))
    skills = several(_("Knows these kinds of disputes"), Kind.choices, required=False)
    languages = several(_("Speaks"), Language.choices)

    def clean_person(self) -> Person:
        """The person of that user name."""
        found = Person.objects.filter(username=self.cleaned_data["person"].strip(), is_active=True).first()
        if found is None:
            raise forms.ValidationError(
                _("Nobody has this user name. Choose one of the list, or add the person first.")
            )
        return found
