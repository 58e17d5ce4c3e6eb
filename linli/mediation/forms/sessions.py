"""Forms about sessions, records, notes and evidence, and about more time."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.mediation.actions.noting import LONGEST_NOTE
from linli.mediation.actions.sessions import LONGEST_MINUTES, LONGEST_RECORD, SHORTEST_MINUTES, latest_record
from linli.mediation.forms.fields import (
    ActForm,
    Pairs,
    Scan,
    Sound,
    called,
    choice,
    companion_choices,
    companions_by,
    companions_called,
    day,
    line,
    moment,
    parties_by,
    party_by,
    party_choices,
    people_by,
    several,
    text_box,
    tick,
)
from linli.mediation.models import Dispute, Session
from linli.mediation.rules import Manner, Stance


class PlanSession(ActForm):
    """When, how and where, and who is to come."""

    planned_at = moment(_("When"))
    minutes = forms.IntegerField(
        label=_("How many minutes"), min_value=SHORTEST_MINUTES, max_value=LONGEST_MINUTES, initial=60
    )
    manner = choice(_("How it is held"), Manner.choices, radio=True)
    invited = several(
        _("Who is to come"), help_text=_("Nobody else is told when and where it is, on their own page or by message.")
    )
    is_remote = tick(_("By video or telephone"))
    place = line(_("Where it is held"), longest=200, required=False)
    link = line(_("Link of the video meeting"), longest=300, required=False)

    def prepare(self) -> None:
        """Face to face, tomorrow at the full hour."""
        tomorrow = timezone.localtime(self.at) + timedelta(days=1)
        self.initial.setdefault("planned_at", tomorrow.replace(hour=9, minute=0))
        self.initial.setdefault("manner", Manner.TOGETHER)
        choices = party_choices(self.dispute)
        self.fields["invited"].choices = choices  # type: ignore[attr-defined]
        self.initial.setdefault("invited", [key for key, _name in choices])

    def values(self) -> dict[str, Any]:
        """With rows for keys."""
        return self.cleaned_data | {"invited": parties_by(self.dispute, self.cleaned_data["invited"])}


class MoveSession(ActForm):
    """Another time."""

    planned_at = moment(_("When instead"))
    minutes = forms.IntegerField(label=_("How many minutes"), min_value=SHORTEST_MINUTES, max_value=LONGEST_MINUTES)
    why = line(_("Why"), longest=300, required=False)

    def prepare(self) -> None:
        """As it is planned."""
        self.initial.update({"planned_at": timezone.localtime(self.target.planned_at), "minutes": self.target.minutes})


class CancelSession(ActForm):
    """Why it is called off."""

    why = line(_("Why"), longest=300)


class HoldSession(ActForm):
    """When it was and who was there."""

    began_at = moment(_("Began"))
    ended_at = moment(_("Over at"))
    present = several(_("Parties who were there"))
    companions = several(_("Who helped and was there"), required=False)
    with_audio = tick(
        _("Sound was recorded"),
        help_text=_(
            "Only when everybody there agreed. Undisputed facts are written even then. The recording is added afterwards."
        ),
    )
    audio_consents = several(_("Who agreed to the recording"), required=False)

    def prepare(self) -> None:
        """The parties; the time as it was planned."""
        choices, helping = party_choices(self.dispute), companion_choices(self.dispute)
        self.fields["present"].choices = choices  # type: ignore[attr-defined]
        if "audio_consents" in self.fields:
            self.fields["audio_consents"].choices = choices + helping  # type: ignore[attr-defined]
        if helping:
            self.fields["companions"].choices = helping  # type: ignore[attr-defined]
        else:
            del self.fields["companions"]
        self._times()

    def _times(self) -> None:
        began = timezone.localtime(self.target.planned_at)
        self.initial.setdefault("began_at", began)
        self.initial.setdefault("ended_at", began + timedelta(minutes=self.target.minutes))

    def values(self) -> dict[str, Any]:
        """With rows for keys."""
        told = dict(self.cleaned_data)
        told["present"] = parties_by(self.dispute, told["present"])
        told["companions"] = companions_by(self.dispute, told.get("companions") or [])
        if "audio_consents" in told:
            told["audio_consents"] = people_by(self.dispute, told["audio_consents"])
        return told


class HoldUnplanned(HoldSession):
    """A session on the spot that nobody had planned."""

    manner = choice(_("How it was held"), Manner.choices, radio=True)
    place = line(_("Where it is held"), longest=200)
    field_order = ("began_at", "ended_at", "manner", "place", "present", "companions")

    def prepare(self) -> None:
        """Sound is for sessions that were planned."""
        for name in ("with_audio", "audio_consents"):
            del self.fields[name]
        super().prepare()

    def _times(self) -> None:
        now = timezone.localtime(self.at).replace(second=0, microsecond=0)
        self.initial.update({"began_at": now - timedelta(hours=1), "ended_at": now, "manner": Manner.TOGETHER})


class KeepSound(ActForm):
    """A recording, and who agrees to it."""

    sound = Sound(_("Recording"))
    agreed = several(
        _("Who of those there agrees to the sound being kept"),
        help_text=_("All of them, or it is not kept. Anybody may take it back later; then it is deleted."),
    )

    def prepare(self) -> None:
        """Those who were there; who agreed before is ticked."""
        self.fields["agreed"].choices = there(self.dispute, self.target)  # type: ignore[attr-defined]
        self.initial["agreed"] = self.target.audio_consents

    def values(self) -> dict[str, Any]:
        """With rows for keys."""
        return {"content": self.cleaned_data["sound"], "agreed": people_by(self.dispute, self.cleaned_data["agreed"])}


class EndConsent(ActForm):
    """Who takes the consent to sound back."""

    who = choice(_("Who takes the consent back"), (), radio=True)

    def prepare(self) -> None:
        """Those who agreed."""
        agreed = set(self.target.audio_consents)
        choices = [one for one in there(self.dispute, self.target) if one[0] in agreed]
        self.fields["who"].choices = choices  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """The row for the key."""
        return {"who": people_by(self.dispute, [self.cleaned_data["who"]])[0]}


def there(dispute: Dispute, session: Session) -> Pairs:
    """Whoever was at a session, without names."""
    present = set(session.present)
    everybody = called(list(dispute.parties.order_by("position"))), companions_called(dispute)
    return [(str(key), name) for names in everybody for key, name in names.items() if str(key) in present]


class WriteRecord(ActForm):
    """A version of the shared record."""

    text = text_box(_("What was said, for all to read"), longest=LONGEST_RECORD, required=False, rows=14)
    undisputed = text_box(_("Facts nobody disputes"), longest=LONGEST_RECORD, required=False, rows=4)
    concessions = text_box(
        _("Concessions made here"),
        longest=LONGEST_RECORD,
        required=False,
        rows=4,
        help_text=_("They stand apart: they may not be used as evidence in court unless both sides agree."),
    )
    after = forms.IntegerField(widget=forms.HiddenInput)

    def prepare(self) -> None:
        """The latest version, to go on from."""
        latest = latest_record(self.target)
        self.initial["after"] = latest.version if latest else 0
        # Sound may stand for the record; what nobody disputes is written down even then.
        self.fields["text"].required = not self.target.has_audio
        self.fields["undisputed"].required = self.target.has_audio
        if latest:
            self.initial.update(latest.words)


class OfParty(ActForm):
    """Which party said it."""

    party = choice(_("Which party"), (), radio=True)

    def prepare(self) -> None:
        """The parties present."""
        self.fields["party"].choices = party_choices(self.dispute)  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """The party, and what else was told."""
        return self.cleaned_data | {"party": party_by(self.dispute, self.cleaned_data["party"])}


class WriteNote(ActForm):
    """A confidential note."""

    text = text_box(_("Note, for you alone"), longest=LONGEST_NOTE, rows=6)
    session = choice(_("About which session"), (), required=False)

    def prepare(self) -> None:
        """The sessions of the dispute."""
        sessions = self.dispute.sessions.order_by("number")
        choices = [(str(one.pk), _("Session %(number)s") % {"number": one.number}) for one in sessions]
        self.fields["session"].choices = [("", "—"), *choices]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """The session, if one was chosen."""
        chosen = self.cleaned_data["session"]
        return self.cleaned_data | {"session": self.dispute.sessions.filter(pk=chosen).first() if chosen else None}


class AddEvidence(OfParty):
    """A piece of evidence."""

    party = choice(_("Which party gives it"), (), radio=True)
    name = line(_("What is given"), longest=200, help_text=_("For example: photograph of the ditch, receipt of 3 May."))
    words = text_box(_("What it is to show"), longest=2000, required=False, rows=3)
    file = Scan(_("Scan or photograph"))


class TakeStance(OfParty):
    """What a party says of an item."""

    stance = choice(_("What they say of it"), Stance.choices, radio=True)

    def prepare(self) -> None:
        """All but the party that gave it."""
        super().prepare()
        choices = [one for one in party_choices(self.dispute) if one[0] != str(self.target.party_id)]
        self.fields["party"].choices = choices  # type: ignore[attr-defined]


class AskExtension(ActForm):
    """Until when."""

    until = day(
        _("Until which day"), help_text=_("Given when both sides have agreed. They can do so on their own page.")
    )
