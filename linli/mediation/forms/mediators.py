"""Forms about the mediator: choosing, taking on, ties, objections."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from linli.mediation.actions.assigning import named, proposals, still_said, suitable
from linli.mediation.forms.fields import (
    ActForm,
    called,
    choice,
    parties_by,
    party_by,
    party_choices,
    several,
    text_box,
    tick,
)
from linli.mediation.models import Assignment, Dispute, Mediator
from linli.mediation.rules import Interest, Suits, Way
from linli.mediation.rules.kinds import Against


class Choose(ActForm):
    """Which mediator is asked: one of the proposals, or another of the body; and who of the parties named them, if any did."""

    mediator = choice(_("Which mediator is asked"), (), radio=True)
    named_by = several(
        _("Parties that chose this mediator"),
        required=False,
        help_text=_(
            "Tick who told you so. Of those proposed one party may choose; anybody else is the parties' choice when every side "
            "has named them. Tick nobody where the committee names."
        ),
    )
    way = choice(_("How they told you"), [one for one in Way.choices if one[0] != Way.ONLINE], required=False)

    def prepare(self) -> None:
        """Proposals first, with their reasons; then the others who may be asked, with who has named them."""
        proposed = {one.mediator_id: one for one in proposals(self.dispute)}
        wanted = {one.mediator_id: wanted_words(self.dispute, one) for one in named(self.dispute)}
        others = suitable(self.dispute, self.at).exclude(pk__in=proposed).select_related("person", "body")
        choices = [(str(key), _with(_proposed(one), wanted.get(key))) for key, one in proposed.items()]
        choices += [(str(one.pk), _with(one.person.name, wanted.get(one.pk))) for one in others]
        self.fields["mediator"].choices = choices  # type: ignore[attr-defined]
        self.fields["named_by"].choices = party_choices(self.dispute)  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """The mediator, and who told the committee so."""
        given = self.cleaned_data
        mediator = Mediator.objects.get(pk=given["mediator"])
        return {
            "mediator": mediator,
            "named_by": parties_by(self.dispute, given["named_by"]),
            "way": given["way"],
        }


def _with(words: str, more: str | None) -> str:
    return f"{words} – {more}" if more else words


def wanted_words(dispute: Dispute, one: Assignment) -> str:
    """Who has named this mediator and how, by side and number: “Applicant 1: On their own page”."""
    names = {str(key): name for key, name in called(list(dispute.parties.all())).items()}
    said = still_said(dispute, one.named_by)
    return " · ".join(
        _("%(who)s: %(how)s") % {"who": name, "how": Way(said[key]).label} for key, name in names.items() if key in said
    )


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
