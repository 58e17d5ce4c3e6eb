"""The forms of the calendar page, each turned into the changes it asks for."""

import tempfile
from datetime import date, time
from pathlib import Path
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.events.actions import calendar as actions
from linli.kit.dayfiles import MAX_BYTES, FoundDay, Reading, read_days
from linli.kit.dayfiles.found import LONGEST_NAME
from linli.kit.models import CalendarDay
from linli.kit.refusal import BadInput
from linli.kit.workdays import Hours, write_hours

OFF, WORKING, WEEKDAY = "off", "working", "weekday"
KINDS = (
    (OFF, _("Day off")),
    (WORKING, _("Working day")),
    (WEEKDAY, _("As its weekday: Monday to Friday worked, the weekend off")),
)
_REASON = _("Why, or by which notice")


def _plain(*args: Any, **kwargs: Any) -> dict[str, Any]:
    kwargs.setdefault("label_suffix", "")
    return kwargs


class DayForm(forms.Form):
    """What one day is to be."""

    kind = forms.ChoiceField(label=_("This day is"), choices=KINDS, widget=forms.RadioSelect)
    name = forms.CharField(label=_("Its name"), max_length=LONGEST_NAME, required=False)
    reason = forms.CharField(label=_REASON, max_length=200)

    def __init__(self, *args: Any, day: date, row: CalendarDay | None, **kwargs: Any) -> None:
        self.day = day
        kind = WEEKDAY if row is None else WORKING if row.is_working else OFF
        kwargs["initial"] = {"kind": kind, "name": row.name if row else ""}
        super().__init__(*args, **_plain(**kwargs))

    def changes(self) -> actions.Changes:
        """The day as it is to be."""
        kind, name = self.cleaned_data["kind"], self.cleaned_data["name"]
        found = None if kind == WEEKDAY else FoundDay(self.day, kind == WORKING, name)
        return actions.Changes({self.day: found})


class HoursForm(forms.Form):
    """When offices are open."""

    morning_from = forms.TimeField(label=_("Morning, from"))
    morning_to = forms.TimeField(label=_("Morning, to"))
    afternoon_from = forms.TimeField(label=_("Afternoon, from"))
    afternoon_to = forms.TimeField(label=_("Afternoon, to"))
    reason = forms.CharField(label=_REASON, max_length=200)

    _TIMES = ("morning_from", "morning_to", "afternoon_from", "afternoon_to")

    def __init__(self, *args: Any, hours: Hours, **kwargs: Any) -> None:
        kwargs["initial"] = dict(zip(self._TIMES, (one for pair in hours for one in pair), strict=False))
        super().__init__(*args, **_plain(**kwargs))
        for name in self._TIMES:
            self.fields[name].widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")

    def clean(self) -> dict[str, Any]:
        """They follow one another."""
        clean: dict[str, Any] = super().clean() or {}
        times = [clean.get(name) for name in self._TIMES]
        known = [one for one in times if isinstance(one, time)]
        if len(known) == len(times) and any(one >= other for one, other in zip(known, known[1:], strict=False)):
            self.add_error("morning_from", _("Each time must lie after the one before it."))
        return clean

    def changes(self) -> actions.Changes:
        """The hours as they are to be."""
        one, two, three, four = (self.cleaned_data[name] for name in self._TIMES)
        return actions.Changes(hours=write_hours(((one, two), (three, four))))


class FileForm(forms.Form):
    """A year's notice as a file."""

    file = forms.FileField(
        label=_("The file"),
        widget=forms.FileInput(attrs={"accept": ".csv,.json,.ics,text/csv,application/json,text/calendar"}),
        help_text=_("CSV with day, is_working, name; the JSON of holiday-cn; or an iCalendar file. 2 MB at most."),
    )
    overwrite = forms.BooleanField(
        label=_("Also replace days that are known already"),
        required=False,
        help_text=_("Days that the county has entered are replaced too."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **_plain(**kwargs))

    def clean_file(self) -> Reading:
        """What the file says."""
        sent = self.cleaned_data["file"]
        if sent.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 2 MB."), code="too_large")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "days"
            path.write_bytes(sent.read())
            try:
                return read_days(path, name=sent.name[:100])
            except BadInput as refusal:
                raise forms.ValidationError(refusal.message, code=refusal.code) from None


class ReadForm(forms.Form):
    """What was read of a file, shown and sent back to be taken up."""

    name = forms.CharField(max_length=100)
    overwrite = forms.BooleanField(required=False)
    days = forms.JSONField()

    def clean_days(self) -> list[FoundDay]:
        """The days."""
        try:
            return [
                FoundDay(date.fromisoformat(day), bool(is_working), str(name)[:LONGEST_NAME])
                for day, is_working, name in self.cleaned_data["days"]
            ]
        except (ValueError, TypeError):
            raise forms.ValidationError(_("Choose the file again."), code="unreadable") from None
