"""The forms of `/account/`."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.accounts import passwords
from linli.accounts.rules import LONGEST_PASSWORD, HelpReason
from linli.people.models import Person


def _secret(label: object, autocomplete: str, **attributes: str) -> forms.CharField:
    box = forms.PasswordInput(attrs={"autocomplete": autocomplete, **attributes})
    return forms.CharField(label=label, widget=box, strip=False, max_length=LONGEST_PASSWORD)  # type: ignore[arg-type]


class Confirm(forms.Form):
    """The password once more."""

    password = _secret(_("Your password"), "current-password", autofocus="autofocus")


class NewPassword(forms.Form):
    """A new password, typed twice, so that a slip of a finger locks nobody out."""

    password = _secret(_("New password"), "new-password", autofocus="autofocus")
    again = _secret(_("The new password once more"), "new-password")

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"label_suffix": ""})
        self._person = person

    def clean_password(self) -> str:
        """One that may be taken."""
        password: str = self.cleaned_data["password"]
        found = passwords.problems(password, self._person)
        if found:
            raise forms.ValidationError(found)
        return password

    def clean(self) -> dict[str, Any]:
        """Both alike."""
        both = self.cleaned_data
        if "password" in both and "again" in both and both["password"] != both["again"]:
            self.add_error("again", _("This is not the same as above. Type both anew."))
        return both


class Code(forms.Form):
    """The code an app shows now."""

    code = forms.CharField(
        label=_("The six digits that the app shows now"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false", "class": "code-box"}
        ),
    )


class PasskeyName(forms.Form):
    """How the passkey is called in the list; its other half makes the browser."""

    name = forms.CharField(
        label=_("Name, so that you know it again"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    credential = forms.CharField(max_length=20_000, required=False, widget=forms.HiddenInput)


class Help(forms.Form):
    """Why somebody is helped."""

    reason = forms.ChoiceField(
        label=_("Why"),
        choices=[("", _("Choose a reason")), *HelpReason.choices],
        error_messages={"required": _("Choose a reason.")},
    )
