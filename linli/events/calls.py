"""The form of the hotline and the reception window: somebody at the keyboard writes down what another says."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from linli.events import actions
from linli.events.forms import NewReport, words
from linli.events.rules import Door
from linli.kit.refusal import BadInput

#: What a person at the keyboard may choose; a mail comes by itself.
DOORS = [(door.value, door.label) for door in Door if door != Door.MAIL]


class TakenDown(NewReport):
    """A report that somebody enters for another: the caller's own words beside a summary of them."""

    door = forms.ChoiceField(
        label=_("How it came"), choices=DOORS, initial=Door.TELEPHONE.value, widget=forms.RadioSelect
    )
    order_no = forms.CharField(
        label=_("Number of the 12345 order"),
        max_length=80,
        required=False,
        help_text=_("An order is entered once; if it is here already, you are told at once."),
    )
    words = words(
        _("In the caller's own words"),
        required=False,
        longest=actions.LONGEST_STATEMENT,
        rows=6,
        help_text=_("As they say it. Nobody can change this afterwards."),
    )
    wants_call_back = forms.BooleanField(label=_("Wishes to be called back"), required=False)
    stays_unnamed = forms.BooleanField(
        label=_("Wishes to stay unnamed"),
        required=False,
        help_text=_(
            "Then only the desk reads the caller's words and opens the contact; write the summary without names."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text, own = self.fields["text"], self.fields["words"]
        text.label = _("Summary for those who handle it")
        text.help_text = _("Empty: the caller's own words stand here.")
        text.widget.attrs["rows"] = 3
        self.fields["contact"].help_text = _(
            "Sealed. Also what they need when called: dialect, hard of hearing, best time."
        )
        for field in (text, own):
            field.widget.attrs.update(
                {
                    "hx-post": reverse("events:known"),
                    "hx-target": "#known",
                    "hx-trigger": "input changed delay:700ms",
                    "hx-params": "words,text,area,lon,lat,category,csrfmiddlewaretoken",
                }
            )
        self.fields["order_no"].widget.attrs.update(
            {
                "autocomplete": "off",
                "hx-get": reverse("events:order"),
                "hx-target": "#order-known",
                "hx-trigger": "input changed delay:400ms",
            }
        )

    def clean_order_no(self) -> str:
        """In one spelling."""
        try:
            return actions.clean_order(self.cleaned_data["order_no"])
        except BadInput as refusal:
            raise forms.ValidationError(refusal.message, code=refusal.code) from None

    def clean(self) -> dict[str, Any]:
        """What one answer makes necessary of another."""
        clean = super().clean()
        if clean.get("door") == Door.HOTLINE and not clean.get("order_no") and "order_no" not in self.errors:
            self.add_error("order_no", _("Type the number under which 12345 handed it over."))
        if not (clean.get("words") or clean.get("text") or clean.get("photos")):
            self.add_error("words", _("Write down what the caller says, in their words or yours."))
        elif clean.get("stays_unnamed") and not clean.get("text"):
            self.add_error("text", _("Write a summary without names: those who handle it read it."))
        if clean.get("wants_call_back") and not clean.get("contact"):
            self.add_error("contact", _("Without a number nobody can call back."))
        return clean

    def taken(self) -> actions.Taken:
        """What the action is told beside the report itself."""
        names = ("door", "words", "order_no", "wants_call_back", "stays_unnamed")
        return actions.Taken(**{name: self.cleaned_data[name] for name in names})

    def summary(self) -> str:
        """The words that those who handle it read; of a long statement as much as they hold."""
        return str(self.cleaned_data["text"] or self.cleaned_data["words"])[: self.fields["text"].max_length]  # type: ignore[attr-defined]
