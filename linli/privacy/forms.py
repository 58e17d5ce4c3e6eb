"""What is sent to this room, turned into clean values."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.privacy.letters import proving_ways
from linli.privacy.rules.requests import LONGEST_NAME, LONGEST_REACH, LONGEST_WORDS, Kind, reasons_for
from linli.privacy.rules.sheets import LONGEST, Answer, SheetKind


def _line(label: Any, longest: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, required=more.pop("required", False), **more)


class Wish(forms.Form):
    """What somebody asks for, with their own words."""

    kind = forms.ChoiceField(
        label=_("What do you ask for?"),
        choices=Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you ask for.")},
    )
    new_reach = _line(
        _("The right telephone number or mailbox"), LONGEST_REACH, help_text=_("Only if you have something corrected.")
    )
    words = _line(
        _("Anything we should know?"),
        LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": LONGEST_WORDS}),
    )
    name = _line(_("Your name, if a letter should carry it"), LONGEST_NAME, widget=forms.TextInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": ""} | kwargs)


class Ask(Wish):
    """The same on the public page, with the proof that it is about oneself: a receipt, or a code that is sent."""

    number = _line(_("Number of your matter"), 40, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    secret = _line(
        _("Code of its receipt"), 20, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )
    reach = _line(_("Or: your telephone number or mailbox"), LONGEST_REACH)
    #: A field people do not see. Whoever fills it in is a machine.
    website = forms.CharField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not proving_ways():
            del self.fields["reach"]

    def clean(self) -> dict[str, Any]:
        """One of the two proofs."""
        sent = super().clean() or {}
        if sent.get("number") and not sent.get("secret"):
            self.add_error("secret", _("The code stands on the receipt, under the number."))
        elif not sent.get("number") and not sent.get("reach"):
            self.add_error(
                "number", _("Show that it is about you: number and code of a receipt, or come to the window.")
            )
        return sent

    @property
    def wish(self) -> dict[str, str]:
        """What is asked, without the proof."""
        return {name: self.cleaned_data[name] for name in ("kind", "words", "name", "new_reach")}


class AtWindow(Wish):
    """The same as an officer writes it down."""

    reach = _line(
        _("Telephone number or mailbox under which to look"),
        LONGEST_REACH,
        required=True,
        help_text=_("As they left it with us. Look at a document that shows who they are; copy nothing of it."),
    )
    seen = forms.BooleanField(label=_("I have seen who it is"))


class Digits(forms.Form):
    """The six digits that were sent."""

    code = forms.CharField(
        label=_("The six digits"),
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class Code(forms.Form):
    """The code under which the answer is read."""

    code = forms.CharField(
        label=_("Your code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


def _answer_box() -> forms.CharField:
    return forms.CharField(
        label=_("What you answer"),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": LONGEST_WORDS}),
        error_messages={"required": _("Write something first.")},
    )


class Done(forms.Form):
    """The answer to a request that is done."""

    words = _answer_box()


class No(forms.Form):
    """A refusal with its reason."""

    reason = forms.ChoiceField(label=_("Reason"), error_messages={"required": _("Choose the reason.")})
    words = _answer_box()

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "auto_id": "id_no_%s"} | kwargs)
        self.fields["reason"].choices = [("", "—"), *reasons_for(kind)]  # type: ignore[attr-defined]


class TermForm(forms.Form):
    """A number of days, and the decision that says so."""

    days = forms.IntegerField(label=_("Days"), min_value=1)
    source = forms.CharField(label=_("Decision of the county, by its number"), max_length=200)


class PlaceHold(forms.Form):
    """What is held, by its number."""

    number = forms.CharField(label=_("Number of the event or dispute"), max_length=40)
    reason = forms.CharField(label=_("Why, with the number of the order"), max_length=200)


_BOXES = {
    Answer.LINE: lambda: forms.TextInput(),
    Answer.WORDS: lambda: forms.Textarea(attrs={"rows": 3}),
    Answer.DAY: lambda: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    Answer.MOMENT: lambda: forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
}
_FIELDS: dict[Answer, type[forms.Field]] = {
    Answer.LINE: forms.CharField,
    Answer.WORDS: forms.CharField,
    Answer.DAY: forms.DateField,
    Answer.MOMENT: forms.DateTimeField,
}


class SheetForm(forms.Form):
    """The questions of a sheet. `after`: the version that was read."""

    def __init__(self, *args: Any, sheet_kind: SheetKind, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": ""} | kwargs)
        for one in sheet_kind.questions:
            more: dict[str, Any] = {"max_length": LONGEST[one.answer]} if one.answer in LONGEST else {}
            self.fields[one.name] = _FIELDS[one.answer](
                label=one.label, required=not one.is_optional, help_text=one.hint, widget=_BOXES[one.answer](), **more
            )
            self.fields[one.name].error_messages["required"] = _("Please fill this in.")

    @property
    def answers(self) -> dict[str, str]:
        """As they are kept: days and moments as the clock of the home shows them."""
        return {name: _as_text(value) for name, value in self.cleaned_data.items()}


def _as_text(value: Any) -> str:
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return "" if value is None else str(value)
