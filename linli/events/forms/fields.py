"""Fields and beginnings that the forms of matters share."""

from datetime import datetime
from typing import Any

from django import forms
from django.forms.utils import ErrorList
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from linli.events.actions.verifying import asked_for
from linli.events.models import Category, Event
from linli.events.repeating import repeats_of
from linli.events.rules import ADVICE, MAX_PHOTOS, MAX_TEXT, MUST_MEND, Doubt, Proof, Verification, review
from linli.kit.media.checking import MAX_BYTES
from linli.kit.workdays import closing_of
from linli.people.rules import Scope

#: Of a field that takes several values, no more are filled in beforehand.
_MOST_GIVEN = 50


class PhotosInput(forms.FileInput):
    """A field of the browser that takes several files."""

    allow_multiple_selected = True


class Photos(forms.FileField):
    """Up to nine photos, as a list of bytes; what they hold is checked by the action."""

    widget = PhotosInput

    def clean(self, data: Any, initial: Any = None) -> list[bytes]:
        """The contents of the files chosen; none is fine unless the field is required."""
        files = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        if not files:
            super().clean(None, initial)
            return []
        # The voice note of an act comes with its photos, and was measured when it came.
        if sum(not getattr(file, "is_voice", False) for file in files) > MAX_PHOTOS:
            raise forms.ValidationError(_("Nine photos at most. Choose the ones that show it best."), code="too_many")
        if any(file.size > MAX_BYTES for file in files):
            raise forms.ValidationError(
                _("A photo may have 20 MB at most. Take it again at a lower resolution."), code="too_large"
            )
        return [file.read() for file in files]


def words(
    label: Any, *, required: bool = True, help_text: Any = "", longest: int = MAX_TEXT, rows: int = 4
) -> forms.CharField:
    """A field for words of several lines."""
    box = forms.Textarea(attrs={"rows": rows, "maxlength": longest})
    return forms.CharField(label=label, required=required, max_length=longest, help_text=help_text, widget=box)


def photos(label: Any, *, required: bool = False) -> Photos:
    """A field for photos, shown before they are sent."""
    field = Photos(
        label=label, required=required, help_text=_("JPEG, PNG or WebP, nine at most. Hidden data is removed.")
    )
    field.widget.attrs.update(
        {"accept": "image/jpeg,image/png,image/webp", "multiple": True, "data-preview-into": "chosen"}
    )
    return field


def ask_for_photos(field: forms.Field, event: Event, proof: Proof) -> None:
    """Say beside the field what the county asks of photos here, and need one where it does."""
    say_of_photos(field, asked_for(event), proof)


def say_of_photos(field: forms.Field, asks: Verification, proof: Proof) -> None:
    """The same where it is known what is asked."""
    said = [field.help_text]
    if asks.needs_photo(proof):
        field.required = True
        said.append(_("Here a photo is needed."))
    if asks.near_m is not None:
        said.append(_("Take it within %(m)s m of the place, with the position switched on.") % {"m": asks.near_m})
    if asks.after_dispatch:
        said.append(_("Take it now: photos from before the dispatch are marked."))
    field.help_text = " ".join(str(one) for one in said)


class StepForm(forms.Form):
    """A form of a step on an event. `values()` are the keyword arguments of the action.

    `step`: the words are looked at before the reporter reads them (rules.replies); without it they are not.
    `given`: what an address fills in beforehand, by the names of fields; names that are none are passed over. It changes what
    the form shows and never what it takes. `scope`: what the person sees, where they name another matter.
    """

    def __init__(
        self,
        *args: Any,
        event: Event,
        step: str = "",
        given: QueryDict | None = None,
        scope: Scope | None = None,
        **kwargs: Any,
    ) -> None:
        self.event, self.step, self.scope = event, step, scope or Scope()
        #: What may be sent as it is once it was looked at.
        self.to_look_at: tuple[Doubt, ...] = ()
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name in self.fields.keys() & (given or {}).keys():
            assert given is not None
            if not isinstance(self.fields[name], forms.FileField):
                self.initial[name] = _given(self.fields[name], given, name)
        for name, field in self.fields.items():
            field.widget.attrs.setdefault("id", f"step-{name}")

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        return dict(self.cleaned_data)

    def clean(self) -> dict[str, Any]:
        """Nothing is sent that betrays somebody; at the rest the writer has looked."""
        clean: dict[str, Any] = super().clean() or {}
        if self.step:
            for field in ("text", "turn_to"):
                self._look_at(field, str(clean.get(field) or ""))
        return clean

    def _look_at(self, field: str, words: str) -> None:
        if not words:
            return
        is_main = field == "text"
        found = review(self.step, words, repeats=repeats_of(self.event, self.step, words) if is_main else 0)
        wrong = [one for one in found if one in MUST_MEND]
        if is_main:
            looked_at = str(self.data.get("as_it_is", "")).split()
            self.to_look_at = tuple(one for one in found if one not in MUST_MEND)
            wrong += [one for one in self.to_look_at if one.value not in looked_at]
        for one in wrong:
            self.add_error(field, forms.ValidationError(ADVICE[one], code=one.value))

    @property
    def asks_to_look(self) -> str:
        """The findings that may be sent as they are, once nothing else is wrong with the words: codes for the tick."""
        errors = {error.code for error in self.errors.get("text", ErrorList()).as_data()} if self.is_bound else set()
        only_these = errors and errors <= {one.value for one in self.to_look_at}
        return " ".join(self.to_look_at) if only_these else ""

    def sent_as_it_is(self) -> dict[str, Any]:
        """For the action: what was found and looked at, and sent all the same. Nothing where nothing was found."""
        return {"as_it_is": list(self.to_look_at)} if self.to_look_at else {}


def _given(field: forms.Field, given: QueryDict, name: str) -> Any:
    if isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField):
        return [value[:MAX_TEXT] for value in given.getlist(name)[:_MOST_GIVEN]]
    return given.get(name, "").replace("\0", "")[:MAX_TEXT]


class CategoryField(forms.ModelChoiceField):
    """The categories in use, a domain and its own below it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Category.objects.none(), empty_label=_("Not classified"), **kwargs)

    def label_from_instance(self, row: Any) -> str:
        """Indented below its domain."""
        return f"　{row}" if row.parent_id else str(row)


def open_categories() -> Any:
    """The categories a matter may be given now, each below its domain."""
    return Category.objects.filter(pack__in_use=True, closed_on__isnull=True).order_by("code")


class DayForm(StepForm):
    """Something until a day."""

    def _moment(self, name: str) -> datetime:
        return closing_of(self.cleaned_data[name])


def day_field(label: Any, help_text: Any = "") -> forms.DateField:
    """A field for a day, with the browser's own calendar."""
    return forms.DateField(
        label=label, help_text=help_text, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
