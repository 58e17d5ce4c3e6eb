"""Forms about the mediator: choosing, taking on, ties, objections."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.mediation.actions.assigning import proposals, suitable
from linli.mediation.forms.fields import ActForm, choice, party_by, party_choices, text_box, tick
from linli.mediation.models import Mediator
from linli.mediation.rules import Interest, Suits


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


def _proposed(one: Any) -> str:
    reasons = " · ".join(str(Suits(code).label) for code in one.reasons)
    return f"{one.mediator.person.name} – {reasons}" if reasons else str(one.mediator.person.name)


class TakeOn(ActForm):
    """The declaration before taking on."""

    declares_none = tick(
        _("I declare: no tie binds me to a party, its agents or the matter"),
        help_text=_("Close relative, interest in the matter, the same unit, or another tie: declare that instead."),
    )


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
