"""The forms of the steps: what each asks for, turned into clean values for the action of the same name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.models import ANSWERING, Area
from linli.events.models import Category, Event
from linli.events.questions import AsksQuestions
from linli.events.rules import MAX_PHOTOS, MAX_TEXT, Rating, ReferredTo, Severity, Urgency
from linli.kit.media.checking import MAX_BYTES
from linli.people.models import Department


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
        if len(files) > MAX_PHOTOS:
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


class StepForm(forms.Form):
    """A form of a step on an event. `values()` are the keyword arguments of the action."""

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        self.event = event
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.setdefault("id", f"step-{name}")

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        return dict(self.cleaned_data)


class CategoryField(forms.ModelChoiceField):
    """The categories in use, a domain and its own below it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Category.objects.none(), empty_label=_("Not classified"), **kwargs)

    def label_from_instance(self, row: Any) -> str:
        """Indented below its domain."""
        return f"　{row}" if row.parent_id else str(row)


def _open_categories() -> Any:
    return Category.objects.filter(pack__in_use=True, closed_on__isnull=True).order_by("code")


class Classed(StepForm):
    """Category, severity, urgency."""

    category = CategoryField(label=_("Category"), required=False)
    severity = forms.ChoiceField(label=_("Severity"), choices=Severity.choices, required=False)
    urgency = forms.ChoiceField(label=_("Urgency"), choices=Urgency.choices, required=False)

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        initial = {"category": event.category_id, "severity": event.severity, "urgency": event.urgency}
        super().__init__(*args, event=event, initial=initial, **kwargs)
        self.fields["category"].queryset = _open_categories()  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """Severity and urgency only where they were changed: a new category brings its own."""
        clean = self.cleaned_data
        changed: dict[str, Any] = {
            name: clean[name] or None for name in ("severity", "urgency") if name in self.changed_data
        }
        return {"category": clean["category"], **changed, "text": clean.get("text", "")}


class Accept(Classed):
    """Accept."""

    text = words(_("Remark"), required=False)


class Classify(Classed):
    """Change category, severity, urgency."""

    text = words(_("Why"), required=False)


class Reason(StepForm):
    """A reason is needed."""

    text = words(_("Reason"))


class Remark(StepForm):
    """A remark if wanted."""

    text = words(_("Remark"), required=False)


class Nothing(StepForm):
    """Nothing but the act itself."""


class CheckTruth(StepForm):
    """What was found on the spot."""

    is_true = forms.TypedChoiceField(
        label=_("What was found on the spot?"),
        choices=[("yes", _("It is as reported")), ("no", _("It is not as reported"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    text = words(_("What you saw"), required=False, help_text=_("Needed when it is not as reported."))
    photos = photos(_("Photos from the spot"))


class Reject(StepForm):
    """Why not, and where to turn."""

    text = words(_("Why it is not accepted"))
    turn_to = words(
        _("Where the reporter can turn instead"), longest=500, rows=2, help_text=_("The reporter reads both.")
    )


class SelfHandle(StepForm):
    """What was done on the spot."""

    text = words(_("What was done"), help_text=_("The reporter reads this."))
    photos = photos(_("Photos taken after"))


class Dispatch(StepForm):
    """Lead and co-handlers."""

    lead = forms.ModelChoiceField(Department.objects.none(), label=_("Lead department"))
    co_handlers = forms.ModelMultipleChoiceField(
        Department.objects.none(), label=_("Co-handlers"), required=False, widget=forms.CheckboxSelectMultiple
    )
    text = words(_("Words to the departments"), required=False, rows=3)

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        lead = event.category.department_id if event.category else None
        super().__init__(*args, event=event, initial={"lead": lead}, **kwargs)
        departments = Department.objects.filter(closed_on__isnull=True)
        self.fields["lead"].queryset = departments  # type: ignore[attr-defined]
        self.fields["co_handlers"].queryset = departments  # type: ignore[attr-defined]


class SubmitResult(StepForm):
    """What was done, with photos."""

    text = words(_("What was done"), help_text=_("The reporter reads this."))
    photos = photos(_("Photos taken after"))


class Verify(StepForm):
    """What was seen on the spot."""

    text = words(_("What you saw"), required=False)
    photos = photos(_("Photos from the spot"))


class Close(StepForm):
    """Words for the reporter."""

    text = words(_("Answer to the reporter"), help_text=_("They read it on the status page."))

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, event=event, initial={"text": event.outcome}, **kwargs)


class FollowUp(StepForm):
    """What the reporter said."""

    rating = forms.ChoiceField(label=_("What did the reporter say?"), choices=Rating.choices, widget=forms.RadioSelect)
    text = words(_("In their words"), required=False)


class Supplement(StepForm):
    """Words and photos."""

    text = words(_("Details"), required=False)
    photos = photos(_("Photos"))


class DayForm(StepForm):
    """Something until a day."""

    def _moment(self, name: str) -> datetime:
        return timezone.make_aware(datetime.combine(self.cleaned_data[name], time(18)))


def day_field(label: Any, help_text: Any = "") -> forms.DateField:
    """A field for a day, with the browser's own calendar."""
    return forms.DateField(
        label=label, help_text=help_text, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class AskExtension(DayForm):
    """Until when, and why."""

    until = day_field(_("New limit"), _("Until the close of business of that day."))
    text = words(_("Reason"))

    def values(self) -> dict[str, Any]:
        """The day as its close of business."""
        return {"until": self._moment("until"), "text": self.cleaned_data["text"]}


class Defer(StepForm):
    """A day of review, and why."""

    review_on = day_field(_("Day of review"), _("On this day it comes back to the desk."))
    text = words(_("Reason"))


class Move(StepForm):
    """To which area."""

    area = forms.CharField(
        label=_("Area"), max_length=100, help_text=_("Code or whole name of the grid, village or township.")
    )
    text = words(_("Why"), required=False, rows=2)

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, event=event, **kwargs)
        village = event.area.code[:-3] if event.area.level == "grid" else event.area.code
        self.suggestions = list(Area.objects.open().filter(parent=village, kind__in=ANSWERING)[:60])
        self.fields["area"].widget.attrs["list"] = "areas-near"

    def clean_area(self) -> Area:
        """The area of a code, or of a name that only one open area here has."""
        typed = self.cleaned_data["area"].strip().split(" ")[0]
        found = list(Area.objects.open().filter(pk=typed)[:1]) or list(Area.objects.open().filter(name=typed)[:2])
        if len(found) != 1:
            wrong = (
                _("Several areas have this name. Type the code.")
                if found
                else _("There is no open area of this code or name.")
            )
            raise forms.ValidationError(wrong, code="no_area")
        return found[0]


class ReferOut(StepForm):
    """Where to, and what the reporter does next."""

    to = forms.ChoiceField(label=_("Refer to"), choices=ReferredTo.choices)
    text = words(_("What the reporter needs to know"), help_text=_("The reporter reads this."))


class Merge(StepForm):
    """The other matter."""

    into = forms.CharField(label=_("Number of the other matter"), max_length=40)
    text = words(_("Why they are the same"), required=False, rows=2)

    def __init__(self, *args: Any, event: Event, scope: Any = None, chosen: str = "", **kwargs: Any) -> None:
        super().__init__(*args, event=event, initial={"into": chosen[:40]}, **kwargs)
        self.sight = Event.objects.visible_to(scope) if scope is not None else Event.objects.none()
        near = self.sight.open().exclude(pk=event.pk).filter(area=event.area_id)
        self.suggestions = list(near.order_by("-reported_at").select_related("category")[:8])
        self.fields["into"].widget.attrs["list"] = "matters-near"

    def clean_into(self) -> Event:
        """The matter of that number, if this person may see it."""
        found = self.sight.filter(number=self.cleaned_data["into"].strip()).first()
        if found is None:
            raise forms.ValidationError(_("You see no matter of this number. Check it."), code="no_matter")
        return found


class Split(StepForm):
    """Each line a matter of its own."""

    texts = words(
        _("Further matters, each on a line of its own"),
        help_text=_("This matter keeps its words; each line becomes another one."),
    )

    def values(self) -> dict[str, Any]:
        """One text per line."""
        return {"texts": self.cleaned_data["texts"].splitlines()}


@dataclass(frozen=True)
class Act:
    """How a step looks: its words, icon and form. `is_side`: behind the menu of further acts."""

    label: Any
    icon: str
    form: Callable[..., StepForm]
    is_side: bool = False


#: Every step of the table of rules, in words.
ACTS: dict[str, Act] = {
    "ask_check": Act(_("Ask for a check"), "scan-search", Remark),
    "check_truth": Act(_("Check on the spot"), "eye", CheckTruth),
    "accept": Act(_("Accept"), "check", Accept),
    "reject": Act(_("Do not accept"), "x", Reject),
    "self_handle": Act(_("Handle at the grid"), "circle-check", SelfHandle),
    "dispatch": Act(_("Dispatch"), "send", Dispatch),
    "sign_for": Act(_("Sign for"), "file-check", Nothing),
    "object": Act(_("Object"), "hand", Reason, is_side=True),
    "uphold_objection": Act(_("Uphold the objection"), "thumbs-up", Remark),
    "dismiss_objection": Act(_("Dismiss the objection"), "thumbs-down", Reason),
    "handle": Act(_("Begin to handle"), "play", Remark),
    "hand_back": Act(_("Hand back"), "undo-2", Reason, is_side=True),
    "submit_result": Act(_("Submit the result"), "clipboard-check", SubmitResult),
    "verify": Act(_("Verify: it is done"), "check-check", Verify),
    "rework": Act(_("Ask for rework"), "rotate-ccw", Reason),
    "close": Act(_("Close the matter"), "circle-check", Close),
    "follow_up": Act(_("Follow up"), "phone-call", FollowUp),
    "reopen": Act(_("Reopen"), "rotate-ccw", Reason),
    "ask_supplement": Act(_("Ask for details"), "message-square", Reason, is_side=True),
    "supplement": Act(_("Add details"), "paperclip", Supplement, is_side=True),
    "ask_extension": Act(_("Ask for an extension"), "calendar-clock", AskExtension, is_side=True),
    "extend": Act(_("Grant the extension"), "calendar-clock", Remark),
    "refuse_extension": Act(_("Refuse the extension"), "ban", Reason),
    "defer": Act(_("Defer"), "hourglass", Defer, is_side=True),
    "resume": Act(_("Take up again"), "play", Remark),
    "classify": Act(_("Change category or severity"), "tags", Classify, is_side=True),
    "move": Act(_("Move to another area"), "move", Move, is_side=True),
    "void": Act(_("Void"), "trash-2", Reason, is_side=True),
    "refer_out": Act(_("Refer elsewhere"), "external-link", ReferOut, is_side=True),
    "to_mediation": Act(_("To mediation"), "handshake", Remark, is_side=True),
    "merge": Act(_("Merge into another"), "git-merge", Merge, is_side=True),
    "separate": Act(_("Separate again"), "unlink", Remark),
    "split": Act(_("Split"), "split", Split, is_side=True),
}


class NewReport(AsksQuestions):
    """A report that staff take down: from the telephone, at the desk, or found on their round."""

    text = words(_("What is it?"))
    place = forms.CharField(label=_("Where, in words"), max_length=300, required=False)
    area = forms.CharField(label=_("Grid, village or township"), max_length=30, required=False)
    lon = forms.FloatField(label=_("Longitude"), required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(label=_("Latitude"), required=False, widget=forms.HiddenInput)
    accuracy_m = forms.FloatField(required=False, min_value=0, max_value=100_000, widget=forms.HiddenInput)
    category = CategoryField(label=_("Category"), required=False)
    urgency = forms.ChoiceField(
        label=_("Urgency"), choices=[("", _("As the category says")), *Urgency.choices], required=False
    )
    photos = photos(_("Photos"))
    contact = forms.CharField(
        label=_("How to reach the reporter"),
        max_length=200,
        required=False,
        help_text=_("Sealed; opening it needs a reason and is recorded."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = _open_categories()  # type: ignore[attr-defined]
        self.fields["category"].widget.attrs.update(
            {"hx-get": reverse("events:questions"), "hx-target": "#questions", "hx-trigger": "change"}
        )
        self.fields["text"].required = False
        self.fields["text"].widget.attrs.update(
            {
                "hx-post": reverse("events:known"),
                "hx-target": "#known",
                "hx-trigger": "change",
                "hx-params": "text,area,lon,lat,category,csrfmiddlewaretoken",
            }
        )
