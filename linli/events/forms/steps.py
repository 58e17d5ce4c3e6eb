"""The forms of the steps: what each asks for, turned into clean values for the action of the same name."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import lineage
from linli.areas.models import ANSWERING, Area
from linli.events.actions.duties import Choice, recommend
from linli.events.actions.objecting import next_owner
from linli.events.actions.supervising import SUPERVISORS
from linli.events.forms.fields import (
    CategoryField,
    DayForm,
    StepForm,
    ask_for_photos,
    day_field,
    open_categories,
    photos,
    words,
)
from linli.events.models import Event, Part
from linli.events.rules import (
    ANSWERS,
    LONGEST_WHAT,
    ChoiceReason,
    Finding,
    Planned,
    Proof,
    ReferredTo,
    Severity,
    Urgency,
)
from linli.people.models import Appointment, Department, Person


class Classed(StepForm):
    """Category, severity, urgency."""

    category = CategoryField(label=_("Category"), required=False)
    severity = forms.ChoiceField(label=_("Severity"), choices=Severity.choices, required=False)
    urgency = forms.ChoiceField(label=_("Urgency"), choices=Urgency.choices, required=False)

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        initial = {"category": event.category_id, "severity": event.severity, "urgency": event.urgency}
        super().__init__(*args, event=event, initial=initial, **kwargs)
        self.fields["category"].queryset = open_categories()  # type: ignore[attr-defined]

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
    """Lead and co-handlers, as the duty list recommends them or with the reason for another choice."""

    lead = forms.ModelChoiceField(Department.objects.none(), label=_("Lead department"))
    reason = forms.ChoiceField(
        label=_("Why another department than recommended"),
        choices=[("", _("As recommended")), *ChoiceReason.choices],
        required=False,
        widget=forms.RadioSelect,
    )
    reason_words = forms.CharField(label=_("Another reason, in words"), max_length=500, required=False)
    co_handlers = forms.ModelMultipleChoiceField(
        Department.objects.none(), label=_("Co-handlers"), required=False, widget=forms.CheckboxSelectMultiple
    )
    days = forms.IntegerField(
        label=_("Working days for the lead"),
        required=False,
        min_value=1,
        max_value=90,
        help_text=_("Empty: as long as was promised to the reporter."),
    )
    why_short = words(
        _("Why so short"), required=False, rows=2, longest=300, help_text=_("Needed below half of the time there is.")
    )
    text = words(_("Words to the departments"), required=False, rows=3)

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        self.recommended = recommend(event, timezone.now())
        duty, lead = self.recommended.duty, self.recommended.lead
        initial: dict[str, Any] = {"lead": next_owner(event) or (lead.pk if lead else None)}
        initial["co_handlers"] = [one.pk for one in duty.co_handlers.all()] if duty else []
        super().__init__(*args, event=event, initial=initial, **kwargs)
        departments = Department.objects.filter(closed_on__isnull=True)
        self.fields["lead"].queryset = departments  # type: ignore[attr-defined]
        self.fields["co_handlers"].queryset = departments  # type: ignore[attr-defined]
        if duty is None:
            del self.fields["reason"], self.fields["reason_words"]

    def values(self) -> dict[str, Any]:
        """The departments, and why others than recommended."""
        clean = dict(self.cleaned_data)
        reason, said = clean.pop("reason", ""), clean.pop("reason_words", "")
        return clean | {"choice": Choice(reason, said) if reason else None}


class Object(StepForm):
    """Whose it is then, and on what that rests."""

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
    text = words(_("Remark"), required=False, rows=2)

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, event=event, **kwargs)
        own = Part.objects.filter(event=event, leads=True).values("department")
        others = Department.objects.filter(closed_on__isnull=True).exclude(pk__in=own)
        self.fields["next_owner"].queryset = others  # type: ignore[attr-defined]


class Settle(StepForm):
    """Who has to take it, for good."""

    lead = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("This department takes it"),
        help_text=_("It is binding: in this round the department objects no more."),
    )
    text = words(_("Why"))

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, event=event, **kwargs)
        self.fields["lead"].queryset = Department.objects.filter(closed_on__isnull=True)  # type: ignore[attr-defined]


class SubmitResult(StepForm):
    """What was done, with photos."""

    text = words(_("What was done"), help_text=_("The reporter reads this."))
    photos = photos(_("Photos taken after"))
    without = words(
        _("Why you do not wait for those who have not answered"),
        required=False,
        rows=2,
        help_text=_("Their parts end with it, and they are told."),
    )

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, event=event, **kwargs)
        ask_for_photos(self.fields["photos"], event, Proof.RESULT)
        if not Part.objects.unanswered().filter(event=event).exists():
            del self.fields["without"]


class Verify(StepForm):
    """What was seen on the spot."""

    text = words(_("What you saw"), required=False)
    photos = photos(_("Photos from the spot"))

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, event=event, **kwargs)
        ask_for_photos(self.fields["photos"], event, Proof.CHECK)


class Reinspect(StepForm):
    """What was found of a matter that was drawn."""

    finding = forms.ChoiceField(
        label=_("What did you find?"),
        choices=Finding.choices,
        widget=forms.RadioSelect,
        help_text=_("What does not hold is taken up again at once."),
    )
    text = words(
        _("What you saw"),
        required=False,
        help_text=_("Needed unless it holds: the department reads what is missing, the desk why it could not be seen."),
    )
    photos = photos(_("Photos from the spot"))


class Close(StepForm):
    """Words for the reporter."""

    text = words(_("Answer to the reporter"), help_text=_("They read it on the status page."))

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, event=event, initial={"text": event.outcome}, **kwargs)


class FollowUp(StepForm):
    """What the reporter said."""

    rating = forms.ChoiceField(
        label=_("What did the reporter say?"),
        choices=[(rating.value, rating.label) for rating in ANSWERS],
        widget=forms.RadioSelect,
    )
    text = words(_("In their words"), required=False)


class Supplement(StepForm):
    """Words and photos."""

    text = words(_("Details"), required=False)
    photos = photos(_("Photos"))


class AskExtension(DayForm):
    """Until when, and why."""

    until = day_field(_("New limit"), _("Until the close of business of that day."))
    text = words(_("Reason"))

    def values(self) -> dict[str, Any]:
        """The day as its close of business."""
        return {"until": self._moment("until"), "text": self.cleaned_data["text"]}


_EVERY = [(7, _("every week")), (14, _("every two weeks")), (30, _("every 30 days")), (90, _("every 90 days"))]


class Defer(StepForm):
    """Until when, what is to be done on the way, and why."""

    review_on = day_field(_("Deferred until"), _("On this day it comes back to the desk."))
    what = forms.CharField(label=_("What is to be done by then"), max_length=LONGEST_WHAT, required=False)
    milestones = words(
        _("Milestones before that"),
        required=False,
        rows=3,
        help_text=_("Each on a line of its own: the day, then what is done by it. 2026-12-20 The contractor has begun"),
    )
    review_every = forms.TypedChoiceField(
        label=_("The desk looks at it in between"),
        choices=[("", _("Only at the milestones")), *_EVERY],
        coerce=int,
        empty_value=None,
        required=False,
    )
    text = words(_("Reason"), help_text=_("The reporter reads this."))

    def clean_milestones(self) -> list[Planned]:
        """A day and words on each line."""
        found = []
        for line in self.cleaned_data["milestones"].splitlines():
            day, _space, what = line.strip().partition(" ")
            if not line.strip():
                continue
            try:
                found.append(Planned(date.fromisoformat(day.replace("/", "-")), what.strip()))
            except ValueError:
                wrong = _("“%(line)s” does not begin with a day such as 2026-12-20.") % {"line": line.strip()[:30]}
                raise forms.ValidationError(wrong, code="no_day") from None
            if not what.strip():
                raise forms.ValidationError(_("Say for each day what is done by it."), code="no_words")
        return found


class Supervise(DayForm):
    """Who sees to it, until when, listed or not."""

    supervisor = forms.ModelChoiceField(Person.objects.none(), label=_("Supervisor"), empty_label=None)
    due_on = day_field(_("Until"), _("Until the close of business of that day."))
    is_listed = forms.BooleanField(label=_("Show it in the list of supervised matters"), required=False, initial=True)
    text = words(_("Why"))

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, event=event, **kwargs)
        above = Appointment.objects.filter(area__in=lineage(event.area_id), role__in=SUPERVISORS)
        held = above.valid_on(timezone.localdate()).values("person")
        self.fields["supervisor"].queryset = Person.objects.filter(pk__in=held, is_active=True)  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """The day as its close of business."""
        clean = dict(self.cleaned_data)
        del clean["due_on"]
        return clean | {"due_at": self._moment("due_on")}


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

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, event=event, **kwargs)
        self.sight = Event.objects.visible_to(self.scope)
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
