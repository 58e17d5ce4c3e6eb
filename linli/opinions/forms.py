"""The forms: leaving an opinion, answering one, and asking for it by its code."""

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.opinions.rules import LONGEST_PAGE, LONGEST_WORDS, Kind


def _words(label: object, rows: int) -> forms.CharField:
    box = forms.Textarea(attrs={"rows": rows, "maxlength": LONGEST_WORDS})
    return forms.CharField(
        label=label,  # type: ignore[arg-type]
        max_length=LONGEST_WORDS,
        widget=box,
        error_messages={"required": _("Write something first.")},
    )


class Leave(forms.Form):
    """What somebody thinks of linli."""

    kind = forms.ChoiceField(
        label=_("Complaint or suggestion"),
        choices=Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether it is a complaint or a suggestion.")},
    )
    words = _words(_("What do you want to tell us?"), 6)
    page = forms.CharField(max_length=LONGEST_PAGE, required=False, widget=forms.HiddenInput)


class Answer(forms.Form):
    """Words for whoever left it."""

    words = _words(_("What you answer"), 4)


class Code(forms.Form):
    """The code that was told when it was left."""

    code = forms.CharField(
        label=_("Your code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
