"""Fields and beginnings that the forms of disputes share."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import BadInput
from linli.mediation.actions.files import MOST_BYTES
from linli.mediation.actions.reaching import is_tried
from linli.mediation.actions.sound import MOST_BYTES as MOST_SOUND
from linli.mediation.models import Companion, Dispute, Party
from linli.mediation.rules import CompanionKind, NextWay, Side
from linli.people.models import Person

Pairs = list[tuple[str, Any]]


class ActForm(forms.Form):
    """The form of an act on a dispute, or on one row of it (`target`). `values` are the keywords of the action."""

    #: Words that somebody said, to be read before the fields.
    quoted = ""

    def __init__(self, *args: Any, dispute: Dispute, target: Any, by: Person, at: datetime, **more: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "auto_id": "act-%s"} | more)
        self.dispute, self.target, self.by, self.at = dispute, target, by, at
        self.prepare()

    def prepare(self) -> None:
        """Fill choices and initial values that depend on the dispute."""

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        return self.cleaned_data


class Lines(forms.CharField):
    """Words of several lines, each of whose ends counts as one sign: browsers send two for it."""

    def to_python(self, value: Any) -> Any:
        """With single ends of lines, before anything is counted."""
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)


def text_box(
    label: Any, *, longest: int, required: bool = True, help_text: Any = "", rows: int = 4, counted: bool = False
) -> forms.CharField:
    """A field for words of several lines. What is too long is said by the server, so that nothing is cut off unseen."""
    box = forms.Textarea(attrs={"rows": rows})
    field = Lines(label=label, max_length=longest, required=required, help_text=help_text, widget=box)
    # The browser would cut off without a word what is pasted.
    field.widget.attrs.pop("maxlength", None)
    field.error_messages["required"] = _("Write something here first.")
    return field


def line(label: Any, *, longest: int, required: bool = True, help_text: Any = "") -> forms.CharField:
    """A field for one line, which the browser keeps nothing of."""
    box = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=longest, required=required, help_text=help_text, widget=box)


def choice(
    label: Any, choices: Iterable[Any], *, required: bool = True, radio: bool = False, help_text: Any = ""
) -> forms.ChoiceField:
    """One of a list; `radio` where there are few, so that all are seen."""
    given = list(choices)
    return forms.ChoiceField(
        label=label,
        choices=given if required else [("", "—"), *given],
        required=required,
        help_text=help_text,
        widget=forms.RadioSelect if radio else forms.Select,
        error_messages={"required": _("Choose one of the list.")},
    )


def several(label: Any, choices: Iterable[Any] = (), *, required: bool = True, help_text: Any = "") -> Any:
    """Some of a list."""
    return forms.MultipleChoiceField(
        label=label,
        choices=list(choices),
        required=required,
        help_text=help_text,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one.")},
    )


def tick(label: Any, *, help_text: Any = "") -> forms.BooleanField:
    """Something that is so, or not."""
    return forms.BooleanField(label=label, required=False, help_text=help_text)


def moment(label: Any, *, help_text: Any = "") -> forms.DateTimeField:
    """A day and a time."""
    box = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "60"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=box, input_formats=["%Y-%m-%dT%H:%M"], help_text=help_text)


def day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """A day."""
    box = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=box, input_formats=["%Y-%m-%d"], help_text=help_text)


def untried_words(dispute: Dispute) -> Any:
    """What whoever ends it because nobody was reached should know: the notice lists only what is written down."""
    if is_tried(dispute):
        return ""
    return _(
        "“A party cannot be reached”: no try is written down yet. Note each of them at the party first; the notice lists them."
    )


class Scan(forms.FileField):
    """A PDF or picture, as bytes. Too large a file is refused before it is read into memory."""

    def __init__(self, label: Any, *, required: bool = False) -> None:
        box = forms.FileInput(
            attrs={
                "accept": "application/pdf,image/jpeg,image/png",
                "data-most-bytes": str(MOST_BYTES),
                "data-too-large": _said_too_large(),
            }
        )
        super().__init__(label=label, required=required, widget=box)
        self.help_text = _kinds_of_file()
        self.error_messages["required"] = _("Choose a file first.")

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The content, None for no file. Raises `ValidationError` with what to do."""
        file = super().clean(data, initial)
        if not file:
            return None
        if file.size > MOST_BYTES:
            raise forms.ValidationError(too_large(file.size), code="file_too_large")
        return file.read()


class Sound(forms.FileField):
    """A sound recording, as bytes. A telephone offers its recorder beside its files."""

    def __init__(self, label: Any) -> None:
        box = forms.FileInput(
            attrs={
                "accept": ".m4a,.mp4,.ogg,.opus,.webm,audio/*",
                "data-most-bytes": str(MOST_SOUND),
                "data-too-large": lazy(lambda: _sound_too_large(None), str)(),
            }
        )
        super().__init__(label=label, widget=box)
        self.help_text = lazy(_say_sound, str)()
        self.error_messages["required"] = _("Choose a recording first.")

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The content. Raises `ValidationError` with what to do, before anything too large is read."""
        file = super().clean(data, initial)
        if file.size > MOST_SOUND:
            raise forms.ValidationError(_sound_too_large(file.size), code="file_too_large")
        return file.read()


def _say_sound() -> str:
    return str(_("M4A, or Opus in Ogg or WebM, at most %(most)s MB. It is kept behind a seal.")) % {
        "most": MOST_SOUND // 1_000_000
    }


def _sound_too_large(size: int | None) -> str:
    return _("This recording has %(size)s MB; %(most)s MB at most. Add it in parts, or save it with 64 kbit/s.") % {
        "size": "{size}" if size is None else round(size / 1_000_000),
        "most": MOST_SOUND // 1_000_000,
    }


def _say_kinds() -> str:
    return str(_("PDF, JPEG or PNG, at most %(most)s MB. It is kept behind a seal.")) % {
        "most": MOST_BYTES // 1_000_000
    }


#: In the language of whoever reads it, not of whoever started the server.
_kinds_of_file = lazy(_say_kinds, str)


#: The browser puts in the size.
_said_too_large = lazy(lambda: too_large(None), str)


def too_large(size: int | None) -> str:
    """The sentence for a file of so many bytes; None: a sign in braces stands for them."""
    return _("This file has %(size)s MB; %(most)s MB at most. Scan it in grey at 200 dpi, or in parts.") % {
        "size": "{size}" if size is None else round(size / 1_000_000),
        "most": MOST_BYTES // 1_000_000,
    }


def ways_told(help_text: Any = "") -> Any:
    """Ways of which the parties were told; at least one, since the law wants them told (art. 26)."""
    field = several(_("Ways of which the parties were told (art. 26)"), NextWay.choices, help_text=help_text)
    field.error_messages["required"] = _(
        "Tell the parties which ways stay open, arbitration, an administrative decision or the court, and tick them."
    )
    return field


# --- parties without their names --------------------------------------------------------------------------------------


def called(parties: Sequence[Party]) -> dict[UUID, str]:
    """What each party is called where no name is shown: its side and its number on that side.

    Those who have left come last, so that all others have the same number wherever they stand.
    """
    counts: dict[str, int] = {}
    names: dict[UUID, str] = {}
    for party in sorted(parties, key=_has_left):
        counts[party.side] = counts.get(party.side, 0) + 1
        names[party.pk] = numbered(Side(party.side).label, counts[party.side])
    return names


def _has_left(one: Party | Companion) -> bool:
    return one.left_at is not None


def numbered(what: Any, number: int) -> str:
    """“Applicant 1”, 申请人1."""
    return _("%(what)s %(number)s") % {"what": what, "number": number}


def party_choices(dispute: Dispute) -> Pairs:
    """The parties present, by side and number."""
    return [(str(key), name) for key, name in called(list(dispute.parties.present())).items()]


def companion_choices(dispute: Dispute) -> Pairs:
    """Whoever helps now, by kind and number."""
    present = dispute.companions.filter(left_at__isnull=True)
    return [(str(one.pk), numbered(CompanionKind(one.kind).label, number)) for number, one in enumerate(present, 1)]


def companions_called(dispute: Dispute) -> dict[UUID, str]:
    """What everybody who helps or helped is called, by kind and number; those who help no longer come last."""
    everybody = enumerate(sorted(dispute.companions.all(), key=_has_left), 1)
    return {one.pk: numbered(CompanionKind(one.kind).label, number) for number, one in everybody}


def people_by(dispute: Dispute, keys: Iterable[str]) -> list[Party | Companion]:
    """Parties and companions that were ticked, also those who left since."""
    chosen = list(keys)
    return [*dispute.parties.filter(pk__in=chosen), *dispute.companions.filter(pk__in=chosen)]


def party_by(dispute: Dispute, key: str) -> Party | None:
    """The party that was chosen."""
    found: Party | None = dispute.parties.present().filter(pk=key).first() if key else None
    return found


def parties_by(dispute: Dispute, keys: Iterable[str]) -> list[Party]:
    """Those that were ticked."""
    return list(dispute.parties.present().filter(pk__in=list(keys)))


def companions_by(dispute: Dispute, keys: Iterable[str]) -> list[Companion]:
    """Those that were ticked."""
    return list(dispute.companions.filter(left_at__isnull=True, pk__in=list(keys)))


def put_refusal(form: forms.Form, refusal: BadInput, names: dict[str, str] | None = None) -> None:
    """The sentence of an action beside the field it speaks of, or above the form. `names`: what fields are called here."""
    field = str(refusal.facts.get("field", ""))
    field = (names or {}).get(field, field)
    form.add_error(field if field in form.fields else None, refusal.message)
