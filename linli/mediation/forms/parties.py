"""Forms about parties: who they are, what they said, who helps them."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import BadInput
from linli.mediation.actions.parties import particulars_of
from linli.mediation.forms.fields import (
    ActForm,
    choice,
    line,
    parties_by,
    party_by,
    party_choices,
    put_refusal,
    several,
    text_box,
    tick,
)
from linli.mediation.rules import CompanionKind, Language, PersonKind, Side, Way
from linli.mediation.rules.parties import (
    LONGEST_ADDRESS,
    LONGEST_NAME,
    MOST_REPRESENTATIVES,
    Particulars,
    Representative,
    clean_particulars,
)

REPRESENTATIVES = range(1, MOST_REPRESENTATIVES + 1)


class PartyForm(ActForm):
    """A party, with up to five who speak for it."""

    side = choice(_("On which side"), Side.choices)
    kind = choice(_("What it is in law"), PersonKind.choices)
    name = line(_("Name of person or organisation"), longest=LONGEST_NAME)
    telephone = line(_("Telephone number"), longest=40, required=False)
    address = line(_("Address"), longest=LONGEST_ADDRESS, required=False)
    mail = line(_("E-mail"), longest=254, required=False)
    language = choice(_("Language they speak"), Language.choices)
    speaks_for_group = tick(_("It is a group that speaks through representatives"))
    group_size = forms.IntegerField(label=_("How many people"), min_value=1, max_value=100_000, initial=1)

    def prepare(self) -> None:
        """Rows for whoever speaks for it; what is known of the party that is corrected."""
        for number in REPRESENTATIVES:
            said = {"number": number}
            self.fields[f"speaker_name_{number}"] = line(
                _("Name of representative %(number)s") % said, longest=LONGEST_NAME, required=False
            )
            self.fields[f"speaker_telephone_{number}"] = line(
                _("Telephone of representative %(number)s") % said, longest=40, required=False
            )
            self.fields[f"speaker_post_{number}"] = line(
                _("Post of representative %(number)s") % said, longest=60, required=False
            )
        if self.target is not None:
            self._fill(particulars_of(self.target))

    def _fill(self, told: Particulars) -> None:
        for name in ("side", "kind", "name", "telephone", "address", "mail", "language", "group_size"):
            self.initial[name] = getattr(told, name)
        self.initial["speaks_for_group"] = told.speaks_for_group
        for number, one in enumerate(told.representatives, 1):
            self.initial.update(
                {
                    f"speaker_name_{number}": one.name,
                    f"speaker_telephone_{number}": one.telephone,
                    f"speaker_post_{number}": one.post,
                }
            )

    @property
    def speakers(self) -> list[list[forms.BoundField]]:
        """The fields of each representative."""
        names = ("speaker_name_", "speaker_telephone_", "speaker_post_")
        return [[self[f"{name}{number}"] for name in names] for number in REPRESENTATIVES]

    @property
    def has_speakers(self) -> bool:
        """Whether one is filled in, or something is wrong with one."""
        return any(field.value() or field.errors for row in self.speakers for field in row)

    def clean(self) -> dict[str, Any]:
        """Say beside the field what the rules say of it."""
        told = super().clean() or {}
        if not self.errors:
            try:
                clean_particulars(self.particulars())
            except BadInput as refusal:
                put_refusal(self, refusal, {"representatives": "speaker_name_1", "post": "speaker_post_1"})
        return told

    def particulars(self) -> Particulars:
        """As the rules take it."""
        told = self.cleaned_data
        speakers = [
            one
            for n in REPRESENTATIVES
            for one in _several(told[f"speaker_name_{n}"], told[f"speaker_telephone_{n}"], told[f"speaker_post_{n}"])
        ]
        return Particulars(
            side=told["side"],
            kind=told["kind"],
            name=told["name"],
            telephone=told["telephone"],
            address=told["address"],
            mail=told["mail"],
            language=told["language"],
            speaks_for_group=told["speaks_for_group"],
            group_size=told["group_size"] if told["speaks_for_group"] else 1,
            representatives=tuple(speakers),
            department=(self.target.department_id or "") if self.target is not None else "",
        )

    def values(self) -> dict[str, Any]:
        """The party as told."""
        return {"told": self.particulars()}


def _several(names: str, telephone: str, post: str) -> list[Representative]:
    """Who was named in one line: several names after each other, as they stand on a paper, are several people."""
    apart = [name.strip() for name in re.split("[、，,；;/]", names) if name.strip()]
    return [Representative(name, *((telephone, post) if not place else ())) for place, name in enumerate(apart)]


class NoteConsent(ActForm):
    """What a party says to mediation."""

    agrees = choice(
        _("What they said"), (("yes", _("They want mediation")), ("no", _("They refuse mediation"))), radio=True
    )
    way = choice(_("How they said it"), Way.choices, radio=True)

    def values(self) -> dict[str, Any]:
        """Yes or no, and how."""
        return {"agrees": self.cleaned_data["agrees"] == "yes", "way": self.cleaned_data["way"]}


class NoteMessages(ActForm):
    """Whether a party wants text messages."""

    agrees = choice(
        _("What they said"),
        (("yes", _("They want text messages on their mobile number")), ("no", _("They want no text messages"))),
        radio=True,
    )
    way = choice(_("How they said it"), Way.choices, radio=True)

    def values(self) -> dict[str, Any]:
        """Yes or no, and how."""
        return {"agrees": self.cleaned_data["agrees"] == "yes", "way": self.cleaned_data["way"]}


class KeepIdNumber(ActForm):
    """The number of an identity paper, for the court alone."""

    id_number = line(
        _("Identity number"),
        longest=30,
        help_text=_("Kept behind a seal, for the application to the court alone; never in lists or exports."),
    )


class WantConfirmation(ActForm):
    """Whether judicial confirmation is wanted."""

    wanted = choice(
        _("Do the parties want judicial confirmation?"),
        (("yes", _("Yes: identity numbers may be kept for the court")), ("no", _("No: numbers kept are deleted"))),
        radio=True,
    )

    def values(self) -> dict[str, Any]:
        """Yes or no."""
        return {"wanted": self.cleaned_data["wanted"] == "yes"}


class AddCompanion(ActForm):
    """Somebody who helps."""

    kind = choice(_("Who helps"), CompanionKind.choices)
    party = choice(
        _("Whom they help"), (), required=False, help_text=_("Left open: the mediation itself, such as an expert.")
    )
    name = line(_("Name of person or organisation"), longest=100)
    telephone = line(_("Telephone number"), longest=40, required=False)
    tie = line(_("What binds them to the party"), longest=100, required=False)
    powers = text_box(_("What an agent may do, as the power of attorney says"), longest=500, required=False, rows=2)
    agreed_by = several(_("Who has agreed to it"))

    def prepare(self) -> None:
        """The parties present."""
        choices = party_choices(self.dispute)
        self.fields["party"].choices = [("", "—"), *choices]  # type: ignore[attr-defined]
        self.fields["agreed_by"].choices = choices  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """With rows for keys."""
        told = self.cleaned_data
        return told | {
            "party": party_by(self.dispute, told["party"]),
            "agreed_by": parties_by(self.dispute, told["agreed_by"]),
        }
