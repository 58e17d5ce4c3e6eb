"""Forms about the mediator: choosing, taking on, ties, objections."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from linli.mediation.actions.assigning import proposals, suitable
from linli.mediation.forms.fields import ActForm, choice, party_by, party_choices, text_box, tick
from linli.mediation.models import Mediator
from linli.mediation.rules import Interest, Suits
from linli.mediation.rules.kinds import Against


class Choose(ActForm):
    """Which mediator is asked: one of the proposals, or another of the body."""

    mediator = choice(_("Which mediator is asked"), (), radio=True)

    def prepare(self) -> None:
        """Proposals first, with their reasons; then the others who may be asked."""
        proposed = {one.mediator_id: one for one in proposals(self.dispute)}
        others = suitable(self.dispute, self.at).exclude(pk__in=proposed).select_related("person", "body")
        choices = [(str(key), _proposed(one)) for key, one in proposed.items()]
        choices += [(str(one.pk), one.person.name) for one in others]
        self.fields["mediator"].choices = choices  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """The mediator."""
        return {"mediator": Mediator.objects.get(pk=self.cleaned_data["mediator"])}


_AGAINST = _("against: %(what)s")


def _proposed(one: Any) -> str:
    reasons = " · ".join(str(Suits(code).label) for code in one.reasons)
    if one.earlier:
        reasons = " · ".join(filter(None, [reasons, _AGAINST % {"what": Against.EARLIER.label}]))
    return f"{one.mediator.person.name} – {reasons}" if reasons else str(one.mediator.person.name)


class TakeOn(ActForm):
    """The declaration before taking on."""

    declares_none = tick(
        _("I declare: no tie binds me to a party, its agents or the matter"),
        help_text=_("Close relative, interest in the matter, the same unit, or another tie: declare that instead."),
    )

    def prepare(self) -> None:
        """Say what this house knows itself: earlier matters with one of the sides, by number."""
        asked = self.dispute.assignments.in_force().filter(mediator__person=self.by).first()
        if asked is not None and asked.earlier:
            self.fields["declares_none"].help_text = earlier_words(asked.earlier)


def earlier_words(numbers: Sequence[str]) -> str:
    """What a mediator is told of matters they had before with one of the sides."""
    return ngettext(
        "You had an earlier matter with one of the sides: number %(numbers)s. If it binds you, declare that tie instead.",
        "You had earlier matters with one of the sides: numbers %(numbers)s. If they bind you, declare that tie instead.",
        len(numbers),
    ) % {"numbers": ", ".join(numbers)}


class Why(ActForm):
    """Why, in words."""

    why = text_box(_("Why"), longest=500, rows=3)


class DeclareInterest(ActForm):
    """Which tie."""

    interest = choice(_("Which tie"), [one for one in Interest.choices if one[0] != Interest.NONE], radio=True)


class Objecting(ActForm):
    """Which party does not want this mediator."""

    party = choice(
        _("Which party objects"), (), radio=True, help_text=_("Each party may do so once, and need not say why.")
    )

    def prepare(self) -> None:
        """The parties present."""
        self.fields["party"].choices = party_choices(self.dispute)  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """The party."""
        return {"party": party_by(self.dispute, self.cleaned_data["party"])}
