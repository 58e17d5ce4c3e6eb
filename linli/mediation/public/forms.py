"""What people send on the public pages, turned into clean values. What was typed stays in the form whatever is wrong."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.areas.models import Area
from linli.events import placing
from linli.kit.refusal import BadInput
from linli.mediation.actions.own import Helper
from linli.mediation.actions.registering import Told
from linli.mediation.letters import sends_messages
from linli.mediation.rules import Kind, Language, PersonKind, Side
from linli.mediation.rules.parties import Particulars, Representative, clean_particulars, stand_against

_LONGEST = 4000
#: What people have: themselves, or a shop, firm, village group or office.
_WHO = [(PersonKind.NATURAL, _("A person")), (PersonKind.LEGAL, _("A firm, shop or office"))]
_SPOKEN = [
    (Language.MANDARIN, _("Mandarin")),
    (Language.CANTONESE, _("Cantonese")),
    (Language.LEIZHOU, _("Leizhou Min")),
    (Language.HAKKA, _("Hakka")),
    (Language.SIGN, _("Sign language")),
]
#: Where a refusal about a party belongs; what the form has no field for stands at the name.
_FIELDS = {"telephone": "telephone", "address": "address", "mail": "mail", "representatives": "speaker"}


def _words(label: Any, longest: int = 200, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, required=False, **more)


class Apply(forms.Form):
    """An application online: what, where, what is wanted, who, the other side, and who helps with the form."""

    kind = forms.ChoiceField(label=_("What is it about?"), choices=Kind.choices)
    township = forms.CharField(max_length=30, required=False, label=_("Township"))
    area = forms.CharField(max_length=30, required=False, label=_("Village or community"))
    place = _words(_("Where exactly, in words"), 300)
    summary = forms.CharField(label=_("What happened?"), max_length=_LONGEST)
    claims = forms.CharField(label=_("What would you like?"), max_length=_LONGEST)
    own_kind = forms.ChoiceField(choices=_WHO, required=False)
    own_name = forms.CharField(label=_("Your name"), max_length=100)
    own_speaker = _words(_("Who speaks for it?"), 100)
    own_telephone = forms.CharField(label=_("Your telephone"), max_length=30)
    own_by_sms = forms.BooleanField(label=_("Tell me by text message too"), required=False)
    own_address = _words(_("Your address"))
    own_mail = _words(_("Your e-mail"))
    language = forms.ChoiceField(label=_("Which language do you speak best?"), choices=_SPOKEN, required=False)
    other_kind = forms.ChoiceField(choices=_WHO, required=False)
    other_name = _words(_("Name of the other side"), 100)
    other_speaker = _words(_("Who speaks for it?"), 100)
    other_telephone = _words(_("Telephone of the other side"), 30)
    other_address = _words(_("Address of the other side"))
    helped = forms.BooleanField(label=_("I fill this in for somebody else"), required=False)
    helper_name = _words(_("Your name, as the helper"), 100)
    helper_telephone = _words(_("Your telephone, as the helper"), 30)
    helper_tie = _words(_("What are you to this person?"), 100)
    helper_consent = _words(_("How did this person agree?"), 300)
    agrees = forms.BooleanField(label=_("I want mediation, of my own free will. What I have written is true."))
    #: A field people do not see. Whoever fills it in is a machine.
    website = forms.CharField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        if not sends_messages():
            del self.fields["own_by_sms"]
        needed = _("Please fill this in.")
        for name, field in self.fields.items():
            field.error_messages["required"] = needed
            self._sayings(name, field)

    @staticmethod
    def _sayings(name: str, field: forms.Field) -> None:
        if name == "kind":
            field.error_messages["required"] = _("Please choose what it is about. If nothing fits: Other dispute.")
        if name == "agrees":
            field.error_messages["required"] = _("Please tick this: nobody is mediated with who does not want it.")

    def clean(self) -> dict[str, Any]:
        """Place and parties in order; each refusal stands at its field."""
        cleaned = super().clean() or {}
        cleaned["where"] = self._where(cleaned)
        applicant = self._party("own", Side.APPLICANT, cleaned)
        other = self._party("other", Side.RESPONDENT, cleaned) if self._names_other(cleaned) else None
        if applicant and other:
            try:
                stand_against(other, [applicant])
            except BadInput as refusal:
                self.add_error("other_name", refusal.message)
        cleaned["parties"] = tuple(one for one in (applicant, other) if one)
        return cleaned

    def _names_other(self, cleaned: dict[str, Any]) -> bool:
        return any(cleaned.get(f"other_{name}") for name in ("name", "speaker", "telephone", "address"))

    def _where(self, cleaned: dict[str, Any]) -> Area | None:
        try:
            area = placing.place(cleaned.get("area") or cleaned.get("township") or "", None, None).area
        except BadInput:
            self.add_error("township", _("Please choose the township, and the village if you know it."))
            return None
        if not area.is_open:
            self.add_error("township", _("This place no longer exists under that name. Choose it from the list again."))
        return area

    def _party(self, who: str, side: str, cleaned: dict[str, Any]) -> Particulars | None:
        kind = cleaned.get(f"{who}_kind") or PersonKind.NATURAL
        speaker = cleaned.get(f"{who}_speaker", "")
        if who == "own" and not cleaned.get("own_name"):
            return None
        told = Particulars(
            side,
            cleaned.get(f"{who}_name", ""),
            kind=kind,
            telephone=cleaned.get(f"{who}_telephone", ""),
            address=cleaned.get(f"{who}_address", ""),
            mail=cleaned.get(f"{who}_mail", ""),
            representatives=(Representative(speaker),) if speaker and kind != PersonKind.NATURAL else (),
            language=(cleaned.get("language") or Language.MANDARIN) if who == "own" else Language.MANDARIN,
            by_sms=who == "own" and bool(cleaned.get("own_by_sms")),
        )
        try:
            return clean_particulars(told)
        except BadInput as refusal:
            at = _FIELDS.get(str(refusal.facts.get("field")), "name")
            self.add_error(f"{who}_{at}", refusal.message)
            return None

    @property
    def by_sms(self) -> forms.BoundField | None:
        """Whether to be told by text message; None where this house sends none."""
        return self["own_by_sms"] if "own_by_sms" in self.fields else None

    @property
    def told(self) -> Told:
        """What was told, once the form is valid."""
        clean = self.cleaned_data
        return Told(
            clean["summary"], clean["kind"], claims=clean["claims"], place=clean["place"], parties=clean["parties"]
        )

    @property
    def helper(self) -> Helper | None:
        """Who filled it in for somebody else; None for the applicant's own."""
        clean = self.cleaned_data
        if not clean["helped"]:
            return None
        return Helper(*(clean[f"helper_{name}"] for name in ("name", "telephone", "tie", "consent")))
