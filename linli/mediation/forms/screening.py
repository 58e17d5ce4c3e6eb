"""Forms of screening: for mediation or not, which body, what danger, what sort."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.mediation.actions.screening import bodies_for
from linli.mediation.forms.fields import ActForm, choice, text_box, tick, untried_words, ways_told
from linli.mediation.models import Body
from linli.mediation.rules import Kind, MediationType, NotAccepted


class Nothing(ActForm):
    """An act that asks for nothing more."""


class Offer(ActForm):
    """It is for mediation, and which body takes it."""

    body = choice(_("Which body takes it"), (), required=False, help_text=_("Left open, it stays with yours."))

    def prepare(self) -> None:
        """The bodies around the place."""
        self.fields["body"].choices = [("", "—"), *_bodies(self)]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """The body, or None."""
        return {"body": _body(self.cleaned_data["body"])}


class NotAccept(ActForm):
    """It is not mediated: why, and which ways were told."""

    reason = choice(_("Why it is not mediated"), NotAccepted.choices, radio=True)
    why = text_box(_("In your own words"), longest=1000, rows=3)
    ways = ways_told()

    def prepare(self) -> None:
        """Whether tries to reach a party are lacking."""
        self.fields["reason"].help_text = untried_words(self.dispute)


class HandOver(ActForm):
    """Another body takes it."""

    body = choice(_("To which body"), ())

    def prepare(self) -> None:
        """All but the one that has it."""
        self.fields["body"].choices = _bodies(self, but=self.dispute.body_id)  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """The body."""
        return {"body": _body(self.cleaned_data["body"])}


class NoteRisk(ActForm):
    """What may happen."""

    words = text_box(
        _("What you saw or heard"),
        longest=1000,
        rows=3,
        help_text=_(
            "Heads, desk and duty leader are told at once, by the number alone. If somebody is in danger, call 110 first."
        ),
    )


class Classify(ActForm):
    """What sort of dispute it is."""

    kind = choice(_("Type of dispute"), Kind.choices)
    mediation_type = choice(_("Type of mediation"), MediationType.choices)
    people_count = forms.IntegerField(label=_("How many people are in it"), min_value=2, max_value=100_000)
    is_public = tick(_("The parties ask for a public mediation"))

    def prepare(self) -> None:
        """As it is now."""
        for name in self.fields:
            self.initial[name] = getattr(self.dispute, name)


def _bodies(form: ActForm, but: int | None = None) -> list[tuple[str, Any]]:
    return [(str(one.pk), str(one)) for one in bodies_for(form.dispute, form.at) if one.pk != but]


def _body(key: str) -> Body | None:
    return Body.objects.filter(pk=key).first() if key else None
