"""The forms of joint handling: one more department, a call to the spot, and the acts on a part."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.events.actions.duties import recommend
from linli.events.actions.objecting import next_owner
from linli.events.forms.fields import StepForm, day_field, photos, words
from linli.events.models import Event, Objection, Part
from linli.events.rules import State
from linli.kit.workdays import closing_of
from linli.people.models import Department


def _others(event: Event) -> Any:
    taking_part = Part.objects.filter(event=event).values("department")
    return Department.objects.filter(closed_on__isnull=True).exclude(pk__in=taking_part)


class AddPart(StepForm):
    """Which department, for what, from when, how long."""

    department = forms.ModelChoiceField(Department.objects.none(), label=_("Department"))
    text = words(_("What it is asked for"), longest=500, rows=3)
    later = forms.BooleanField(label=_("Only reserve it: it is called in later"), required=False)
    days = forms.IntegerField(
        label=_("Working days for its part"),
        required=False,
        min_value=1,
        max_value=90,
        help_text=_("Empty: as long as was promised to the reporter."),
    )
    why_short = words(
        _("Why so short"), required=False, rows=2, longest=300, help_text=_("Needed below half of the time there is.")
    )

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, event=event, **kwargs)
        self.fields["department"].queryset = _others(event)  # type: ignore[attr-defined]


class BlowWhistle(StepForm):
    """Whom, where, by when."""

    departments = forms.ModelMultipleChoiceField(
        Department.objects.none(),
        label=_("Departments to call"),
        widget=forms.CheckboxSelectMultiple,
    )
    lead = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("Lead department"),
        help_text=_("Nobody handles this matter yet. It is called too."),
    )
    place = forms.CharField(label=_("Meeting place"), max_length=300, required=False)
    be_there_by = forms.DateTimeField(
        label=_("Be there by"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    text = words(_("Why they are needed there"))

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        soon = (timezone.localtime() + timedelta(hours=2)).replace(minute=0)
        initial = {"place": event.place or event.area.name, "be_there_by": soon}
        initial["departments"] = list(event.parts.acting().values_list("department", flat=True))
        if event.state == State.ACCEPTED:
            initial["lead"] = next_owner(event) or recommend(event, timezone.now()).lead
        super().__init__(*args, event=event, initial=initial, **kwargs)
        for name in ("departments", "lead"):
            self.fields[name].queryset = Department.objects.filter(closed_on__isnull=True)  # type: ignore[attr-defined]
        if event.state == State.ACCEPTED:
            # Whoever leads is called in any case.
            self.fields["departments"].required = False
        else:
            del self.fields["lead"]


class PartForm(forms.Form):
    """Words for an act on a part."""

    text = words(_("Remark"), required=False, rows=3)

    def __init__(self, *args: Any, part: Part, **kwargs: Any) -> None:
        self.part = part
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class PartReason(PartForm):
    """A reason is needed."""

    text = words(_("Reason"), rows=3)


class PartAnswer(PartForm):
    """What was done, with photos."""

    text = words(_("What was done"))
    photos = photos(_("Photos taken after"))


class PartArrival(PartForm):
    """How it looks there, with photos."""

    photos = photos(_("Photos from the spot"))


class PartCheck(PartForm):
    """What was seen, with photos."""

    text = words(_("What you saw"), required=False, rows=3)
    photos = photos(_("Photos from the spot"))


class PartExtension(PartReason):
    """Until when, and why."""

    until = day_field(_("New limit"), _("Until the close of business of that day, within what was promised."))
    field_order = ("until", "text")

    def clean_until(self) -> datetime:
        """The close of business of that day."""
        return closing_of(self.cleaned_data["until"])


def _other_departments(part: Part) -> Any:
    return Department.objects.filter(closed_on__isnull=True).exclude(pk=part.department_id)


class PartObject(PartForm):
    """Whose it is then, and on what that rests."""

    field_order = ("next_owner", "basis", "text")
    next_owner = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("Who is responsible instead"),
        required=False,
        empty_label=_("No department on the list"),
    )
    basis = forms.CharField(
        label=_("On what basis"),
        max_length=500,
        help_text=_("The duty list, the law or the agreement it rests on. A department objects to a matter once."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["next_owner"].queryset = _other_departments(self.part)  # type: ignore[attr-defined]


class PartUphold(PartForm):
    """Who gets the part; nobody, for a reason."""

    field_order = ("to", "text")
    to = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("The part goes to"),
        required=False,
        empty_label=_("Nobody: the part is not needed"),
        help_text=_("They get clocks of their own. If nobody gets it, say why."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = _other_departments(self.part)  # type: ignore[attr-defined]
        waiting = Objection.objects.of_parts().waiting()
        named = waiting.filter(event=self.part.event_id, department=self.part.department_id).last()
        self.initial["to"] = named.next_owner_id if named else None


@dataclass(frozen=True)
class PartAct:
    """How an act on a part looks."""

    label: Any
    icon: str
    form: type[PartForm]


PART_FORMS: dict[str, PartAct] = {
    "call_in": PartAct(_("Call in now"), "play", PartForm),
    "object_part": PartAct(_("Object to your part"), "hand", PartObject),
    "uphold_part": PartAct(_("Uphold the objection to the part"), "check", PartUphold),
    "dismiss_part": PartAct(_("Dismiss the objection to the part"), "x", PartReason),
    "answer_part": PartAct(_("Answer for your part"), "clipboard-check", PartAnswer),
    "send_back_part": PartAct(_("Send the answer back"), "rotate-ccw", PartReason),
    "verify_part": PartAct(_("Verify this part"), "check-check", PartCheck),
    "drop_part": PartAct(_("Not needed, or not waited for"), "circle-slash", PartReason),
    "ask_part_extension": PartAct(_("Ask for more time for your part"), "calendar-clock", PartExtension),
    "extend_part": PartAct(_("Grant more time for this part"), "calendar-clock", PartForm),
    "refuse_part_extension": PartAct(_("Refuse more time for this part"), "ban", PartReason),
    "arrive": PartAct(_("On the spot"), "map-pin", PartArrival),
    "excuse": PartAct(_("Does not come"), "ban", PartReason),
}
