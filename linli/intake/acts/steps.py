"""What each act does: by the form of its step, checked as on the page; and the doings of the reporter's own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import QueryDict
from django.utils import translation
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from linli.areas.crs import Crs, to_wgs84
from linli.events import actions, alike
from linli.events.actions.course import questions_of, standing_of
from linli.events.forms import ACTS, PART_FORMS, StepForm
from linli.events.models import Event, Part
from linli.events.pressing import running
from linli.events.rules import moved_on, require
from linli.intake.acts.form import Act
from linli.kit.media.checking import File
from linli.kit.refusal import BadInput, Refused
from linli.people.models import Person
from linli.people.rules import Scope, not_yours


@dataclass(frozen=True)
class Doing:
    """An act on a matter that is there: by whom (`None`: the resident who reported it), with which photos, and when."""

    act: Act
    event: Event
    by: Person | None
    scope: Scope
    at: datetime
    #: When it was made by our clock, as far as can be told.
    made_at: datetime
    photos: Sequence[File] = field(default=())

    def value(self, name: str) -> str:
        """What was sent for a field, as text; empty for nothing."""
        value = self.act.values.get(name)
        return "" if value is None or isinstance(value, list) else str(value).strip()

    def number(self, name: str) -> float | None:
        """What was sent for a field, as a number. Raises `BadInput` for what is none."""
        value = self.act.values.get(name)
        if value in (None, ""):
            return None
        try:
            return float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            raise BadInput("no_number", _("This is no number: %(name)s."), name=name, field=name) from None


#: Does it. Raises `Refused` and its kinds.
Do = Callable[[Doing], None]


def do(doing: Doing) -> None:
    """Do what was sent; photos that the act has no field for are kept beside it. Raises `Refused` and its kinds."""
    step = doing.act.step
    how = OWN.get(step) or (_of_course if step in ACTS else _of_part if step in PART_FORMS else None)
    if how is None:
        raise BadInput("unknown_step", _("This act is not known here. A newer linli may know it."), field="step")
    if doing.photos and not _takes_photos(step):
        # First: by the step itself the matter may go out of their sight.
        actions.note(doing.event, photos=doing.photos, step=step, by=doing.by, at=doing.at)
    how(doing)


def _takes_photos(step: str) -> bool:
    act = ACTS.get(step) or PART_FORMS.get(step)
    return step == "note" or (act is not None and "photos" in getattr(act.form, "base_fields", {}))


# --- by forms ---------------------------------------------------------------------------------------------------------


class _Here:
    """A photo that came before, as a field for files takes it."""

    #: It was checked when it came, a video by the measure of videos.
    size = 1

    def __init__(self, file: File) -> None:
        self._file = file

    @property
    def is_voice(self) -> bool:
        """It is the voice note of the act."""
        return self._file.is_voice

    def read(self) -> File:
        """What is kept of it."""
        return self._file


def _filled_in(doing: Doing) -> tuple[QueryDict, MultiValueDict[str, Any]]:
    """Values and photos as a browser would have sent them."""
    sent = QueryDict(mutable=True)
    for name, value in doing.act.values.items():
        values = value if isinstance(value, list) else [value]
        sent.setlist(name, [_as_text(one) for one in values if one is not None and one is not False])
    return sent, MultiValueDict({"photos": [_Here(one) for one in doing.photos]})


def _as_text(value: Any) -> str:
    return "on" if value is True else str(value)


def _of_course(doing: Doing) -> None:
    """A step of the course."""
    event, step, by, at = doing.event, doing.act.step, doing.by, doing.at
    standing = standing_of(event, by, at, doing.scope)
    require(step, event.state, standing, questions=questions_of(event))
    # A resident's words are looked at by nobody beforehand: they are their own.
    form = ACTS[step].form(*_filled_in(doing), event=event, step=step if by else "", scope=doing.scope)
    _require_valid(form)
    getattr(actions, step)(event, **form.values(), **form.sent_as_it_is(), by=by, at=at)


def _of_part(doing: Doing) -> None:
    """An act on the part of a department: of the only one where it is theirs to take, or of the one named."""
    part = _part_of(doing)
    form = PART_FORMS[doing.act.step].form(*_filled_in(doing), part=part)
    _require_valid(form)
    actions.PART_ACTS[doing.act.step](part, **form.cleaned_data, by=doing.by, at=doing.at)


def _part_of(doing: Doing) -> Part:
    if doing.by is None:
        raise not_yours()
    rows = doing.event.parts.select_related("under", "department").prefetch_related("calls__whistle")
    parts = list(rows)
    standing = standing_of(doing.event, doing.by, doing.at, doing.scope)
    taken = actions.steps_of_parts(doing.event, parts, doing.by, doing.scope, standing, running(doing.event))
    named = doing.value("part")
    theirs = [one for one in parts if doing.act.step in taken.get(one.pk, ())]
    if named:
        theirs = [one for one in theirs if named in (str(one.pk), one.department_id)]
    if len(theirs) > 1:
        raise BadInput("which_part", _("Several departments could be meant. Choose one."), field="part")
    if not theirs:
        raise moved_on()
    return theirs[0]


def _require_valid(form: Form) -> None:
    """Raises `BadInput` with the first thing that is wrong; `look_at`: what may be sent as it is once it was looked at."""
    if form.is_valid():
        return
    name, errors = next(iter(form.errors.as_data().items()))
    error: ValidationError = errors[0]
    message = error.message
    with translation.override(None):
        if not error.params and "%" in str(message):  # no place for a fact; of what somebody typed
            message = str(message).replace("%", "%%")
    facts = {key: value for key, value in (error.params or {}).items() if key not in ("field", "look_at")}
    look_at = form.asks_to_look if isinstance(form, StepForm) else ""
    raise BadInput(error.code or "invalid", message, **facts, field=name, look_at=look_at)


# --- the reporter's own -----------------------------------------------------------------------------------------------


def _take_back(doing: Doing) -> None:
    actions.withdraw_report(doing.event, by=doing.by, at=doing.at, said_at=doing.made_at)


def _place(doing: Doing) -> None:
    lon, lat = doing.number("lon"), doing.number("lat")
    crs = doing.value("crs") or Crs.WGS84
    if crs not in Crs.values:
        raise BadInput("unknown_crs", _("Coordinates can be wgs84, gcj02 or bd09."), field="crs")
    if lon is not None and lat is not None and crs != Crs.WGS84:
        lon, lat = (float(one) for one in to_wgs84(lon, lat, crs))
    actions.correct_place(
        doing.event,
        by=doing.by,
        at=doing.at,
        area=doing.value("area"),
        lon=lon,
        lat=lat,
        accuracy_m=doing.number("accuracy_m"),
        source_crs=crs,
        place=doing.value("place") if "place" in doing.act.values else None,
    )


def _answers(doing: Doing) -> None:
    actions.add_answers(doing.event, answers=doing.act.values, by=doing.by, at=doing.at)


def _join(doing: Doing) -> None:
    """It is the same as the matter of that number; without one: not the same after all."""
    number = doing.value("of")
    if not number:
        actions.withdraw_support(doing.event, at=doing.at, by=doing.by)
        return
    other = _other(doing, number)
    if other is None:
        raise Refused("not_offered", _("This matter has been closed meanwhile. Look at the list again."))
    actions.support(doing.event, of=other, at=doing.at, by=doing.by)


def _other(doing: Doing, number: str) -> Event | None:
    """Of us whatever they see; a resident chooses among what was offered, so that no other matter is confirmed to be there."""
    if doing.by is not None:
        return Event.objects.visible_to(doing.scope).filter(number=number.replace("\0", "")).first()
    return next((one.event for one in alike.joinable(doing.event) if one.event.number == number), None)


def _note(doing: Doing) -> None:
    actions.note(doing.event, text=doing.value("text"), photos=doing.photos, by=doing.by, at=doing.at)


#: What is no step of the course.
OWN: Mapping[str, Do] = {
    "take_back": _take_back,
    "place": _place,
    "answers": _answers,
    "join": _join,
    "note": _note,
}
