"""The question of an auditor: accounts, numbers and codes as people type them, turned into keys."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.areas.models import Area
from linli.audit.rules import LOOKS, Asked, Sort
from linli.events.models import Event
from linli.events.telling import SENTENCES
from linli.journal.models import Entry
from linli.kit.day_field import DayField
from linli.mediation.models import Dispute
from linli.people.models import Person

#: Verbs by the word before their dot, in this order; others follow.
_FAMILIES: dict[str, Any] = {
    "event": gettext_lazy("Matters"),
    "dispute": gettext_lazy("Disputes"),
    "mediation": gettext_lazy("Mediation bodies"),
    "appointment": gettext_lazy("Appointments"),
    "emergency": gettext_lazy("Emergency access"),
    "area": gettext_lazy("Areas"),
    "key": gettext_lazy("Keys for other systems"),
    "device": gettext_lazy("Phones and devices"),
    "screen": gettext_lazy("Wall screens"),
    "journal": gettext_lazy("Journal"),
}


def verbs() -> Iterator[tuple[str, Any]]:
    """The choices of a list: every verb with its sentence, by families."""
    yield "", _("Everything")
    families: dict[str, list[tuple[str, str]]] = {name: [] for name in _FAMILIES}
    others: list[tuple[str, str]] = []
    for verb, words in SENTENCES.items():
        families.get(verb.partition(".")[0], others).append((verb, f"{words} ({verb})"))
    yield from ((str(_FAMILIES[name]), choices) for name, choices in families.items() if choices)
    yield _("Others"), others


class Question(forms.Form):
    """All of it may be left empty. `asked` once it is valid."""

    account = forms.CharField(label=gettext_lazy("Account of a person"), max_length=60, required=False)
    verb = forms.ChoiceField(label=gettext_lazy("Act or look"), choices=verbs, required=False)
    sort = forms.ChoiceField(
        label=gettext_lazy("Looks and acts"), choices=[("", gettext_lazy("Both")), *Sort.choices], required=False
    )
    of = forms.CharField(label=gettext_lazy("Number of a matter or dispute"), max_length=60, required=False)
    area = forms.CharField(label=gettext_lazy("Code of an area"), max_length=30, required=False)
    first = DayField(label=gettext_lazy("From"), required=False)
    last = DayField(label=gettext_lazy("To"), required=False)

    def clean_account(self) -> int | None:
        """The key of the person."""
        account = self.cleaned_data["account"].strip()
        if not account:
            return None
        found = Person.objects.filter(username=account).values_list("pk", flat=True).first()
        if found is None:
            raise forms.ValidationError(_("There is no account of this name. Residents have none."))
        return found

    def clean_of(self) -> str:
        """The key of what has this number, or that is this key in the journal."""
        number = self.cleaned_data["of"].strip()
        if not number:
            return ""
        event = Event.objects.filter(number=number).values_list("pk", flat=True).first()
        dispute = Dispute.objects.filter(number=number).values_list("pk", flat=True).first()
        key = str(event or dispute or number)
        if not Entry.objects.filter(on_key=key).exists():
            raise forms.ValidationError(_("Nothing in the journal has this number. Type it whole."))
        return key

    def clean_area(self) -> str:
        """The code, of an area there is."""
        code = self.cleaned_data["area"].strip()
        if code and not Area.objects.filter(pk=code).exists():
            raise forms.ValidationError(_("There is no area with this code."))
        return str(code)

    def clean(self) -> dict[str, Any]:
        """What cannot go together."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and first > last:
            self.add_error("last", _("The last day lies before the first."))
        if cleaned.get("verb") and cleaned.get("sort"):
            is_look = cleaned["verb"] in LOOKS
            if is_look != (cleaned["sort"] == Sort.LOOKS):
                self.add_error("sort", _("What was chosen above is the other sort. Choose “Both”."))
        return cleaned

    @property
    def asked(self) -> Asked:
        """The question."""
        said = self.cleaned_data
        return Asked(
            person=said["account"],
            verb=said["verb"],
            sort=said["sort"],
            key=said["of"],
            area=said["area"],
            first=said["first"],
            last=said["last"],
        )
