"""The form that registers a dispute; which fields it has depends on the door."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.areas.models import Area
from linli.events.models import Event
from linli.kit.refusal import BadInput
from linli.mediation.actions.danger import LONGEST_RISK
from linli.mediation.actions.registering import LONGEST_SUMMARY, Told
from linli.mediation.forms.fields import Scan, choice, line, put_refusal, text_box, tick
from linli.mediation.letters import sends_messages
from linli.mediation.models import Body
from linli.mediation.rules import APPLIED, Door, Entruster, Kind, Language, MediationType, PersonKind, Side
from linli.mediation.rules.parties import (
    LONGEST_ADDRESS,
    LONGEST_NAME,
    Particulars,
    Representative,
    clean_particulars,
    stand_against,
)

#: What is asked of each side here; more parties and all else are entered in the file.
SIDES = (Side.APPLICANT, Side.RESPONDENT)
PARTS = ("name", "telephone", "address", "kind", "language", "speaker", "post")
#: In the order of the page.
SHOWN = ("name", "telephone", "by_sms", *PARTS[2:])


class Register(forms.Form):
    """A dispute as it is told at a door."""

    event = choice(_("From which event"), ())
    parties_agree = tick(_("The parties agree that it is mediated beside the event"))
    agreed_how = line(
        _("Who of them said so, when and how"),
        longest=300,
        help_text=_("For example: both by telephone on 3 March. It is kept behind a seal."),
    )
    entruster = choice(_("Who entrusts it"), Entruster.choices, radio=True)
    entrusted_by = line(
        _("Which court or authority, and the number of its letter"),
        longest=300,
        help_text=_("As the letter of entrustment (委托调解函) says."),
    )
    letter = Scan(_("The letter itself, scanned"))
    area = choice(_("Where it is"), ())
    body = choice(
        _("For which body"), (), required=False, help_text=_("Left open: the nearest body with a head screens it.")
    )
    kind = choice(_("Type of dispute"), [("", "—"), *Kind.choices])
    summary = text_box(_("What it is about"), longest=LONGEST_SUMMARY, rows=6)
    claims = text_box(_("What is asked for"), longest=LONGEST_SUMMARY, rows=3, required=False)
    risk = text_box(
        _("It may turn violent: what was seen or heard"),
        longest=LONGEST_RISK,
        rows=2,
        required=False,
        help_text=_(
            "Empty where there is no danger. Heads of the committee, desk and duty leader are told at once, of the number alone. "
            "Where there is danger now, call 110 first."
        ),
    )
    place = line(_("Place, in words"), longest=300, required=False)
    people_count = forms.IntegerField(
        label=_("How many people are in it"), min_value=2, max_value=100_000, required=False
    )
    mediation_type = choice(_("Type of mediation"), MediationType.choices)
    is_public = tick(_("The parties ask for a public mediation"))

    def __init__(
        self,
        *args: Any,
        door: str,
        areas: Sequence[tuple[str, list[tuple[str, str]]]],
        bodies: Sequence[Body],
        events: Sequence[tuple[str, str]],
        at: datetime,
        is_beside: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(*args, **{"label_suffix": ""} | more)
        self.door, self.at, self.is_beside = door, at, is_beside
        for name in ("parties_agree", "agreed_how"):
            if not is_beside:
                del self.fields[name]
        for name, wanted in (
            ("event", Door.EVENT),
            ("entruster", Door.TRANSFER),
            ("entrusted_by", Door.TRANSFER),
            ("letter", Door.TRANSFER),
        ):
            if door != wanted:
                del self.fields[name]
        self.fields["area"].choices = [("", "—"), *areas]  # type: ignore[attr-defined]
        self.fields["body"].choices = [("", "—"), *((str(one.pk), str(one)) for one in bodies)]  # type: ignore[attr-defined]
        if "event" in self.fields:
            self.fields["event"].choices = [("", "—"), *events]  # type: ignore[attr-defined]
        for side in SIDES:
            self._ask_of(side)

    def _ask_of(self, side: Side) -> None:
        needed = self.door in APPLIED and side == Side.APPLICANT
        self.fields |= {
            f"{side}_name": line(_("Name of person or organisation"), longest=LONGEST_NAME, required=needed),
            f"{side}_telephone": line(_("Telephone number"), longest=40, required=False),
            f"{side}_address": line(_("Address"), longest=LONGEST_ADDRESS, required=False),
            f"{side}_kind": choice(_("What it is in law"), PersonKind.choices),
            f"{side}_language": choice(_("Language they speak"), Language.choices),
            f"{side}_speaker": line(
                _("Who speaks for it"), longest=LONGEST_NAME, required=False, help_text=_("For an organisation only.")
            ),
            f"{side}_post": line(_("Their post"), longest=60, required=False),
        }
        if needed and sends_messages():
            self.fields[f"{side}_by_sms"] = tick(
                _("Wants text messages on this mobile number"),
                help_text=_("Number, day and what to do, never what it is about. Can be taken back at any time."),
            )

    @property
    def about(self) -> list[forms.BoundField]:
        """What is asked of the dispute, without what is said seldom."""
        seldom = {one.name for one in self.seldom}
        return [field for field in self if field.name not in seldom and not field.name.startswith(SIDES)]

    @property
    def seldom(self) -> list[forms.BoundField]:
        """What may be left as it is."""
        return [self[name] for name in ("body", "place", "people_count", "mediation_type", "is_public")]

    @property
    def sides(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields of each side, under its name."""
        return [
            (side.label, [self[f"{side}_{part}"] for part in SHOWN if f"{side}_{part}" in self.fields])
            for side in SIDES
        ]

    @property
    def seldom_is_open(self) -> bool:
        """Whether something there was filled in or is wrong."""
        filled = self.data.get("body") or self.data.get("place") or self.data.get("people_count")
        return bool(filled) or any(field.errors for field in self.seldom)

    def clean(self) -> dict[str, Any]:
        """Say beside the field what the rules say of each side."""
        told = super().clean() or {}
        before: list[Particulars] = []
        for side in SIDES:
            one = self._particulars(side)
            if one is None or self.errors:
                continue
            try:
                cleaned = clean_particulars(one)
                stand_against(cleaned, before)
            except BadInput as refusal:
                self.put(refusal, side)
            else:
                before.append(cleaned)
        return told

    def clean_parties_agree(self) -> bool:
        """Nobody is drawn into a mediation by an event."""
        agrees: bool = self.cleaned_data["parties_agree"]
        if not agrees:
            raise forms.ValidationError(
                _("This event has not gone to mediation. Ask the parties first; tick this when they have said yes.")
            )
        return agrees

    def put(self, refusal: BadInput, side: str = Side.RESPONDENT) -> None:
        """A sentence about a party, beside its field."""
        parts = {part: f"{side}_{part}" for part in PARTS} | {"representatives": f"{side}_speaker"}
        if "kind" in self.fields and refusal.facts.get("field") in ("kind", "mediation_type"):
            parts.pop("kind")
        put_refusal(self, refusal, parts | {"parties": f"{Side.APPLICANT}_name", "file": "letter"})

    def _particulars(self, side: Side) -> Particulars | None:
        told = {part: self.cleaned_data.get(f"{side}_{part}", "") for part in PARTS}
        if not any(told[part] for part in ("name", "telephone", "address", "speaker")):
            return None
        speakers = (Representative(told["speaker"], post=told["post"]),) if told["speaker"] else ()
        return Particulars(
            side=side,
            name=told["name"],
            kind=told["kind"] or PersonKind.NATURAL,
            telephone=told["telephone"],
            address=told["address"],
            language=told["language"] or Language.MANDARIN,
            representatives=speakers,
            by_sms=bool(self.cleaned_data.get(f"{side}_by_sms")),
        )

    def told(self) -> Told:
        """As the action takes it."""
        said = self.cleaned_data
        parties = tuple(one for side in SIDES if (one := self._particulars(side)))
        return Told(
            summary=said["summary"],
            kind=said["kind"],
            claims=said["claims"],
            place=said["place"],
            parties=parties,
            people_count=said["people_count"] or 0,
            mediation_type=said["mediation_type"],
            is_public=said["is_public"],
            risk=said["risk"],
        )

    def rows(self) -> dict[str, Any]:
        """The rows that were chosen, and what an authority said."""
        said = self.cleaned_data
        return {
            "area": Area.objects.get(pk=said["area"]),
            "body": Body.objects.filter(pk=said["body"]).first() if said["body"] else None,
            "event": Event.objects.filter(pk=said["event"]).first() if said.get("event") else None,
            "parties_agree": said.get("parties_agree", False),
            "agreed_how": said.get("agreed_how", ""),
            "entruster": said.get("entruster", ""),
            "entrusted_by": said.get("entrusted_by", ""),
            "letter": said.get("letter") or None,
        }
